"""Frames through ffmpeg and back: the same every time, on every processor, and nothing left behind by who leaves."""

import contextlib
import subprocess
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from resources.media_tools import LocalMediaTools
from tests.synthetic.frames import SyntheticFrames, a_clip, solid
from tests.synthetic.pictures_in_motion import a_scene
from vidgen_assets.clips.cubes import read_cube
from vidgen_assets.clips.errors import PermanentError
from vidgen_assets.clips.generation import Frame, FrameShape, Measured, Traced
from vidgen_assets.clips.media_tools import Tool
from vidgen_assets.clips.post import Deflicker, Denoise, Grade, Interpolate, Sharpen, Step, Upscale
from vidgen_assets.frames.post.graph import post_arguments
from vidgen_assets.frames.post.stream import PostProcessed
from vidgen_assets.frames.wrapped import Filtered

TOOLS = LocalMediaTools()
EVERY_STEP: Sequence[Step] = (
    Grade(lut="warm", strength=0.5),
    Denoise(),
    Deflicker(),
    Interpolate(from_fps=Fraction(12)),
    Upscale(from_short_side_px=108),
    Sharpen(),
)
SMALL = a_scene(13, fps=Fraction(12))
LARGE = FrameShape(384, 216, Fraction(30), 31)


class Told:
    """A stream that is traced and measured."""

    gpu_s = 1.5
    provenance: dict[str, Any] = {"release": "backdrops-1"}  # noqa: RUF012 - as a stream has it

    def __init__(self, frames: SyntheticFrames) -> None:
        self.frames, self.shape = frames, frames.shape

    def __iter__(self) -> Iterator[Frame]:
        return iter(self.frames)

    def adherence(self) -> dict[str, Any]:
        return {"asked": {}}


def test_all_steps_together_give_the_promised_shape_the_same_each_time() -> None:
    stream = PostProcessed(SMALL, LARGE, EVERY_STEP, TOOLS)

    first, second = list(stream), list(stream)

    assert len(first) == 31
    assert {frame.shape for frame in first} == {(216, 384, 4)}
    assert all(np.array_equal(one, other) for one, other in zip(first, second, strict=True))


@pytest.mark.parametrize("instructions", ["0", "sse2"])
def test_a_processor_without_vector_instructions_gives_the_same_bytes(instructions: str, tmp_path: Path) -> None:
    (tmp_path / "grade.cube").write_text(read_cube("warm").text())
    filters = [step for step in EVERY_STEP if not isinstance(step, Deflicker)]
    arguments = post_arguments(SMALL.shape, LARGE, filters)
    raw = b"".join(frame.tobytes() for frame in SMALL)

    def run(*flags: str) -> bytes:
        command = [str(TOOLS.binary(Tool.FFMPEG)), *flags, *arguments]
        return subprocess.run(command, input=raw, cwd=tmp_path, capture_output=True, check=True).stdout

    assert run("-cpuflags", instructions) == run()


def test_no_more_than_a_few_frames_are_drawn_ahead() -> None:
    drawn: list[int] = []

    def draw(index: int) -> Frame:
        drawn.append(index)
        return solid(640, 360, index % 200)

    stream = PostProcessed(
        SyntheticFrames(FrameShape(640, 360, Fraction(24), 200), draw, 200), FrameShape(640, 360, Fraction(24), 200),
        (Denoise(),), TOOLS,
    )  # fmt: skip
    frames = iter(stream)
    next(frames)

    assert len(drawn) < 60  # ffmpeg's own queues, whatever the clip's length
    frames.close()  # pyright: ignore[reportAttributeAccessIssue]


@pytest.mark.parametrize(("steps", "count"), [((Denoise(),), 1), ((Denoise(), Deflicker(), Sharpen()), 2)])
def test_leaving_early_ends_every_ffmpeg(steps: Sequence[Step], count: int) -> None:
    clip = SyntheticFrames(FrameShape(192, 108, Fraction(12), 400), lambda index: SMALL.draw(index % 13), 400)
    frames = iter(PostProcessed(clip, clip.shape, steps, TOOLS))
    next(frames)
    ours = [child for child in psutil.Process().children() if "ffmpeg" in child.name()]
    assert len(ours) == count

    frames.close()  # pyright: ignore[reportAttributeAccessIssue]

    with contextlib.suppress(psutil.NoSuchProcess):
        assert not any(child.is_running() for child in ours)


def test_what_drawing_raises_comes_out() -> None:
    def draw(index: int) -> Frame:
        if index == 3:
            raise PermanentError("the paint is dry")
        return SMALL.draw(index)

    with pytest.raises(PermanentError, match="the paint is dry"):
        list(PostProcessed(SyntheticFrames(SMALL.shape, draw, 13), SMALL.shape, (Denoise(),), TOOLS))


@pytest.mark.parametrize("count", [14, 20])
def test_a_frame_too_many_is_refused_since_ffmpeg_would_hide_it(count: int) -> None:
    endless = SyntheticFrames(SMALL.shape, lambda index: SMALL.draw(min(index, 12)), count)

    with pytest.raises(PermanentError, match=r"frames\[13\].*a frame too many"):
        list(PostProcessed(endless, LARGE, EVERY_STEP, TOOLS))


def test_a_frame_of_another_size_is_refused() -> None:
    wrong = SyntheticFrames(SMALL.shape, lambda _: solid(64, 64, 9), 13)

    with pytest.raises(PermanentError, match="uint8 array of shape"):
        list(PostProcessed(wrong, SMALL.shape, (Denoise(),), TOOLS))


def test_too_few_frames_stay_too_few_for_the_check_to_find() -> None:
    short = SyntheticFrames(a_clip(20).shape, a_clip(20).draw, 15)

    assert len(list(PostProcessed(short, short.shape, (Denoise(),), TOOLS))) == 15


def test_cost_and_origin_are_passed_on() -> None:
    stream = PostProcessed(Told(SMALL), SMALL.shape, (Denoise(),), TOOLS)
    assert isinstance(stream, Filtered | Traced | Measured)
    assert stream.cpu_s == 0

    list(stream)

    assert stream.cpu_s > 0
    assert stream.gpu_s == 1.5
    assert stream.adherence() == {"asked": {}}
    assert stream.provenance["release"] == "backdrops-1"
    assert "hqdn3d=3:3:8:8" in stream.provenance["post"]


def test_what_was_done_is_told_in_its_order() -> None:
    stream = PostProcessed(Told(SMALL), SMALL.shape, (Denoise(), Deflicker(), Sharpen()), TOOLS)

    list(stream)

    before, deflicker, after = stream.provenance["post"].split(" | ")
    assert "hqdn3d" in before
    assert deflicker == "deflicker 5 pm"
    assert "unsharp" in after


def test_deflickering_alone_needs_no_ffmpeg() -> None:
    stream = PostProcessed(Told(SMALL), SMALL.shape, (Deflicker(),), TOOLS)

    list(stream)

    assert stream.cpu_s == 0
    assert stream.provenance["post"] == "deflicker 5 pm"
