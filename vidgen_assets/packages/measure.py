"""What a track's segments really hold: durations, sizes, rates, sync samples, on the clock that a player shows."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from vidgen_assets.packages.bandwidth import peak_bitrate_bps
from vidgen_assets.packages.bmff import NotMedia, boxes, is_webm
from vidgen_assets.packages.bmff_fragments import Held, read_fragments
from vidgen_assets.packages.bmff_header import Header, TrackHeader, read_header
from vidgen_assets.packages.folder import Bytes, Folder
from vidgen_assets.packages.rule import Place, error, warning
from vidgen_assets.packages.tracks import Kind, Piece, Track
from vidgen_assets.packages.ts import read_transport_stream

MOST_SAMPLES_IN_ALL = 4_000_000
_MOST_HEADERS = 1_000
_MOST_READINGS = 16
"""Of one byte, in different ranges."""
_SOUND_FILES = (b"ID3", b"\xff\xf1", b"\xff\xf9", b"\xff\xfb", b"\x0b\x77")
"""How packed sound begins (RFC 8216bis 3.1.3): it has no times to be read here."""

INIT = error(
    "media-init",
    "ISO/IEC 14496-12 8.1, 8.2; RFC 8216bis 3.1.2",
    "An initialisation segment holds a box moov with a track that is described, in boxes that fit together.",
    "Make the initialisation segment again.",
)
SEGMENT = error(
    "media-segment",
    "ISO/IEC 14496-12 8.8; ISO/IEC 13818-1 2.4.3; RFC 8216bis 3.1",
    "A segment holds fragments that say when they're decoded, with all their samples, or whole packets of a transport "
    "stream.",
    "Make the segment again; look for a torn copy.",
)
NO_INIT = error(
    "media-init-named",
    "RFC 8216bis 3.1.2, 4.4.4.5; ISO/IEC 23009-1 5.3.9.2",
    "Fragmented MP4 comes with an initialisation segment: EXT-X-MAP in HLS, Initialization in DASH.",
    "Name the initialisation segment.",
)
CONTAINER = warning(
    "media-container",
    "RFC 8216bis 3.1; ISO/IEC 23009-1 7",
    "Segments are fragmented MP4 or transport streams: WebM isn't looked into.",
    "Hold the manifest against the files by other means, or package as fragmented MP4.",
)
RULES = (INIT, SEGMENT, NO_INIT, CONTAINER)


class _NoHeader(Exception):
    """There is no initialisation segment that can be read, which is reported."""


class _Foreign(Exception):
    """The track is of a container that isn't looked into."""


@dataclass(frozen=True, slots=True)
class Span:
    """One segment's part of one kind. Seconds on the presentation's clock; `syncs` as in `Held`."""

    piece: Piece
    start_s: float
    end_s: float
    held: Held
    header: TrackHeader


