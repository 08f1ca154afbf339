"""The evaluation of a trained folder: prompts never seen in training, judged by the meters beside real scenes.

Every number has its counterpart on procedural clips of the same looks: what the meters make of the truth is the
ceiling of what they can say about the model. Made and real clips are rounded to 8 bits before anything is measured.
"""

import math
import random
import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from vidgen_assets.backdrops.meters import colouring, flicker, lightness, mood, movement
from vidgen_assets.backdrops.scenes import FRAMES, HEIGHT, WIDTH, render
from vidgen_assets.backdrops.texture_meter import TextureMeter
from vidgen_assets.backdrops.vocabulary import EVERYTHING, TEXTURES, Look, Offer
from vidgen_assets.clips.errors import InputError, PermanentError
from vidgen_assets.training.intervals import of_median, wilson
from vidgen_assets.training.lattice import Lattice, lattice, lattice_lines
from vidgen_assets.training.material import drawn_look, generator, in_words, split

FLICKER_FLOOR = 0.35
"""In 1/255: a real clip that flickers less than this counts as this much. Less than half a step of 8 bits can't be
seen, and nearly still scenes would make ratios of nothing."""

GATES = {
    "palette": 0.97, "motion": 0.97, "texture": 0.92, "speed": 0.90, "flicker": 1.15, "lattice_db": 2.0,
    "vae_db": 31.0, "diversity": 0.75, "meters": 0.97,
}  # fmt: skip
"""What a folder has to reach to become the default: shares of clips, but for the four named here.

- `flicker`: the median ratio of made to real, at most.
- `lattice_db`: `lattice.Lattice.excess_db`, at most. Real against other real clips gave 0.97 at the very most (400
  draws of 192 pairs, 1.9 in 99.5 % of draws of 48); a lattice of one level of 8 bits on real clips gave 2.4 (cells of
  8x8 random values), 3.0 (a wave of 16 px), 5.2 (of 8 px) and 11 (of 2 px), one of two levels 6.0 to 17 (2026-11).
- `vae_db`: the VAE's PSNR on its worst texture.
- `diversity`: how different clips of one prompt are, over how different real ones are. Real over other real clips
  deviates by 0.044 (16 draws, 2026-11).

`meters` is the share of real clips that the worst of the meters gets right.
"""

AT_MOST = frozenset({"flicker", "lattice_db"})
"""The gates that are upper bounds."""

ASPECTS = ("palette", "motion", "texture", "speed", "mood")
_GATED = ASPECTS[:4]  # a prompt's mood is a shade of its palette, and told without a gate


@dataclass(frozen=True, slots=True)
class Sampling:
    steps: int = 12
    guidance_scale: float = 2.5


@dataclass(frozen=True, slots=True)
class Extent:
    """How much is made and measured."""

    clips: int = 192
    """As many of each texture, up to one."""
    offer: Offer = EVERYTHING
    """What is asked for."""
    batch: int = 8
    vae_per_texture: int = 6
    diversity_seeds: int = 4
    """Clips of one prompt, at least 2."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What the meters say of one clip."""

    palette: str
    texture: str
    motion: str
    speed: str
    mood: str
    flicker: float


@dataclass(frozen=True, slots=True)
class Case:
    look: Look
    prompt: str
    seed: int
    made: Seen
    real: Seen
    is_held_out: bool = True
    """Whether the training was spared its combination of palette, texture and motion."""

    @property
    def flicker(self) -> float:
        """Made to real."""
        return self.made.flicker / max(FLICKER_FLOOR, self.real.flicker)


