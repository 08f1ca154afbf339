"""What a packaged track really holds, segment by segment, demuxed as a player would: set-up first, then the rest."""

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from quality_checks.media_reading import Packet, demux
from quality_checks.package_reading import Reference, Track, Unreadable
from vidgen_assets.clips.media_tools import MediaTools
from vidgen_assets.manifests.bandwidth import peak_bitrate_bps


@dataclass(frozen=True, slots=True)
class Keyframe:
    """Where a keyframe lies, in bytes from the start of its segment."""

    first_byte: int
    end_byte: int


@dataclass(frozen=True, slots=True)
class MeasuredTrack:
    """Durations are on the clock that the player shows; `stream` is ffprobe's description."""

    stream: dict[str, Any]
    durations_s: tuple[float, ...]
    starts_with_keyframe: tuple[bool, ...]
    keyframes: tuple[Keyframe, ...]
    peak_bps: float

    @property
    def codec(self) -> str:
        """As RFC 6381 writes it: `avc1.64001f`."""
        return self.stream["mime_codec_string"]

    @property
    def size(self) -> tuple[int | None, int | None]:
        return self.stream.get("width"), self.stream.get("height")


def measure(tools: MediaTools, package: Path, track: Track) -> MeasuredTrack:
    """Raises `Unreadable` for a segment that isn't there or holds nothing, `ToolFailed` for what isn't media."""
    parts = [_bytes_of(package, reference) for reference in (track.init, *track.segments)]
    media = demux(tools, parts)
    ends = [sum(map(len, parts[: number + 1])) for number in range(len(parts))]
    held = [[p for p in media.packets if begin <= p.position < end] for begin, end in pairwise(ends)]
    if empty := [segment.uri for segment, packets in zip(track.segments, held, strict=True) if not packets]:
        raise Unreadable(f"{', '.join(empty)} under {track.manifest} holds no media")
    durations_s = tuple(float(ticks * media.tick_s) for ticks in _durations(held))
    return MeasuredTrack(
        stream=media.stream,
        durations_s=durations_s,
        starts_with_keyframe=tuple(packets[0].is_key for packets in held),
        keyframes=tuple(
            Keyframe(packet.position - begin, packet.position - begin + packet.size_bytes)
            for begin, packets in zip(ends, held, strict=False)
            for packet in packets
            if packet.is_key
        ),
        peak_bps=peak_bitrate_bps([len(part) for part in parts[1:]], durations_s, track.target_s or 1),
    )


def _durations(segments: list[list[Packet]]) -> list[int]:
    """From the first picture or sound of a segment to that of the next. What lies before zero isn't played: it is
    the sound coder's run-up."""
    starts = [max(0, min(packet.pts for packet in packets)) for packets in segments]
    end = max(packet.pts + packet.duration for packet in segments[-1])
    return [after - before for before, after in pairwise([*starts, end])]


def _bytes_of(package: Path, reference: Reference) -> bytes:
    name = reference.path()
    if name is None:
        raise Unreadable(f"{reference.manifest} names {reference.uri}, which leads out of the package")
    try:
        return (package / name).read_bytes()
    except OSError as error:
        raise Unreadable(
            f"{reference.manifest} names {reference.uri}, which can't be read: {error.strerror}"
        ) from error