@dataclass(slots=True)
class Measured:
    """Per kind, a span for each segment in order; empty for what couldn't be measured.

    `headers` has each initialisation segment by the part that it was read from.
    """

    track: Track
    sizes_bytes: list[int]
    spans: dict[Kind, list[Span]] = field(default_factory=dict)
    headers: dict[Bytes, Header] = field(default_factory=dict)
    is_transport_stream: bool = False
    _durations_s: dict[Kind | None, list[float]] = field(default_factory=dict)
    _peaks_bps: dict[float, float] = field(default_factory=dict)
    """Both are asked for once for every stream that names the track."""

    @property
    def main(self) -> Kind | None:
        """Video where there is any."""
        return next((kind for kind in (Kind.VIDEO, Kind.AUDIO, Kind.TEXT) if self.spans.get(kind)), None)

    @property
    def main_spans(self) -> list[Span]:
        return self.spans[self.main] if self.main else []

    def header(self, kind: Kind) -> TrackHeader | None:
        spans = self.spans.get(kind)
        return spans[0].header if spans else None

    def durations_s(self, kind: Kind | None = None) -> list[float]:
        """From the first picture or sound of a segment to that of the next; of the main kind by default."""
        if kind not in self._durations_s:
            spans = self.spans.get(kind, []) if kind else self.main_spans
            found = [
                after.start_s - before.start_s if not after.piece.is_discontinuous else before.end_s - before.start_s
                for before, after in pairwise(spans)
            ]
            self._durations_s[kind] = [*found, *(span.end_s - span.start_s for span in spans[-1:])]
        return self._durations_s[kind]

    def length_s(self, kind: Kind | None = None) -> float:
        return sum(self.durations_s(kind))

    def peak_bps(self, target_s: float) -> float:
        if target_s not in self._peaks_bps:
            durations_s = self.durations_s()
            peak_bps = peak_bitrate_bps(self.sizes_bytes, durations_s, target_s) if durations_s else 0.0
            self._peaks_bps[target_s] = peak_bps
        return self._peaks_bps[target_s]

    def average_bps(self) -> float:
        length_s = self.length_s()
        return sum(self.sizes_bytes) * 8 / length_s if length_s else 0.0

    def frame_rates(self) -> tuple[float, float, float] | None:
        """Frames a second over the whole track, by the frame that lasts longest, and by the shortest; None without
        pictures."""
        spans = self.spans.get(Kind.VIDEO, [])
        ticks, count = sum(s.held.duration for s in spans), sum(s.held.sample_count for s in spans)
        if not spans or not ticks:
            return None
        clock = spans[0].header.timescale
        shortest = min((s.held.shortest for s in spans if s.held.shortest), default=1)
        return count * clock / ticks, clock / max(1, max(s.held.longest for s in spans)), clock / shortest


