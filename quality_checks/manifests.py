"""What must be true of a clip's package before it is released.

A player believes manifests; these checks believe only the segments. Reading lives in `package_reading.py` (what is
said) and `media_reading.py` (what is there); the limits are in `thresholds.py`.
"""

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from quality_checks.check import Check, Exhibit
from quality_checks.media_reading import Packet, demux
from quality_checks.metrics.bandwidth import peak_bitrate_bps
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
from vidgen_assets.clips.media_tools import ToolFailed
from vidgen_assets.clips.profiles import OutputProfile, load_profiles
from vidgen_assets.clips.verdicts import CheckId, Finding, Outcome
from vidgen_assets.manifests.streams import MASTER_FILE, METADATA_FILE, MPD_FILE

STAGE = "manifests"
_ENTRANCES = {MASTER_FILE, MPD_FILE, METADATA_FILE}
_FPS_DECIMALS = 3  # FRAME-RATE is written with three


@dataclass(frozen=True, slots=True)
class Measured:
    """What a track's files hold, segment by segment, on the clock that the player shows."""

    stream: dict[str, Any]
    durations_s: tuple[float, ...]
    sizes_bytes: tuple[int, ...]
    starts_with_key: tuple[bool, ...]
    keyframes: tuple[Packet, ...]  # positions counted from the start of their own segment
    keyframe_segments: tuple[int, ...]


def manifests_resolve(exhibit: Exhibit) -> Finding:
    try:
        references = [
            *read_hls(exhibit.path).references,
            *read_dash(exhibit.path).references,
            *read_metadata(exhibit.path),
        ]
    except Unreadable as error:
        return Finding(Outcome.FAIL, str(error))
    faults = list(dict.fromkeys(fault for ref in references if (fault := _dangling(exhibit.path, ref))))
    known = {reference.path() for reference in references} | _ENTRANCES
    strangers = sorted(set(_files(exhibit.path)) - known)
    faults += [f"no manifest names {name}" for name in strangers]
    measurements = {
        "address_count": float(len(references)),
        "dangling_address_count": float(len(faults) - len(strangers)),
        "unreferenced_file_count": float(len(strangers)),
    }
    return _judged(faults, f"all {len(references)} addresses lead to files of the package", measurements)


def manifests_agree_with_segments(exhibit: Exhibit) -> Finding:
    try:
        hls, dash = read_hls(exhibit.path), read_dash(exhibit.path)
        tracks = [*hls.variants, *hls.sounds]
        found = {track.init.path(): _measure(exhibit, track) for track in tracks}
    except (Unreadable, ToolFailed, OSError) as error:
        return Finding(Outcome.FAIL, f"the package can't be read: {error}")
    sound_bps = max((_peak(track, found) for track in hls.sounds), default=0.0)
    faults = [
        *_shape_faults(exhibit, hls, dash),
        *(fault for track in (*tracks, *dash.videos, *dash.sounds) for fault in _time_faults(exhibit, track, found)),
        *(fault for track in hls.variants for fault in _claim_faults(exhibit, track, found, sound_bps)),
        *(fault for track in (*dash.videos, *dash.sounds) for fault in _claim_faults(exhibit, track, found, 0.0)),
        *(fault for track in hls.keyframes for fault in _trick_play_faults(track, found)),
    ]
    measurements = {
        "segment_count": float(sum(len(track.segments) for track in tracks)),
        "presentation_s": dash.duration_s,
        "sound_peak_bps": sound_bps,
        **{f"{Path(track.manifest).parent.name}_peak_bps": _peak(track, found) for track in hls.variants},
    }
    return _judged(faults, f"{len(tracks)} tracks are what both manifests say", measurements)


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


def _files(package: Path) -> list[str]:
    return [path.relative_to(package).as_posix() for path in package.rglob("*") if not path.is_dir()]


