"""The evaluation of a trained folder: prompts never seen in training, judged by the meters beside real scenes.

Every number has its counterpart on procedural clips of the same looks: what the meters make of the truth is the
ceiling of what they can say about the model.
"""

import random
import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from vidgen_assets.backdrops.meters import colouring, flicker, lightness, mood, movement
from vidgen_assets.backdrops.scenes import FRAMES, HEIGHT, WIDTH, render
from vidgen_assets.backdrops.texture_meter import TextureMeter
from vidgen_assets.backdrops.vocabulary import TEXTURES, Look
from vidgen_assets.training.material import drawn_look, generator, in_words, split

FLICKER_FLOOR = 0.35
"""In 1/255: a real clip that flickers less than this counts as this much. Less than half a step of 8 bits can't be
seen, and nearly still scenes would make ratios of nothing."""

GATES = {
    "palette": 0.97, "motion": 0.97, "texture": 0.92, "speed": 0.90, "flicker": 1.15, "vae_db": 31.0, "meters": 0.97,
}  # fmt: skip
"""What a folder has to reach to become the default: shares of clips, but for the median ratio of flicker (at most) and
the VAE's PSNR on its worst texture. `meters` is the share of real clips each meter has to get right."""


@dataclass(frozen=True, slots=True)
class Sampling:
    steps: int = 12
    guidance_scale: float = 2.5


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
    made: Seen
    real: Seen


@dataclass(frozen=True, slots=True)
class Evaluation:
    cases: tuple[Case, ...]
    vae_db: dict[str, float]
    """PSNR in dB on real clips, by texture."""
    diversity: float
    """How different clips of one prompt are, as a share of how different real ones are."""
    numbers: dict[str, float] = field(default_factory=dict)

    def share(self, aspect: str, which: str = "made", cases: Iterable[Case] | None = None) -> float:
        found = list(self.cases if cases is None else cases)
        return statistics.fmean(getattr(getattr(case, which), aspect) == getattr(case.look, aspect) for case in found)

    def flicker(self) -> float:
        """The median of made to real."""
        return statistics.median(case.made.flicker / max(FLICKER_FLOOR, case.real.flicker) for case in self.cases)

    def results(self) -> dict[str, float]:
        aspects = ("palette", "motion", "texture", "speed")
        return {
            **{aspect: self.share(aspect) for aspect in (*aspects, "mood")},
            "flicker": self.flicker(),
            "vae_db": min(self.vae_db.values()),
            "meters": min(self.share(aspect, "real") for aspect in aspects),
            "diversity": self.diversity,
        }

    def missed(self) -> list[str]:
        """The gates that are not reached."""
        found = self.results()
        return [
            name for name, gate in GATES.items() if (found[name] > gate if name == "flicker" else found[name] < gate)
        ]

    def to_json(self) -> dict[str, Any]:
        return {
            "results": self.results(),
            "gates": GATES,
            "missed": self.missed(),
            "real": {
                aspect: self.share(aspect, "real") for aspect in ("palette", "motion", "texture", "speed", "mood")
            },
            "texture_by_texture": {
                name: self.share("texture", cases=found)
                for name in TEXTURES
                if (found := [case for case in self.cases if case.look.texture == name])
            },
            "vae_db": self.vae_db,
            "cases": [asdict(case) for case in self.cases],
        }


@torch.no_grad()
def made(pipeline: Any, prompts: Sequence[str], seeds: Sequence[int], sampling: Sampling) -> list[Tensor]:
    """Clips (frames, 3, height, width) in 0..1, one for each prompt and seed."""
    found = pipeline(
        prompt=list(prompts), negative_prompt=[""] * len(prompts), height=HEIGHT, width=WIDTH, num_frames=FRAMES,
        num_inference_steps=sampling.steps, guidance_scale=sampling.guidance_scale, max_sequence_length=32,
        generator=[torch.Generator().manual_seed(seed) for seed in seeds], output_type="pt",
    )  # fmt: skip
    return list(found.frames.float())


def seen(clip: Tensor, textures: TextureMeter) -> Seen:
    clip = (clip * 255).round() / 255
    colours, moves = colouring(clip), movement(clip)
    return Seen(
        colours.palette, textures.read(clip).texture, moves.motion, moves.speed, mood(colours), round(flicker(clip), 4)
    )


@torch.no_grad()
def vae_db(vae: Any, held_out: float, per_texture: int = 6) -> dict[str, float]:
    """Mean PSNR in dB of whole real clips of held-out looks, by texture."""
    _, looks = split(held_out)
    found = {}
    for texture in TEXTURES:
        values = []
        for index in range(per_texture):
            dice = generator("vae", texture, index)
            clip = render(drawn_look(tuple(look for look in looks if look.texture == texture), dice), dice)
            shown = vae.decode(vae.encode(clip.transpose(0, 1)[None] * 2 - 1).latent_dist.mode()).sample / 2 + 0.5
            square = functional.mse_loss(shown[0].transpose(0, 1), clip)
            values.append(float(-10 * torch.log10(square)))
        found[texture] = statistics.fmean(values)
    return found


def evaluate(
    folder_pipeline: Any, textures: TextureMeter, held_out: float, count: int = 192, batch: int = 8,
    sampling: Sampling | None = None, tell: Callable[[str], None] = print,
) -> Evaluation:  # fmt: skip
    sampling = sampling or Sampling()
    _, looks = split(held_out)
    cases: list[Case] = []
    for start in range(0, count, batch):
        wanted: list[tuple[Look, str, torch.Generator]] = []
        for index in range(start, min(count, start + batch)):
            dice = generator("evaluation", index)
            look = drawn_look(looks, dice)
            wanted.append((look, in_words(look, random.Random(index), silence=0.0), dice))
        clips = made(folder_pipeline, [prompt for _, prompt, _ in wanted], range(start, start + len(wanted)), sampling)
        for clip, (look, prompt, dice) in zip(clips, wanted, strict=True):
            cases.append(Case(look, prompt, seen(clip, textures), seen(render(look, dice), textures)))
        tell(f"{len(cases)}/{count} clips judged")
    return Evaluation(
        tuple(cases), vae_db(folder_pipeline.vae, held_out), diversity(folder_pipeline, held_out, sampling)
    )


def diversity(pipeline: Any, held_out: float, sampling: Sampling, prompts: int = 9, seeds: int = 4) -> float:
    """Mean distance between clips of one prompt and other seeds, over that between real clips of its look."""
    _, looks = split(held_out)
    of_made, of_real = [], []
    for texture in list(TEXTURES)[:prompts]:
        dice = generator("diversity", texture)
        look = drawn_look(tuple(look for look in looks if look.texture == texture), dice)
        prompt = in_words(look, random.Random(texture), silence=0.0)
        of_made.append(_spread(made(pipeline, [prompt] * seeds, range(1000, 1000 + seeds), sampling)))
        of_real.append(_spread([render(look, dice) for _ in range(seeds)]))
    return statistics.fmean(a / b for a, b in zip(of_made, of_real, strict=True))


def _spread(clips: list[Tensor]) -> float:
    """Mean absolute difference of lightness between the middle frames of every two clips, in cells of 8 pixels."""
    middles = [functional.avg_pool2d(lightness(clip[len(clip) // 2][None])[None], 8) for clip in clips]
    pairs = [(a, b) for index, a in enumerate(middles) for b in middles[index + 1 :]]
    return statistics.fmean(float((a - b).abs().mean()) for a, b in pairs)
