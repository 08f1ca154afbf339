"""I-frame playlists of HLS and trick-mode sets of DASH: what players show while a person scrubs."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from vidgen_assets.packages.bandwidth import peak_bitrate_bps
from vidgen_assets.packages.bmff_fragments import Sync
from vidgen_assets.packages.codecs import same_codec
from vidgen_assets.packages.folder import Bytes
from vidgen_assets.packages.hls import Hls, Media
from vidgen_assets.packages.limits import Limits
from vidgen_assets.packages.measure import Measured
from vidgen_assets.packages.mpd import TRICK_MODE, AdaptationSet, Period
from vidgen_assets.packages.playlists import Playlist, Stream
from vidgen_assets.packages.rule import Fault, error, seen
from vidgen_assets.packages.rules_of_hls import CODECS, bandwidth_faults, claim_faults
from vidgen_assets.packages.rules_of_masters import shows_pictures
from vidgen_assets.packages.tracks import Kind, Piece

IFRAMES = error(
    "hls-iframes",
    "RFC 8216bis 4.4.6.3; Apple HLS authoring specification, trick play",
    "A multivariant playlist with video offers an I-frame playlist to scrub by.",
    "Add EXT-X-I-FRAME-STREAM-INF and the playlist it names.",
)
ONLY = error(
    "hls-iframes-only",
    "RFC 8216bis 4.4.3.6, 4.4.6.3",
    "The playlist of an I-frame stream has EXT-X-I-FRAMES-ONLY; that of a variant hasn't.",
    "Add the tag, or name the playlist elsewhere.",
)
KEYFRAMES = error(
    "hls-iframe-ranges",
    "RFC 8216bis 4.4.3.6, 6.2.1",
    "Each byte range of an I-frame playlist holds one whole keyframe of a variant, with its fragment's header.",
    "Write the ranges from the segments that are there.",
)
COUNT = error(
    "hls-iframe-times",
    "RFC 8216bis 4.4.3.6; Apple HLS authoring specification, trick play",
    "An I-frame playlist covers its variant: each EXTINF lasts to the next I-frame, and the last to the end.",
    "Name every keyframe with the time to the next.",
)
TRICK = error(
    "dash-trick-mode",
    "DASH-IF IOP 3.2.9",
    "A trick-mode set names a video set of its period, and every one of its pictures is a keyframe.",
    "Correct the value of the property, or encode the track again without other pictures.",
)
RULES = (IFRAMES, ONLY, KEYFRAMES, COUNT, TRICK)


def iframe_faults(hls: Hls, limits: Limits) -> Iterator[Fault]:
    if hls.master is None:
        return
    shows = any(shows_pictures(stream) for stream in hls.master.variants)
    if shows and not hls.master.iframes:
        yield IFRAMES.broken(hls.master.place(), "it has no EXT-X-I-FRAME-STREAM-INF")
    for stream, media in hls.variants():
        if media.playlist.has("EXT-X-I-FRAMES-ONLY"):
            found = f"the variant's playlist {media.playlist.file} has EXT-X-I-FRAMES-ONLY"
            yield ONLY.broken(hls.master.place(stream.uri_line), found)
    measured = {
        piece.part.file: other.measured
        for other in hls.played()
        if other.measured and other.measured.spans.get(Kind.VIDEO)
        for piece in other.track.pieces
        if piece.part
    }
    keyframes: dict[int, _Keyframes] = {}
    done = set[str]()
    for stream in hls.master.iframes:
        media = hls.of(stream)
        if media is None:
            continue
        if not media.playlist.has("EXT-X-I-FRAMES-ONLY"):
            yield ONLY.broken(media.playlist.place(), "EXT-X-I-FRAMES-ONLY is missing")
        elif media.track.is_whole and media.track.pieces[0].part:
            if (found := measured.get(media.track.pieces[0].part.file)) is None:
                continue  # I-frames of a track of their own can't be held against a variant
            if id(found) not in keyframes:
                keyframes[id(found)] = _Keyframes(found)
            yield from _stream_faults(hls.master, stream, media, found, limits)
            if media.playlist.file not in done:
                done.add(media.playlist.file)
                yield from _keyframe_faults(media, keyframes[id(found)], limits)


def _stream_faults(
    master: Playlist, stream: Stream, media: Media, measured: Measured, limits: Limits
) -> Iterator[Fault]:
    place = master.place(stream.attributes.line)
    yield from claim_faults(stream, place, measured)
    header = measured.header(Kind.VIDEO)
    codecs = stream.attributes.get("CODECS")
    if header and codecs and not same_codec(codecs, header.codec):
        yield CODECS.broken(place, f"CODECS is {seen(codecs)}, the segments hold {header.codec}")
    sizes = [piece.part.count or 0 for piece in media.track.pieces if piece.part]
    durations_s = [piece.duration_s or 0.0 for piece in media.track.pieces]
    length_s = sum(durations_s)
    if all(sizes) and length_s:
        peak_bps = peak_bitrate_bps(sizes, durations_s, media.target_s)
        yield from bandwidth_faults(stream, place, peak_bps, sum(sizes) * 8 / length_s, limits)


class _Keyframes:
    """Those of a variant, by file in the order of their bytes, with the times at which each is shown: a segment may be
    named more than once."""

    def __init__(self, measured: Measured) -> None:
        spans, at_s = measured.spans[Kind.VIDEO], 0.0
        self.length_s = measured.length_s(Kind.VIDEO)
        times: dict[str, dict[Sync, list[float]]] = {}
        for span, duration_s in zip(spans, measured.durations_s(Kind.VIDEO), strict=True):
            if span.piece.part:
                of_file = times.setdefault(span.piece.part.file, {})
                for sync in (sync for sync in span.held.syncs or [] if sync.first < sync.end):
                    late_s = (sync.shown - (span.held.first_shown or 0)) / span.header.timescale
                    of_file.setdefault(sync, []).append(at_s + late_s)
            at_s += duration_s
        self._by_file = {file: sorted(found.items(), key=_first_byte) for file, found in times.items()}

    def whole(self, part: Bytes) -> tuple[Sync, list[float]] | None:
        """The first that lies in `part`, and when it's shown."""
        end = 1 << 63 if part.count is None else part.first + part.count
        found = self._by_file.get(part.file, [])
        at = bisect_left(found, part.first, key=_first_byte)
        return found[at] if at < len(found) and found[at][0].end <= end else None