@dataclass(frozen=True, slots=True)
class Evaluation:
    cases: tuple[Case, ...]
    lattice: Lattice
    vae_db: dict[str, float]
    """PSNR in dB on real clips, by texture."""
    diversity: float

    def hits(self, aspect: str, which: str, cases: Iterable[Case]) -> list[bool]:
        return [getattr(getattr(case, which), aspect) == getattr(case.look, aspect) for case in cases]

    def share(self, aspect: str, which: str = "made") -> float:
        """Of clips, `made` or `real`, that show the aspect that was asked for."""
        return statistics.fmean(self.hits(aspect, which, self.cases))

    def results(self) -> dict[str, float]:
        return {
            **{aspect: self.share(aspect) for aspect in ASPECTS},
            "flicker": statistics.median(case.flicker for case in self.cases),
            "lattice_db": self.lattice.excess_db,
            "vae_db": min(self.vae_db.values(), key=lambda db: (not math.isnan(db), db)),  # what is no number is worst
            "diversity": self.diversity,
            "meters": min(self.share(aspect, "real") for aspect in _GATED),
        }

    def intervals(self) -> dict[str, tuple[float, float]]:
        """95 % intervals of those results that are of many independent clips."""
        count, error = len(self.cases), 1.96 * self.lattice.error_db
        worst = min(_GATED, key=lambda aspect: self.share(aspect, "real"))
        return {
            **{aspect: wilson(sum(self.hits(aspect, "made", self.cases)), count) for aspect in ASPECTS},
            "flicker": of_median(case.flicker for case in self.cases),
            "lattice_db": (self.lattice.excess_db - error, self.lattice.excess_db + error),
            "meters": wilson(sum(self.hits(worst, "real", self.cases)), count),
        }

    def missed(self) -> list[str]:
        """The gates that are not reached."""
        found = self.results()
        return [
            name
            for name, gate in GATES.items()
            if not (found[name] <= gate if name in AT_MOST else found[name] >= gate)
        ]

    def by_texture(self) -> dict[str, dict[str, float]]:
        """For each texture that was asked for: shares of made clips, of real clips (`real_…`), and flicker."""
        found: dict[str, dict[str, float]] = {}
        for texture in TEXTURES:
            own = [case for case in self.cases if case.look.texture == texture]
            if own:
                found[texture] = {
                    "clips": len(own),
                    "held_out": sum(case.is_held_out for case in own),
                    **{aspect: statistics.fmean(self.hits(aspect, "made", own)) for aspect in ASPECTS},
                    **{f"real_{aspect}": statistics.fmean(self.hits(aspect, "real", own)) for aspect in ASPECTS},
                    "flicker": statistics.median(case.flicker for case in own),
                }
        return found

    def to_json(self) -> dict[str, Any]:
        return {
            "results": self.results(),
            "intervals_95": self.intervals(),
            "gates": GATES,
            "gates_at_most": sorted(AT_MOST),
            "missed": self.missed(),
            "real": {aspect: self.share(aspect, "real") for aspect in ASPECTS},
            "by_texture": self.by_texture(),
            "lattice": asdict(self.lattice),
            "vae_db": self.vae_db,
            "cases": [asdict(case) for case in self.cases],
        }


def in_8_bits(clip: Tensor) -> Tensor:
    """Values of 0..1 as a file of 8 bits would hold them."""
    return (clip * 255).round().clamp(0, 255) / 255


@torch.no_grad()
def made(pipeline: Any, prompts: Sequence[str], seeds: Sequence[int], sampling: Sampling) -> list[Tensor]:
    """Clips (frames, 3, height, width) in 8 bits of 0..1, one for each prompt and seed.

    Raises `PermanentError` for clips that hold what is no number.
    """
    found = pipeline(
        prompt=list(prompts), negative_prompt=[""] * len(prompts), height=HEIGHT, width=WIDTH, num_frames=FRAMES,
        num_inference_steps=sampling.steps, guidance_scale=sampling.guidance_scale,
        max_sequence_length=pipeline.tokenizer.model_max_length,
        generator=[torch.Generator().manual_seed(seed) for seed in seeds], output_type="pt",
    )  # fmt: skip
    if not found.frames.isfinite().all():
        raise PermanentError("the pipeline makes clips of what is no number", remedy="Train it anew, more slowly.")
    return [in_8_bits(clip.float().cpu()) for clip in found.frames]


def seen(clip: Tensor, textures: TextureMeter) -> Seen:
    colours, moves = colouring(clip), movement(clip)
    return Seen(
        colours.palette, textures.read(clip).texture, moves.motion, moves.speed, mood(colours), round(flicker(clip), 4)
    )


def looks_to_ask_for(held_out: float, texture: str, offer: Offer = EVERYTHING) -> tuple[Look, ...]:
    """The offered looks of one texture that the training has not seen; those that it has, where it was spared none.

    Raises `InputError` where `held_out` spares it none of the texture at all.
    """
    seen_looks, unseen = (tuple(look for look in part if look.texture == texture) for part in split(held_out))
    if not unseen:
        raise InputError(
            f"no look of texture {texture} is held out, so there is nothing to evaluate it on",
            field="held_out",
            value=held_out,
            allowed="0.05 to 0.5, which hold out looks of every texture",
            remedy="Train a configuration that holds out more.",
        )
    return tuple(filter(offer.has, unseen)) or tuple(filter(offer.has, seen_looks))


