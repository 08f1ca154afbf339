"""Frames that are kept: FFV1 in Matroska, byte for byte what was drawn. For clips whose drawing costs a GPU's time.

Pure functions: the command lines that write and read them. A recording (`recording.py`) names the stored frames by
digest; losing them loses nothing but time, since the encoder can have them drawn, and audited, again.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

import ffmpeg
import numpy as np

from vidgen_assets.clips.ffmpeg_options import QUIET
from vidgen_assets.clips.generation import Frame, FrameShape
from vidgen_assets.clips.media_tools import MediaTools, Tool
from vidgen_assets.clips.raw_frames import raw_frames

STORED_FILE = "frames.mkv"
# 24 CPU ms to write and 30 to read a 720p frame (2026-11); a net against hanging, not a measure.
_DEADLINE_S, _DEADLINE_S_PER_FRAME = 120.0, 5.0


def write_arguments(shape: FrameShape) -> list[str]:
    """Raw RGBA frames on standard input to `frames.mkv`, every frame a key frame with a checksum for each slice.

    `bgr0` drops the opaque alpha and keeps the colours as they are; one thread, since slices decide the bytes.
    """
    source = raw_frames(shape)
    kept = ffmpeg.output(
        source,
        STORED_FILE,
        vcodec="ffv1",
        pix_fmt="bgr0",
        level=3,
        g=1,
        slices=4,
        slicecrc=1,
        threads=1,
        fflags="+bitexact",
        flags="+bitexact",
        map_metadata=-1,
    )
    return kept.global_args(*QUIET).get_args()


def read_arguments(path: Path) -> list[str]:
    """Raw RGBA frames of the stored file on standard output."""
    source = ffmpeg.input(f"file:{path}", format="matroska", protocol_whitelist="file")
    raw = ffmpeg.output(source, "pipe:1", format="rawvideo", pix_fmt="rgba", fps_mode="passthrough")
    return raw.global_args("-hide_banner", "-nostats", "-v", "error", "-xerror").get_args()


def deadline_s(shape: FrameShape) -> float:
    return _DEADLINE_S + _DEADLINE_S_PER_FRAME * shape.frame_count


class StoredFrames:
    """Fills `FrameStream`: the frames of a stored file, read lazily, as often as asked.

    The store has verified the file by digest, and the encoder holds each frame against the recording.
    """

    def __init__(self, path: Path, shape: FrameShape, tools: MediaTools) -> None:
        self._path, self._tools = path, tools
        self.shape = shape

    def __iter__(self) -> Iterator[Frame]:
        width, height = self.shape.width, self.shape.height
        size = width * height * 4
        pieces = self._tools.stream(
            Tool.FFMPEG, read_arguments(self._path), piece_bytes=size, deadline_s=deadline_s(self.shape)
        )
        for piece in (piece for piece in pieces if len(piece) == size):  # a torn last one is no frame
            yield np.frombuffer(piece, dtype=np.uint8).reshape(height, width, 4)


def write_frames(frames: Iterable[Frame], shape: FrameShape, tools: MediaTools, folder: Path) -> tuple[Path, float]:
    """Write `frames` into `folder`; the file, and the processor seconds of writing it."""
    run = tools.run(
        Tool.FFMPEG,
        write_arguments(shape),
        deadline_s=deadline_s(shape),
        stdin=(np.ascontiguousarray(frame).data.cast("B") for frame in frames),
        cwd=folder,
    )
    return folder / STORED_FILE, run.cpu_s
