"""Frames on their way into the encoder: counted, measured, shown to the caller, one of them kept as the poster."""

import io
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from PIL import Image

from vidgen_assets.clips.errors import PermanentError
from vidgen_assets.clips.generation import Frame, FrameStream

OnFrame = Callable[[int, Frame], None]
# Past the titles' entrance and before the closing fade, a clip shows what it is about.
_POSTER_AT = 0.6
_POSTER_QUALITY = 88


def poster_index(frame_count: int) -> int:
    return min(frame_count - 1, int(frame_count * _POSTER_AT))


def feed(frames: FrameStream, poster: Path, on_frame: OnFrame | None) -> Iterator[memoryview]:
    """The bytes of `frames` in order; writes `poster` on the way.

    Raises `PermanentError` where the stream breaks the promise of its shape, and whatever `on_frame` raises.
    """
    shape, drawn = frames.shape, 0
    for index, frame in enumerate(frames):
        if index == shape.frame_count:
            raise PermanentError(f"the stream goes on after the {shape.frame_count} frames it promised")
        if frame.shape != (shape.height, shape.width, 4) or frame.dtype != np.uint8:
            found = f"frame {index} is {frame.dtype}{list(frame.shape)}"
            raise PermanentError(found, allowed=f"uint8[{shape.height}, {shape.width}, 4]")
        if on_frame is not None:
            on_frame(index, frame)
        if index == poster_index(shape.frame_count):
            poster.write_bytes(_jpeg(frame))
        drawn += 1
        yield np.ascontiguousarray(frame).data.cast("B")
    if drawn < shape.frame_count:
        raise PermanentError(f"the stream ended after {drawn} of the {shape.frame_count} frames it promised")


def _jpeg(frame: Frame) -> bytes:
    out = io.BytesIO()
    Image.fromarray(frame[:, :, :3]).save(out, "JPEG", quality=_POSTER_QUALITY, optimize=True)
    return out.getvalue()
