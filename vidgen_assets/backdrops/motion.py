"""How a backdrop moves: one similarity transform of the plane for each frame.

Lengths are in units of 48 pixels, so a feature has the same size in pixels in every format.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

UNIT_PX = 48
MEAN_RADIUS_PX = 52
"""The distance from the centre at which zooming and turning are as fast as drifting (about the mean of 96x176)."""

PX_PER_FRAME = {"slow": 0.8, "steady": 1.7, "fast": 3.6}
"""Displacement from one frame to the next, in pixels of the model's frames."""

SPREAD = 0.12
"""A speed is met within this share of its nominal value."""

_DRIFTS = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}


@dataclass(frozen=True, slots=True)
class Course:
    """Per frame: a drift in pixels (x to the right, y down), a growth, a turn in radians (clockwise)."""

    drift: tuple[float, float]
    growth: float
    turn: float


def course(motion: str, px_per_frame: float) -> Course:
    """The steady course of a motion at a speed."""
    rate = px_per_frame / MEAN_RADIUS_PX
    if motion in _DRIFTS:
        x, y = _DRIFTS[motion]
        return Course((x * px_per_frame, y * px_per_frame), 0.0, 0.0)
    return {
        "in": Course((0.0, 0.0), rate, 0.0),
        "out": Course((0.0, 0.0), -rate, 0.0),
        "clockwise": Course((0.0, 0.0), 0.0, rate),
        "anticlockwise": Course((0.0, 0.0), 0.0, -rate),
    }[motion]


def places(
    way: Course, frames: int, height: int, width: int, device: torch.device | str = "cpu"
) -> tuple[Tensor, Tensor]:
    """Where each pixel of each frame lies in the unmoved plane: x and y, each (frames, height, width), in units.

    The middle frame is the unmoved one, so zooming in and out go over the same sizes.
    """
    time = torch.arange(frames, device=device, dtype=torch.float32) - (frames - 1) / 2
    y = (torch.arange(height, device=device) + 0.5 - height / 2) / UNIT_PX
    x = (torch.arange(width, device=device) + 0.5 - width / 2) / UNIT_PX
    x, y = x[None, None, :], y[None, :, None]
    shrink = torch.exp(-way.growth * time)
    cos, sin = torch.cos(way.turn * time) * shrink, torch.sin(way.turn * time) * shrink
    cos, sin = cos[:, None, None], sin[:, None, None]
    move_x, move_y = (part / UNIT_PX * time[:, None, None] for part in way.drift)
    return cos * x + sin * y - move_x, -sin * x + cos * y - move_y


def reach(height: int, width: int) -> float:
    """How far from the origin, in units, a scene can be seen in any frame: 2.2 is what the fastest zoom comes to in the
    10 frames on either side of the middle one."""
    return math.hypot(height, width) / 2 / UNIT_PX * 2.2 + 0.8
