"""Frames that have gone through a profile's steps: drawn, filtered and read one at a time, by several processes.

Steps that follow each other are one ffmpeg; deflickering is done here, between those before it and those after it.
"""

import tempfile
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import numpy as np

from vidgen_assets.clips.cubes import read_cube
from vidgen_assets.clips.errors import PermanentError
from vidgen_assets.clips.generation import Frame, FrameShape, FrameStream
from vidgen_assets.clips.media_tools import MediaTools, Tool, ToolRun
from vidgen_assets.clips.post import Deflicker, Grade, Step
from vidgen_assets.frames.post.flicker import deflickered
from vidgen_assets.frames.post.graph import GRADE_FILE, post_arguments
from vidgen_assets.frames.wrapped import Wrapped

# The dearest step makes a 720p frame in 0.15 s; the drawing of the frames counts too. A net against hanging.
_DEADLINE_S, _DEADLINE_S_PER_FRAME = 600.0, 10.0


class PostProcessed(Wrapped):
    """Fills `FrameStream`, `Filtered`, `Traced` and `Measured`: `frames` after `steps`, in the shape `promised`.

    Iterating again draws and filters again. What meters see is what was drawn: they know nothing of grades.
    Iterating raises `PermanentError` for a frame that isn't of the shape that `frames` promise, or one too many;
    `ToolFailed` if ffmpeg gives up; and whatever drawing raises.
    """

    def __init__(self, frames: FrameStream, promised: FrameShape, steps: Sequence[Step], tools: MediaTools) -> None:
        super().__init__(frames)
        self._stages, self._tools = _stages(steps), tools
        self._done: list[ToolRun | Deflicker] = []
        self.shape = promised

    def __iter__(self) -> Iterator[Frame]:
        frames: Iterator[Frame] = _promised(self._frames)
        done: list[ToolRun | Deflicker] = []
        with ExitStack() as opened:
            for index, stage in enumerate(self._stages, start=1):
                wanted = self.shape if index == len(self._stages) else self._frames.shape
                frames = opened.enter_context(closing(self._through(stage, frames, wanted, done)))
            yield from frames
        self._done = done

    def _through(
        self, stage: "_Stage", frames: Iterator[Frame], wanted: FrameShape, done: list[ToolRun | Deflicker]
    ) -> Generator[Frame, None, None]:
        """Takes all of `frames`, even if the stage needs no more of them, so that each stage comes to its end."""
        if isinstance(stage, Deflicker):
            yield from deflickered(frames, stage)
            done.append(stage)
            return
        with tempfile.TemporaryDirectory(prefix="post-") as folder:
            _write_tables(stage, Path(folder))
            run = yield from self._filtered(stage, frames, wanted, Path(folder))
        for _ in frames:
            pass
        done.append(run)

    def _filtered(
        self, steps: Sequence[Step], frames: Iterable[Frame], wanted: FrameShape, folder: Path
    ) -> Generator[Frame, None, ToolRun]:
        size = wanted.height * wanted.width * 4
        pieces = self._tools.pipe(
            Tool.FFMPEG,
            post_arguments(self._frames.shape, wanted, steps),
            stdin=(np.ascontiguousarray(frame).data.cast("B") for frame in frames),
            piece_bytes=size,
            deadline_s=_DEADLINE_S + _DEADLINE_S_PER_FRAME * self.shape.frame_count,
            cwd=folder,
        )
        with closing(pieces):
            while True:
                try:
                    piece = next(pieces)
                except StopIteration as end:
                    return end.value
                if len(piece) == size:  # a torn last one is no frame
                    yield np.frombuffer(piece, np.uint8).reshape(wanted.height, wanted.width, 4)

    @property
    def cpu_s(self) -> float:
        """Processor seconds of the filters; 0 before the last frame is read."""
        return sum(done.cpu_s for done in self._done if isinstance(done, ToolRun))

    @property
    def provenance(self) -> dict[str, Any]:
        """The drawing's own, and what was done to the frames, once the last one is read: mostly command lines."""
        return {**super().provenance, **({"post": " | ".join(map(_in_words, self._done))} if self._done else {})}


# What follows each other in one ffmpeg, or the step that's done here.
_Stage = tuple[Step, ...] | Deflicker


def _stages(steps: Sequence[Step]) -> list[_Stage]:
    """At least one: without steps, frames go through an ffmpeg that does nothing."""
    for index, step in enumerate(steps):
        if isinstance(step, Deflicker):
            before, after = tuple(steps[:index]), steps[index + 1 :]
            return [*([before] if before else []), step, *(_stages(after) if after else [])]
    return [tuple(steps)]


def _in_words(done: ToolRun | Deflicker) -> str:
    return f"deflicker {done.size} {done.mean}" if isinstance(done, Deflicker) else done.command_line


def _write_tables(steps: Sequence[Step], folder: Path) -> None:
    for step in steps:
        if isinstance(step, Grade):
            (folder / GRADE_FILE).write_text(read_cube(step.lut).at(step.strength).text(), encoding="utf-8")


def _promised(frames: FrameStream) -> Iterator[Frame]:
    """The frames, once each is seen to be one that is promised and that ffmpeg will take for a whole frame."""
    shape = frames.shape
    wanted = (shape.height, shape.width, 4)
    for index, frame in enumerate(frames):
        if index == shape.frame_count:
            raise _wrong(index, "a frame too many", f"{shape.frame_count} frames")
        if frame.shape != wanted or frame.dtype != np.uint8:
            raise _wrong(index, f"{frame.dtype} array of shape {frame.shape}", f"uint8 array of shape {wanted}")
        yield frame


def _wrong(index: int, found: str, allowed: str) -> PermanentError:
    remedy = "The backend's decoder is at fault; mend it and raise its recipe version."
    return PermanentError(
        "the frames aren't those that were promised, so they can't be post-processed",
        field=f"frames[{index}]",
        value=found,
        allowed=allowed,
        remedy=remedy,
    )
