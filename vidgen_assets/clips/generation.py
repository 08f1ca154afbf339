"""The one protocol for generation: every backend turns a spec into latents, and latents into frames.

`template` fills it with a compositor, `diffusion` with a pipeline in three steps (encode text, denoise, decode).
Implementations live in `resources/backends/`; which one makes a clip is decided in `prompts/`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from vidgen_assets.clips.digest import Digest
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


class GenerationBackend(Protocol):
    """Turns specs into latents and latents into frames. Stateless between clips but for a resident model."""

    @property
    def name(self) -> str: ...

    def admit(self, spec: ClipSpec) -> None:
        """Raise `InputError` or `PolicyError` for a spec this backend can't make, before anything is spent."""
        ...

    def latent_inputs(self, spec: ClipSpec) -> dict[str, Any]:
        """JSON of exactly what decides the latents' bytes, the backend's own recipe version included."""
        ...

    def make_latents(self, spec: ClipSpec, media: MediaShelf) -> bytes:
        """The compact generative state. Raises a `VidgenError` whose kind says what follows."""
        ...

    def decode_inputs(self) -> dict[str, Any]:
        """JSON of what decides the frames' bytes beyond the latents themselves."""
        ...

    def decode(self, latents: bytes, media: MediaShelf) -> FrameStream:
        """The frames of `latents`, drawn lazily."""
        ...