def _dangling(package: Path, reference: Reference) -> str | None:
    """What is wrong with an address, or None."""
    said, name = f"{reference.manifest} names {reference.uri}", reference.path()
    if name is None or not (package / name).resolve().is_relative_to(package.resolve()):
        return f"{said}, which leads out of the package"
    if not (package / name).is_file():
        return f"{said}, which isn't there"
    size_bytes, end = (package / name).stat().st_size, reference.first_byte + (reference.byte_count or 0)
    if end > size_bytes:
        return f"{said} up to byte {end}, but it has {size_bytes}"
    return f"{said}, which is empty" if size_bytes == 0 else None


def _measure(exhibit: Exhibit, track: Track) -> Measured:
    """Demux a track as a player would: its initialisation segment and then every media segment."""
    paths = [_inside(exhibit.path, reference) for reference in (track.init, *track.segments)]
    parts = [path.read_bytes() for path in paths]
    media = demux(exhibit.tools, parts)
    ends = [sum(len(part) for part in parts[: number + 1]) for number in range(len(parts))]
    held = [[p for p in media.packets if begin <= p.position < end] for begin, end in pairwise(ends)]
    if empty := [path.name for path, packets in zip(paths[1:], held, strict=True) if not packets]:
        raise Unreadable(f"{', '.join(empty)} under {track.manifest} holds no media")
    starts = [max(0, min(p.pts for p in packets)) for packets in held]  # sound before zero is the coder's run-up
    end_pts = max(p.pts + p.duration for p in held[-1])
    keys = [(number, p) for number, packets in enumerate(held) for p in packets if p.is_key]
    return Measured(
        stream=media.stream,
        durations_s=tuple(float((b - a) * media.tick_s) for a, b in pairwise([*starts, end_pts])),
        sizes_bytes=tuple(len(part) for part in parts[1:]),
        starts_with_key=tuple(packets[0].is_key for packets in held),
        keyframes=tuple(Packet(p.pts, p.duration, p.position - ends[n], p.size_bytes, True) for n, p in keys),
        keyframe_segments=tuple(number for number, _ in keys),
    )


def _inside(package: Path, reference: Reference) -> Path:
    name = reference.path()
    if name is None:
        raise Unreadable(f"{reference.manifest} names {reference.uri}, which leads out of the package")
    return package / name


def _peak(track: Track, found: dict[str | None, Measured]) -> float:
    measured = found[track.init.path()]
    target_s = track.target_s or max(1, round(max(measured.durations_s)))
    return peak_bitrate_bps(measured.sizes_bytes, measured.durations_s, target_s)


