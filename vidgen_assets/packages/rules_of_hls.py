"""What a multivariant playlist and its media playlists claim, against what the segments hold."""

from collections.abc import Iterator, Sequence

from vidgen_assets.packages.codecs import is_sound, same_codec
from vidgen_assets.packages.hls import Hls, Media
from vidgen_assets.packages.limits import Limits
from vidgen_assets.packages.measure import Measured
from vidgen_assets.packages.playlists import Stream
from vidgen_assets.packages.rule import Fault, Place, error, seen, warning
from vidgen_assets.packages.rules_of_masters import INDEPENDENT, shows_pictures
from vidgen_assets.packages.tracks import Kind

_APPLE_MASTER = "Apple HLS authoring specification, multivariant playlist"

SEGMENT_TIME = error(
    "hls-segment-duration",
    "RFC 8216bis 4.4.4.1, 6.2.1",
    "Each EXTINF is the time that its segment's pictures or sounds take.",
    "Write EXTINF as measured.",
)
BANDWIDTH = error(
    "hls-bandwidth",
    "RFC 8216bis 4.4.6.2",
    "BANDWIDTH isn't below the peak of the stream's segments and of the dearest rendition of each of its groups.",
    "Write the measured peak.",
)
BANDWIDTH_HIGH = warning(
    "hls-bandwidth-overstated",
    _APPLE_MASTER,
    "BANDWIDTH is at most 10 % above the measured peak: players leave a stream out that they could play.",
    "Write the measured peak.",
)
AVERAGE = error(
    "hls-average-bandwidth",
    f"RFC 8216bis 4.4.6.2; {_APPLE_MASTER}",
    "AVERAGE-BANDWIDTH is within 10 % of the measured average and isn't above BANDWIDTH.",
    "Write the measured average.",
)
CODECS = error(
    "hls-codecs",
    f"RFC 8216bis 4.4.6.2; {_APPLE_MASTER}; RFC 6381",
    "CODECS names each codec that the stream's segments and those of its audio group hold, and no other.",
    "Write the codecs of the sample entries.",
)
RESOLUTION = error(
    "hls-resolution",
    f"RFC 8216bis 4.4.6.2; {_APPLE_MASTER}",
    "Streams with video say RESOLUTION, the size of their pictures.",
    "Write RESOLUTION as WIDTHxHEIGHT of the pictures.",
)
FRAME_RATE = error(
    "hls-frame-rate",
    f"RFC 8216bis 4.4.6.2; {_APPLE_MASTER}",
    "Variants with video say FRAME-RATE, rounded to three decimals.",
    "Write the rate of the frames.",
)
VIDEO_RANGE = error(
    "hls-video-range",
    f"RFC 8216bis 4.4.6.2; {_APPLE_MASTER}",
    "VIDEO-RANGE is SDR, HLG or PQ as the pictures are; without it they are SDR.",
    "Write VIDEO-RANGE by the transfer characteristics.",
)
VIDEO_RANGE_MISSING = warning(
    "hls-video-range-declared",
    _APPLE_MASTER,
    "Streams with video say their VIDEO-RANGE.",
    "Add VIDEO-RANGE=SDR, HLG or PQ.",
)
TARGETS = error(
    "hls-target-durations",
    "RFC 8216bis 6.2.4",
    "Media playlists of a presentation have one target duration; those of subtitles and I-frames may differ.",
    "Write the largest into all of them.",
)
RULES = (
    SEGMENT_TIME, BANDWIDTH, BANDWIDTH_HIGH, AVERAGE, CODECS, RESOLUTION, FRAME_RATE, VIDEO_RANGE,
    VIDEO_RANGE_MISSING, TARGETS,
)  # fmt: skip


def hls_faults(hls: Hls, limits: Limits) -> Iterator[Fault]:
    for media in hls.media.values():
        if media.measured:
            yield from _time_faults(media, media.measured, limits)
    yield from _independence_faults(hls)
    yield from _target_faults(hls)
    for stream, media in hls.variants():
        yield from _variant_faults(hls, stream, media, limits)


