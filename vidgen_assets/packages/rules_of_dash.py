"""What an MPD claims, against the schema's demands and against what the segments hold."""

from collections import Counter
from collections.abc import Iterator, Mapping

from vidgen_assets.packages.codecs import same_codec
from vidgen_assets.packages.languages import is_language_tag
from vidgen_assets.packages.limits import Limits
from vidgen_assets.packages.measure import Measured
from vidgen_assets.packages.mpd import AdaptationSet, Mpd, Period, Representation, rate, seconds, whole
from vidgen_assets.packages.rule import Fault, error, seen, warning
from vidgen_assets.packages.rules_of_hls import matches_a_rate, time_slack_s
from vidgen_assets.packages.tracks import Kind

ROOT = error(
    "dash-mpd-attributes",
    "ISO/IEC 23009-1 5.3.1.2",
    "The MPD says its profiles, minBufferTime and, when static, mediaPresentationDuration.",
    "Add the attribute.",
)
STATIC = error(
    "dash-static",
    "ISO/IEC 23009-1 5.3.1.2; DASH-IF IOP 3.2.1",
    "A finished clip's MPD has type static: players of a dynamic one wait by the clock.",
    'Write type="static" with mediaPresentationDuration.',
)
REPRESENTATION = error(
    "dash-representation-attributes",
    "ISO/IEC 23009-1 5.3.5.2, 5.3.7.2",
    "Each representation has an id of its own in the period, a bandwidth in bit/s and a mimeType; pictures and sound "
    "have codecs, pictures width and height.",
    "Add or correct the attribute.",
)
EMPTY = error(
    "dash-sets",
    "ISO/IEC 23009-1 5.3.2, 5.3.3",
    "A period has adaptation sets, each with representations of one kind: video, audio, text or image.",
    "Add the representations, and contentType or mimeType.",
)
LANGUAGE = error(
    "dash-language",
    "ISO/IEC 23009-1 5.3.3.2; RFC 5646",
    "Sets of audio and text have lang, a BCP 47 tag.",
    'Add lang="…", the language that is spoken or written.',
)
ALIGNMENT = error(
    "dash-segment-alignment",
    "DASH-IF IOP 3.2.4; ISO/IEC 23009-1 5.3.3.2",
    "A set with more than one representation says segmentAlignment (for one indexed file: subsegmentAlignment).",
    'Write segmentAlignment="true" if the boundaries are aligned, or package again.',
)
SAP = error(
    "dash-start-with-sap",
    "ISO/IEC 23009-1 5.3.7.2; DASH-IF IOP 3.2.4",
    "A video set with more than one representation says startWithSAP (for one indexed file: subsegmentStartsWithSAP) "
    "of 1 or 2: without it a strict player doesn't switch.",
    'Write startWithSAP="1" if each segment begins with a keyframe.',
)
DURATION = error(
    "dash-presentation-duration",
    "ISO/IEC 23009-1 5.3.1.2, 5.3.2",
    "The MPD and its periods last as long as their segments.",
    "Write the duration of the longest track.",
)
SEGMENT_TIME = error(
    "dash-segment-times",
    "ISO/IEC 23009-1 5.3.9.6, 7.2.1",
    "A timeline gives each segment's start and duration as they are; a constant duration is missed by less than half.",
    "Write the timeline as measured.",
)
BANDWIDTH = error(
    "dash-bandwidth",
    "ISO/IEC 23009-1 5.3.5.4; DASH-IF IOP 3.2.8",
    "bandwidth isn't below the peak of the segments, taken over minBufferTime: the standard lets a buffer lower it, "
    "but players hold it against the network.",
    "Write the measured peak.",
)
CODECS = error(
    "dash-codecs",
    "ISO/IEC 23009-1 5.3.7.2; RFC 6381",
    "codecs names what the segments hold.",
    "Write the codec of the sample entry.",
)
RESOLUTION = error(
    "dash-resolution",
    "ISO/IEC 23009-1 5.3.7.2",
    "width and height are those of the pictures.",
    "Write the size of the pictures.",
)
FRAME_RATE = error(
    "dash-frame-rate",
    "ISO/IEC 23009-1 5.3.7.2; DASH-IF IOP 3.2.4",
    "Video says its frameRate, a whole number or a fraction, as the pictures come.",
    "Write the rate of the frames.",
)
VIDEO_RANGE = error(
    "dash-video-range",
    "ISO/IEC 23009-1 5.8.5; ISO/IEC 23091-2 8.2",
    "The property cicp:TransferCharacteristics is that of the pictures, and HDR isn't left unsaid.",
    "Write 1 for SDR, 16 for PQ, 18 for HLG.",
)
KIND = error(
    "dash-content-type",
    "ISO/IEC 23009-1 5.3.3.2",
    "A set's contentType and mimeType are of the kind that its segments hold.",
    "Correct the type.",
)
CLOCK = warning(
    "dash-timescale",
    "ISO/IEC 23009-1 5.3.9.2",
    "The timescale of a template is that of the media, so that times are exact.",
    "Write the timescale of the box mdhd.",
)
RULES = (
    ROOT, STATIC, REPRESENTATION, EMPTY, LANGUAGE, ALIGNMENT, SAP, DURATION, SEGMENT_TIME, BANDWIDTH, CODECS,
    RESOLUTION, FRAME_RATE, VIDEO_RANGE, KIND, CLOCK,
)  # fmt: skip

