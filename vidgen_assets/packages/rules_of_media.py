"""What must hold of segments whichever manifest names them: continuous, switchable, aligned, equally long."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from vidgen_assets.packages.limits import Limits
from vidgen_assets.packages.measure import Measured, Span, relative_starts
from vidgen_assets.packages.rule import Fault, Place, error
from vidgen_assets.packages.tracks import Kind

SYNC = error(
    "media-keyframe-first",
    "RFC 8216bis 4.4.2.1; ISO/IEC 23000-19, fragments; Apple HLS authoring specification, video",
    "Every video segment begins with a keyframe (sync sample, IDR), so that a player may switch there.",
    "Encode with a keyframe at each segment's start.",
)
CONTINUITY = error(
    "media-continuity",
    "RFC 8216bis 3; ISO/IEC 23000-19, tracks",
    "Each segment is decoded from where the one before ended.",
    "Package the track again in one go; look for a segment out of place.",
)
ALIGNED = error(
    "media-aligned",
    "RFC 8216bis 6.2.4; ISO/IEC 23009-1 5.3.3.2; DASH-IF IOP 3.2.4",
    "Renditions of the same pictures have as many segments, with boundaries at the same times.",
    "Encode all renditions with the same keyframe distance and package them together.",
)
LENGTH = error(
    "media-length",
    "RFC 8216bis 6.2.4; Apple HLS authoring specification, media segmentation",
    "Pictures and sounds that are played together last equally long, within 100 ms.",
    "Cut or fill the shorter track.",
)
BRANDS = error(
    "cmaf-brand",
    "ISO/IEC 23000-19, structural brands; ISO/IEC 14496-12 4.3",
    "A track that HLS and DASH share is CMAF: its initialisation segment has the brand cmfc or cmf2.",
    "Package with CMAF brands.",
)
ONE_TRACK = error(
    "cmaf-one-track",
    "ISO/IEC 23000-19, tracks",
    "A track that HLS and DASH share has one media track in its initialisation segment.",
    "Package pictures and sounds separately.",
)
PARAMETER_SETS = error(
    "media-parameter-sets",
    "Apple HLS authoring specification, video",
    "HLS has parameter sets in the sample description: avc1, hvc1 and dvh1, not avc3, hev1 and dvhe, which Apple's "
    "devices don't play.",
    "Package as hvc1 or avc1 (ffmpeg: -tag:v hvc1).",
)
RULES = (SYNC, CONTINUITY, ALIGNED, LENGTH, BRANDS, ONE_TRACK, PARAMETER_SETS)

_CMAF = {"cmfc", "cmf2"}
_IN_BAND = ("avc3", "hev1", "dvhe")


def track_faults(measured: Measured) -> Iterator[Fault]:
    """Of one track by itself."""
    for kind, spans in measured.spans.items():
        if kind is Kind.VIDEO:
            for span in spans:
                if not span.held.starts_with_sync:
                    yield SYNC.broken(_in(span), "its first picture is no keyframe")
        for before, after in pairwise(spans):
            yield from _gap(before, after)


def _gap(before: Span, after: Span) -> Iterator[Fault]:
    """A sample's half is allowed: clocks of transport streams and milliseconds round."""
    gap = after.held.decode_start - before.held.decode_end
    step = before.held.duration / max(1, before.held.sample_count)
    if before.header.timescale != after.header.timescale or after.piece.is_discontinuous or abs(gap) <= step / 2:
        return
    clock = after.header.timescale
    found = (
        f"it is decoded from {after.held.decode_start / clock:.3f} s on, "
        f"the one before until {before.held.decode_end / clock:.3f} s"
    )
    yield CONTINUITY.broken(_in(after), found)


def shared_faults(measured: Measured) -> Iterator[Fault]:
    """Of a track that both HLS and DASH name."""
    for init, header in measured.headers.items():
        if not header.brands & _CMAF:
            yield BRANDS.broken(Place(init.file), f"its brands are {', '.join(sorted(header.brands)) or 'none'}")
        if len(header.tracks) > 1:
            yield ONE_TRACK.broken(Place(init.file), f"it has {len(header.tracks)} tracks")


def parameter_set_faults(measured: Measured) -> Iterator[Fault]:
    """Of a track that HLS names."""
    for init, header in measured.headers.items():
        for track in header.tracks:
            if track.codec.startswith(_IN_BAND):
                yield PARAMETER_SETS.broken(Place(init.file), f"its sample entry is {track.codec[:4]}")


def alignment_faults(together: Sequence[Measured], limits: Limits) -> Iterator[Fault]:
    """Of renditions that a player switches between; sound is cut by its own frames, and isn't compared."""
    pictures = [measured for measured in together if measured.spans.get(Kind.VIDEO)]
    for other in pictures[1:]:
        first, place = pictures[0], other.track.place
        ours, theirs = (relative_starts(m.spans[Kind.VIDEO]) for m in (first, other))
        if len(ours) != len(theirs):
            yield ALIGNED.broken(place, f"it has {len(theirs)} segments, {_name(first)} has {len(ours)}")
            continue
        for number, (a, b) in enumerate(zip(ours, theirs, strict=True)):
            if abs(a - b) > limits.segment_time_slack_s:
                piece = other.track.pieces[number]
                found = f"segment {number + 1} starts at {b:.3f} s, in {_name(first)} at {a:.3f} s"
                yield ALIGNED.broken(piece.place, found)
                break


def length_faults(together: Sequence[Measured], limits: Limits) -> Iterator[Fault]:
    """Of everything that is played at once, against the first track with pictures."""
    timed = sorted((m for m in together if m.main in (Kind.VIDEO, Kind.AUDIO)), key=lambda m: m.main is not Kind.VIDEO)
    for other in timed[1:]:
        first_s, other_s = timed[0].length_s(), other.length_s()
        if abs(first_s - other_s) > limits.length_slack_s:
            found = f"its {other.main} lasts {other_s:.3f} s, the {timed[0].main} of {_name(timed[0])} {first_s:.3f} s"
            yield LENGTH.broken(other.track.place, found)
    for one in timed[:1]:
        sound_s = one.length_s(Kind.AUDIO) if one.spans.get(Kind.AUDIO) else one.length_s()
        if abs(sound_s - one.length_s()) > limits.length_slack_s:
            found = f"its sound lasts {sound_s:.3f} s, its pictures {one.length_s():.3f} s"
            yield LENGTH.broken(one.track.place, found)


def _name(measured: Measured) -> str:
    place = measured.track.place
    return place.part or place.file


def _in(span: Span) -> Place:
    """In the file rather than where it's named: both manifests name it."""
    part = span.piece.part
    if part is None:
        return span.piece.place
    return Place(part.file, part=f"from byte {part.first}" if part.first else None)
