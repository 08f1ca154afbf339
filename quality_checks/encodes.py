"""What must be true of a clip's renditions before they are packaged.

The files are held against the spec and the output profile, never against what the encoder wrote about itself. Each
is decoded once; the other two checks only read headers and packet tables.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import takewhile
from typing import Any

from quality_checks import frames
from quality_checks.check import Check, Exhibit
from quality_checks.media_reading import Packet, decode, demux, packet_tables
from vidgen_assets.clips.errors import PermanentError
from vidgen_assets.clips.ladders import Promised, promised
from vidgen_assets.clips.media_tools import ToolFailed
from vidgen_assets.clips.profiles import Rung, load_profiles
from vidgen_assets.clips.renditions import (
    CLIP_FILE,
    DESCRIPTION_SOUND_FILE,
    ENCODING_FILE,
    REDRAWN_FRAMES_FILE,
    SOUND_FILE,
    Encoding,
    rendition_file,
)
from vidgen_assets.clips.verdicts import CheckId, Finding, Outcome, worst
from vidgen_assets.encodes.coding import BUFFER_S

STAGE = "encodes"
_PIXELS = {"pix_fmt": "yuv420p", "sample_aspect_ratio": "1:1"}
_COLOUR = {"color_range": "tv", "color_space": "bt709", "color_transfer": "bt709", "color_primaries": "bt709"}


def renditions_decode_completely(exhibit: Exhibit) -> Finding:
    faults, measurements = [], {}
    for file in [file for file in _files(exhibit) if file != CLIP_FILE]:
        try:
            decoded = decode(exhibit.tools, exhibit.path / file)
        except ToolFailed as error:
            faults.append(_damaged(exhibit, file, error))
            continue
        if file in (SOUND_FILE, DESCRIPTION_SOUND_FILE):
            sound_s = decoded.sample_count / _promised(exhibit).profile.audio.sample_rate_hz
            measurements["sound_s" if file == SOUND_FILE else "description_s"] = sound_s
            faults += [f"{file} {fault}" for fault in _sound_length_faults(exhibit, sound_s)]
        else:
            measurements[f"{file}_frame_count"] = float(decoded.frame_count)
            faults += _frame_count_faults(exhibit, file, decoded.frame_count)
    faults += _copy_faults(exhibit)
    return _judged(faults, f"all {len(_files(exhibit))} files decode to the last of their frames", measurements)


def renditions_keep_their_promise(exhibit: Exhibit) -> Finding:
    held, faults = _claimed(exhibit)
    profile, measurements = held.profile, {"rung_count": float(len(held.rungs))}
    for rung in held.rungs:
        path = exhibit.path / rendition_file(rung.name)
        faults += _looked_at(exhibit, path.name, lambda streams, rung=rung: _video_faults(exhibit, rung, streams))
        if path.is_file():
            measurements[f"{rung.name}_bitrate_bps"] = float(path.stat().st_size * 8 / exhibit.spec.duration_s)
            faults += _size_faults(exhibit, rung, path.stat().st_size)
    for file in _sounds(exhibit):
        faults += _looked_at(exhibit, file, lambda streams: _sound_faults(exhibit, streams))
    faults += _looked_at(
        exhibit,
        CLIP_FILE,
        lambda streams: [*_video_faults(exhibit, profile.rungs[0], streams), *_sound_faults(exhibit, streams)],
    )
    return _judged(faults, f"{len(_files(exhibit))} files are coded as {profile.name} promises", measurements)


def keyframes_are_aligned(exhibit: Exhibit) -> Finding:
    held, spec = _promised(exhibit), exhibit.spec
    gop = held.profile.gop_frames(spec.fps)
    expected = list(range(0, spec.frame_count, gop))
    faults, measurements = [], {}
    for rung in held.rungs:
        file = rendition_file(rung.name)
        try:
            packets = demux(exhibit.tools, exhibit.path / file, stream="v:0").packets
        except ToolFailed as error:
            faults.append(_damaged(exhibit, file, error))
            continue
        found = keyframe_indices(packets)
        measurements[f"{rung.name}_keyframe_count"] = float(len(found))
        if found != expected:
            faults.append(f"{file} has keyframes at frames {_few(found)}, not at {_few(expected)}")
        elif leaks := open_gop_count(packets):
            faults.append(f"{leaks} frames of {file} are shown before the keyframe they follow: an open GOP")
    return _judged(faults, f"every {gop} frames a keyframe, in all {len(held.rungs)} renditions", measurements)


def redrawn_frames_pass(exhibit: Exhibit) -> Finding:
    """Frames that were drawn otherwise than they were audited are judged again here, so that the verdict is signed."""
    recording = exhibit.path / REDRAWN_FRAMES_FILE
    if not recording.exists():
        return Finding(Outcome.PASS, "the frames encoded are the very ones that were audited", {"redrawn": 0.0})
    found = {check.id.name: check.examine(replace(exhibit, path=recording)) for check in frames.CHECKS}
    refused = [f"{name}: {finding.reason}" for name, finding in found.items() if finding.outcome is not Outcome.PASS]
    outcome = worst(finding.outcome for finding in found.values())
    reason = "; ".join(refused) or "drawn otherwise than they were audited, and pass every check of frames"
    return Finding(outcome, reason, {"redrawn": 1.0})


CHECKS: tuple[Check, ...] = (
    Check(
        CheckId(STAGE, "renditions_decode_completely", 1),
        "Every rendition, the sound and the MP4 decode without an error to exactly the promised frames.",
        renditions_decode_completely,
    ),
    Check(
        CheckId(STAGE, "renditions_keep_their_promise", 1),
        "Size, rate, duration, codec, colour, bitrate and sound of every file are those of the output profile.",
        renditions_keep_their_promise,
    ),
    Check(
        CheckId(STAGE, "keyframes_are_aligned", 1),
        "Keyframes stand at the same whole multiples of the GOP in every rendition, and every GOP is closed.",
        keyframes_are_aligned,
    ),
    Check(
        CheckId(STAGE, "redrawn_frames_pass", 1),
        "The frames encoded are those that were audited, or were drawn otherwise here and pass every check of frames.",
        redrawn_frames_pass,
    ),
)


def keyframe_indices(packets: tuple[Packet, ...]) -> list[int]:
    """Which frames are keyframes, counted in display order."""
    return [index for index, packet in enumerate(sorted(packets, key=lambda p: p.pts)) if packet.is_key]


def open_gop_count(packets: tuple[Packet, ...]) -> int:
    """Frames stored after a keyframe and shown before it: they'd be missing where a player starts there."""
    leaks, key_pts = 0, None
    for packet in packets:
        if packet.is_key:
            key_pts = packet.pts
        leaks += key_pts is not None and packet.pts < key_pts
    return leaks


