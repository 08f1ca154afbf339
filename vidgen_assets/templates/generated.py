"""A generated scene as a backdrop: a few small key pictures, moved and blended to as many frames as the clip has.

A scene moves as one plane (`GeneratedBackdrop.course`), so a picture between two keys is both of them moved there, not
a blend of two places. Everything uses sums, products and square roots only, as `backdrops.py` does: every processor
draws the same bytes, whatever machine the scene was generated on.
"""

import io
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from vidgen_assets.clips.errors import PermanentError
from vidgen_assets.clips.generation import Frame
from vidgen_assets.templates.backdrops import Cells, calm_fields, enlarge, grain_of, smoothed
from vidgen_assets.templates.colours import Colour
from vidgen_assets.templates.lights import Grid
from vidgen_assets.templates.scene import GeneratedBackdrop

GENERATED_RECIPE = 1
"""Raise when the same scene would have other bytes."""

Keys = NDArray[np.uint8]
"""(keys, rows, columns, 3), sRGB."""

_CELLS_ON_SHORT_SIDE = 90


def packed(keys: Keys) -> bytes:
    """The key pictures below each other as one PNG."""
    out = io.BytesIO()
    Image.fromarray(keys.reshape(-1, keys.shape[2], 3)).save(out, "PNG", optimize=True)
    return out.getvalue()


def shift_towards(keys: Keys, towards: Colour, share: float) -> tuple[float, float, float]:
    """What to add to red, green and blue for the pictures' mean colour to be toned `towards` a colour by `share`.

    For the mean alone, as E. Reinhard et al., "Color Transfer between Images" (2001) have it: the scene keeps its
    light and its own contrasts. Colours that leave the range are cut off.
    """
    mean = Colour(*(float(channel) for channel in keys.reshape(-1, 3).mean(axis=0)))
    wanted = mean.toned(towards, share)
    red, green, blue = (w - m for w, m in zip(wanted.channels, mean.channels, strict=True))
    return (red, green, blue)


def unpacked(data: bytes, count: int) -> Keys:
    """Raises `PermanentError` if `data` isn't `count` key pictures."""
    try:
        sheet = np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))
    except (OSError, ValueError, Image.DecompressionBombError) as error:
        raise PermanentError(f"the scene's key pictures can't be read: {error}", field="backdrop.keys") from error
    if count < 1 or len(sheet) % count:
        raise PermanentError(
            "the scene's key pictures aren't as many as its timeline says",
            field="backdrop.key_count",
            value=count,
            allowed=f"a divisor of {len(sheet)} rows",
        )
    return sheet.reshape(count, -1, sheet.shape[1], 3)


def cell_px(width: int, height: int) -> int:
    """Pixels per grid cell, a power of two, so that the short side has 90 cells or a few more."""
    cell = 1
    while min(width, height) // (2 * cell) >= _CELLS_ON_SHORT_SIDE:
        cell *= 2
    return cell


@dataclass(slots=True)
class GeneratedPainter:
    """Paints one clip's generated backdrop on its canvas; the scene covers it, what sticks out is cut off."""

    scene: GeneratedBackdrop
    width: int
    height: int
    _grid: Grid = field(init=False)
    _keys: NDArray[np.floating] = field(init=False)
    _x: NDArray[np.floating] = field(init=False)
    _y: NDArray[np.floating] = field(init=False)
    _quiet: NDArray[np.floating] = field(init=False)
    _base: NDArray[np.floating] = field(init=False)
    _grain: NDArray[np.int16] = field(init=False)

    def __post_init__(self) -> None:
        keys = unpacked(self.scene.keys, self.scene.key_count).astype(np.float32)
        self._keys = np.clip(keys + np.array(self.scene.shift, np.float32), 0, 255)
        self._grid = Grid.over(self.width, self.height, cell_px(self.width, self.height))
        rows, columns = self._keys.shape[1:3]
        scale = min(columns / self.width, rows / self.height)  # key pixels to a pixel of the canvas
        across, down = self._grid.x * self._grid.short_px, self._grid.y * self._grid.short_px
        # From the middle of the picture, in key pixels.
        self._x = ((across - self.width / 2) * scale).astype(np.float32)
        self._y = ((down - self.height / 2) * scale).astype(np.float32)
        self._quiet = calm_fields(self._grid, self.scene.calm_boxes) * np.float32(self.scene.calm)
        self._base = np.array(Colour.of_hex(self.scene.base).channels, np.float32)
        self._grain = grain_of(self.scene.seed, self.width)

    def cells(self, turn: float) -> Cells:
        """The coarse picture at `turn` (0..1 of the clip)."""
        lit = self._between(turn * (len(self._keys) - 1))
        return lit + (self._base - lit) * self._quiet

    def within(self, box: tuple[float, float, float, float]) -> tuple[slice, slice]:
        """The rows and columns of `cells` that a box of pixels touches."""
        return self._grid.within(box)

    def paint(self, turn: float, canvas: Frame) -> None:
        """Fill `canvas` (height, width, RGBA) with the scene at `turn`."""
        low = smoothed(self.cells(turn))
        enlarge(low, self._grid.cell_px, self._grain, canvas)

    def _between(self, place: float) -> Cells:
        """Both neighbouring keys, moved to `place`, each as much as it is near; where one shows nothing, the other."""
        first = min(int(place), len(self._keys) - 1)
        part = place - first
        before, seen_before = self._moved(first, part)
        if part == 0 or first + 1 == len(self._keys):
            return before
        after, seen_after = self._moved(first + 1, part - 1)
        near_before = (1 - part) * (seen_before + np.float32(1e-3))
        near_after = part * (seen_after + np.float32(1e-3))
        return (before * near_before + after * near_after) / (near_before + near_after)

    def _moved(self, key: int, frames: float) -> tuple[Cells, NDArray[np.floating]]:
        """Key `key` as it looks `frames` frames later, and where its own picture holds what is shown (0 or 1)."""
        right, down, growth, turn = (np.float32(part * frames) for part in self.scene.course)
        # Growth and turn are a few hundredths: these polynomials are off by less than 1e-5.
        shrink = 1 - growth + growth * growth / 2
        cos, sin = (1 - turn * turn / 2) * shrink, (turn - turn * turn * turn / 6) * shrink
        x, y = self._x, self._y
        rows, columns = self._keys.shape[1:3]
        at_x = cos * x + sin * y - right + np.float32(columns / 2 - 0.5)
        at_y = cos * y - sin * x - down + np.float32(rows / 2 - 0.5)
        inside = (at_x >= 0) & (at_x <= columns - 1) & (at_y >= 0) & (at_y <= rows - 1)
        return sampled(self._keys[key], at_x, at_y), inside[..., None].astype(np.float32)


def sampled(picture: NDArray[np.floating], x: NDArray[np.floating], y: NDArray[np.floating]) -> Cells:
    """`picture` (rows, columns, 3) between its pixels, linear; beyond its edge it goes on as there."""
    rows, columns = picture.shape[:2]
    x, y = np.clip(x, 0, columns - 1), np.clip(y, 0, rows - 1)
    left, top = np.minimum(x.astype(np.intp), columns - 2), np.minimum(y.astype(np.intp), rows - 2)
    across, down = (x - left)[..., None], (y - top)[..., None]
    upper = picture[top, left] + (picture[top, left + 1] - picture[top, left]) * across
    lower = picture[top + 1, left] + (picture[top + 1, left + 1] - picture[top + 1, left]) * across
    return upper + (lower - upper) * down