def _shape_faults(exhibit: Exhibit, hls: Hls, dash: Dash) -> list[str]:
    """Tracks and segments as the profile wants them, and the same ones in both manifests."""
    profile, spec = _profile(exhibit), exhibit.spec
    sizes, promised = [(t.width, t.height) for t in hls.variants], [r.size(spec.aspect) for r in profile.rungs]
    segment_count = -(-spec.frame_count // profile.segment_frames(spec.fps))
    counts = {t.manifest: len(t.segments) for t in hls.variants if len(t.segments) != segment_count}
    said = {"HLS": (hls.variants, hls.sounds), "DASH": (dash.videos, dash.sounds)}
    in_hls, in_dash = ({t.files for group in groups for t in group} for groups in said.values())
    return [
        *([f"{MASTER_FILE} offers {sizes}, the profile {promised}"] if sorted(sizes) != sorted(promised) else []),
        *(f"{name} has {count} segments, not {segment_count}" for name, count in counts.items()),
        *(f"{name} has no sound" for name, (_, sounds) in said.items() if not sounds),
        *(["HLS and DASH don't name the same segments"] if in_hls != in_dash else []),
        *(f"{t.manifest} is not marked as complete" for t in (*hls.variants, *hls.sounds) if not t.is_complete),
        *_total_faults(exhibit, f"{MPD_FILE} says it", dash.duration_s),
    ]


def _time_faults(exhibit: Exhibit, track: Track, found: dict[str | None, Measured]) -> list[str]:
    """Every duration that a manifest gives, against the time its segment's pictures or sounds take."""
    measured = found.get(track.init.path())
    if measured is None:
        return []  # said already: not the same segments
    slack_s, place = exhibit.thresholds.segment_time_slack_s, f"{track.manifest} {track.init.uri}"
    compared = list(zip(track.durations_s, measured.durations_s, strict=False))
    long = [d for d in track.durations_s if track.target_s is not None and round(d) > track.target_s]
    return [
        *(
            f"segment {number} of {place} is said to last {said:.3f} s and lasts {real:.3f} s"
            for number, (said, real) in enumerate(compared, start=1)
            if abs(said - real) > slack_s
        ),
        *([f"{track.manifest} has segments of {max(long):.3f} s over a target of {track.target_s} s"] if long else []),
        *_total_faults(exhibit, place, sum(measured.durations_s)),
    ]


def _total_faults(exhibit: Exhibit, who: str, total_s: float) -> list[str]:
    promised_s = float(exhibit.spec.duration_s)
    if abs(total_s - promised_s) <= exhibit.thresholds.segment_time_slack_s:
        return []
    return [f"{who} lasts {total_s:.3f} s, not {promised_s:.3f} s"]


def _claim_faults(exhibit: Exhibit, track: Track, found: dict[str | None, Measured], sound_bps: float) -> list[str]:
    """Codecs, size, rate and bandwidth as claimed, against the media. HLS counts the sound into a variant's."""
    measured = found.get(track.init.path())
    if measured is None:
        return []
    place, stream = f"{track.manifest} {track.init.uri}", measured.stream
    codec, size = stream["mime_codec_string"], (stream.get("width"), stream.get("height"))
    least_bps = (_peak(track, found) + sound_bps) * (1 - exhibit.thresholds.bandwidth_slack)
    fps_is_wrong = track.fps is not None and abs(track.fps - float(exhibit.spec.fps)) > 10**-_FPS_DECIMALS
    claimed = (track.width, track.height)
    return [
        *([f"{place} claims codecs {track.codecs}, it is {codec}"] if codec not in track.codecs.split(",") else []),
        *([f"{place} claims {claimed} pixels, it has {size}"] if track.width is not None and claimed != size else []),
        *([f"{place} claims {track.fps} frames a second, not {float(exhibit.spec.fps):.3f}"] if fps_is_wrong else []),
        *(
            [f"{place} claims {track.bandwidth_bps} bit/s and needs {least_bps:.0f}"]
            if track.bandwidth_bps < least_bps
            else []
        ),
        *([f"{place} has a segment that begins without a keyframe"] if not all(measured.starts_with_key) else []),
    ]


def _trick_play_faults(track: Track, found: dict[str | None, Measured]) -> list[str]:
    """A keyframe playlist must name as many ranges as there are keyframes, each holding a whole one."""
    measured = found.get(track.init.path())
    if measured is None:
        return [f"{track.manifest} uses {track.init.uri}, which belongs to no track"]
    if len(track.segments) != len(measured.keyframes):
        return [f"{track.manifest} names {len(track.segments)} keyframes of {len(measured.keyframes)}"]
    return [
        f"{track.manifest} cuts keyframe {number} short: bytes {ref.first_byte} to {_end(ref)} of {ref.uri}"
        for number, (ref, key) in enumerate(zip(track.segments, measured.keyframes, strict=True), start=1)
        if not ref.first_byte <= key.position <= key.position + key.size_bytes <= _end(ref)
    ]


def _end(reference: Reference) -> int:
    return reference.first_byte + (reference.byte_count or 0)


def _profile(exhibit: Exhibit) -> OutputProfile:
    return load_profiles()[exhibit.spec.profile]
