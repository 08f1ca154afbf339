"""What a training is made from. Another configuration is another release."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator
from torch import Tensor

from vidgen_assets.backdrops.vocabulary import ASPECTS, MOTIONS, TEXTURES

Share = Annotated[float, Field(ge=0, le=1)]


class Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Format(Frozen):
    """The size of a clip in pixels, and how much of a stage's material has it."""

    height: Annotated[int, Field(ge=16, le=512, multiple_of=16)]
    width: Annotated[int, Field(ge=16, le=512, multiple_of=16)]
    batch: Annotated[int, Field(ge=1)] = 1
    weight: Annotated[float, Field(gt=0)] = 1.0


def _refuse_unknown(aspect: str, named: Iterable[str]) -> None:
    unknown = sorted(set(named) - set(ASPECTS[aspect]))
    if unknown:
        raise ValueError(f"no such {aspect}: {', '.join(unknown)}; allowed: {', '.join(ASPECTS[aspect])}")


def _named_once(aspect: str, named: tuple[str, ...]) -> tuple[str, ...]:
    _refuse_unknown(aspect, named)
    if len(set(named)) < max(1, len(named)):
        raise ValueError(f"{aspect}s are named once each, and at least one")
    return named


class Course(Frozen):
    """Steps at a learning rate that rises over `warmup` steps, stays, and falls to nothing over the last `decay`."""

    steps: Annotated[int, Field(ge=1)]
    learning_rate: Annotated[float, Field(gt=0)]
    warmup: Annotated[int, Field(ge=0)] = 50
    decay: Share = 0.4
    ema: Share = 0.999
    """What the average of the weights, which is what is kept, forgets per step is 1 less this."""
    emphasis: dict[str, Annotated[float, Field(gt=0)]] = Field(default_factory=dict)
    """How often a texture is drawn, to once for the others: small sharp things need to be seen more often."""

    @field_validator("emphasis")
    @classmethod
    def _of_textures(cls, emphasis: dict[str, float]) -> dict[str, float]:
        _refuse_unknown("texture", emphasis)
        return emphasis

    def rate(self, step: int) -> float:
        """The learning rate of step `step` (from 0)."""
        rising = min(1.0, (step + 1) / (self.warmup + 1))
        left = (self.steps - step) / max(1.0, self.decay * self.steps)
        return self.learning_rate * rising * min(1.0, left)


class InCourses(Frozen):
    """What is trained in courses, one after the other, each with a rise and a fall of the learning rate."""

    courses: Annotated[tuple[Course, ...], Field(min_length=1)]

    @property
    def steps(self) -> int:
        """Of all courses."""
        return sum(course.steps for course in self.courses)

    def course(self, step: int) -> tuple[Course, int]:
        """The course that step `step` (from 0) belongs to, and its number within it.

        Raises `ValueError` after the last.
        """
        within = step
        for course in self.courses:
            if within < course.steps:
                return course, within
            within -= course.steps
        raise ValueError(f"step {step} after the last one of {self.steps}")


class Stage(Frozen):
    """A run of steps at one size of clips."""

    until: Annotated[int, Field(ge=1)]
    format: Format


Precision = Literal["float32", "bfloat16"]
"""Of the arithmetic; weights are kept in float32. On a CPU, the autoencoder's small convolutions are half as fast again
in float32 (1.85 CPU s against 2.8 for a step, 2026-11). For the transformer's matrices it depends on the processor:
two cores of one did 312 GFLOP/s in float32 and 161 in bfloat16 (2026-11), others are the other way round."""


class AutoencoderConfig(InCourses):
    """AutoencoderKLWan, 4x in time and 8x in space: a patch of 2 and two halvings."""

    base_dim: int = 32
    z_dim: int = 12
    dim_mult: tuple[int, ...] = (1, 2, 2)
    num_res_blocks: int = 1
    stages: tuple[Stage, ...]
    """In order; the last one reaches the last course's end."""
    precision: Precision = "float32"
    kl_weight: float = 1e-5
    slope_weight: float = 0.5
    """Of the differences between neighbours in space and time, beside those of the pixels."""

    @model_validator(mode="after")
    def _reach_the_end(self) -> "AutoencoderConfig":
        if not self.stages or self.stages[-1].until < self.steps:
            raise ValueError(f"The last stage ends before step {self.steps}: the course goes on without clips.")
        return self

    def stage(self, step: int) -> Stage:
        return next(stage for stage in self.stages if step < stage.until)

    def for_diffusers(self) -> dict[str, Any]:
        """The arguments of AutoencoderKLWan."""
        halvings = len(self.dim_mult) - 1
        return {
            "base_dim": self.base_dim,
            "z_dim": self.z_dim,
            "dim_mult": list(self.dim_mult),
            "num_res_blocks": self.num_res_blocks,
            "temperal_downsample": [True] * halvings,
            "is_residual": True,  # as Wan 2.2's: without its shortcuts the first 100 steps learn next to nothing
            "patch_size": 2,
            "in_channels": 12,
            "out_channels": 12,
            "latents_mean": [0.0] * self.z_dim,
            "latents_std": [1.0] * self.z_dim,
            "scale_factor_temporal": 4,
            "scale_factor_spatial": 8,
        }


