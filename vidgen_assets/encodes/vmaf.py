"""VMAF: how close a coded picture is to its reference, 0 to 100, as libvmaf 3's model `vmaf_v0.6.1` has it.

Z. Li et al., "Toward A Practical Perceptual Video Quality Metric", 2016. It says nothing of whether the reference is
any good.
"""

import json
from pathlib import Path

import ffmpeg

from vidgen_assets.clips.errors import PermanentError
from vidgen_assets.clips.ffmpeg_options import QUIET, Stream
from vidgen_assets.clips.generation import FrameShape
from vidgen_assets.clips.media_tools import MediaTools, Tool
from vidgen_assets.encodes.graph import fitted

_LOG_FILE = ".vmaf.json"
_DEADLINE_S, _DEADLINE_S_PER_FRAME = 120.0, 3.0


def vmaf_arguments(
    coded: str, reference: str, shape: FrameShape, size: tuple[int, int], every: int, log: str
) -> list[str]:
    """Every `every`th picture of the file `coded`, of `size`, beside the lossless `reference` of `shape`."""
    against = _counted(fitted(ffmpeg.input(reference).video, shape, size))
    judged = ffmpeg.filter(
        [_counted(ffmpeg.input(coded).video), against], "libvmaf", log_fmt="json", log_path=log, n_subsample=every
    )
    return ffmpeg.output(judged, "pipe:1", format="null").global_args(*QUIET).get_args()


def _counted(picture: Stream) -> Stream:
    """Pictures by their number: the two files' clocks round their times differently."""
    return picture.filter("settb", "1/25").filter("setpts", "N")


def vmaf_of(
    coded: str, reference: str, shape: FrameShape, size: tuple[int, int], tools: MediaTools, folder: Path,
    every: int = 1,
) -> tuple[tuple[float, ...], float]:  # fmt: skip
    """The VMAF of each picture judged, of files in `folder`, and the processor seconds that took.

    Raises `PermanentError` if the coded file holds another number of pictures than its reference, `shape`'s.
    """
    log = folder / _LOG_FILE
    try:
        run = tools.run(
            Tool.FFMPEG,
            vmaf_arguments(coded, reference, shape, size, every, log.name),
            deadline_s=_DEADLINE_S + _DEADLINE_S_PER_FRAME * shape.frame_count,
            cwd=folder,
        )
        frames = json.loads(log.read_bytes())["frames"]
    finally:
        log.unlink(missing_ok=True)
    wanted = -(-shape.frame_count // every)
    if len(frames) != wanted:
        raise PermanentError(
            f"{coded} was to be compared in {wanted} pictures, and was in {len(frames)}", field="vmaf", value=coded
        )
    return tuple(float(frame["metrics"]["vmaf"]) for frame in frames), run.cpu_s
