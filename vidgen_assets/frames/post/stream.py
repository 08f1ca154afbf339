"""Frames that have gone through a profile's steps: drawn, filtered and read one at a time, in two processes at once."""

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from vidgen_assets.clips.cubes import read_cube
from vidgen_assets.clips.errors import PermanentError
from vidgen_assets.clips.generation import Frame, FrameShape, FrameStream
from vidgen_assets.clips.media_tools import MediaTools, Tool, ToolRun
from vidgen_assets.clips.post import Grade, Step
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
        self._steps, self._tools = steps, tools
        self._run: ToolRun | None = None
        self.shape = promised

    def __iter__(self) -> Iterator[Frame]:
        height, width = self.shape.height, self.shape.width
        size = height * width * 4
        with tempfile.TemporaryDirectory(prefix="post-") as folder:
            _write_tables(self._steps, Path(folder))
            pieces = self._tools.pipe(
                Tool.FFMPEG,
                post_arguments(self._frames.shape, self.shape, self._steps),
                stdin=_buffers(self._frames),
                piece_bytes=size,
                deadline_s=_DEADLINE_S + _DEADLINE_S_PER_FRAME * self.shape.frame_count,
                cwd=Path(folder),
            )
            try:
                while True:
                    piece = next(pieces)
                    if len(piece) == size:  # a torn last one is no frame
                        yield np.frombuffer(piece, np.uint8).reshape(height, width, 4)
            except StopIteration as end:
                self._run = end.value
            finally:
                pieces.close()

    @property
    def cpu_s(self) -> float:
        """Processor seconds of the filters; 0 before the last frame is read."""
        return self._run.cpu_s if self._run else 0.0

    @property
    def provenance(self) -> dict[str, Any]:
        """The drawing's own, and the filters' command line once the last frame is read."""
        return {**super().provenance, **({"post": self._run.command_line} if self._run else {})}


def _write_tables(steps: Sequence[Step], folder: Path) -> None:
    for step in steps:
        if isinstance(step, Grade):
            (folder / GRADE_FILE).write_text(read_cube(step.lut).at(step.strength).text(), encoding="utf-8")


def _buffers(frames: FrameStream) -> Iterator[memoryview]:
    """The frames' bytes, once each is seen to be one that ffmpeg will take for a whole frame."""
    shape = frames.shape
    wanted = (shape.height, shape.width, 4)
    for index, frame in enumerate(frames):
        if index == shape.frame_count:
            raise _wrong(index, "a frame too many", f"{shape.frame_count} frames")
        if frame.shape != wanted or frame.dtype != np.uint8:
            raise _wrong(index, f"{frame.dtype} array of shape {frame.shape}", f"uint8 array of shape {wanted}")
        yield np.ascontiguousarray(frame).data.cast("B")


def _wrong(index: int, found: str, allowed: str) -> PermanentError:
    remedy = "The backend's decoder is at fault; mend it and raise its recipe version."
    return PermanentError(
        "the frames aren't those that were promised, so they can't be post-processed",
        field=f"frames[{index}]",
        value=found,
        allowed=allowed,
        remedy=remedy,
    )
