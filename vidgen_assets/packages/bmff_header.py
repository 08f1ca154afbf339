"""What an initialisation segment says of its tracks: kind, clock, codec as RFC 6381 writes it, size, colour."""

import struct
from dataclasses import dataclass

from vidgen_assets.packages.bmff import Fields, NotMedia, boxes, child, children, payload
from vidgen_assets.packages.codecs import codec_of
from vidgen_assets.packages.folder import Bytes, Folder
from vidgen_assets.packages.tracks import Kind

_HANDLERS = {"vide": Kind.VIDEO, "soun": Kind.AUDIO, "text": Kind.TEXT, "subt": Kind.TEXT, "sbtl": Kind.TEXT}
_TRANSFERS = {16: "PQ", 18: "HLG"}
_MOST_TRACKS = 64
_VISUAL_BYTES, _SOUND_BYTES = 78, 28
"""Fields of a sample entry before its boxes (ISO/IEC 14496-12, 12.1.3 and 12.2.3)."""


@dataclass(frozen=True, slots=True)
class TrackHeader:
    """`media_time` is where the edit list lets the presentation begin, in ticks; `video_range` is None where no box
    tells."""

    track_id: int
    kind: Kind | None
    timescale: int
    codec: str
    size: tuple[int, int] | None
    video_range: str | None
    media_time: int = 0
    sample_duration: int = 0
    sample_size: int = 0
    sample_flags: int = 0


@dataclass(frozen=True, slots=True)
class Header:
    """`brands` are the major brand and the compatible ones."""

    brands: frozenset[str]
    tracks: tuple[TrackHeader, ...]


def read_header(folder: Folder, part: Bytes) -> Header:
    """Raises `NotMedia` for what isn't an initialisation segment."""
    brands, movie = frozenset[str](), None
    for box in boxes(folder, part):
        if box.kind == "ftyp":
            brands = _brands(payload(folder, part.file, box))
        elif box.kind == "moov":
            movie = payload(folder, part.file, box)
        elif box.kind in ("moof", "mdat"):
            break
    if movie is None:
        raise NotMedia("no box moov")
    found = [body for kind, body in children(movie) if kind == "trak"]
    if len(found) > _MOST_TRACKS:
        raise NotMedia(f"more than {_MOST_TRACKS} tracks")
    tracks = tuple(_track(body, movie) for body in found)
    if not tracks:
        raise NotMedia("no track in the box moov")
    return Header(brands, tracks)


def _brands(data: bytes) -> frozenset[str]:
    names = [data[at : at + 4] for at in (0, *range(8, len(data) - 3, 4))]
    return frozenset(name.decode("latin-1") for name in names)


def _track(data: bytes, movie: bytes) -> TrackHeader:
    track_id = _track_id(_needed(data, "tkhd"))
    handler = Fields(_needed(data, "mdia", "hdlr"), "hdlr", 8).take(4).decode("latin-1")
    kind = _HANDLERS.get(handler)
    entry_kind, entry = _sample_entry(_needed(data, "mdia", "minf", "stbl", "stsd"))
    size, video_range = None, None
    inner = entry
    if kind is Kind.VIDEO:
        fields = Fields(entry, entry_kind, 24)
        size = (fields.unsigned(2), fields.unsigned(2))
        inner = entry[_VISUAL_BYTES:]
        video_range = _video_range(child(inner, "colr"))
    elif kind is Kind.AUDIO:
        inner = entry[_SOUND_BYTES:]
    defaults = _defaults(movie, track_id)
    return TrackHeader(
        track_id,
        kind,
        _timescale(_needed(data, "mdia", "mdhd")),
        codec_of(entry_kind, inner),
        size,
        video_range,
        _media_time(child(data, "edts", "elst")),
        *defaults,
    )


def _needed(data: bytes, *path: str) -> bytes:
    found = child(data, *path)
    if found is None:
        raise NotMedia(f"no box {'/'.join(path)}")
    return found


def _track_id(data: bytes) -> int:
    fields = Fields(data, "tkhd")
    version, _ = fields.version_and_flags()
    fields.take(16 if version else 8)
    return fields.unsigned(4)


def _timescale(data: bytes) -> int:
    fields = Fields(data, "mdhd")
    version, _ = fields.version_and_flags()
    fields.take(16 if version else 8)
    found = fields.unsigned(4)
    if not found:
        raise NotMedia("a timescale of 0")
    return found


def _sample_entry(data: bytes) -> tuple[str, bytes]:
    """The first one: tracks of a package keep to one."""
    found = next(children(data, 8), None)
    if found is None:
        raise NotMedia("no sample entry")
    return found


def _video_range(colour: bytes | None) -> str | None:
    if colour is None or colour[:4] != b"nclx" or len(colour) < 10:
        return None
    return _TRANSFERS.get(struct.unpack(">H", colour[6:8])[0], "SDR")


def _media_time(edits: bytes | None) -> int:
    """Of the first edit that shows media (an empty one before it only delays)."""
    if edits is None:
        return 0
    fields = Fields(edits, "elst")
    version, _ = fields.version_and_flags()
    for _ in range(min(fields.unsigned(4), 16)):
        fields.take(8 if version else 4)
        start = fields.signed(8 if version else 4)
        fields.take(4)
        if start >= 0:
            return start
    return 0


def _defaults(movie: bytes, track_id: int) -> tuple[int, int, int]:
    """Duration, size and flags of samples that say none of their own."""
    for kind, body in children(child(movie, "mvex") or b""):
        fields = Fields(body, "trex", 4)
        if kind == "trex" and fields.unsigned(4) == track_id:
            fields.take(4)
            return fields.unsigned(4), fields.unsigned(4), fields.unsigned(4)
    return 0, 0, 0
