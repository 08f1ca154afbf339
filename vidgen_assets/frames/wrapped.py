"""Frames around other frames: what those know of themselves is passed on, and other processes' time is told."""

from typing import Any, Protocol, runtime_checkable

from vidgen_assets.clips.generation import FrameStream, Measured, Traced


@runtime_checkable
class Filtered(Protocol):
    """A stream of frames that knows, once it is read to its end, the processor seconds that other processes spent."""

    @property
    def cpu_s(self) -> float: ...


class Wrapped:
    """Fills `Filtered`, `Traced` and `Measured` with what the frames inside say."""

    def __init__(self, frames: FrameStream) -> None:
        self._frames = frames

    @property
    def cpu_s(self) -> float:
        return self._frames.cpu_s if isinstance(self._frames, Filtered) else 0.0

    @property
    def gpu_s(self) -> float:
        return self._frames.gpu_s if isinstance(self._frames, Traced) else 0.0

    @property
    def provenance(self) -> dict[str, Any]:
        return self._frames.provenance if isinstance(self._frames, Traced) else {}

    def adherence(self) -> dict[str, Any] | None:
        return self._frames.adherence() if isinstance(self._frames, Measured) else None
