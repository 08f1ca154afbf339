"""What domain code may ask of the media tools (ffmpeg, ffprobe, packager). The runner is in `resources/`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol


class Tool(StrEnum):
    FFMPEG = "ffmpeg"
    FFPROBE = "ffprobe"
    PACKAGER = "packager"


@dataclass(frozen=True, slots=True)
class ToolRun:
    """A finished command: pasteable line, output, and the processor seconds of the child."""

    command_line: str
    stdout: bytes
    stderr_tail: str
    cpu_s: float
    wall_s: float


class MediaTools(Protocol):
    """Runs a media tool in its own process group under a deadline."""

    def run(
        self,
        tool: Tool,
        arguments: Sequence[str],
        *,
        deadline_s: float,
        stdin: Iterable[bytes | memoryview] | None = None,
        cwd: Path | None = None,
    ) -> ToolRun:
        """Run to the end. Raises `PermanentError` on a non-zero exit or a missed deadline, stderr tail included,
        `CapacityError` when the disk is full or memory ran out."""
        ...

    def probe(self, path: Path, *, count_frames: bool = False) -> dict[str, Any]:
        """ffprobe's JSON of `path`: format, streams. Raises `PermanentError` if it isn't media."""
        ...

    def versions(self) -> dict[str, str]:
        """Tool name to its build line, for provenance."""
        ...
