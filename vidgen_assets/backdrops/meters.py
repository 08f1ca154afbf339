"""Whether a clip shows what was asked for: its palette, mood, motion and speed, measured on its pixels.

Clips are (frames, 3, height, width), sRGB in 0..1, on the CPU, as `scenes.render` gives them; other shapes and numbers
that aren't finite raise ValueError. The meters know how the scenes are made, and nothing of any model. The texture is
read by a small classifier of its own (`texture_meter`).
"""

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from vidgen_assets.backdrops.colours import along, oklab_of, ramp
from vidgen_assets.backdrops.motion import MEAN_RADIUS_PX, PX_PER_FRAME
from vidgen_assets.backdrops.vocabulary import PALETTES

_CELL_PX = 4
_PLACES = 97
_TINT = 17  # places to each side: a tint shifts the hue by that much of the ramp
STILL_PX_PER_FRAME = 0.15
"""Below this, nothing that could be told from noise moves."""
STILL_EXPLAINED = 0.2
"""Below this share of the pictures' changes, a course is fitted to noise, flicker or cuts and says nothing: theirs is
at most 0.08, that of 274 scenes at least 0.49 (2026-11)."""

METERS_VERSION = 1
"""Raise it when the same clip would be measured otherwise."""


def clip_of(pictures: NDArray[np.uint8]) -> Tensor:
    """Pictures (frames, height, width, 3) of 8 bits as a clip."""
    return torch.from_numpy(np.ascontiguousarray(pictures)).movedim(-1, 1).float() / 255


def course_of(pictures: NDArray[np.uint8]) -> tuple[float, float, float, float]:
    """How pictures (frames, height, width, 3) move from one to the next: right and down in pixels, the logarithm of
    the growth, the clockwise turn in radians. All 0 where nothing moves."""
    moves = movement(clip_of(pictures))
    if moves.is_still:
        return 0.0, 0.0, 0.0, 0.0
    return moves.right, moves.down, moves.growth / MEAN_RADIUS_PX, moves.turn / MEAN_RADIUS_PX


def lightness(clip: Tensor) -> Tensor:
    """OKLab's L, (frames, height, width)."""
    return _lab(clip)[..., 0]


def _lab(clip: Tensor, least_frames: int = 1) -> Tensor:
    """(frames, height, width, 3) OKLab."""
    if clip.ndim != 4 or clip.shape[1] != 3 or len(clip) < least_frames:
        raise ValueError(
            f"The clip is {tuple(clip.shape)}; allowed: (frames, 3, height, width), at least {least_frames} frames."
        )
    if not clip.isfinite().all():
        raise ValueError("The clip has values that are not finite; allowed: sRGB in 0..1.")
    return oklab_of(clip.movedim(1, -1))


@cache
def _ramps() -> Tensor:
    """(palettes, places, 3) OKLab."""
    places = torch.linspace(0, 1, _PLACES)
    return torch.stack([along(ramp(name), places) for name in PALETTES])


@dataclass(frozen=True, slots=True)
class Colouring:
    palette: str
    distances: tuple[float, ...]
    """Mean distance in OKLab from each palette's ramp, in the vocabulary's order."""
    darkest: float
    """Where on the palette's ramp (0..1) the darkest twentieth of the picture ends."""
    middle: float
    """Where on the ramp the median lies."""