_RANGES = {"16": "PQ", "18": "HLG"}
_TRANSFER = "urn:mpeg:mpegB:cicp:TransferCharacteristics"

MeasuredTracks = Mapping[int, Measured]
"""By the identity of a representation's track."""


def dash_faults(mpd: Mpd, measured: MeasuredTracks, limits: Limits) -> Iterator[Fault]:
    yield from _root_faults(mpd, limits)
    buffer_s = seconds(mpd.root.get("minBufferTime") or "") or 2.0
    for period in mpd.periods:
        yield from _period_faults(period, measured, limits)
        for own in period.sets:
            yield from _set_faults(own)
            for representation in own.representations:
                yield from _attribute_faults(own, representation)
                if found := measured.get(id(representation.track)):
                    yield from _claim_faults(own, representation, found, buffer_s, limits)


def _root_faults(mpd: Mpd, limits: Limits) -> Iterator[Fault]:
    place, root = mpd.place(mpd.root), mpd.root
    kind = root.get("type") or "static"
    if kind != "static":
        yield STATIC.broken(place, f"its type is {seen(kind)}")
    elif mpd.duration_s is None and mpd.periods[-1].duration_s is None:
        yield ROOT.broken(place, "it has no mediaPresentationDuration")
    for name in ("profiles", "minBufferTime"):
        if not root.get(name):
            yield ROOT.broken(place, f"it has no {name}")
    last = mpd.periods[-1]
    ends_s = None if last.duration_s is None else last.start_s + last.duration_s
    if mpd.duration_s is not None and ends_s is not None and abs(mpd.duration_s - ends_s) > limits.length_slack_s:
        yield DURATION.broken(place, f"it lasts {mpd.duration_s:.3f} s, its last period ends at {ends_s:.3f} s")


def _period_faults(period: Period, measured: MeasuredTracks, limits: Limits) -> Iterator[Fault]:
    representations = [r for own in period.sets for r in own.representations]
    if not period.sets:
        yield EMPTY.broken(period.place, "it has no adaptation set")
    for twice in (n for n, count in Counter(r.get("id") for r in representations).items() if n and count > 1):
        yield REPRESENTATION.broken(period.place, f"id {seen(twice)} stands there more than once")
    lengths_s = [m.length_s() for r in representations if (m := measured.get(id(r.track))) and m.main]
    if lengths_s and period.duration_s is not None and abs(period.duration_s - max(lengths_s)) > limits.length_slack_s:
        found = f"it lasts {period.duration_s:.3f} s, its segments {max(lengths_s):.3f} s"
        yield DURATION.broken(period.place, found)


def _set_faults(own: AdaptationSet) -> Iterator[Fault]:
    if own.kind is None or not own.representations:
        yield EMPTY.broken(own.place, "it has no representation" if own.kind else "nothing says of what kind it is")
    language = own.element.get("lang")
    is_missing = language in (None, "", "und")
    if own.kind in (Kind.AUDIO, Kind.TEXT) and (is_missing or not is_language_tag(language or "")):
        yield LANGUAGE.broken(own.place, f"lang is {seen(language) if language is not None else 'missing'}")
    if own.kind not in (Kind.VIDEO, Kind.AUDIO) or len(own.representations) < 2:
        return
    if not any(own.element.get(name) not in (None, "false") for name in ("segmentAlignment", "subsegmentAlignment")):
        yield ALIGNMENT.broken(own.place, "segmentAlignment is missing or false")
    said = [r.get(name) for r in own.representations for name in ("startWithSAP", "subsegmentStartsWithSAP")]
    if own.kind is Kind.VIDEO and not set(said) & {"1", "2"}:
        yield SAP.broken(own.place, "startWithSAP is missing or neither 1 nor 2")


