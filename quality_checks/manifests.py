"""What must be true of a clip's package before it is released.

A player believes manifests; these checks believe only the segments. What is said is read in `package_reading.py`,
what is there in `track_reading.py`; the limits are in `thresholds.py`.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from quality_checks.check import Check, Exhibit
from quality_checks.package_reading import (
    Dash,
    Hls,
    Reference,
    Track,
    Unreadable,
    read_dash,
    read_hls,
    read_metadata,
)
from quality_checks.track_reading import MeasuredTrack, measure
from vidgen_assets.clips.media_tools import ToolFailed
from vidgen_assets.clips.profiles import load_profiles
from vidgen_assets.clips.verdicts import CheckId, Finding, Outcome
from vidgen_assets.manifests.streams import MASTER_FILE, METADATA_FILE, MPD_FILE

STAGE = "manifests"
_ENTRANCES = {MASTER_FILE, MPD_FILE, METADATA_FILE}
_FRAME_RATE_STEP = 0.001  # HLS writes FRAME-RATE with three decimals

Measured = Mapping[str | None, MeasuredTrack]
"""By the path of the track's initialisation segment, which HLS and DASH share."""


def manifests_resolve(exhibit: Exhibit) -> Finding:
    package = exhibit.path
    try:
        references = [*read_hls(package).references, *read_dash(package).references, *read_metadata(package)]
    except Unreadable as error:
        return Finding(Outcome.FAIL, str(error))
    dangling = list(dict.fromkeys(fault for reference in references if (fault := _dangling(package, reference))))
    known = {reference.path() for reference in references} | _ENTRANCES
    present = {path.relative_to(package).as_posix() for path in package.rglob("*") if not path.is_dir()}
    strangers = [f"no manifest names {name}" for name in sorted(present - known)]
    measurements = {
        "address_count": float(len(references)),
        "dangling_address_count": float(len(dangling)),
        "unreferenced_file_count": float(len(strangers)),
    }
    passed = f"all {len(references)} addresses lead to files of the package"
    return _judged([*dangling, *strangers], passed, measurements)


def manifests_agree_with_segments(exhibit: Exhibit) -> Finding:
    try:
        hls, dash = read_hls(exhibit.path), read_dash(exhibit.path)
        played = (*hls.variants, *hls.sounds)
        measured = {track.init.path(): measure(exhibit.tools, exhibit.path, track) for track in played}
    except (Unreadable, ToolFailed) as error:
        return Finding(Outcome.FAIL, f"the package can't be played: {error}")
    sound_bps = max((measured[track.init.path()].peak_bps for track in hls.sounds), default=0.0)
    faults = [
        *_ladder_faults(exhibit, hls, dash),
        *(fault for track in (*played, *dash.tracks) for fault in _time_faults(exhibit, track, measured)),
        *(fault for track in hls.variants for fault in _claim_faults(exhibit, track, measured, sound_bps)),
        *(fault for track in dash.tracks for fault in _claim_faults(exhibit, track, measured, 0.0)),
        *(fault for track in hls.keyframes for fault in _trick_play_faults(track, measured)),
    ]
    measurements = {
        "segment_count": float(sum(len(track.segments) for track in played)),
        "presentation_s": dash.duration_s,
        **{f"{Path(track.manifest).parent.name}_peak_bps": measured[track.init.path()].peak_bps for track in played},
    }
    return _judged(faults, f"{len(played)} tracks are what both manifests say", measurements)


CHECKS: tuple[Check, ...] = (
    Check(
        CheckId(STAGE, "manifests_resolve", 1),
        "Every address in the HLS and DASH manifests leads to a file of the package, and no file is left over.",
        manifests_resolve,
    ),
    Check(
        CheckId(STAGE, "manifests_agree_with_segments", 1),
        "Both manifests share the segments, and their durations, sizes, codecs and rates are those of the media.",
        manifests_agree_with_segments,
    ),
)


def _judged(faults: list[str], passed: str, measurements: dict[str, float]) -> Finding:
    if faults:
        return Finding(Outcome.FAIL, "; ".join(faults), measurements)
    return Finding(Outcome.PASS, passed, measurements)


def _dangling(package: Path, reference: Reference) -> str | None:
    """What is wrong with an address, or None."""
    said, name = f"{reference.manifest} names {reference.uri}", reference.path()
    if name is None or not (package / name).resolve().is_relative_to(package.resolve()):
        return f"{said}, which leads out of the package"
    if not (package / name).is_file():
        return f"{said}, which isn't there"
    size_bytes = (package / name).stat().st_size
    if reference.end_byte > size_bytes:
        return f"{said} up to byte {reference.end_byte}, but it has {size_bytes}"
    return f"{said}, which is empty" if size_bytes == 0 else None


