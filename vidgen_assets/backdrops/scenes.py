"""A look as a clip: the texture's field in motion, lit by its mood and coloured along its palette."""

from collections.abc import Mapping

import torch
from torch import Tensor

from vidgen_assets.backdrops.colours import along, ramp, srgb_of
from vidgen_assets.backdrops.motion import PX_PER_FRAME, SPREAD, course, places, reach
from vidgen_assets.backdrops.textures import DRAWERS, Dice, noise
from vidgen_assets.backdrops.vocabulary import ASPECTS, Look

FRAMES = 13
HEIGHT, WIDTH = 96, 176
MOST_FRAMES = 21

SCENE_RECIPE = 2
"""Raise it when the same look and seed would come out otherwise."""


def render(
    look: Look,
    generator: torch.Generator,
    frames: int = FRAMES,
    height: int = HEIGHT,
    width: int = WIDTH,
    device: torch.device | str = "cpu",
) -> Tensor:
    """The look as a clip, (frames, 3, height, width), sRGB in 0..1.

    Equal generators give equal scenes on one device; on another the numbers are the same up to rounding. What a scene
    does by itself spans the whole clip, however many frames that is. Raises `ValueError` for more than 21 frames: a
    fast zoom would come to where nothing is drawn.
    """
    if not 1 <= frames <= MOST_FRAMES:
        raise ValueError(f"{frames} frames; allowed: 1 to {MOST_FRAMES}")
    dice = Dice(generator, device)
    pace = PX_PER_FRAME[look.speed] * (1 + dice.one(-SPREAD, SPREAD))
    x, y = places(course(look.motion, pace), frames, height, width, device)
    time = torch.linspace(-1, 1, frames, device=device)[:, None, None]
    value = DRAWERS[look.texture](dice, reach(height, width))(x, y, time)
    tint = noise(dice, 6.0, 2.4, 8)(x, y, time)
    light = _lit(value, look.mood)
    stops = ramp(look.palette)
    colour = along(stops, light)
    hue = along(stops, light + 0.09 * tint)
    colour = torch.cat((colour[..., :1], hue[..., 1:]), dim=-1)
    return srgb_of(colour).permute(0, 3, 1, 2).contiguous()


def completed(wanted: Mapping[str, str], generator: torch.Generator) -> Look:
    """The look with what is wanted; what is left open is drawn.

    Raises `ValueError` for a value that the vocabulary doesn't have.
    """
    chosen = {}
    for aspect, values in ASPECTS.items():
        drawn = int(torch.randint(len(values), (1,), generator=generator))
        chosen[aspect] = wanted.get(aspect, list(values)[drawn])
    return Look(**chosen)


def _lit(value: Tensor, mood: str) -> Tensor:
    """The field (0..1) as places on a palette's ramp."""
    value = value.clamp(0, 1)
    if mood == "calm":
        return 0.15 + 0.68 * value
    if mood == "airy":
        return 0.46 + 0.54 * value**0.85
    return value**1.7
