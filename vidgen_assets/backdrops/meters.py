"""Whether a clip shows what was asked for: its palette, mood, motion and speed, measured on its pixels.

Clips are (frames, 3, height, width), sRGB in 0..1, as `scenes.render` gives them. The meters know how the scenes are
made, and nothing of any model. The texture is read by a small classifier of its own (`texture_meter`).
"""

import math
from dataclasses import dataclass
from functools import cache

import torch
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


def lightness(clip: Tensor) -> Tensor:
    """OKLab's L, (frames, height, width)."""
    return oklab_of(clip.movedim(1, -1))[..., 0]


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
    pixels = oklab_of(cells.movedim(1, -1)).reshape(-1, 3)
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

    @property
    def motion(self) -> str:
        """The motion that most of the movement is."""
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
        pace = self.px_per_frame
        if pace < STILL_PX_PER_FRAME:
            return "still"
        return min(PX_PER_FRAME, key=lambda name: abs(math.log(PX_PER_FRAME[name] / pace)))


_BLURS_PX = (9, 5, 3, 1, 1)
_LEAPS = (1, 1, 2, 3, 4)  # frames between the pictures that are compared
_ROUNDS = 4


def movement(clip: Tensor) -> Movement:
    """One similarity transform per frame, the same from each frame to the next, fitted to all frames at once.

    Gauss-Newton on the pictures' differences, from coarse to fine: B. Lucas and T. Kanade, "An Iterative Image
    Registration Technique", 1981; S. Baker and I. Matthews, "Lucas-Kanade 20 Years On", 2004.
    """
    light = lightness(clip)[:, None]
    frames, _, height, width = light.shape
    y, x = torch.meshgrid(torch.arange(height) + 0.5 - height / 2, torch.arange(width) + 0.5 - width / 2, indexing="ij")
    found = torch.zeros(4, dtype=torch.float64)
    for blur, leap in zip(_BLURS_PX, _LEAPS, strict=True):
        picture = functional.avg_pool2d(light, blur, 1, blur // 2, count_include_pad=False) if blur > 1 else light
        picture = functional.avg_pool2d(picture, blur, 1, blur // 2, count_include_pad=False) if blur > 1 else picture
        for _ in range(_ROUNDS):
            found = found + _correction(picture, found, min(leap, frames - 1), x, y)
    right, down, growth, turn = found.tolist()
    return Movement(right, down, growth * MEAN_RADIUS_PX, turn * MEAN_RADIUS_PX)


def _correction(light: Tensor, found: Tensor, leap: int, x: Tensor, y: Tensor) -> Tensor:
    """What is missing from the course `found` (right, down, growth, turn per frame)."""
    frames, _, height, width = light.shape
    right, down, growth, turn = found.tolist()
    time = torch.arange(frames) - (frames - 1) / 2
    scale = torch.exp(growth * time)
    cos, sin = (scale * torch.cos(turn * time))[:, None, None], (scale * torch.sin(turn * time))[:, None, None]
    at_x = cos * (x + right * time[:, None, None]) - sin * (y + down * time[:, None, None])
    at_y = sin * (x + right * time[:, None, None]) + cos * (y + down * time[:, None, None])
    grid = torch.stack((at_x / (width / 2), at_y / (height / 2)), dim=-1)
    inside = (grid.abs() <= 1 - 4 / width).all(-1)
    steady = functional.grid_sample(light, grid, mode="bilinear", padding_mode="border", align_corners=False)[:, 0]
    slope_x, slope_y = torch.gradient(steady, dim=(2, 1))
    first, second = slice(0, frames - leap), slice(leap, frames)
    both = (inside[first] & inside[second]).float() * math.sqrt(1 / leap)
    gx, gy = (slope_x[first] + slope_x[second]) / 2 * both, (slope_y[first] + slope_y[second]) / 2 * both
    # In the steady plane a missing course moves what is at p by (drift + growth p + turn p rotated) a frame.
    basis = torch.stack((gx, gy, gx * x + gy * y, gy * x - gx * y)).flatten(1).double() * leap
    off = ((steady[second] - steady[first]) * both).flatten().double()
    normal = basis @ basis.T
    return -torch.linalg.solve(normal + 1e-9 * torch.diag(normal.diagonal()) + 1e-12 * torch.eye(4), basis @ off)


def flicker(clip: Tensor) -> float:
    """Mean size of the second difference in time of the lightness, in 1/255."""
    return float(lightness(clip).diff(n=2, dim=0).abs().mean() * 255)


def mood(found: Colouring) -> str:
    """Where on its palette's ramp the picture's shadows lie."""
    if found.darkest > 0.43:
        return "airy"
    return "calm" if found.darkest > 0.14 else "dramatic"