class Measurer:
    """Measures each track once, whichever manifests name it."""

    def __init__(self, folder: Folder) -> None:
        self.folder = folder
        self._known: dict[tuple[object, ...], Measured | None] = {}
        self._fragments: dict[tuple[Bytes, Bytes], dict[int, Held]] = {}
        self._streams: dict[Bytes, dict[Kind, tuple[TrackHeader, Held]]] = {}
        self._read_bytes: Counter[str] = Counter()
        self._headers: dict[Bytes, Header | None] = {}
        self._samples = 0

    def measured(self, track: Track) -> Measured | None:
        """None, with the reason reported, for a track that isn't whole or isn't media. Packed sound and captions have
        sizes and no spans."""
        if not track.is_whole:
            return None
        key = (track.init, *((piece.part, piece.own_init, piece.lacks_init) for piece in track.pieces))
        if key not in self._known:
            self._known[key] = self._measure(track)
        found = self._known[key]
        if found is None:
            return None
        spans = {
            kind: [
                Span(piece, s.start_s, s.end_s, s.held, s.header) for piece, s in zip(track.pieces, own, strict=True)
            ]
            for kind, own in found.spans.items()
        }
        return Measured(track, found.sizes_bytes, spans, found.headers, found.is_transport_stream)

    def _measure(self, track: Track) -> Measured | None:
        parts = [piece.part for piece in track.pieces if piece.part]
        found = Measured(track, [self.folder.length(part) for part in parts])
        for piece, part in zip(track.pieces, parts, strict=True):
            try:
                self._take(found, piece, part)
            except NotMedia as wrong:
                self.folder.report.add([SEGMENT.broken(_of(part), f"{part.file} holds {wrong}")])
                return None
            except _NoHeader:
                return None
            except _Foreign:
                found_in = f"{part.file} is WebM, and isn't looked into"
                self.folder.report.add([CONTAINER.broken(track.place, found_in)])
                return Measured(track, found.sizes_bytes)
            except OSError as failure:
                self.folder.report.add([SEGMENT.broken(piece.place, f"{part.file}: {failure.strerror}")])
                return None
        found.spans = {kind: spans for kind, spans in found.spans.items() if len(spans) == len(parts)}
        return found

    def _take(self, found: Measured, piece: Piece, part: Bytes) -> None:
        """Raises `NotMedia`."""
        head = self.folder.read(Bytes(part.file, part.first, min(16, self.folder.length(part))))
        if head[:1] == b"\x47":
            found.is_transport_stream = True
            if part not in self._streams:
                self._once_more(part)
                self._streams[part] = read_transport_stream(self.folder, part)
            for kind, (header, held) in self._streams[part].items():
                self._count(held)
                found.spans.setdefault(kind, []).append(_span(piece, header, held, never_before=None))
        elif is_webm(head):
            raise _Foreign
        elif head.startswith(_SOUND_FILES) or head.lstrip(b"\xef\xbb\xbf").startswith(b"WEBVTT"):
            return
        else:
            self._take_fragments(found, piece, part)

    def _take_fragments(self, found: Measured, piece: Piece, part: Bytes) -> None:
        init = None if piece.lacks_init else piece.own_init or found.track.init
        if init is None:
            begins = next(boxes(self.folder, part), None)
            init = part if begins and begins.kind == "ftyp" else None  # a file that initialises itself
        if init is None:
            place = piece.place if piece.lacks_init else found.track.place
            self.folder.report.add([NO_INIT.broken(place, f"{part.file} needs one, and none is named")])
            raise _NoHeader
        header = self._header(init)
        if header is None:
            raise _NoHeader
        found.headers[init] = header
        by_id = {track.track_id: track for track in header.tracks}
        if (part, init) not in self._fragments:
            self._once_more(part)
            self._fragments[part, init] = read_fragments(self.folder, part, by_id)
        for track_id, held in self._fragments[part, init].items():
            track = by_id[track_id]
            self._count(held)
            if track.kind:
                found.spans.setdefault(track.kind, []).append(_span(piece, track, held, found.track.offset_s))

    def _header(self, init: Bytes) -> Header | None:
        if init not in self._headers:
            try:
                if len(self._headers) >= _MOST_HEADERS:
                    raise NotMedia(f"one more than {_MOST_HEADERS} initialisation segments")
                self._headers[init] = read_header(self.folder, init)
            except NotMedia as wrong:
                self.folder.report.add([INIT.broken(_of(init), f"{init.file} holds {wrong}")])
                self._headers[init] = None
        return self._headers[init]

    def _once_more(self, part: Bytes) -> None:
        """Raises `NotMedia` for a file that ranges lead into over and over."""
        self._read_bytes[part.file] += self.folder.length(part)
        if self._read_bytes[part.file] > _MOST_READINGS * self.folder.sizes[part.file]:
            raise NotMedia(f"ranges that overlap: they have {_MOST_READINGS} times the file's bytes")

    def _count(self, held: Held) -> None:
        self._samples += held.sample_count
        if self._samples > MOST_SAMPLES_IN_ALL:
            raise NotMedia(f"more than {MOST_SAMPLES_IN_ALL} samples, with those before it")


def _of(part: Bytes) -> Place:
    """The file itself, by the bytes that were meant."""
    return Place(part.file, part=f"from byte {part.first}" if part.first else None)


def _span(
    piece: Piece, header: TrackHeader, held: Held, offset_s: float = 0.0, never_before: float | None = 0.0
) -> Span:
    """What lies before zero isn't played: it is the sound coder's run-up. Transport streams begin at any time."""
    clock, shift = header.timescale, header.media_time / header.timescale + offset_s
    start_s = (held.first_shown or 0) / clock - shift
    if never_before is not None:
        start_s = max(never_before, start_s)
    return Span(piece, start_s, held.last_shown_end / clock - shift, held, header)


def relative_starts(spans: Sequence[Span]) -> list[float]:
    """Where each segment starts after the first, in seconds."""
    return [span.start_s - spans[0].start_s for span in spans]
