"""Whether frames show the lattice on which a model computes: how much stands out at the lattice's own frequencies.

A decoder that gives each of its cells a slightly different light leaves a pattern that repeats every 2, 4 or 8 pixels
(the patches and cells of the autoencoder) or every 16 (the transformer's). Such a pattern is lines in the spectrum, at
multiples of 1/16 cycle per pixel on both axes; of a picture's content nothing is there that isn't at the frequencies
around it too.
"""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from vidgen_assets.backdrops.meters import lightness

PERIOD_PX = 16
"""The longest period; its multiples hold those of 8, 4 and 2 pixels."""

_LEAK = 1  # bins to each side of a line that the Hann window spreads it over
_AROUND = 2  # bins beyond those that it is compared with
_UNSEEN = 0.25 / 255
"""The amplitude of a wave that nobody sees: half a step of 8 bits from crest to trough. Every frequency is taken to
hold one, or a flat picture would make a lattice of what is far below that."""


@dataclass(frozen=True, slots=True)
class Lattice:
    """The lattice frequency that stands out most in made clips over real ones."""

    excess_db: float
    """By how much more than in real clips, mean over pairs of clips."""
    error_db: float
    """The standard error of that mean."""
    down: float
    across: float
    """In cycles per pixel, each 0 to 0.5."""


def lattice_lines(clip: Tensor) -> Tensor:
    """What stands out at each lattice frequency, in dB: (lines, lines), rows from 0 to 0.5 cycles down, columns across.

    `clip` is (frames, 3, height, width), sRGB in 0..1, sides multiples of 16. The power is that of the lightness under
    a Hann window, mean over frames, against the geometric mean of the frequencies around. The corner, which is the
    mean light, is 0.
    """
    light = lightness(clip)
    _, height, width = light.shape
    window = torch.hann_window(height)[:, None] * torch.hann_window(width)[None]
    light = (light - light.mean((1, 2), keepdim=True)) * window
    power = torch.fft.fft2(light).abs().square().mean(0)
    power = power / (window.sum() / 2).square()  # a wave's amplitude, squared
    for y, x in ((0, width // 2), (height // 2, 0), (height // 2, width // 2)):
        power[y, x] /= 4  # the fastest waves are their own mirror images: both halves of them meet here
    levels = 10 * (power + _UNSEEN**2).log10()
    step_y, step_x = height // PERIOD_PX, width // PERIOD_PX
    reach = _LEAK + _AROUND
    around = torch.stack(
        [
            levels.roll((y, x), (0, 1))
            for y in range(-reach, reach + 1)
            for x in range(-reach, reach + 1)
            if max(abs(y), abs(x)) > _LEAK
        ]
    ).mean(0)
    lines = (levels - around)[::step_y, ::step_x]
    half = PERIOD_PX // 2 + 1
    mirrored = lines.flip(1).roll(1, 1)  # the same frequency, leaning the other way
    found = ((lines + mirrored) / 2)[:half, :half].clone()
    found[0, 0] = 0.0
    return found


def lattice(made: Sequence[Tensor], real: Sequence[Tensor]) -> Lattice:
    """From the `lattice_lines` of pairs of clips of the same looks; at least two pairs."""
    excess = torch.stack(list(made)) - torch.stack(list(real))
    mean = excess.mean(0)
    at = int(mean.argmax())
    down, across = divmod(at, mean.shape[1])
    each = excess[:, down, across].tolist()
    error = statistics.stdev(each) / math.sqrt(len(each)) if len(each) > 1 else math.inf
    return Lattice(float(mean[down, across]), error, down / PERIOD_PX, across / PERIOD_PX)