def colouring(clip: Tensor) -> Colouring:
    """The palette whose ramp the clip's colours lie nearest to."""
    cells = functional.avg_pool2d(clip[:: max(1, len(clip) // 4)], _CELL_PX)
    pixels = _lab(cells).reshape(-1, 3)
    distances, places = [], []
    for stops in _ramps():
        place = (pixels[:, None, 0] - stops[None, :, 0]).abs().argmin(1)
        light_off = (pixels[:, 0] - stops[place, 0]).abs()
        window = (place[:, None] + torch.arange(-_TINT, _TINT + 1)).clamp(0, _PLACES - 1)
        hue_off = (pixels[:, None, 1:] - stops[window][..., 1:]).norm(dim=-1).min(1).values
        distances.append(float((light_off + hue_off).mean()))
        places.append(place.float() / (_PLACES - 1))
    best = min(range(len(distances)), key=distances.__getitem__)
    place = places[best]
    return Colouring(list(PALETTES)[best], tuple(distances), float(place.quantile(0.05)), float(place.median()))


@dataclass(frozen=True, slots=True)
class Movement:
    """The clip's steady course, each part in pixels per frame (zooming and turning at MEAN_RADIUS_PX)."""

    right: float
    down: float
    growth: float
    turn: float
    explained: float
    """How much of the pictures' changes, as squares, goes away when they are laid over each other along the course:
    1 for a picture that does nothing else, about 0 where nothing has such a course."""

    @property
    def is_still(self) -> bool:
        return self.px_per_frame < STILL_PX_PER_FRAME or self.explained < STILL_EXPLAINED

    @property
    def motion(self) -> str:
        """The motion that most of the movement is; "still" where nothing moves."""
        if self.is_still:
            return "still"
        name = max(("right", "down", "growth", "turn"), key=lambda part: abs(getattr(self, part)))
        names = {
            "right": ("left", "right"), "down": ("up", "down"), "growth": ("out", "in"),
            "turn": ("anticlockwise", "clockwise"),
        }[name]  # fmt: skip
        return names[getattr(self, name) > 0]

    @property
    def px_per_frame(self) -> float:
        return max(map(abs, (self.right, self.down, self.growth, self.turn)))

    @property
    def speed(self) -> str:
        """The nearest speed by ratio; "still" where nothing moves."""
        if self.is_still:
            return "still"
        return min(PX_PER_FRAME, key=lambda name: abs(math.log(PX_PER_FRAME[name] / self.px_per_frame)))


_BLURS_PX = (9, 5, 3, 1, 1)
_LEAPS = (1, 1, 2, 3, 4)  # frames between the pictures that are compared
_ROUNDS = 4


def movement(clip: Tensor) -> Movement:
    """One similarity transform per frame, the same from each frame to the next, fitted to all frames at once.

    Gauss-Newton on the pictures' differences, from coarse to fine: B. Lucas and T. Kanade, "An Iterative Image
    Registration Technique", 1981; S. Baker and I. Matthews, "Lucas-Kanade 20 Years On", 2004.
    """
    light = _lab(clip, least_frames=2)[..., 0][:, None]
    found = torch.zeros(4, dtype=torch.float64)
    for blur, leap in zip(_BLURS_PX, _LEAPS, strict=True):
        picture = _softened(light, blur)
        for _ in range(_ROUNDS):
            found = found + _correction(picture, found, min(leap, len(clip) - 1))
    right, down, growth, turn = found.tolist()
    explained = _explained(_softened(light, _BLURS_PX[1]), found, len(clip) // 2)
    return Movement(right, down, growth * MEAN_RADIUS_PX, turn * MEAN_RADIUS_PX, explained)


def _softened(light: Tensor, blur: int) -> Tensor:
    for _ in range(2):
        light = functional.avg_pool2d(light, blur, 1, blur // 2, count_include_pad=False) if blur > 1 else light
    return light


def _from_the_middle(height: int, width: int) -> tuple[Tensor, Tensor]:
    """x to the right and y down of each pixel, in pixels."""
    y, x = torch.meshgrid(torch.arange(height) + 0.5 - height / 2, torch.arange(width) + 0.5 - width / 2, indexing="ij")
    return x, y


def _steadied(light: Tensor, found: Tensor) -> tuple[Tensor, Tensor]:
    """The frames with the course `found` (right, down, growth, turn per frame) undone, and where they show anything."""
    frames, _, height, width = light.shape
    x, y = _from_the_middle(height, width)
    right, down, growth, turn = found.tolist()
    time = torch.arange(frames) - (frames - 1) / 2
    scale = torch.exp(growth * time)
    cos, sin = (scale * torch.cos(turn * time))[:, None, None], (scale * torch.sin(turn * time))[:, None, None]
    at_x = cos * (x + right * time[:, None, None]) - sin * (y + down * time[:, None, None])
    at_y = sin * (x + right * time[:, None, None]) + cos * (y + down * time[:, None, None])
    grid = torch.stack((at_x / (width / 2), at_y / (height / 2)), dim=-1)
    inside = (grid.abs() <= 1 - 4 / width).all(-1)
    steady = functional.grid_sample(light, grid, mode="bilinear", padding_mode="border", align_corners=False)[:, 0]
    return steady, inside


def _correction(light: Tensor, found: Tensor, leap: int) -> Tensor:
    """What is missing from the course `found`."""
    frames, _, height, width = light.shape
    x, y = _from_the_middle(height, width)
    steady, inside = _steadied(light, found)
    slope_x, slope_y = torch.gradient(steady, dim=(2, 1))
    first, second = slice(0, frames - leap), slice(leap, frames)
    both = (inside[first] & inside[second]).float() * math.sqrt(1 / leap)
    gx, gy = (slope_x[first] + slope_x[second]) / 2 * both, (slope_y[first] + slope_y[second]) / 2 * both
    # In the steady plane a missing course moves what is at p by (drift + growth p + turn p rotated) a frame.
    basis = torch.stack((gx, gy, gx * x + gy * y, gy * x - gx * y)).flatten(1).double() * leap
    off = ((steady[second] - steady[first]) * both).flatten().double()
    normal = basis @ basis.T
    return -torch.linalg.solve(normal + 1e-9 * torch.diag(normal.diagonal()) + 1e-12 * torch.eye(4), basis @ off)


def _explained(light: Tensor, found: Tensor, leap: int) -> float:
    """The share of the changes over `leap` frames that undoing the course takes away."""
    steady, inside = _steadied(light, found)
    both = inside[:-leap] & inside[leap:]
    before = (light[leap:, 0] - light[:-leap, 0]).square()[both].sum()
    after = (steady[leap:] - steady[:-leap]).square()[both].sum()
    return max(0.0, 1 - float(after / before)) if before > 0 else 0.0


def flicker(clip: Tensor) -> float:
    """Mean size of the second difference in time of the lightness, in 1/255."""
    return float(_lab(clip, least_frames=3)[..., 0].diff(n=2, dim=0).abs().mean() * 255)


def mood(found: Colouring) -> str:
    """Where on its palette's ramp the picture's shadows lie."""
    if found.darkest > 0.43:
        return "airy"
    return "calm" if found.darkest > 0.14 else "dramatic"