def _ladder_faults(exhibit: Exhibit, hls: Hls, dash: Dash) -> Iterator[str]:
    """Tracks and segments as the profile wants them, and the same ones in both manifests."""
    profile, spec = load_profiles()[exhibit.spec.profile], exhibit.spec
    offered, promised = [(t.width, t.height) for t in hls.variants], [r.size(spec.aspect) for r in profile.rungs]
    needed = [promised[0], promised[-1]] if profile.per_clip else promised  # the others may be of no use to the clip
    if not set(needed) <= set(offered) <= set(promised) or len(offered) != len(set(offered)):
        yield f"{MASTER_FILE} offers {_sizes(offered)}, the profile {_sizes(promised)}"
    segment_count = -(-spec.frame_count // profile.segment_frames(spec.fps))
    for track in hls.variants:
        if len(track.segments) != segment_count:
            yield f"{track.manifest} has {len(track.segments)} segments, not {segment_count}"
    for track in (*hls.variants, *hls.sounds):
        if not track.is_complete:
            yield f"{track.manifest} is not marked as complete"
    if not hls.sounds or not dash.sounds:
        yield f"{MPD_FILE if hls.sounds else MASTER_FILE} has no sound"
    if {t.files for t in (*hls.variants, *hls.sounds)} != {t.files for t in dash.tracks}:
        yield "HLS and DASH don't name the same segments"
    if bool(hls.captions) != bool(dash.captions):
        yield f"{MPD_FILE if hls.captions else MASTER_FILE} has no captions, and the other has"
    if exhibit.spec.script and not hls.captions:
        yield "the clip is narrated, and its package has no captions"
    if exhibit.spec.audio_description and min(len(hls.sounds), len(dash.sounds)) < 2:
        yield "the clip has an audio description, and its package hasn't"
    if not _is_whole(exhibit, dash.duration_s):
        yield f"{MPD_FILE} says {dash.duration_s:.3f} s, the clip lasts {float(spec.duration_s):.3f} s"


def _time_faults(exhibit: Exhibit, track: Track, measured: Measured) -> Iterator[str]:
    """Every duration that a manifest gives, against the time its segment's pictures or sounds take."""
    found, place = measured.get(track.init.path()), f"{track.manifest} {track.init.uri}"
    if found is None:
        return  # said already: not the same segments
    for number, (said_s, real_s) in enumerate(zip(track.durations_s, found.durations_s, strict=False), start=1):
        if abs(said_s - real_s) > exhibit.thresholds.segment_time_slack_s:
            yield f"segment {number} of {place} is said to last {said_s:.3f} s and lasts {real_s:.3f} s"
        if track.target_s is not None and round(said_s) > track.target_s:
            yield f"segment {number} of {place} lasts {said_s:.3f} s, over the target of {track.target_s} s"
    if not _is_whole(exhibit, sum(found.durations_s)):
        yield f"{place} plays {sum(found.durations_s):.3f} s, the clip lasts {float(exhibit.spec.duration_s):.3f} s"


def _claim_faults(exhibit: Exhibit, track: Track, measured: Measured, sound_bps: float) -> Iterator[str]:
    """Codec, size, rate and bandwidth as claimed, against the media. HLS counts the sound into a variant's."""
    found, place = measured.get(track.init.path()), f"{track.manifest} {track.init.uri}"
    if found is None:
        return
    if found.codec not in track.codecs.split(","):
        yield f"{place} is said to be {track.codecs} and is {found.codec}"
    if track.width is not None and (track.width, track.height) != found.size:
        yield f"{place} is said to be {_sizes([(track.width, track.height)])} and is {_sizes([found.size])}"
    if track.fps is not None and abs(track.fps - float(exhibit.spec.fps)) > _FRAME_RATE_STEP:
        yield f"{place} is said to have {track.fps:.3f} frames a second, the clip has {float(exhibit.spec.fps):.3f}"
    needed_bps = found.peak_bps + sound_bps
    if track.bandwidth_bps < needed_bps * (1 - exhibit.thresholds.bandwidth_slack):
        yield f"{place} is said to need {track.bandwidth_bps} bit/s and needs {needed_bps:.0f}"
    for number, begins_well in enumerate(found.starts_with_keyframe, start=1):
        if not begins_well:
            yield f"segment {number} of {place} doesn't begin with a keyframe"


def _trick_play_faults(track: Track, measured: Measured) -> Iterator[str]:
    """A keyframe playlist names as many ranges as there are keyframes, each holding a whole one."""
    found = measured.get(track.init.path())
    if found is None:
        yield f"{track.manifest} uses {track.init.uri}, which belongs to no track"
    elif len(track.segments) != len(found.keyframes):
        yield f"{track.manifest} names {len(track.segments)} keyframes of {len(found.keyframes)}"
    else:
        for number, (said, key) in enumerate(zip(track.segments, found.keyframes, strict=True), start=1):
            if not said.first_byte <= key.first_byte < key.end_byte <= said.end_byte:
                yield f"{track.manifest} cuts into keyframe {number}: it ends at byte {key.end_byte} of {said.uri}"


def _is_whole(exhibit: Exhibit, length_s: float) -> bool:
    return abs(length_s - float(exhibit.spec.duration_s)) <= exhibit.thresholds.segment_time_slack_s


def _sizes(sizes: list[tuple[int | None, int | None]] | list[tuple[int, int]]) -> str:
    return ", ".join(f"{width}x{height}" for width, height in sizes)
