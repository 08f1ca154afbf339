"""A model release: data that says which weights make clips, how they are run, and what they may be used for.

An id stands for one content for ever: another dtype, step count or weight is another release. What changes over a
release's life (status, traffic share) is in `registry.py`.
"""

import re
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Annotated, Any, Literal, Self

from pydantic import Field, PositiveFloat, PositiveInt, field_validator, model_validator

from vidgen_assets.clips.digest import Digest
from vidgen_assets.clips.frozen import Frozen
from vidgen_assets.clips.spec import Rate, Use

_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,79}")
_PHRASE = re.compile(r"[^\W_]+( [^\W_]+)*")
_REVISION = re.compile(r"[0-9a-f]{40}")


class Determinism(StrEnum):
    """What a repetition is promised to give."""

    EXACT = "exact"  # the same bytes on the same environment fingerprint; batch 1, no caches, no compilation
    TOLERANT = "tolerant"  # the same clip within the release's tolerance


class FolderSource(Frozen):
    """A folder in diffusers' layout: `model_index.json` and a folder for each component."""

    kind: Literal["folder"] = "folder"
    path: str


class ShippedSource(Frozen):
    """A folder of the project's own `models/`, which travels with it and has no path of its own."""

    kind: Literal["shipped"] = "shipped"
    name: str

    @field_validator("name")
    @classmethod
    def _inside(cls, name: str) -> str:
        if not _ID.fullmatch(name):
            raise ValueError("a folder of models/ by its name")
        return name


class BuiltInSource(Frozen):
    """The project's own code: scenes that are computed and not learnt."""

    kind: Literal["built-in"] = "built-in"


class HubSource(Frozen):
    """A repository of a model hub, pinned to a commit; found in the mounted cache first."""

    kind: Literal["hub"] = "hub"
    repository: str
    revision: str

    @field_validator("revision")
    @classmethod
    def _pinned(cls, revision: str) -> str:
        if not _REVISION.fullmatch(revision):
            raise ValueError("a revision is a commit of 40 hexadecimal digits: branches and tags move")
        return revision


class EndpointSource(Frozen):
    """A server that speaks the videos protocol (`POST /v1/videos`, poll, download)."""

    kind: Literal["endpoint"] = "endpoint"
    url: str  # up to and without `/videos`: https://gpu.example/v1
    model: str  # the name that the server knows it by
    key_variable: str | None = None  # the environment variable that holds the API key
    max_in_flight: PositiveInt = 4
    deadline_s: PositiveFloat = 1_800.0  # from submission to the finished video
    stall_s: PositiveFloat = 300.0  # the longest time without any progress


Source = Annotated[
    FolderSource | ShippedSource | BuiltInSource | HubSource | EndpointSource, Field(discriminator="kind")
]


class Licence(Frozen):
    """What the weights' licence allows. A use that isn't named is not allowed."""

    name: str
    spdx: str | None = None
    url: str | None = None
    allows: tuple[Use, ...]
    excluded_territories: tuple[str, ...] = ()  # ISO 3166-1 alpha-2
    notes: str = ""


class Bucket(Frozen):
    """A resolution the model was trained for, in pixels."""

    width: PositiveInt
    height: PositiveInt

    @property
    def ratio(self) -> Fraction:
        return Fraction(self.width, self.height)

    def __str__(self) -> str:
        return f"{self.width}x{self.height}"


class FrameGrid(Frozen):
    """The frame counts a model makes: `step * k + offset`, from `least` to `most`."""

    step: PositiveInt
    offset: int = 1
    least: PositiveInt
    most: PositiveInt

    def holds(self, frame_count: int) -> bool:
        return self.least <= frame_count <= self.most and (frame_count - self.offset) % self.step == 0

    def counts(self) -> tuple[int, ...]:
        """Every count of the grid, ascending."""
        return tuple(n for n in range(self.least, self.most + 1) if self.holds(n))


class Scheduler(Frozen):
    """A scheduler class of diffusers and its full configuration: nothing is left to a file's defaults."""

    class_name: str
    config: dict[str, Any] = Field(default_factory=dict)


class Sampling(Frozen):
    """How latents are denoised. `max_sequence_length` changes the result, so it is pinned here."""

    steps: PositiveInt
    guidance_scale: float
    guidance_scale_2: float | None = None
    negative_prompt: str = ""
    max_sequence_length: PositiveInt
    scheduler: Scheduler
    decode_timestep: float = 0.0  # of VAEs that denoise once more while decoding (LTX-Video from 0.9.1 on)
    decode_noise_scale: float | None = None


class Cache(Frozen):
    """A cache between denoising steps: faster, lossy, and no resuming in the middle of a clip."""

    kind: Literal["first_block"] = "first_block"
    threshold: PositiveFloat