def _promised(exhibit: Exhibit) -> Promised:
    return _claimed(exhibit)[0]


def _claimed(exhibit: Exhibit) -> tuple[Promised, list[str]]:
    """The profile asked for with all its rungs, unless the encoding says otherwise and may; and what it says of itself
    that can't be read, or that its profile doesn't allow."""
    asked = load_profiles()[exhibit.spec.profile]
    try:
        return promised(asked.name, Encoding.read(exhibit.path), load_profiles()), []
    except (OSError, ValueError) as error:
        fault = f"{ENCODING_FILE} can't be read: {str(error).splitlines()[0]}"
    except PermanentError as error:
        fault = f"{ENCODING_FILE}: {error}"
    return Promised(asked, asked.rungs), [fault]


def _files(exhibit: Exhibit) -> list[str]:
    return [*(rendition_file(rung.name) for rung in _promised(exhibit).rungs), *_sounds(exhibit), CLIP_FILE]


def _sounds(exhibit: Exhibit) -> list[str]:
    return [SOUND_FILE, DESCRIPTION_SOUND_FILE] if exhibit.spec.audio_description else [SOUND_FILE]


def _judged(faults: list[str], passed: str, measurements: dict[str, float]) -> Finding:
    if faults:
        return Finding(Outcome.FAIL, "; ".join(faults), measurements)
    return Finding(Outcome.PASS, passed, measurements)


def _damaged(exhibit: Exhibit, file: str, error: ToolFailed) -> str:
    return f"{file} is damaged: {error.found}" if (exhibit.path / file).is_file() else f"{file} is missing"


def _looked_at(exhibit: Exhibit, file: str, faults_of: Callable[[list[dict[str, Any]]], list[str]]) -> list[str]:
    try:
        streams = exhibit.tools.probe(exhibit.path / file)["streams"]
    except ToolFailed as error:
        return [_damaged(exhibit, file, error)]
    return [f"{file} {fault}" for fault in faults_of(streams)]