class Phase(Frozen):
    """A run of steps on a pool of clips of its own. Small clips first, or single pictures: what textures are is learnt
    from a fraction of the tokens."""

    until: Annotated[int, Field(ge=1)]
    formats: Annotated[tuple[Format, ...], Field(min_length=1)]
    """Each batch is of one of them, drawn by weight."""
    clips: Annotated[int, Field(ge=1)]
    """How many clips' latents are in the pool, shared out by the formats' weights."""
    frames: Annotated[int, Field(ge=1)] | None = None
    """Of each clip: 4k+1, the training's own number unless given; 1 for single pictures."""
    shift: Annotated[float, Field(ge=1, le=20)] = 1.0
    """How far times are moved towards noise, where the shapes of a clip are decided (`moved`)."""
    motions: tuple[str, ...] = tuple(MOTIONS)
    """How its clips move."""

    @field_validator("motions")
    @classmethod
    def _of_motions(cls, motions: tuple[str, ...]) -> tuple[str, ...]:
        return _named_once("motion", motions)

    def moved(self, times: Tensor) -> Tensor:
        """Times of 0 (clip) to 1 (noise), moved towards noise: Esser et al. 2024, equation 23, where `shift` is the
        root of the ratio of two formats' tokens."""
        return self.shift * times / (1 + (self.shift - 1) * times)

    def share(self, size: Format) -> int:
        """How many of the pool's clips have this format."""
        return max(size.batch, round(self.clips * size.weight / sum(each.weight for each in self.formats)))


class TransformerConfig(InCourses):
    """WanTransformer3DModel with patches of (1, 2, 2), and the UMT5 encoder that learns beside it."""

    layers: int = 8
    heads: int = 4
    head_dim: int = 64
    ffn_dim: int = 768
    text_dim: int = 64
    text_layers: int = 2
    longest_prompt: int = 32
    phases: Annotated[tuple[Phase, ...], Field(min_length=1)]
    """In order; the last one reaches the last course's end. Each has a pool of its own, numbered from 0."""
    prompt_dropout: Share = 0.1
    reading_steps: Annotated[int, Field(ge=0)] = 0
    """How long the text encoder learns to read the vocabulary alone, before anything is made of what it reads."""
    motion_weight: Annotated[float, Field(ge=0)] = 0.0
    """Of the error of the flow's differences between neighbours in time, beside the error of the flow."""
    latents: Literal["as learnt", "by motion"] = "as learnt"
    """The basis of the latents' channels: the autoencoder's own, or one where motion shows (`training/basis.py`)."""
    textures: tuple[str, ...] = tuple(TEXTURES)
    """What its clips show. The autoencoder learns all of them."""
    precision: Precision = "float32"
    compile: bool = False
    """Torch's compiler: minutes at the beginning of each format for a part of each step's time."""

    @model_validator(mode="after")
    def _reach_the_end(self) -> "TransformerConfig":
        ends = [phase.until for phase in self.phases]
        if ends != sorted(set(ends)):
            raise ValueError(f"The phases end at steps {ends}; each has to end after the one before.")
        if ends[-1] < self.steps:
            raise ValueError(f"The last phase ends before step {self.steps}: the course goes on without clips.")
        return self

    @field_validator("textures")
    @classmethod
    def _of_textures(cls, textures: tuple[str, ...]) -> tuple[str, ...]:
        return _named_once("texture", textures)

    @property
    def shift(self) -> float:
        """Of the times of sampling: those that the last phase is trained on."""
        return self.phases[-1].shift

    def pool_of(self, step: int) -> int:
        """The number of the phase that step `step` (from 0) belongs to, and so of its pool."""
        return next(number for number, phase in enumerate(self.phases) if step < phase.until)


class TrainingConfig(Frozen):
    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]{0,62}$")]
    seed: int
    frames: Annotated[int, Field(ge=5)] = 13
    held_out: Share = 0.08
    """Share of the combinations of palette, texture and motion that are never trained on."""
    autoencoder: AutoencoderConfig
    transformer: TransformerConfig

    @model_validator(mode="after")
    def _whole_groups(self) -> "TrainingConfig":
        for frames in (self.frames, *(phase.frames or 1 for phase in self.transformer.phases)):
            if frames % 4 != 1:
                raise ValueError(f"frames is {frames}; allowed: 4k+1 (5, 9, 13, ...), what a Wan VAE encodes whole.")
        return self

    def frames_of(self, phase: int) -> int:
        """Of the clips in the pool of this number."""
        return self.transformer.phases[phase].frames or self.frames


def read_config(path: Path) -> TrainingConfig:
    return TrainingConfig.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
