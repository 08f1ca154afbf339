"""Frames on their way into ffmpeg: raw RGBA on its standard input, as `clips/generation.Frame` has them in memory."""

from typing import Any

import ffmpeg

from vidgen_assets.clips.generation import FrameShape


def raw_frames(shape: FrameShape) -> Any:
    """The stream of an ffmpeg-python graph that reads them."""
    return ffmpeg.input(
        "pipe:0",
        format="rawvideo",
        pixel_format="rgba",
        video_size=(shape.width, shape.height),  # a string would come out as its first two letters
        framerate=str(shape.fps),
    )