def claim_faults(stream: Stream, place: Place, measured: Measured) -> Iterator[Fault]:
    """What a variant and an I-frame stream alike say of their pictures."""
    video = measured.header(Kind.VIDEO)
    if video is None:
        return
    attributes = stream.attributes
    size = attributes.size()
    if video.size and size != video.size and (size or attributes.get("RESOLUTION") is None):
        said = f"is {attributes.get('RESOLUTION')}" if size else "is missing"
        yield RESOLUTION.broken(place, f"RESOLUTION {said}, the pictures have {_shown(video.size)}")
    said = attributes.get("VIDEO-RANGE")
    if said is None and video.video_range in (None, "SDR"):
        yield VIDEO_RANGE_MISSING.broken(place, "VIDEO-RANGE is missing")
    elif said not in ("SDR", "HLG", "PQ") or (video.video_range and said != video.video_range):
        yield VIDEO_RANGE.broken(place, f"VIDEO-RANGE is {said}, the pictures are {video.video_range or 'untold'}")


def bandwidth_faults(
    stream: Stream, place: Place, peak_bps: float, average_bps: float, limits: Limits
) -> Iterator[Fault]:
    """What a stream says that it needs, against what it needs."""
    said, average = stream.attributes.number("BANDWIDTH"), stream.attributes.number("AVERAGE-BANDWIDTH")
    if not said or not peak_bps:
        return
    if said < peak_bps * (1 - limits.bandwidth_slack):
        yield BANDWIDTH.broken(place, f"BANDWIDTH is {said:.0f}, the peak {peak_bps:.0f} bit/s")
    elif said > peak_bps * (1 + limits.bandwidth_excess) + 1:
        yield BANDWIDTH_HIGH.broken(place, f"BANDWIDTH is {said:.0f}, the peak {peak_bps:.0f} bit/s")
    if average is None:
        return
    if abs(average - average_bps) > limits.bandwidth_excess * average_bps + 1:
        yield AVERAGE.broken(place, f"AVERAGE-BANDWIDTH is {average:.0f}, the average {average_bps:.0f} bit/s")
    elif average > said * (1 + limits.bandwidth_slack):
        yield AVERAGE.broken(place, f"AVERAGE-BANDWIDTH is {average:.0f}, above BANDWIDTH of {said:.0f}")


def time_slack_s(measured: Measured, limits: Limits) -> float:
    """Sound is cut between frames: one of them is allowed where it's longer than the slack."""
    spans = measured.main_spans
    longest_s = max((span.held.longest / span.header.timescale for span in spans), default=0.0)
    return max(limits.segment_time_slack_s, longest_s * 1.05 if measured.main is Kind.AUDIO else 0.0)


def _time_faults(media: Media, measured: Measured, limits: Limits) -> Iterator[Fault]:
    slack_s = time_slack_s(measured, limits)
    for piece, real_s in zip(media.track.pieces, measured.durations_s(), strict=False):
        if piece.duration_s is not None and abs(piece.duration_s - real_s) > slack_s:
            found = f"EXTINF is {piece.duration_s:.3f} s, the segment lasts {real_s:.3f} s"
            yield SEGMENT_TIME.broken(piece.place, found)


def _independence_faults(hls: Hls) -> Iterator[Fault]:
    master = hls.master
    if master is None or master.has("EXT-X-INDEPENDENT-SEGMENTS"):
        return
    videos = [media for stream, media in hls.variants() if shows_pictures(stream)]
    if videos and not all(media.playlist.has("EXT-X-INDEPENDENT-SEGMENTS") for media in videos):
        yield INDEPENDENT.broken(master.place(), "EXT-X-INDEPENDENT-SEGMENTS is missing")


