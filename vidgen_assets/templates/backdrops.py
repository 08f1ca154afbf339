"""Moving backdrops: light in the brand's colours, computed on a coarse grid and enlarged with integer arithmetic.

Everything uses sums, products and square roots only, which IEEE 754 defines to the last bit, so every processor draws
the same bytes. All motion is periodic over the clip: the last frame flows into the first. The shapes of light live in
`lights.py`; here are the grid, the calm area under the words, and the enlargement.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from vidgen_assets.clips.generation import Frame
from vidgen_assets.templates.colours import Colour
from vidgen_assets.templates.lights import Grid, Light, make_light
from vidgen_assets.templates.scene import Backdrop

BACKDROP_RECIPE = 1
"""Raise when the same backdrop would have other bytes."""

_ONE = 128  # one 8-bit level in the fixed-point numbers of the enlargement
_WHITEST = 253  # leaves room for the grain within 16 bits
_GRAIN_LEVELS = 2  # peak to peak. One level already hides the bands; a second survives x264 at 2.5 Mb/s
_GRAIN_ROWS = 64

Cells = NDArray[np.floating]
"""(rows, columns, 3), sRGB 0..255, one cell per grid point."""


@dataclass(slots=True)
class BackdropPainter:
    """Paints one clip's backdrop on its canvas."""

    scene: Backdrop
    width: int
    height: int
    _grid: Grid = field(init=False)
    _light: Light = field(init=False)
    _quiet: NDArray[np.floating] = field(init=False)
    _base: NDArray[np.floating] = field(init=False)
    _grain: NDArray[np.int16] = field(init=False)

    def __post_init__(self) -> None:
        self._grid = Grid.over(self.width, self.height, cell_px(self.width, self.height))
        self._light = make_light(self.scene, self._grid)
        self._quiet = calm_fields(self._grid, self.scene.calm_boxes) * np.float32(self.scene.calm)
        self._base = np.array(Colour.of_hex(self.scene.base).channels, np.float32)
        self._grain = grain_of(self.scene.seed, self.width)

    def cells(self, turn: float) -> Cells:
        """The coarse picture at `turn` (0..1 of the clip)."""
        lit = np.sqrt(self._light(turn * self.scene.turns))
        return lit + (self._base - lit) * self._quiet

    def within(self, box: tuple[float, float, float, float]) -> tuple[slice, slice]:
        """The rows and columns of `cells` that a box of pixels touches."""
        return self._grid.within(box)

    def paint(self, turn: float, canvas: Frame) -> None:
        """Fill `canvas` (height, width, RGBA) with the backdrop at `turn`."""
        low = smoothed(self.cells(turn))
        enlarge(low, self._grid.cell_px, self._grain, canvas)


def cell_px(width: int, height: int) -> int:
    """Pixels per grid cell, a power of two: 34 to 68 cells on the short side are enough for light this soft."""
    short = min(width, height)
    return 32 if short > 1088 else 16 if short > 544 else 8 if short > 272 else 4


def enlarge(low: NDArray[np.int16], cell: int, grain: NDArray[np.int16], canvas: Frame) -> None:
    """`low` (rows, columns, RGBA in 1/128 levels) over `canvas`, linear between the points, grain below the rounding.

    Rows are worked one cell at a time so that everything stays in the processor's cache: 2 ms at 1280x720 (2026-11,
    one thread) against 15 for skia's linear filter, which also rounds to 8 bits before any grain could be added.
    """
    height, width = canvas.shape[:2]
    shift = cell.bit_length() - 1
    wide = _widened(low, cell, width)
    step = np.arange(cell, dtype=np.int16)[:, None]
    block = np.empty((cell, width * 4), np.int16)
    rows = canvas.reshape(height, width * 4)
    rise = (wide[1:] - wide[:-1]) >> shift
    for index, top in enumerate(range(0, height, cell)):
        used = min(cell, height - top)
        np.multiply(step, rise[index], out=block)
        block += wide[index]
        block += grain[top % _GRAIN_ROWS : top % _GRAIN_ROWS + cell]
        block >>= 7
        rows[top : top + used] = block[:used]


def _widened(low: NDArray[np.int16], cell: int, width: int) -> NDArray[np.int16]:
    """(rows, columns, 4) enlarged along the columns to (rows, width * 4)."""
    shift = cell.bit_length() - 1
    rise = (low[:, 1:] - low[:, :-1]) >> shift
    step = np.tile(np.repeat(np.arange(cell, dtype=np.int16), 4), rise.shape[1])
    wide = _repeated(rise, cell)
    wide *= step
    wide += _repeated(np.ascontiguousarray(low[:, :-1]), cell)
    return np.ascontiguousarray(wide[:, : width * 4])


def _repeated(points: NDArray[np.int16], times: int) -> NDArray[np.int16]:
    """Each RGBA point `times` times along its row; moved as one 64-bit word."""
    return np.repeat(np.ascontiguousarray(points).view(np.int64), times, axis=1).reshape(len(points), -1).view(np.int16)


def smoothed(cells: Cells) -> NDArray[np.int16]:
    """Cells in 1/128 levels with an opaque fourth channel, blurred by [1 2 1]: with the linear enlargement that makes
    a quadratic spline, without the creases that linear interpolation shows in gradients."""
    low = np.zeros((*cells.shape[:2], 4), np.int32)
    low[..., :3] = np.clip(cells, 0, _WHITEST) * _ONE
    low[..., 3] = 255 * _ONE
    for axis in (0, 1):
        before = np.take(low, _neighbours(low.shape[axis], -1), axis=axis)
        after = np.take(low, _neighbours(low.shape[axis], 1), axis=axis)
        low = (before + 2 * low + after) >> 2
    return low.astype(np.int16)


def _neighbours(length: int, step: int) -> NDArray[np.intp]:
    return np.clip(np.arange(length) + step, 0, length - 1)


def grain_of(seed: int, width: int) -> NDArray[np.int16]:
    """Static noise for `_GRAIN_ROWS` rows, the same in all three colours. It never moves, so it costs no bits in
    predicted frames and cannot flicker."""
    random = np.random.default_rng([seed, 7])
    rows = random.integers(0, _GRAIN_LEVELS * _ONE, (_GRAIN_ROWS, width), dtype=np.int16)
    grain = np.repeat(rows, 4, axis=1)
    grain[:, 3::4] = 0
    return grain


def calm_fields(grid: Grid, boxes: Sequence[tuple[float, float, float, float]]) -> NDArray[np.floating]:
    """(rows, columns, 1): how far each cell belongs to one of the boxes, nowhere if there is none."""
    fields = [calm_field(grid, box) for box in boxes]
    return (np.maximum.reduce(fields) if fields else np.zeros_like(grid.x))[..., None]


def calm_field(grid: Grid, box: tuple[float, float, float, float]) -> NDArray[np.floating]:
    """1 inside `box` (pixels), falling softly to 0 over a third of the short side."""
    x, y, width, height = (edge / grid.short_px for edge in box)
    beside = np.maximum(np.maximum(x - grid.x, grid.x - (x + width)), 0)
    beyond = np.maximum(np.maximum(y - grid.y, grid.y - (y + height)), 0)
    outside = np.clip(1 - np.sqrt(beside * beside + beyond * beyond) / 0.36, 0, 1)
    return outside * outside * (3 - 2 * outside)
