"""Captions and chapters against the clip: cues where their segment is, within the clip, on the media's clock."""

from collections.abc import Iterator

from vidgen_assets.packages.hls import Hls, Media
from vidgen_assets.packages.limits import Limits
from vidgen_assets.packages.mpd import Mpd
from vidgen_assets.packages.rule import Fault, Place, error
from vidgen_assets.packages.tracks import Kind
from vidgen_assets.packages.webvtt import MAP, Captions, Vtt

TIMES = error(
    "vtt-times",
    "RFC 8216bis 3.1.4; W3C WebVTT 4.1",
    "Cues lie within the clip; in HLS, each is shown at some time of the segment that it's in.",
    "Cut the cue at the clip's end, or move it to its segment.",
)
RULES = (TIMES,)

_MAP_SLACK_S = 0.5
"""A caption that is off by more is seen with other words."""


def hls_caption_faults(captions: Captions, hls: Hls, limits: Limits) -> Iterator[Fault]:
    """Of every playlist of subtitles, with what reading them finds reported."""
    timed = [media.measured for _, media in hls.variants() if media.measured and media.measured.main_spans]
    first_s = timed[0].main_spans[0].start_s if timed else 0.0
    length_s = timed[0].length_s() if timed else None
    for media in {m.playlist.file: m for _, m in hls.renditions("SUBTITLES")}.values():
        if media.track.has_init:
            continue  # in fragments: measured as media
        at_s = 0.0
        for piece in media.track.pieces:
            end_s = at_s + (piece.duration_s or 0.0)
            vtt = captions.read(piece.part.file) if piece.part else None
            if vtt:
                yield from _clock_faults(vtt, first_s)
                yield from _segment_faults(vtt, at_s, end_s, limits)
                if length_s is not None and len(media.track.pieces) == 1:
                    yield from clip_faults(vtt, length_s, limits)
            at_s = end_s
        if length_s is not None and media.track.pieces:
            yield from _cover_faults(media, length_s)


def dash_caption_faults(captions: Captions, mpd: Mpd, length_s: float | None, limits: Limits) -> Iterator[Fault]:
    """Of every text set that isn't in fragments."""
    for own in mpd.sets(Kind.TEXT):
        for representation in own.representations:
            if representation.get("mimeType") != "text/vtt":
                continue
            for piece in representation.track.pieces:
                vtt = captions.read(piece.part.file) if piece.part else None
                if vtt and length_s is not None:
                    yield from clip_faults(vtt, length_s, limits)


def clip_faults(vtt: Vtt, length_s: float, limits: Limits) -> Iterator[Fault]:
    for cue in vtt.cues:
        if cue.end_s > length_s + limits.length_slack_s:
            found = f"the cue of {cue.start_s:.3f} s ends at {cue.end_s:.3f} s, the clip at {length_s:.3f} s"
            yield TIMES.broken(vtt.place(cue.line), found)


def _clock_faults(vtt: Vtt, first_s: float) -> Iterator[Fault]:
    if vtt.shift_s is None and first_s > _MAP_SLACK_S:
        yield MAP.broken(vtt.place(1), f"X-TIMESTAMP-MAP is missing, and the media begins at {first_s:.3f} s")
    elif vtt.shift_s is not None and abs(vtt.shift_s - first_s) > _MAP_SLACK_S:
        yield MAP.broken(vtt.place(1), f"it maps 0 to {vtt.shift_s:.3f} s, and the media begins at {first_s:.3f} s")


def _segment_faults(vtt: Vtt, start_s: float, end_s: float, limits: Limits) -> Iterator[Fault]:
    slack_s = limits.segment_time_slack_s
    for cue in vtt.cues:
        if cue.end_s < start_s - slack_s or cue.start_s > end_s + slack_s:
            found = f"a cue of {cue.start_s:.3f} to {cue.end_s:.3f} s in a segment of {start_s:.3f} to {end_s:.3f} s"
            yield TIMES.broken(vtt.place(cue.line), found)


def _cover_faults(media: Media, length_s: float) -> Iterator[Fault]:
    """Captions may end early or late by a segment: the last one has no pictures to end with."""
    said_s = media.said_s()
    if abs(said_s - length_s) > media.target_s:
        place = Place(media.playlist.file)
        yield TIMES.broken(place, f"its segments last {said_s:.3f} s, the clip {length_s:.3f} s")