def _target_faults(hls: Hls) -> Iterator[Fault]:
    timed = [media for _, media in (*hls.variants(), *hls.renditions("AUDIO"), *hls.renditions("VIDEO"))]
    targets = {media.playlist.integer("EXT-X-TARGETDURATION"): media for media in timed}
    targets.pop(None, None)
    if len(targets) > 1:
        for target, media in list(targets.items())[1:]:
            line = media.playlist.tags["EXT-X-TARGETDURATION"][1]
            found = (
                f"the target duration is {target} s, that of {next(iter(targets.values())).playlist.file} is another"
            )
            yield TARGETS.broken(media.playlist.place(line), found, f"{max(t for t in targets if t)} in all of them")


def _variant_faults(hls: Hls, stream: Stream, media: Media, limits: Limits) -> Iterator[Fault]:
    measured = media.measured
    if hls.master is None or measured is None or not measured.main:
        return
    place = hls.master.place(stream.attributes.line)
    yield from claim_faults(stream, place, measured)
    yield from _frame_rate_faults(stream, place, measured, limits)
    groups = [
        [m for each in hls.group(stream, kind) if (m := hls.of(each))] for kind in ("AUDIO", "SUBTITLES", "VIDEO")
    ]
    is_complete = all(m.measured for m in groups[0])
    groups = [[m for m in group if m.measured and m is not media] for group in groups]
    if is_complete:  # else the sum would lack the sound
        peak_bps = media.peak_bps(media.target_s) + sum(
            max((sound.peak_bps(media.target_s) for sound in group), default=0.0) for group in groups
        )
        average_bps = media.average_bps() + sum(
            max((sound.average_bps() for sound in group), default=0.0) for group in groups
        )
        yield from bandwidth_faults(stream, place, peak_bps, average_bps, limits)
        yield from _codec_faults(stream, place, [measured, *(m.measured for m in groups[0] if m.measured)])


def _frame_rate_faults(stream: Stream, place: Place, measured: Measured, limits: Limits) -> Iterator[Fault]:
    rates = measured.frame_rates()
    if rates is None:
        return
    said = stream.attributes.number("FRAME-RATE")
    if said is None and stream.attributes.get("FRAME-RATE") is None:
        yield FRAME_RATE.broken(place, f"FRAME-RATE is missing, the pictures come at {rates[0]:.3f}")
    elif said is not None and not matches_a_rate(
        said, rates, limits
    ):  # the RFC means the highest, others write the average
        at_most = f", at most at {rates[2]:.3f}" if rates[2] > rates[0] * (1 + limits.frame_rate_slack) else ""
        yield FRAME_RATE.broken(place, f"FRAME-RATE is {said:.3f}, the pictures come at {rates[0]:.3f}{at_most}")


def matches_a_rate(said: float, rates: Sequence[float], limits: Limits) -> bool:
    return any(abs(said - rate) <= max(0.001, limits.frame_rate_slack * rate) for rate in rates)


def _codec_faults(stream: Stream, place: Place, played: list[Measured]) -> Iterator[Fault]:
    text = stream.attributes.get("CODECS")
    found = sorted({header.codec for m in played for kind in m.spans if (header := m.header(kind))})
    if text is None:
        yield CODECS.broken(place, f"CODECS is missing, the segments hold {', '.join(found)}")
        return
    said = [codec.strip() for codec in text.split(",")]
    unsaid = [codec for codec in found if not any(same_codec(one, codec) for one in said)]
    is_sound_untold = any(not m.main for m in played)
    extra = [
        one
        for one in said
        if not one.startswith(("wvtt", "stpp"))
        and not (is_sound_untold and is_sound(one))
        and not any(same_codec(one, codec) for codec in found)
    ]
    if unsaid or extra:
        yield CODECS.broken(place, f"CODECS is {seen(text)}, the segments hold {', '.join(found)}")


def _shown(size: tuple[int, int]) -> str:
    return f"{size[0]}x{size[1]}"
