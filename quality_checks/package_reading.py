"""What a package's manifests say, as values: tracks with their segments, and every address they name.

HLS is parsed by `m3u8`, DASH by the standard library. Both parsers accept wrong manifests without a word, so nothing
is judged here; the rules are in `manifests.py`.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree as ET

import m3u8
from m3u8.model import StreamInfo

from vidgen_assets.manifests.streams import MASTER_FILE, METADATA_FILE, MPD_FILE

_DASH = "{urn:mpeg:dash:schema:mpd:2011}"
_ISO_DURATION = re.compile(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?")


class Unreadable(ValueError):
    """A manifest isn't there, or isn't what its name says."""


@dataclass(frozen=True, slots=True)
class Reference:
    """One address in one manifest, as written; `first_byte` and `byte_count` where it means a part of a file."""

    manifest: str
    uri: str
    first_byte: int = 0
    byte_count: int | None = None

    @property
    def end_byte(self) -> int:
        return self.first_byte + (self.byte_count or 0)

    def path(self) -> str | None:
        """Relative to the package's root, with slashes; None for what leads out of the package."""
        parts = urlsplit(self.uri)
        if parts.scheme or parts.netloc or parts.query or not parts.path or parts.path.startswith("/"):
            return None
        steps = self.manifest.split("/")[:-1]
        for step in unquote(parts.path).split("/"):
            if step == ".." and not steps:
                return None
            steps = steps[:-1] if step == ".." else [*steps, step] if step not in ("", ".") else steps
        return "/".join(steps)


@dataclass(frozen=True, slots=True)
class Track:
    """One rendition as a manifest describes it: where its bytes are, and what is claimed of them."""

    manifest: str
    init: Reference
    segments: tuple[Reference, ...]
    durations_s: tuple[float, ...]
    bandwidth_bps: int
    codecs: str
    width: int | None = None
    height: int | None = None
    fps: float | None = None
    target_s: int | None = None  # HLS: no segment is longer, to the nearest second
    is_complete: bool = True

    @property
    def files(self) -> tuple[str | None, ...]:
        return (self.init.path(), *(segment.path() for segment in self.segments))


@dataclass(frozen=True, slots=True)
class Hls:
    """The master playlist and everything under it. A variant's bandwidth and codecs include its sound's."""

    variants: tuple[Track, ...]
    sounds: tuple[Track, ...]
    keyframes: tuple[Track, ...]
    references: tuple[Reference, ...]
    captions: tuple[Reference, ...] = ()


@dataclass(frozen=True, slots=True)
class Dash:
    videos: tuple[Track, ...]
    sounds: tuple[Track, ...]
    duration_s: float
    references: tuple[Reference, ...]
    captions: tuple[Reference, ...] = ()

    @property
    def tracks(self) -> tuple[Track, ...]:
        return (*self.videos, *self.sounds)


def read_hls(package: Path) -> Hls:
    """Raises `Unreadable`."""
    master = _parse(package, MASTER_FILE)
    variants = [(str(ref.uri), ref.stream_info) for ref in master.playlists]
    sounds = [(str(ref.uri), None) for ref in master.media if ref.uri and ref.type == "AUDIO"]
    texts = [str(ref.uri) for ref in master.media if ref.uri and ref.type == "SUBTITLES"]
    keyframes = [(str(ref.uri), ref.iframe_stream_info) for ref in master.iframe_playlists]
    groups = [tuple(_hls_track(package, uri, info) for uri, info in group) for group in (variants, sounds, keyframes)]
    named = [Reference(MASTER_FILE, uri) for uri, _ in (*variants, *sounds, *keyframes)]
    tracks = [track for group in groups for track in group]
    cues = [reference for uri in texts for reference in _text_references(package, uri)]
    captions = [Reference(MASTER_FILE, uri) for uri in texts]
    return Hls(*groups, references=(*named, *_references(tracks), *captions, *cues), captions=tuple(cues))


def _text_references(package: Path, uri: str) -> list[Reference]:
    """The WebVTT segments of a playlist of captions."""
    name = Reference(MASTER_FILE, uri).path()
    if name is None:
        raise Unreadable(f"{MASTER_FILE} names {uri}, which leads out of the package")
    return [Reference(name, str(segment.uri)) for segment in _parse(package, name).segments]


def _parse(package: Path, name: str) -> m3u8.M3U8:
    text = _text(package, name)
    if not text.startswith("#EXTM3U"):
        raise Unreadable(f"{name} does not begin with #EXTM3U")
    try:
        return m3u8.loads(text)
    except (ValueError, KeyError, IndexError) as error:  # the parser lets these through from what it reads
        raise Unreadable(f"{name} is not a playlist: {error}") from error