class Tiling(Frozen):
    """The VAE decodes in tiles of these pixels, overlapping by the difference of size and stride."""

    height: PositiveInt
    width: PositiveInt
    stride_height: PositiveInt
    stride_width: PositiveInt


class Execution(Frozen):
    """Device, numbers and the levers of speed and memory."""

    device: Literal["cpu", "cuda"] = "cpu"
    dtype: Literal["float32", "bfloat16", "float16"] = "float32"
    vae_dtype: Literal["float32", "bfloat16", "float16"] = "float32"
    attention: str | None = None  # an attention backend of diffusers: native, flash, sage
    compile: bool = False  # compile_repeated_blocks
    cache: Cache | None = None
    offload: bool = False  # group offload: blocks come to the GPU one group at a time
    tiling: Tiling | None = None


class Vocabulary(Frozen):
    """A model that knows these words only: a prompt whose share of known words is below `floor` is refused.

    `aspects` says what its words mean: an aspect (such as `palette`), its values, the phrases that name each. A prompt
    names at most one value of an aspect, and one of each that is `required`.
    """

    words: tuple[str, ...]
    floor: float = Field(1.0, ge=0, le=1)
    fillers: tuple[str, ...] = ()
    """Of `words`, those that mean nothing and may stand anywhere; where there are aspects, no others may."""
    aspects: dict[str, dict[str, tuple[str, ...]]] = Field(default_factory=dict)
    required: tuple[str, ...] = ()
    meters: Literal["backdrops"] | None = None
    """What measures whether a clip shows what was said (`vidgen_assets/backdrops/meters.py`)."""

    @model_validator(mode="after")
    def _known(self) -> Self:
        missing = [aspect for aspect in self.required if aspect not in self.aspects]
        if missing:
            raise ValueError(f"required aspects without values: {', '.join(missing)}")
        words = {word.lower() for word in self.words}
        strange = [word for word in self.fillers if word.lower() not in words]
        if strange:
            raise ValueError(f"fillers that are no words of it: {', '.join(strange)}")
        meanings: dict[str, str] = {}
        for aspect, values in self.aspects.items():
            for value, phrases in values.items():
                strange = [word for phrase in phrases for word in phrase.lower().split() if word not in words]
                if not phrases or strange:
                    raise ValueError(f"{aspect} {value}: no phrases, or words it doesn't know: {', '.join(strange)}")
                for phrase in phrases:
                    meaning = meanings.setdefault(phrase.lower(), f"{aspect} {value}")
                    if meaning != f"{aspect} {value}":
                        raise ValueError(f"the phrase '{phrase}' means {meaning} and {aspect} {value}")
                    if not _PHRASE.fullmatch(phrase.lower()):
                        raise ValueError(f"the phrase '{phrase}' is not words between single spaces")
        return self


class Checkpoints(Frozen):
    """A checkpoint is written after so many steps or seconds, whichever comes first."""

    every_steps: PositiveInt = 10
    every_s: PositiveFloat = 30.0


class Tolerance(Frozen):
    """How far a repetition elsewhere may be off. Relative L2 of the latents; PSNR of the frames in dB."""

    latents_relative_l2: PositiveFloat = 0.02
    frames_psnr_db: PositiveFloat = 35.0


class Eligibility(Frozen):
    """Whose clips may be routed here without being asked for by name. Empty means everybody's."""

    priorities: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()


class ModelRelease(Frozen):
    """One release. `components` has the digest of every component's folder; none for a server's release."""

    id: str
    family: str  # what releases of it succeed each other in: an active one, and canaries of its successor
    backend: Literal["diffusion", "remote", "procedural"]
    pipeline: str  # a pipeline class of diffusers, such as WanPipeline; `videos` for a server
    source: Source
    components: dict[str, Digest] = Field(default_factory=dict)
    licence: Licence
    buckets: tuple[Bucket, ...] = Field(min_length=1)
    frame_grid: FrameGrid
    fps: tuple[Rate, ...] = Field(min_length=1)
    memory_gib: PositiveFloat
    sampling: Sampling
    execution: Execution = Execution()
    determinism: Determinism = Determinism.EXACT
    vocabulary: Vocabulary | None = None
    checkpoints: Checkpoints = Checkpoints()
    tolerance: Tolerance = Tolerance()
    eligibility: Eligibility = Eligibility()
    price_per_video_s: Decimal = Decimal(0)  # what a server charges for a second of video
    budget_per_day: Decimal | None = None  # no more than this is spent on it between two midnights UTC
    notes: str = ""

    @field_validator("id", "family")
    @classmethod
    def _plain(cls, name: str) -> str:
        if not _ID.fullmatch(name):
            raise ValueError("a name is 1 to 80 of a-z 0-9 . _ -, beginning with a letter or digit")
        return name

    @property
    def digest(self) -> Digest:
        return Digest.of_json(self.model_dump(mode="json"))
