"""One clip's frames and sound into all its renditions, a downloadable MP4 and a poster.

Three ffmpeg processes: the sound (`sound.py`), every rung of the ladder from one pass over the frames, and the MP4
joined from the two (`graph.py`). The same inputs give the same bytes on any x86-64 processor.
"""

import shutil
from dataclasses import dataclass
from pathlib import Path

from vidgen_assets.clips.errors import InputError, PermanentError
from vidgen_assets.clips.generation import FrameShape, FrameStream
from vidgen_assets.clips.media_tools import MediaTools, Tool, ToolFailed, ToolRun
from vidgen_assets.clips.profiles import OutputProfile
from vidgen_assets.clips.renditions import POSTER_FILE, SOUND_FILE, Encoding, Rendition, SoundTrack, rendition_file
from vidgen_assets.clips.spec import ClipSpec
from vidgen_assets.clips.work import Recipe
from vidgen_assets.encodes.feed import OnFrame, feed
from vidgen_assets.encodes.graph import download_arguments, ladder_arguments
from vidgen_assets.encodes.sound import ALLOWED_FORMATS, sample_count, sound_arguments

RECIPE = Recipe("encodes", 1)

# Nets against hanging, not measures. A 720p frame takes 50 ms to encode; drawing it may be a model's work.
_LADDER_DEADLINE_S_PER_FRAME = 5.0
_DEADLINE_S = 120.0


@dataclass(frozen=True, slots=True)
class EncodeReport:
    """What was made, by which commands, and the processor seconds of the tools (not of drawing the frames)."""

    encoding: Encoding
    cpu_s: float
    command_lines: tuple[str, ...]


def encode(
    frames: FrameStream,
    spec: ClipSpec,
    profile: OutputProfile,
    sound: Path | None,
    tools: MediaTools,
    out: Path,
    on_frame: OnFrame | None = None,
) -> EncodeReport:
    """Encode into the empty folder `out`; its `encode.json` lists what is there.

    `on_frame` sees every frame with its index before the encoder does, and may raise to refuse it. Raises
    `InputError` for a sound that can't be decoded, `PermanentError` for frames that break the promise of their shape.
    Whatever is raised, `out` is left empty.
    """
    if any(out.iterdir()):
        raise PermanentError("the folder to encode into is not empty", field="out", value=str(out))
    try:
        return _encode(frames, spec, profile, sound, tools, out, on_frame)
    except BaseException:
        _empty(out)
        raise


def _encode(
    frames: FrameStream,
    spec: ClipSpec,
    profile: OutputProfile,
    sound: Path | None,
    tools: MediaTools,
    out: Path,
    on_frame: OnFrame | None,
) -> EncodeReport:
    shape = frames.shape
    runs = (
        _encode_sound(sound, spec, shape, profile, tools, out),
        tools.run(
            Tool.FFMPEG,
            ladder_arguments(shape, spec.aspect, profile),
            deadline_s=_DEADLINE_S + _LADDER_DEADLINE_S_PER_FRAME * shape.frame_count,
            stdin=feed(frames, out / POSTER_FILE, on_frame),
            cwd=out,
        ),
        tools.run(Tool.FFMPEG, download_arguments(profile.rungs[0]), deadline_s=_DEADLINE_S, cwd=out),
    )
    encoding = _described(shape, spec, profile, sound, out)
    encoding.write(out)
    return EncodeReport(encoding, sum(run.cpu_s for run in runs), tuple(run.command_line for run in runs))


def _encode_sound(
    sound: Path | None, spec: ClipSpec, shape: FrameShape, profile: OutputProfile, tools: MediaTools, out: Path
) -> ToolRun:
    arguments = sound_arguments(sound, shape.frame_count / shape.fps, profile.audio)
    try:
        return tools.run(Tool.FFMPEG, arguments, deadline_s=_DEADLINE_S, cwd=out)
    except ToolFailed as error:
        if sound is None:
            raise
        raise InputError(
            f"the sound can't be decoded: {error.found}",
            field="audio",
            value=spec.audio.reference if spec.audio else str(sound),
            allowed=[name.split(",")[0] for name in ALLOWED_FORMATS],
            remedy="Send a file that plays, in one of these formats.",
        ) from error


def _described(shape: FrameShape, spec: ClipSpec, profile: OutputProfile, sound: Path | None, out: Path) -> Encoding:
    duration_s = shape.frame_count / shape.fps
    renditions = []
    for rung in profile.rungs:
        file = rendition_file(rung.name)
        width, height = rung.size(spec.aspect)
        measured_bps = round((out / file).stat().st_size * 8 / duration_s)
        renditions.append(
            Rendition(
                name=rung.name,
                file=file,
                width=width,
                height=height,
                bitrate_bps=rung.bitrate_bps,
                measured_bps=measured_bps,
            )
        )
    return Encoding(
        fps=shape.fps,
        frame_count=shape.frame_count,
        gop_frames=profile.gop_frames(shape.fps),
        segment_frames=profile.segment_frames(shape.fps),
        renditions=tuple(renditions),
        sound=SoundTrack(
            file=SOUND_FILE,
            sample_rate_hz=profile.audio.sample_rate_hz,
            channels=profile.audio.channels,
            sample_count=sample_count(duration_s, profile.audio),
            bitrate_bps=profile.audio.bitrate_bps,
            is_silence=sound is None,
        ),
    )


def _empty(folder: Path) -> None:
    for entry in folder.iterdir():
        if entry.is_dir():
            shutil.rmtree(entry)
        else:
            entry.unlink()