def _hls_track(package: Path, uri: str, info: StreamInfo | None) -> Track:
    name = Reference(MASTER_FILE, uri).path()
    if name is None:
        raise Unreadable(f"{MASTER_FILE} names {uri}, which leads out of the package")
    playlist = _parse(package, name)
    if len(playlist.segment_map) != 1 or not playlist.segments:
        raise Unreadable(f"{name} has {len(playlist.segment_map)} maps and {len(playlist.segments)} segments")
    width, height = (info and info.resolution) or (None, None)
    return Track(
        manifest=name,
        init=Reference(name, str(playlist.segment_map[0].uri)),
        segments=tuple(_hls_segment(name, str(segment.uri), segment.byterange) for segment in playlist.segments),
        durations_s=tuple(float(segment.duration or 0) for segment in playlist.segments),
        bandwidth_bps=(info and info.bandwidth) or 0,
        codecs=(info and info.codecs) or "",
        width=width,
        height=height,
        fps=info.frame_rate if info else None,
        target_s=int(playlist.target_duration or 0),
        is_complete=bool(playlist.is_endlist),
    )


def _hls_segment(manifest: str, uri: str, byterange: str | None) -> Reference:
    if byterange is None:
        return Reference(manifest, uri)
    count, _, first = byterange.partition("@")
    return Reference(manifest, uri, int(first or 0), int(count))


def read_dash(package: Path) -> Dash:
    """Raises `Unreadable`."""
    try:
        root = ET.fromstring(_text(package, MPD_FILE))
        found = [
            (adaptation.get("contentType"), _dash_track(adaptation, representation))
            for adaptation in root.iter(f"{_DASH}AdaptationSet")
            for representation in adaptation.iter(f"{_DASH}Representation")
            if adaptation.get("contentType") != "text"
        ]
        texts = [
            Reference(MPD_FILE, address.text or "")
            for adaptation in root.iter(f"{_DASH}AdaptationSet")
            if adaptation.get("contentType") == "text"
            for address in adaptation.iter(f"{_DASH}BaseURL")
        ]
    except (ET.ParseError, ValueError, KeyError) as error:
        raise Unreadable(f"{MPD_FILE} is not a manifest: {error}") from error
    tracks = [track for _, track in found]
    return Dash(
        videos=tuple(track for kind, track in found if kind == "video"),
        sounds=tuple(track for kind, track in found if kind == "audio"),
        duration_s=_seconds(root.get("mediaPresentationDuration", "")),
        references=(*_references(tracks), *texts),
        captions=tuple(texts),
    )


def _dash_track(adaptation: ET.Element, representation: ET.Element) -> Track:
    template = representation.find(f"{_DASH}SegmentTemplate")
    if template is None:
        raise ValueError(f"representation {representation.get('id')} has no SegmentTemplate")
    timescale, first = int(template.attrib["timescale"]), int(template.get("startNumber", 1))
    durations = [duration / timescale for duration in _timeline(template)]
    numbers = range(first, first + len(durations))
    rate = representation.get("frameRate") or adaptation.get("frameRate")
    width, height = representation.get("width"), representation.get("height")
    return Track(
        manifest=MPD_FILE,
        init=Reference(MPD_FILE, template.attrib["initialization"]),
        segments=tuple(Reference(MPD_FILE, template.attrib["media"].replace("$Number$", str(n))) for n in numbers),
        durations_s=tuple(durations),
        bandwidth_bps=int(representation.attrib["bandwidth"]),
        codecs=representation.attrib["codecs"],
        width=int(width) if width else None,
        height=int(height) if height else None,
        fps=float(Fraction(rate)) if rate else None,
    )


def _timeline(template: ET.Element) -> Iterator[int]:
    for entry in template.iter(f"{_DASH}S"):
        yield from [int(entry.attrib["d"])] * (int(entry.get("r", 0)) + 1)


def read_metadata(package: Path) -> tuple[Reference, ...]:
    """The addresses in the description for search engines. Raises `Unreadable`."""
    try:
        document = json.loads(_text(package, METADATA_FILE))
        named = [*document["encoding"], *document.get("caption", [])]
        addresses = [document["contentUrl"], document["thumbnailUrl"], *(entry["contentUrl"] for entry in named)]
    except (ValueError, KeyError, TypeError) as error:
        raise Unreadable(f"{METADATA_FILE} is not a VideoObject: {error}") from error
    return tuple(Reference(METADATA_FILE, str(address)) for address in addresses)


def _references(tracks: list[Track]) -> tuple[Reference, ...]:
    return tuple(reference for track in tracks for reference in (track.init, *track.segments))


def _text(package: Path, name: str) -> str:
    try:
        return (package / name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Unreadable(f"{name} can't be read: {error}") from error


def _seconds(iso_duration: str) -> float:
    parts = _ISO_DURATION.fullmatch(iso_duration)
    if not parts or not any(parts.groups()):
        raise Unreadable(f"{MPD_FILE} lasts {iso_duration!r}, which is no duration")
    hours, minutes, seconds = (float(part or 0) for part in parts.groups())
    return hours * 3600 + minutes * 60 + seconds
