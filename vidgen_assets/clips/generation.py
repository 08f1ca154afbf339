"""The one protocol for generation: every backend turns a spec into latents, and latents into frames.

`template` fills it with a compositor, `diffusion` with a pipeline in three steps (encode text, denoise, decode),
`remote` with a server's jobs.
Implementations live in `resources/backends/`; which one makes a clip is decided in `prompts/`.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from vidgen_assets.clips.digest import Digest
from vidgen_assets.clips.narration import Narration
from vidgen_assets.clips.spec import ClipSpec

Frame = NDArray[np.uint8]
"""One picture: (height, width, 4), RGBA with opaque alpha, sRGB, row-major and contiguous."""


@dataclass(frozen=True, slots=True)
class FrameShape:
    """What a stream of frames promises."""

    width: int
    height: int
    fps: Fraction
    frame_count: int


class FrameStream(Protocol):
    """Frames in display order. Iterating again draws them again, byte for byte."""

    @property
    def shape(self) -> FrameShape: ...

    def __iter__(self) -> Iterator[Frame]: ...


class MediaShelf(Protocol):
    """Where a backend finds the customer's pictures and sounds."""

    def path(self, digest: Digest) -> Path:
        """A local, verified file with these bytes. Raises `ArtifactMissing` or `ArtifactCorrupt`."""
        ...


class Cupboard(Protocol):
    """Keyed bytes that may vanish: checkpoints, text embeddings, a server's job tickets. Writes are atomic."""

    def get(self, name: str) -> bytes | None: ...

    def put(self, name: str, data: bytes) -> None: ...

    def delete(self, name: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Desk:
    """What a backend works with besides the spec. `key` names the work: the same key, the same bytes."""

    key: Digest
    media: MediaShelf
    cupboard: Cupboard
    is_interrupted: Callable[[], bool] = lambda: False
    """Asked between steps: once true, the backend saves what it has and raises `Interrupted`."""
    narration: Narration | None = None
    """What is said in the clip and when, for backends that follow it."""


@dataclass(frozen=True, slots=True)
class Generated:
    """Latents, what they cost besides this thread's processor time, and how they came about.

    `provenance` is JSON: environment fingerprint, release, steps resumed from a checkpoint. It is kept with the
    ledger's row and is never part of a digest.
    """

    data: bytes
    gpu_s: float = 0.0
    fee: Decimal = Decimal(0)
    provenance: dict[str, Any] = field(default_factory=dict)
    once_kept: Callable[[], None] = lambda: None
    """Called when the bytes are safe in the store: what would have saved them from a crash may go."""


@runtime_checkable
class Traced(Protocol):
    """A stream of frames that knows, once it is read to its end, how they came about and what that cost."""

    @property
    def provenance(self) -> dict[str, Any]: ...

    @property
    def gpu_s(self) -> float: ...


@runtime_checkable
class Measured(Protocol):
    """A stream of frames that says whether they show what was asked for, or None where nothing can tell."""

    def adherence(self) -> dict[str, Any] | None: ...


class GenerationBackend(Protocol):
    """Turns specs into latents and latents into frames. Stateless between clips but for a resident model."""

    @property
    def name(self) -> str: ...

    @property
    def keeps_frames(self) -> bool:
        """Whether frames are stored once drawn, since drawing them again costs more or comes out otherwise."""
        ...

    def follows_narration(self, spec: ClipSpec) -> bool:
        """Whether the clip's pictures keep time with what is said in it: its slots are then part of the work's key."""
        ...

    def admit(self, spec: ClipSpec) -> None:
        """Raise `InputError` or `PolicyError` for a spec this backend can't make, before anything is spent."""
        ...

    def latent_inputs(self, spec: ClipSpec) -> dict[str, Any]:
        """JSON of exactly what decides the latents' bytes, the backend's own recipe version included."""
        ...

    def prepare(self, specs: Sequence[ClipSpec], media: MediaShelf, cupboard: Cupboard) -> None:
        """Do beforehand what the latents of these specs need of other models than the one that makes them, such as
        encoding texts and pictures. Raises nothing: trouble comes up again with the clip it belongs to."""
        ...

    def make_latents(self, spec: ClipSpec, desk: Desk) -> Generated:
        """The compact generative state. Raises a `VidgenError` whose kind says what follows."""
        ...

    def decode_inputs(self, spec: ClipSpec) -> dict[str, Any]:
        """JSON of what decides the frames' bytes beyond the latents themselves."""
        ...

    def decode(self, spec: ClipSpec, latents: bytes, media: MediaShelf) -> FrameStream:
        """The frames of `latents`, drawn lazily."""
        ...