def _first_byte(keyframe: tuple[Sync, list[float]]) -> int:
    return keyframe[0].first


def _keyframe_faults(media: Media, keyframes: _Keyframes, limits: Limits) -> Iterator[Fault]:
    """Of an I-frame playlist's ranges, and of how long each picture stays."""
    shown: list[tuple[Piece, float]] = []
    for piece in media.track.pieces:
        found = keyframes.whole(piece.part) if piece.part else None
        if piece.part is None:
            continue
        first, count = piece.part.first, piece.part.count
        if found is None:
            end = "its end" if count is None else first + count
            yield KEYFRAMES.broken(piece.place, f"bytes {first} to {end} of {piece.part.file} hold no whole keyframe")
            continue
        sync, times_s = found
        if sync.fragment < first:
            yield KEYFRAMES.broken(piece.place, f"the range begins at byte {first}, its fragment at {sync.fragment}")
        later = bisect_right(times_s, shown[-1][1]) if shown else 0
        shown.append((piece, times_s[min(later, len(times_s) - 1)]))
    apart = list(_time_faults(shown, keyframes.length_s, limits)) if len(shown) == len(media.track.pieces) else []
    yield from apart
    if not apart and abs(media.said_s() - keyframes.length_s) > limits.length_slack_s:
        found = f"its I-frames last {media.said_s():.3f} s, the variant {keyframes.length_s:.3f} s"
        yield COUNT.broken(media.playlist.place(), found)


def _time_faults(shown: list[tuple[Piece, float]], length_s: float, limits: Limits) -> Iterator[Fault]:
    for (piece, at_s), until_s in zip(shown, [*(at_s for _, at_s in shown[1:]), length_s], strict=True):
        said_s = piece.duration_s or 0.0
        if abs(said_s - (until_s - at_s)) > limits.segment_time_slack_s:
            found = f"EXTINF is {said_s:.3f} s, the I-frame of {at_s:.3f} s lasts until {until_s:.3f} s"
            yield COUNT.broken(piece.place, found)


def trick_mode_faults(period: Period, measured: dict[int, Measured]) -> Iterator[Fault]:
    """`measured` is by the identity of a representation's track."""
    videos = {own.element.get("id") for own in period.sets if own.kind is Kind.VIDEO and not own.is_trick_mode}
    for own in period.sets:
        for property_ in own.properties(TRICK_MODE):
            named = (property_.get("value") or "").split()
            if not named or not set(named) <= videos:
                yield TRICK.broken(own.place, f"it names set {seen(' '.join(named))}, which is no video set")
        if own.is_trick_mode:
            yield from _not_keyframes(own, measured)


def _not_keyframes(own: AdaptationSet, measured: dict[int, Measured]) -> Iterator[Fault]:
    for representation in own.representations:
        found = measured.get(id(representation.track))
        spans = found.spans.get(Kind.VIDEO, []) if found else []
        samples, keys = sum(s.held.sample_count for s in spans), sum(len(s.held.syncs or []) for s in spans)
        if keys < samples:
            yield TRICK.broken(representation.place, f"{samples - keys} of its {samples} pictures are no keyframes")
