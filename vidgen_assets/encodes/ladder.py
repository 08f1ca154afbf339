"""One clip's frames and sound into all its renditions, a downloadable MP4 and a poster.

ffmpeg processes: each sound (`sound.py`), every rung of the ladder from one pass over the frames, and the MP4
joined from the two (`graph.py`). The same inputs give the same bytes on any x86-64 processor.
"""

import shutil
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from vidgen_assets.clips.errors import PermanentError
from vidgen_assets.clips.generation import FrameShape, FrameStream
from vidgen_assets.clips.media_tools import MediaTools, Tool, ToolRun
from vidgen_assets.clips.profiles import OutputProfile
from vidgen_assets.clips.renditions import (
    DESCRIPTION_SOUND_FILE,
    POSTER_FILE,
    SOUND_FILE,
    Encoding,
    Rendition,
    SoundTrack,
    rendition_file,
)
from vidgen_assets.clips.soundtrack import DESCRIPTION_FILE, MAIN_FILE, Soundtrack, sample_count
from vidgen_assets.clips.spec import ClipSpec
from vidgen_assets.clips.work import Recipe
from vidgen_assets.encodes.feed import OnFrame, feed
from vidgen_assets.encodes.graph import download_arguments, ladder_arguments
from vidgen_assets.encodes.sound import sound_arguments

RECIPE = Recipe("encodes", 2)

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
    soundtrack: Path,
    tools: MediaTools,
    out: Path,
    on_frame: OnFrame | None = None,
) -> EncodeReport:
    """Encode into the empty folder `out`, with the sound of the folder `soundtrack`; `encode.json` lists what is there.

    `on_frame` sees every frame with its index before the encoder does, and may raise to refuse it. Raises
    `PermanentError` for frames that break the promise of their shape.
    Whatever is raised, `out` is left empty.
    """
    if any(out.iterdir()):
        raise PermanentError("the folder to encode into is not empty", field="out", value=str(out))
    try:
        return _encode(frames, spec, profile, soundtrack, tools, out, on_frame)
    except BaseException:
        _empty(out)
        raise


def _encode(
    frames: FrameStream,
    spec: ClipSpec,
    profile: OutputProfile,
    soundtrack: Path,
    tools: MediaTools,
    out: Path,
    on_frame: OnFrame | None,
) -> EncodeReport:
    shape = frames.shape
    runs = (
        *_encode_sound(soundtrack, shape, profile, tools, out),
        tools.run(
            Tool.FFMPEG,
            ladder_arguments(shape, spec.aspect, profile),
            deadline_s=_DEADLINE_S + _LADDER_DEADLINE_S_PER_FRAME * shape.frame_count,
            stdin=feed(frames, out / POSTER_FILE, on_frame),
            cwd=out,
        ),
        tools.run(Tool.FFMPEG, download_arguments(profile.rungs[0]), deadline_s=_DEADLINE_S, cwd=out),
    )
    encoding = _described(shape, spec, profile, Soundtrack.read(soundtrack), out)
    encoding.write(out)
    return EncodeReport(encoding, sum(run.cpu_s for run in runs), tuple(run.command_line for run in runs))


def _encode_sound(
    soundtrack: Path, shape: FrameShape, profile: OutputProfile, tools: MediaTools, out: Path
) -> list[ToolRun]:
    """The main sound, and the description over it where there is one."""
    pairs = [(MAIN_FILE, SOUND_FILE)]
    if Soundtrack.read(soundtrack).has_description:
        pairs.append((DESCRIPTION_FILE, DESCRIPTION_SOUND_FILE))
    duration_s = shape.frame_count / shape.fps
    return [
        tools.run(
            Tool.FFMPEG,
            sound_arguments(soundtrack / source, coded, duration_s, profile.audio),
            deadline_s=_DEADLINE_S,
            cwd=out,
        )
        for source, coded in pairs
    ]


def _described(shape: FrameShape, spec: ClipSpec, profile: OutputProfile, heard: Soundtrack, out: Path) -> Encoding:
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
        sound=_coded(SOUND_FILE, profile, duration_s, is_silence=heard.is_silence),
        description=_coded(DESCRIPTION_SOUND_FILE, profile, duration_s) if heard.has_description else None,
    )


def _coded(file: str, profile: OutputProfile, duration_s: Fraction, *, is_silence: bool = False) -> SoundTrack:
    return SoundTrack(
        file=file,
        sample_rate_hz=profile.audio.sample_rate_hz,
        channels=profile.audio.channels,
        sample_count=sample_count(duration_s, profile.audio.sample_rate_hz),
        bitrate_bps=profile.audio.bitrate_bps,
        is_silence=is_silence,
    )


def _empty(folder: Path) -> None:
    for entry in folder.iterdir():
        if entry.is_dir():
            shutil.rmtree(entry)
        else:
            entry.unlink()
