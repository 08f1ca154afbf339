"""Contact sheets of a trained folder: sixteen clips of held-out looks, seeds 0 to 15, none of them picked.

Every picture is enlarged to 640x360 by Lanczos, about as a template shows it, so that a lattice would show too.
"""

import io
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from PIL import Image
from torch import Tensor

from vidgen_assets.backdrops.scenes import render
from vidgen_assets.backdrops.vocabulary import EVERYTHING, Offer
from vidgen_assets.clips.contact_sheet import contact_sheet
from vidgen_assets.training.evaluation import Sampling, in_8_bits, made
from vidgen_assets.training.material import drawn_look, generator, in_words, split

SAMPLES = 16
_SHOWN_PX = (640, 360)
_WIDTHS_PX = {4: 2620, 3: 1968}  # of the sheets with so many columns: cells are then 640 wide


@dataclass(frozen=True, slots=True)
class Sample:
    """A clip beside a real scene of its look; each (frames, 3, height, width) in 0..1."""

    seed: int
    prompt: str
    made: Tensor
    real: Tensor


def samples(
    pipeline: Any, held_out: float, sampling: Sampling, offer: Offer = EVERYTHING, count: int = SAMPLES,
    batch: int = 8,
) -> list[Sample]:  # fmt: skip
    """The first `count` samples: what is asked for with seed i depends on i and on the offer alone."""
    looks = tuple(look for look in split(held_out)[1] if offer.has(look))
    dice = [generator("sheet", seed) for seed in range(count)]
    asked = [drawn_look(looks, die) for die in dice]
    prompts = [
        in_words(look, random.Random(int(torch.randint(2**31, (1,), generator=die))), silence=0.0)
        for look, die in zip(asked, dice, strict=True)
    ]
    clips: list[Tensor] = []
    for start in range(0, count, batch):
        seeds = range(start, min(count, start + batch))
        clips += made(pipeline, [prompts[seed] for seed in seeds], seeds, sampling)
    return [
        Sample(seed, prompts[seed], clips[seed], in_8_bits(render(asked[seed], dice[seed]))) for seed in range(count)
    ]


def write_sheets(found: list[Sample], out: Path) -> None:
    """`samples.jpg` and `real.jpg` show middle frames, `frames.jpg` first, middle and last ones, a clip to a row."""
    middles = [(f"{sample.seed}: {sample.prompt}", sample.made[len(sample.made) // 2]) for sample in found]
    reals = [(f"{sample.seed}: {sample.prompt}", sample.real[len(sample.real) // 2]) for sample in found]
    frames = [
        (f"{sample.seed}, frame {at + 1}: {sample.prompt}", sample.made[at])
        for sample in found
        for at in (0, len(sample.made) // 2, len(sample.made) - 1)
    ]
    for name, cells, columns in (("samples", middles, 4), ("real", reals, 4), ("frames", frames, 3)):
        sheet = contact_sheet([(told, _enlarged(frame)) for told, frame in cells], columns, _WIDTHS_PX[columns])
        (out / f"{name}.jpg").write_bytes(sheet)


def _enlarged(frame: Tensor) -> bytes:
    """(3, height, width) in 0..1 as a PNG of `_SHOWN_PX`."""
    pixels = (frame * 255).round().to(torch.uint8).permute(1, 2, 0).numpy()
    out = io.BytesIO()
    Image.fromarray(pixels).resize(_SHOWN_PX, Image.Resampling.LANCZOS).save(out, "PNG", compress_level=1)
    return out.getvalue()
