"""A diffusion clip's frames as a stream: decoded when first read, on the canvas frame by frame."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from resources.backends.adherence import adherence
from vidgen_assets.clips.generation import Frame, FrameShape
from vidgen_assets.models.release import Execution, ModelRelease

if TYPE_CHECKING:  # torch takes seconds to import
    from vidgen_assets.diffusion.decode import Pictures


@dataclass(frozen=True, slots=True)
class Decoded:
    """A clip's frames in the model's size, the smaller levers that were needed, and the GPU's seconds."""

    pictures: "Pictures"
    smaller: Execution | None
    gpu_s: float


class DecodedFrames:
    """Fills `FrameStream`, `Traced` and `Measured`. What is decoded is kept for reading again."""

    def __init__(self, decode: Callable[[], Decoded], shape: FrameShape, release: ModelRelease, prompt: str) -> None:
        self._decode, self._release, self._prompt = decode, release, prompt
        self._decoded: Decoded | None = None
        self.shape = shape

    def __iter__(self) -> Iterator[Frame]:
        from vidgen_assets.diffusion.canvas import on_canvas

        self._decoded = self._decoded or self._decode()
        for picture in self._decoded.pictures:
            yield on_canvas(picture, self.shape.width, self.shape.height)

    def adherence(self) -> dict[str, Any] | None:
        """None before the first frame is read, and for a release without meters."""
        return adherence(self._decoded.pictures, self._prompt, self._release.vocabulary) if self._decoded else None

    @property
    def gpu_s(self) -> float:
        return self._decoded.gpu_s if self._decoded else 0.0

    @property
    def provenance(self) -> dict[str, Any]:
        """Empty before the first frame is read."""
        from vidgen_assets.diffusion.environment import environment

        if self._decoded is None:
            return {}
        smaller = self._decoded.smaller
        return {
            "release": self._release.id,
            "environment": environment(smaller or self._release.execution),
            "memory_levers": None if smaller is None else smaller.model_dump(mode="json"),
        }
