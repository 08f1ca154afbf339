"""One clip's frames and sound into all its renditions, a downloadable MP4 and a poster.

ffmpeg processes: each sound (`sound.py`), every rung of the ladder from one pass over the frames, and the MP4
joined from the two (`graph.py`). Where the profile makes a ladder for each clip (`per_clip.py`), the one pass over the
frames is into a lossless file, which the probes, the rungs and the last look at them are made from. The same inputs
give the same bytes on any x86-64 processor.
"""

import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from vidgen_assets.clips.digest import Digest
from vidgen_assets.clips.errors import PermanentError
from vidgen_assets.clips.generation import Cupboard, FrameShape, FrameStream
from vidgen_assets.clips.media_tools import MediaTools, Tool, ToolFailed, ToolRun
from vidgen_assets.clips.profiles import OutputProfile
from vidgen_assets.clips.renditions import (
    DESCRIPTION_SOUND_FILE,
    POSTER_FILE,
    SOUND_FILE,
    Encoding,
    Fallback,
    LeftOut,
    Quality,
    Rendition,
    SoundTrack,
    rendition_file,
)
from vidgen_assets.clips.soundtrack import DESCRIPTION_FILE, MAIN_FILE, Soundtrack, sample_count
from vidgen_assets.clips.spec import ClipSpec
from vidgen_assets.clips.work import Recipe
from vidgen_assets.encodes import per_clip
from vidgen_assets.encodes.feed import OnFrame, feed
from vidgen_assets.encodes.graph import (
    chosen_arguments,
    download_arguments,
    ladder_arguments,
    reference_arguments,
)
from vidgen_assets.encodes.sound import sound_arguments

RECIPE = Recipe("encodes", 2)

# Nets against hanging, not measures. A 720p frame takes 50 ms to encode; drawing it may be a model's work.
_LADDER_DEADLINE_S_PER_FRAME = 5.0
_DEADLINE_S = 120.0


class EncoderFailed(ToolFailed):
    """The video encoder gave up, or isn't there: another profile's may do."""


@dataclass(frozen=True, slots=True)
class Probed:
    """What probes of a clip are kept by, and where."""

    content: Digest
    """Of the frames."""
    cupboard: Cupboard


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
    probed: Probed | None = None,
    stands_in_for: Fallback | None = None,
) -> EncodeReport:
    """Encode into the empty folder `out`, with the sound of the folder `soundtrack`; `encode.json` lists what is there.

    `on_frame` sees every frame with its index before the encoder does, and may raise to refuse it. A profile that
    makes a ladder for each clip needs `probed`; `stands_in_for` says whose place this profile takes. Raises
    `EncoderFailed` where the encoder did, `PermanentError` for frames that break the promise of their shape, and for a
    rendition that is worse than its samples promised. Whatever is raised, `out` is left empty.
    """
    if any(out.iterdir()):
        raise PermanentError("the folder to encode into is not empty", field="out", value=str(out))
    try:
        report = _encode(frames, spec, profile, soundtrack, tools, out, on_frame, probed)
        if stands_in_for is None:
            return report
        encoding = report.encoding.model_copy(update={"fallback": stands_in_for})
        encoding.write(out)
        return replace(report, encoding=encoding)
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
    probed: Probed | None,
) -> EncodeReport:
    shape = frames.shape
    sounds = _encode_sound(soundtrack, shape, profile, tools, out)
    fed = feed(frames, out / POSTER_FILE, on_frame)
    if profile.per_clip is None:
        with _blamed_on_the_encoder():
            rungs = _Rungs((_run(ladder_arguments(shape, spec.aspect, profile), shape, tools, out, fed),))
    elif probed is not None:
        rungs = _encode_chosen(fed, shape, spec, profile, tools, out, probed)
    else:
        raise ValueError(f"{profile.name} makes a ladder for each clip, and there is nowhere to keep its probes")
    joined = tools.run(Tool.FFMPEG, download_arguments(profile.rungs[0]), deadline_s=_DEADLINE_S, cwd=out)
    runs = (*sounds, *rungs.runs, joined)
    encoding = _described(shape, spec, profile, Soundtrack.read(soundtrack), out, rungs)
    encoding.write(out)
    cpu_s = sum(run.cpu_s for run in runs) + rungs.probing_cpu_s
    return EncodeReport(encoding, cpu_s, tuple(run.command_line for run in runs))


@dataclass(frozen=True, slots=True)
class _Rungs:
    """How the rungs were made. `qualities` is None for a fixed ladder, which has them all."""

    runs: tuple[ToolRun, ...]
    qualities: dict[str, Quality] | None = None
    left_out: tuple[LeftOut, ...] | None = None
    probing_cpu_s: float = 0.0


def _encode_chosen(
    fed: Iterable[memoryview], shape: FrameShape, spec: ClipSpec, profile: OutputProfile, tools: MediaTools, out: Path,
    probed: Probed,
) -> _Rungs:  # fmt: skip
    how = profile.per_clip
    if how is None:
        raise ValueError(f"{profile.name} has a fixed ladder")
    reference = out / per_clip.REFERENCE_FILE
    try:
        first = _run(reference_arguments(shape, reference.name), shape, tools, out, fed)
        with _blamed_on_the_encoder():
            choice = per_clip.chosen(shape, spec.aspect, profile, how, probed.content, probed.cupboard, tools, out)
            levels = {name: probe.level for name, probe in choice.kept.items()}
            second = _run(chosen_arguments(reference.name, shape, spec.aspect, profile, levels), shape, tools, out)
        qualities, judging_cpu_s = per_clip.verified(choice, shape, spec.aspect, profile, how, tools, out)
    finally:
        reference.unlink(missing_ok=True)
    return _Rungs((first, second), qualities, choice.left_out, choice.cpu_s + judging_cpu_s)


def _run(
    arguments: Sequence[str], shape: FrameShape, tools: MediaTools, out: Path, fed: Iterable[memoryview] | None = None
) -> ToolRun:
    deadline_s = _DEADLINE_S + _LADDER_DEADLINE_S_PER_FRAME * shape.frame_count
    return tools.run(Tool.FFMPEG, arguments, deadline_s=deadline_s, stdin=fed, cwd=out)


@contextmanager
def _blamed_on_the_encoder() -> Iterator[None]:
    try:
        yield
    except ToolFailed as error:
        raise EncoderFailed(
            error.found, field=error.field, value=error.value, allowed=error.allowed, remedy=error.remedy
        ) from error


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


def _described(
    shape: FrameShape, spec: ClipSpec, profile: OutputProfile, heard: Soundtrack, out: Path, made: _Rungs
) -> Encoding:
    duration_s = shape.frame_count / shape.fps
    renditions = []
    for rung in profile.rungs:
        if made.qualities is not None and rung.name not in made.qualities:
            continue
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
                quality=made.qualities[rung.name] if made.qualities is not None else None,
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
        left_out=made.left_out,
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
