"""What domain code may ask of the media tools (ffmpeg, ffprobe, packager). The runner is in `resources/`."""

from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

from vidgen_assets.clips.errors import PermanentError


class Tool(StrEnum):
    FFMPEG = "ffmpeg"
    FFPROBE = "ffprobe"
    PACKAGER = "packager"


class ToolFailed(PermanentError):
    """A media tool looked at what it was given and gave up: a non-zero exit, or it stopped reading."""


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
        """Run to the end. Raises `ToolFailed` on a non-zero exit, stderr tail included; `PermanentError` on a missed
        deadline or a missing tool; `CapacityError` when the disk is full or memory ran out."""
        ...

    def stream(self, tool: Tool, arguments: Sequence[str], *, piece_bytes: int, deadline_s: float) -> Iterator[bytes]:
        """The tool's standard output, lazily, in pieces of exactly `piece_bytes` (the last one maybe shorter), such as
        raw frames. Raises as `run`, once the output has ended."""
        ...

    def pipe(
        self,
        tool: Tool,
        arguments: Sequence[str],
        *,
        stdin: Iterable[bytes | memoryview],
        piece_bytes: int,
        deadline_s: float,
        cwd: Path | None = None,
    ) -> Generator[bytearray, None, ToolRun]:
        """Feed the tool and read it at once, lazily: its output in pieces of exactly `piece_bytes`, the last one maybe
        shorter. At most one buffer of `stdin` and one piece are held; `stdin` is iterated in the caller's thread, and
        what it raises comes out of here. Leaving early ends the tool. The generator's value is how it went; raises as
        `run`, once the output has ended. A tool may stop reading before its input ends, if it ends well."""
        ...

    def probe(self, path: Path, *, count_frames: bool = False) -> dict[str, Any]:
        """ffprobe's JSON of `path`: format, streams. Raises `ToolFailed` if it isn't media."""
        ...

    def versions(self) -> dict[str, str]:
        """Tool name to its build line, for provenance."""
        ...
