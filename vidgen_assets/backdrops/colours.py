"""The palettes as ramps in OKLab, and the conversions between it and sRGB.

OKLab: B. Ottosson, "A perceptual color space for image processing", 2020.
"""

from functools import cache

import torch
from torch import Tensor

RAMPS = {
    "ember": ("#1a0505", "#8a1f10", "#f0682a", "#ffd28a"),
    "ocean": ("#030f26", "#0c3f8c", "#2f8fe0", "#bfe6fb"),
    "forest": ("#06140a", "#1f5a2c", "#67a845", "#e2f2b0"),
    "rose": ("#2a0618", "#a3235a", "#f0709f", "#ffe0e8"),
    "violet": ("#0f0626", "#4a1f9a", "#9a68ea", "#e8daff"),
    "gold": ("#1c1203", "#80560f", "#dca63a", "#fff2c8"),
    "slate": ("#0b0d10", "#414952", "#929da8", "#f0f3f5"),
    "teal": ("#021817", "#0b6660", "#36bfa4", "#d2fbea"),
    "sunset": ("#1c0a38", "#8c2a78", "#f2774a", "#ffdc94"),
}
"""Dark to light, sRGB."""

_LMS = torch.tensor(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_LAB = torch.tensor(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
_LAB_INVERSE = torch.linalg.inv(_LAB.double()).float()
_LMS_INVERSE = torch.linalg.inv(_LMS.double()).float()


def oklab_of(srgb: Tensor) -> Tensor:
    """(..., 3) sRGB in 0..1 as OKLab: L in 0..1, a and b around 0."""
    linear = torch.where(srgb <= 0.04045, srgb / 12.92, ((srgb.clamp_min(0) + 0.055) / 1.055) ** 2.4)
    lms = (linear @ _LMS.to(srgb).T).clamp_min(0) ** (1 / 3)
    return lms @ _LAB.to(srgb).T


def srgb_of(oklab: Tensor) -> Tensor:
    """(..., 3) OKLab as sRGB in 0..1; what sRGB can't show is clipped."""
    lms = oklab @ _LAB_INVERSE.to(oklab).T
    linear = (lms**3 @ _LMS_INVERSE.to(oklab).T).clamp(0, 1)
    return torch.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear.clamp_min(1e-8) ** (1 / 2.4) - 0.055)


@cache
def ramp(palette: str) -> Tensor:
    """(4, 3) OKLab, dark to light."""
    stops = [[int(stop[at : at + 2], 16) / 255 for at in (1, 3, 5)] for stop in RAMPS[palette]]
    return oklab_of(torch.tensor(stops))


def along(stops: Tensor, place: Tensor) -> Tensor:
    """(..., 3) OKLab at `place` (...) in 0..1 of a ramp, smooth at its stops."""
    last = len(stops) - 1
    scaled = place.clamp(0, 1) * last
    below = scaled.floor().clamp_max(last - 1)
    part = scaled - below
    part = part + 0.35 * (part * part * (3 - 2 * part) - part)
    low = stops.to(place)[below.long()]
    return low + (stops.to(place)[below.long() + 1] - low) * part[..., None]