def _attribute_faults(own: AdaptationSet, one: Representation) -> Iterator[Fault]:
    played = own.kind in (Kind.VIDEO, Kind.AUDIO)
    needed = [
        "id",
        "mimeType",
        *(["codecs"] if played else []),
        *(["width", "height"] if own.kind is Kind.VIDEO else []),
    ]
    for name in needed:
        if not one.get(name):
            yield REPRESENTATION.broken(one.place, f"{name} is missing")
    if not one.number("bandwidth"):
        said = one.get("bandwidth")
        yield REPRESENTATION.broken(one.place, f"bandwidth is {seen(said) if said else 'missing'}")


def _claim_faults(
    own: AdaptationSet, one: Representation, found: Measured, buffer_s: float, limits: Limits
) -> Iterator[Fault]:
    yield from _time_faults(one, found, limits)
    bandwidth = one.number("bandwidth")
    peak_bps = found.peak_bps(buffer_s)
    if bandwidth and found.main and bandwidth < peak_bps * (1 - limits.bandwidth_slack):
        yield BANDWIDTH.broken(one.place, f"bandwidth is {bandwidth}, the peak {peak_bps:.0f} bit/s")
    if found.main and own.kind and found.main is not own.kind:
        yield KIND.broken(own.place, f"it is {own.kind} by its type, and its segments hold {found.main}")
        return
    header = found.header(found.main) if found.main else None
    if header is None:
        return
    codecs = one.get("codecs")
    codecs_found = {h.codec for kind in found.spans if (h := found.header(kind))}
    if codecs and not all(any(same_codec(said, codec) for codec in codecs_found) for said in codecs.split(",")):
        yield CODECS.broken(one.place, f"codecs is {seen(codecs)}, the segments hold {', '.join(sorted(codecs_found))}")
    if one.size and header.size and one.size != header.size:
        found_size = "{}x{}".format(*header.size)
        yield RESOLUTION.broken(one.place, f"it says {one.size[0]}x{one.size[1]}, the pictures have {found_size}")
    yield from _rate_faults(one, found, limits)
    yield from _range_faults(own, one, header.video_range)
    template = one.element.first("SegmentTemplate")
    timescale = whole(template.get("timescale")) if template else None
    if timescale and timescale != header.timescale:
        yield CLOCK.broken(one.place, f"the timescale is {timescale}, that of the media {header.timescale}")


def _time_faults(one: Representation, found: Measured, limits: Limits) -> Iterator[Fault]:
    slack_s = time_slack_s(found, limits)
    measured = zip(one.track.pieces, found.main_spans, found.durations_s(), strict=False)
    for number, (piece, span, real_s) in enumerate(measured, start=1):
        if piece.duration_s is None or len(one.track.pieces) == 1:
            continue  # one file: the presentation's duration is held against it
        start_s, allowed_s = piece.start_s or 0.0, piece.duration_s / 2 if piece.is_average else slack_s
        if abs(start_s - span.start_s) > allowed_s:
            yield SEGMENT_TIME.broken(
                piece.place, f"segment {number} starts at {span.start_s:.3f} s, by the MPD at {start_s:.3f} s"
            )
        elif abs(piece.duration_s - real_s) > allowed_s:
            yield SEGMENT_TIME.broken(
                piece.place, f"segment {number} lasts {real_s:.3f} s, by the MPD {piece.duration_s:.3f} s"
            )


def _rate_faults(one: Representation, found: Measured, limits: Limits) -> Iterator[Fault]:
    rates = found.frame_rates()
    if rates is None:
        return
    text, said = one.get("frameRate"), rate(one.get("frameRate"))
    if said is None:
        yield FRAME_RATE.broken(one.place, f"frameRate is {seen(text) if text else 'missing'}")
    elif not matches_a_rate(float(said), rates[:2], limits):
        yield FRAME_RATE.broken(one.place, f"frameRate is {seen(text or '')}, the pictures come at {rates[0]:.3f}")


def _range_faults(own: AdaptationSet, one: Representation, found: str | None) -> Iterator[Fault]:
    values = [each.get("value") or "" for each in own.properties(_TRANSFER)]
    said = _RANGES.get(values[0], "SDR") if values else "SDR"
    if found is not None and said != found:
        yield VIDEO_RANGE.broken(one.place, f"it is said to be {said}, and the pictures are {found}")