def _video_faults(exhibit: Exhibit, rung: Rung, streams: list[dict[str, Any]]) -> list[str]:
    spec, video = exhibit.spec, _only(streams, "video")
    if video is None:
        return ["does not hold exactly one video stream"]
    width, height = rung.size(spec.aspect)
    stream = _promised(exhibit).profile.encoder.stream
    coded = {"codec_name": stream.codec_name, "profile": stream.profile, "codec_tag_string": stream.tag}
    wanted = coded | _PIXELS | _COLOUR | {"width": width, "height": height, "nb_frames": str(spec.frame_count)}
    rates = {"r_frame_rate": spec.fps, "avg_frame_rate": spec.fps}
    length_s = float(video.get("duration_ts", 0) * Fraction(video["time_base"]))
    is_off = abs(length_s - float(spec.duration_s)) > float(1 / spec.fps) / 2  # MP4 may round lengths to 1 ms
    return [
        *_differences(video, wanted),
        *(f"has {name} {video[name]}, not {rate}" for name, rate in rates.items() if not _is_rate(video[name], rate)),
        *([f"lasts {length_s:.3f} s, not {float(spec.duration_s):.3f}"] if is_off else []),
    ]


def _sound_faults(exhibit: Exhibit, streams: list[dict[str, Any]]) -> list[str]:
    audio, sound = _promised(exhibit).profile.audio, _only(streams, "audio")
    if sound is None:
        return ["does not hold exactly one sound stream"]
    wanted = {
        "codec_name": "aac",
        "profile": "LC",
        "sample_rate": str(audio.sample_rate_hz),
        "channels": audio.channels,
    }
    length_s = float(sound.get("duration_ts", 0) * Fraction(sound["time_base"]))
    return [*_differences(sound, wanted), *_sound_length_faults(exhibit, length_s)]


def _only(streams: list[dict[str, Any]], kind: str) -> dict[str, Any] | None:
    found = [stream for stream in streams if stream.get("codec_type") == kind]
    return found[0] if len(found) == 1 else None


def _differences(stream: dict[str, Any], wanted: dict[str, Any]) -> Iterator[str]:
    for name, value in wanted.items():
        if stream.get(name) != value:
            yield f"has {name} {stream.get(name, 'missing')}, not {value}"


def _is_rate(found: str, rate: Fraction) -> bool:
    """`0/0` is what ffprobe says of a single frame."""
    return not found.endswith("/0") and Fraction(found) == rate


def _sound_length_faults(exhibit: Exhibit, sound_s: float) -> list[str]:
    wanted_s = float(exhibit.spec.duration_s)
    if abs(sound_s - wanted_s) <= exhibit.thresholds.sound_slack_s:
        return []
    return [f"has {sound_s:.3f} s of sound, not {wanted_s:.3f}"]


def _frame_count_faults(exhibit: Exhibit, file: str, frame_count: int) -> list[str]:
    wanted = exhibit.spec.frame_count
    return [] if frame_count == wanted else [f"{file} holds {frame_count} frames, not {wanted}"]


def _copy_faults(exhibit: Exhibit) -> list[str]:
    """The MP4 is copied from the top rung and the sound: equal packets need no second decoding (4.6 ms a frame)."""
    clip, top = exhibit.path / CLIP_FILE, exhibit.path / _files(exhibit)[0]
    sources = [(top, "v:0"), (exhibit.path / SOUND_FILE, "a:0")]
    if not clip.is_file():
        return [f"{CLIP_FILE} is missing"]
    if not all(source.is_file() for source, _ in sources):
        return []  # said already
    try:
        *originals, pictures, sound = packet_tables(exhibit.tools, *sources, (clip, "v:0"), (clip, "a:0"))
    except ToolFailed as error:
        return [f"{CLIP_FILE} is damaged: {error.found}"]
    pairs = zip((pictures, sound), originals, (top.name, SOUND_FILE), strict=True)
    return [f"{CLIP_FILE} differs from {name} {_first_difference(a, b)}" for a, b, name in pairs if a != b]


def _first_difference(copy: tuple[str, ...], original: tuple[str, ...]) -> str:
    same = sum(1 for _ in takewhile(lambda rows: rows[0] == rows[1], zip(copy, original, strict=False)))
    return f"from packet {max(0, same - 1)} of {len(original) - 1} on"  # the first row is the decoder's set-up


def _size_faults(exhibit: Exhibit, rung: Rung, size_bytes: int) -> list[str]:
    limits, profile = exhibit.thresholds, _promised(exhibit).profile
    buffered_s = float(exhibit.spec.duration_s) + BUFFER_S
    most_bytes = rung.bitrate_bps * profile.peak_ratio * buffered_s / 8 * limits.most_rendition_overrun
    most_bytes += limits.rendition_overhead_bytes
    file = rendition_file(rung.name)
    return (
        [f"{file} has {size_bytes} bytes, at most {most_bytes:.0f} keep its bitrate"] if size_bytes > most_bytes else []
    )


def _few(numbers: list[int], shown: int = 6) -> str:
    listed = ", ".join(map(str, numbers[:shown])) or "none"
    return f"{listed}, … ({len(numbers)} in all)" if len(numbers) > shown else listed
