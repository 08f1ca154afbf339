"""The frames of an MP4 that came from elsewhere: decoded by our own ffmpeg, brought to the canvas, exactly as many as
were promised.

The file is hostile until proven otherwise: it is read as an MP4 and nothing else, from this machine alone, at bounded
size, in a process of its own under a deadline.
"""

import tempfile
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from vidgen_assets.clips.errors import PermanentError
from vidgen_assets.clips.generation import Frame, FrameShape
from vidgen_assets.clips.media_tools import MediaTools, Tool

VIDEO_FRAMES_RECIPE = 1
_DEADLINE_S = 1_800.0  # a net against hanging: a minute of 4K decodes and scales within ten
_MOST_PIXELS = 8_192 * 4_320
_CHANNELS = 4


class VideoFrames:
    """A `FrameStream`, `Traced`: scaled to cover the canvas by Lanczos, the surplus cropped evenly at both sides.

    A video that is longer than promised is not shown to its end, and the provenance says by how much. Iterating raises
    `PermanentError` for one that is shorter or of another rate, `ToolFailed` for one that is damaged.
    """

    def __init__(self, video: bytes, shape: FrameShape, tools: MediaTools) -> None:
        self._video = video
        self._shape = shape
        self._tools = tools
        self._provenance: dict[str, Any] = {}

    @property
    def shape(self) -> FrameShape:
        return self._shape

    @property
    def provenance(self) -> dict[str, Any]:
        return dict(self._provenance)

    @property
    def gpu_s(self) -> float:
        return 0.0

    def __iter__(self) -> Iterator[Frame]:
        with tempfile.TemporaryDirectory(prefix="video-") as folder:
            path = Path(folder) / "video.mp4"
            path.write_bytes(self._video)
            found = self._look(path)
            drawn = 0
            for frame in self._frames(path):
                drawn += 1
                yield frame
        if drawn < self._shape.frame_count:
            raise PermanentError(
                f"the video has {drawn} frames, fewer than the {self._shape.frame_count} of the clip",
                field="frame_count",
                value=drawn,
                allowed=f"at least {self._shape.frame_count}",
                remedy="Ask the server why it makes shorter videos than asked for; mend the release's frame grid.",
            )
        self._provenance = {
            "decoder": self._tools.versions()["ffmpeg"],
            "video_size": f"{found['width']}x{found['height']}",
            "frames_not_shown": max(0, int(found.get("nb_frames", drawn)) - drawn),
        }

    def _look(self, path: Path) -> dict[str, Any]:
        """ffprobe's description of the video stream. Raises `PermanentError` if there is none, or of another rate."""
        streams = self._tools.probe(path)["streams"]
        videos = [stream for stream in streams if stream["codec_type"] == "video"]
        if not videos:
            raise PermanentError("the server's file has no video stream", field="latents")
        rate = video_rate(videos[0])
        if rate != self._shape.fps:
            raise PermanentError(
                f"the video runs at {rate} frames a second, the clip at {self._shape.fps}",
                field="fps",
                value=str(rate),
                allowed=str(self._shape.fps),
                remedy="Register the release with the rates that its server really keeps.",
            )
        return videos[0]

    def _frames(self, path: Path) -> Iterator[Frame]:
        height, width = self._shape.height, self._shape.width
        frame_bytes = height * width * _CHANNELS
        pieces = self._tools.stream(
            Tool.FFMPEG, decode_arguments(path, self._shape), piece_bytes=frame_bytes, deadline_s=_DEADLINE_S
        )
        for piece in pieces:
            if len(piece) == frame_bytes:  # else it is torn, and the stream's end says why
                yield np.frombuffer(piece, np.uint8).reshape(height, width, _CHANNELS)


def video_rate(stream: dict[str, Any]) -> Fraction:
    """Frames a second of a stream as ffprobe describes it; 0 where it knows none (`0/0`)."""
    numerator, _, denominator = str(stream.get("avg_frame_rate", "0/0")).partition("/")
    return Fraction(int(numerator), int(denominator)) if int(denominator or 0) else Fraction(0)


def decode_arguments(path: Path, shape: FrameShape) -> list[str]:
    """ffmpeg's arguments: raw RGBA frames on standard output, at most as many as promised."""
    canvas = f"{shape.width}:{shape.height}"
    # Bit-exact and accurate scaling: without them the result depends on the processor's vector instructions.
    scale = f"scale={canvas}:force_original_aspect_ratio=increase:flags=lanczos+accurate_rnd+full_chroma_int+bitexact"
    hostile = ["-protocol_whitelist", "file", "-f", "mov", "-max_pixels", str(_MOST_PIXELS)]
    damage = ["-xerror", "-err_detect", "explode"]
    return [
        *("-v", "error", "-nostdin", *damage, *hostile, "-i", f"file:{path}"),
        *("-map", "0:v:0", "-vf", f"{scale},crop={canvas},setsar=1,format=rgba"),
        *("-frames:v", str(shape.frame_count), "-fps_mode", "passthrough", "-f", "rawvideo", "pipe:1"),
    ]
