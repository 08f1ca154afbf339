"""What a media file really holds, read by decoding or demuxing it: the eyes of the checks of renditions and segments.

`ToolFailed` comes out of here when a file is damaged; every other error means that nobody could look.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from vidgen_assets.clips.media_tools import MediaTools, Tool

# Nets against hanging: an hour of 720p decodes within ten minutes on one core.
_DECODE_DEADLINE_S = 600.0
_DEMUX_DEADLINE_S = 120.0


@dataclass(frozen=True, slots=True)
class Decoded:
    """What came out of the decoders: pictures, and samples per channel."""

    frame_count: int
    sample_count: int


@dataclass(frozen=True, slots=True)
class Packet:
    """One coded picture or sound frame. `position` counts bytes from the start of what was read."""

    pts: int
    duration: int
    position: int
    size_bytes: int
    is_key: bool


@dataclass(frozen=True, slots=True)
class Demuxed:
    """A file's only stream: its description by ffprobe and its packets in the order they are stored."""

    stream: dict[str, Any]
    packets: tuple[Packet, ...]

    @property
    def tick_s(self) -> Fraction:
        return Fraction(self.stream["time_base"])


def decode(tools: MediaTools, path: Path) -> Decoded:
    """Decode every stream of `path` to the end. Raises `ToolFailed` at the first damaged packet."""
    strict = ["-xerror", "-err_detect", "explode"]
    run = tools.run(
        Tool.FFMPEG,
        ["-v", "error", *strict, "-i", f"file:{path}", "-map", "0", "-fps_mode", "passthrough", "-f", "framecrc", "-"],
        deadline_s=_DECODE_DEADLINE_S,
    )
    return _counted(run.stdout.decode("ascii", "replace"))


def _counted(framecrc: str) -> Decoded:
    """Lines read `stream, dts, pts, duration, size, crc`; `#media_type 0: video` tells the streams apart."""
    kinds: dict[str, str] = {}
    frames = samples = 0
    for line in framecrc.splitlines():
        if line.startswith("#media_type "):
            number, kind = line.removeprefix("#media_type ").split(": ")
            kinds[number] = kind
        elif not line.startswith("#"):
            number, _, _, duration, *_ = (part.strip() for part in line.split(","))
            frames += kinds.get(number) == "video"
            samples += int(duration) if kinds.get(number) == "audio" else 0
    return Decoded(frames, samples)


def packet_tables(tools: MediaTools, *streams: tuple[Path, str]) -> list[tuple[str, ...]]:
    """For each (file, stream like `v:0`) its packets, undecoded: times, sizes, checksums, and the decoder's set-up.

    Equal tables are equal streams. Raises `ToolFailed` if one of them isn't there.
    """
    inputs = [part for path, _ in streams for part in ("-i", f"file:{path}")]
    maps = [part for number, (_, stream) in enumerate(streams) for part in ("-map", f"{number}:{stream}")]
    run = tools.run(
        Tool.FFMPEG,
        ["-v", "error", *inputs, *maps, "-c", "copy", "-f", "framecrc", "-"],
        deadline_s=_DEMUX_DEADLINE_S,
    )
    tables: list[list[str]] = [[] for _ in streams]
    for line in run.stdout.decode("ascii", "replace").splitlines():
        number, _, row = line.removeprefix("#extradata ").replace(":", ",", 1).partition(",")
        if number.strip().isdigit():
            tables[int(number)].append(row.strip())
    return [tuple(table) for table in tables]


def demux(tools: MediaTools, source: Path | Iterable[bytes], *, stream: str = "0") -> Demuxed:
    """One stream of a file, or of the bytes of an initialisation segment and its media segments, undecoded.

    Raises `ToolFailed` if it isn't media.
    """
    address = f"file:{source}" if isinstance(source, Path) else "pipe:0"
    run = tools.run(
        Tool.FFPROBE,
        ["-v", "error", "-of", "json", "-select_streams", stream, "-show_streams", "-show_packets", "-i", address],
        deadline_s=_DEMUX_DEADLINE_S,
        stdin=None if isinstance(source, Path) else source,
    )
    found = json.loads(run.stdout)
    return Demuxed(found["streams"][0], tuple(_packet(row) for row in found.get("packets", [])))


def _packet(row: dict[str, Any]) -> Packet:
    return Packet(
        pts=int(row["pts"]),
        duration=int(row.get("duration", 0)),
        position=int(row.get("pos", -1)),
        size_bytes=int(row["size"]),
        is_key="K" in row["flags"],
    )
