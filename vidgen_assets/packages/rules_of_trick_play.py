"""I-frame playlists of HLS and trick-mode sets of DASH: what players show while a person scrubs."""

from collections.abc import Iterator

from vidgen_assets.packages.bandwidth import peak_bitrate_bps
from vidgen_assets.packages.codecs import same_codec
from vidgen_assets.packages.hls import Hls, Media
from vidgen_assets.packages.limits import Limits
from vidgen_assets.packages.measure import Measured, Span
from vidgen_assets.packages.mpd import TRICK_MODE, AdaptationSet, Period
from vidgen_assets.packages.playlists import Stream
from vidgen_assets.packages.rule import Fault, error, seen
from vidgen_assets.packages.rules_of_hls import CODECS, bandwidth_faults, claim_faults
from vidgen_assets.packages.rules_of_masters import shows_pictures
from vidgen_assets.packages.tracks import Kind

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
    by_file = {
        piece.part.file: spans
        for _, other in hls.variants()
        if other.measured and (spans := other.measured.spans.get(Kind.VIDEO))
        for piece in other.track.pieces
        if piece.part
    }
    measured = {
        piece.part.file: other.measured for _, other in hls.variants() for piece in other.track.pieces if piece.part
    }
    for stream in hls.master.iframes:
        media = hls.of(stream)
        if media is None:
            continue
        if not media.playlist.has("EXT-X-I-FRAMES-ONLY"):
            yield ONLY.broken(media.playlist.place(), "EXT-X-I-FRAMES-ONLY is missing")
        elif media.track.is_whole and media.track.pieces[0].part:
            file = media.track.pieces[0].part.file
            yield from _stream_faults(hls, stream, media, by_file.get(file), measured.get(file), limits)


def _stream_faults(
    hls: Hls, stream: Stream, media: Media, spans: list[Span] | None, measured: Measured | None, limits: Limits
) -> Iterator[Fault]:
    if hls.master is None or spans is None or measured is None:
        return  # I-frames of a track of their own can't be held against a variant
    place = hls.master.place(stream.attributes.line)
    yield from claim_faults(stream, place, measured)
    header = measured.header(Kind.VIDEO)
    codecs = stream.attributes.get("CODECS")
    if header and codecs and not same_codec(codecs, header.codec):
        yield CODECS.broken(place, f"CODECS is {seen(codecs)}, the segments hold {header.codec}")
    yield from _range_faults(media, spans)
    sizes = [piece.part.count or 0 for piece in media.track.pieces if piece.part]
    durations_s = [piece.duration_s or 0.0 for piece in media.track.pieces]
    length_s = sum(durations_s)
    if all(sizes) and length_s:
        peak_bps = peak_bitrate_bps(sizes, durations_s, media.target_s)
        yield from bandwidth_faults(stream, place, peak_bps, sum(sizes) * 8 / length_s, limits)
    if abs(length_s - measured.length_s()) > limits.length_slack_s:
        found = f"its I-frames last {length_s:.3f} s, the variant {measured.length_s():.3f} s"
        yield COUNT.broken(media.playlist.place(), found)


def _range_faults(media: Media, spans: list[Span]) -> Iterator[Fault]:
    syncs: dict[str, list[tuple[int, int, int]]] = {}
    for span in spans:
        if span.piece.part:
            syncs.setdefault(span.piece.part.file, []).extend(span.held.syncs or [])
    for piece in media.track.pieces:
        if piece.part is None:
            continue
        first, end = piece.part.first, piece.part.first + (piece.part.count or 1 << 62)
        inside = [key for key in syncs.get(piece.part.file, []) if first <= key[0] < key[1] <= end]
        if not inside:
            yield KEYFRAMES.broken(piece.place, f"bytes {first} to {end} of {piece.part.file} hold no whole keyframe")
        elif inside[0][2] < first:
            found = f"the range begins at byte {first}, its fragment at {inside[0][2]}"
            yield KEYFRAMES.broken(piece.place, found)


def trick_mode_faults(period: Period, measured: dict[int, Measured]) -> Iterator[Fault]:
    """`measured` is by the identity of a representation's track."""
    videos = {own.element.get("id") for own in period.sets if own.kind is Kind.VIDEO and not own.is_trick_mode}
    for own in period.sets:
        for property_ in own.properties(TRICK_MODE):
            named = (property_.get("value") or "").split()
            if not named or not set(named) <= videos:
                yield TRICK.broken(own.place, f"it names set {seen(' '.join(named))}, which is no video set")
            yield from _not_keyframes(own, measured)


def _not_keyframes(own: AdaptationSet, measured: dict[int, Measured]) -> Iterator[Fault]:
    for representation in own.representations:
        found = measured.get(id(representation.track))
        spans = found.spans.get(Kind.VIDEO, []) if found else []
        samples, keys = sum(s.held.sample_count for s in spans), sum(len(s.held.syncs or []) for s in spans)
        if keys < samples:
            yield TRICK.broken(representation.place, f"{samples - keys} of its {samples} pictures are no keyframes")