@torch.no_grad()
def vae_db(vae: Any, held_out: float, textures: Sequence[str], per_texture: int) -> dict[str, float]:
    """Mean PSNR in dB of whole real clips of held-out looks, by texture."""
    found = {}
    for texture in textures:
        values = []
        for index in range(per_texture):
            dice = generator("vae", texture, index)
            clip = in_8_bits(render(drawn_look(looks_to_ask_for(held_out, texture), dice), dice))
            given = (clip.transpose(0, 1)[None] * 2 - 1).to(vae.device)
            shown = vae.decode(vae.encode(given).latent_dist.mode()).sample[0].transpose(0, 1).float().cpu()
            square = functional.mse_loss(in_8_bits(shown / 2 + 0.5), clip)
            values.append(float(-10 * torch.log10(square)))
        found[texture] = statistics.fmean(values)
    return found


def evaluate(
    pipeline: Any, textures: TextureMeter, held_out: float, extent: Extent | None = None,
    sampling: Sampling | None = None, tell: Callable[[str], None] = print,
) -> Evaluation:  # fmt: skip
    """Judge `pipeline` (a WanPipeline) on looks that a training with this `held_out` has not seen."""
    extent, sampling = extent or Extent(), sampling or Sampling()
    spared = frozenset(split(held_out)[1])
    cases: list[Case] = []
    lines: list[tuple[Tensor, Tensor]] = []
    for start in range(0, extent.clips, extent.batch):
        seeds = range(start, min(extent.clips, start + extent.batch))
        asked = [_asked(seed, held_out, extent.offer) for seed in seeds]
        clips = made(pipeline, [prompt for _, prompt, _ in asked], seeds, sampling)
        for seed, clip, (look, prompt, dice) in zip(seeds, clips, asked, strict=True):
            real = in_8_bits(render(look, dice))
            cases.append(Case(look, prompt, seed, seen(clip, textures), seen(real, textures), look in spared))
            lines.append((lattice_lines(clip), lattice_lines(real)))
        tell(f"{len(cases)}/{extent.clips} clips judged")
    return Evaluation(
        tuple(cases),
        lattice([own for own, _ in lines], [real for _, real in lines]),
        vae_db(pipeline.vae, held_out, extent.offer.textures, extent.vae_per_texture),
        diversity(pipeline, held_out, sampling, extent.offer, extent.diversity_seeds),
    )


def _asked(index: int, held_out: float, offer: Offer) -> tuple[Look, str, torch.Generator]:
    """Each texture in turn: the combinations that are held out by chance hold three times as many of some."""
    dice = generator("evaluation", index)
    look = drawn_look(looks_to_ask_for(held_out, offer.textures[index % len(offer.textures)], offer), dice)
    return look, in_words(look, random.Random(index), silence=0.0), dice


def diversity(pipeline: Any, held_out: float, sampling: Sampling, offer: Offer, seeds: int) -> float:
    """The distance between clips of one prompt and other seeds, over that between real clips of its look.

    One look of each texture is asked for.
    """
    of_made, of_real = 0.0, 0.0
    for texture in offer.textures:
        dice = generator("diversity", texture)
        look = drawn_look(looks_to_ask_for(held_out, texture, offer), dice)
        prompt = in_words(look, random.Random(texture), silence=0.0)
        of_made += spread(made(pipeline, [prompt] * seeds, range(1000, 1000 + seeds), sampling))
        of_real += spread([in_8_bits(render(look, dice)) for _ in range(seeds)])
    return of_made / of_real


def spread(clips: Sequence[Tensor]) -> float:
    """Mean absolute difference of lightness between the middle frames of every two clips, in cells of 8 pixels."""
    middles = [functional.avg_pool2d(lightness(clip[len(clip) // 2][None])[None], 8) for clip in clips]
    pairs = [(a, b) for index, a in enumerate(middles) for b in middles[index + 1 :]]
    return statistics.fmean(float((a - b).abs().mean()) for a, b in pairs)
