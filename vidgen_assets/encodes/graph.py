"""The command lines of the pictures: one ffmpeg for all rungs, and the one that joins the downloadable MP4.

Pure functions. Files are named without folders: the commands run inside the encoding's folder, so that the same
clip gives the same line everywhere.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import ffmpeg

from vidgen_assets.clips.ffmpeg_options import QUIET, Stream
from vidgen_assets.clips.generation import FrameShape
from vidgen_assets.clips.profiles import OutputProfile, Rung
from vidgen_assets.clips.raw_frames import raw_frames
from vidgen_assets.clips.renditions import CLIP_FILE, SOUND_FILE, rendition_file
from vidgen_assets.clips.spec import Aspect
from vidgen_assets.encodes.coding import coding, quality, rate

Options = Mapping[str, Any]

# No encoder version, no creation time: the same frames give the same file.
_BITEXACT = {"fflags": "+bitexact", "flags": "+bitexact", "map_metadata": -1}
# Without accurate_rnd and bitexact the scaler's answer depends on the processor's instruction set.
_SCALER = "bicubic+accurate_rnd+bitexact"
_BT709 = {"color_primaries": "bt709", "color_trc": "bt709", "colorspace": "bt709"}


def ladder_arguments(shape: FrameShape, aspect: Aspect, profile: OutputProfile) -> list[str]:
    """Raw RGBA frames on standard input to one MP4 per rung, in one process, each at its bit rate.

    The frames become limited-range BT.709 4:2:0 once, and are scaled from there; converting anew for each rung costs
    the same within the noise (2 ms of about 50 a frame: x264 is the rest).
    """
    rungs = [(rung, rate(profile, rung)) for rung in profile.rungs]
    return _ladder(in_yuv(raw_frames(shape)), shape, aspect, profile, rungs)


def chosen_arguments(
    source: str, shape: FrameShape, aspect: Aspect, profile: OutputProfile, levels: Mapping[str, int]
) -> list[str]:
    """The lossless file `source` to one MP4 for each rung that `levels` names, each at its quality level."""
    rungs = [(rung, quality(profile, rung, levels[rung.name])) for rung in profile.rungs if rung.name in levels]
    return _ladder(ffmpeg.input(source).video, shape, aspect, profile, rungs)


def in_yuv(source: Stream) -> Stream:
    """RGB as what is encoded: limited-range BT.709 4:2:0."""
    return source.filter("scale", out_color_matrix="bt709", out_range="tv", flags=_SCALER).filter("format", "yuv420p")


def _ladder(
    picture: Stream, shape: FrameShape, aspect: Aspect, profile: OutputProfile, rungs: Sequence[tuple[Rung, Options]]
) -> list[str]:
    branches = picture.filter_multi_output("split", len(rungs))
    outputs = [
        rendition(
            fitted(branches[number], shape, rung.size(aspect)), shape.fps, profile, control, rendition_file(rung.name)
        )
        for number, (rung, control) in enumerate(rungs)
    ]
    return ffmpeg.merge_outputs(*outputs).global_args(*QUIET).get_args()


def fitted(branch: Stream, shape: FrameShape, size: tuple[int, int]) -> Stream:
    """Pictures of `shape` at `size` (width, height)."""
    if size != (shape.width, shape.height):
        branch = branch.filter("scale", *size, flags=_SCALER)
    # 854x480 is not exactly 16:9, and the scaler would say so in pixels that aren't square.
    return branch.filter("setsar", 1).filter("setparams", range="tv", **_BT709)


def rendition(
    picture: Stream, fps: Fraction, profile: OutputProfile, control: Options, file: str, gop_frames: int | None = None
) -> Stream:
    """`picture` coded as the profile says into `file`. `control` is its rate or its quality."""
    return ffmpeg.output(
        picture,
        file,
        **coding(profile, gop_frames or profile.gop_frames(fps)),
        **control,
        pix_fmt="yuv420p",  # ffmpeg 9 may negotiate 4:4:4 in spite of the filter's format
        fps_mode="passthrough",  # as many frames out as in
        video_track_timescale=ticks_per_s(fps),
        color_range="tv",
        **_BT709,
        **_BITEXACT,
    )


def reference_arguments(shape: FrameShape, out: str) -> list[str]:
    """Raw RGBA frames on standard input into the file `out`, as they are encoded and without a loss."""
    return lossless(in_yuv(raw_frames(shape)), out).global_args(*QUIET).get_args()


def lossless(picture: Stream, out: str) -> Stream:
    """Keyframes only: 8 ms a 720p frame and 0.3 MB; FFV1 takes three times as long for a fifth less."""
    return ffmpeg.output(
        picture,
        out,
        vcodec="libx264",
        preset="ultrafast",
        qp=0,
        g=1,
        pix_fmt="yuv420p",
        fps_mode="passthrough",
        color_range="tv",
        **_BT709,
    )


def ticks_per_s(fps: Fraction) -> int:
    """A clock on which every frame starts at a whole tick, fine enough (over 10 kHz) for any player."""
    ticks = fps.numerator
    while ticks < 10_000:
        ticks *= 2
    return ticks


def download_arguments(top_rung: Rung) -> list[str]:
    """The top rung and the sound in one MP4, copied, with its index in front so that it plays while it loads."""
    video, sound = ffmpeg.input(rendition_file(top_rung.name)), ffmpeg.input(SOUND_FILE)
    joined = ffmpeg.output(video.video, sound.audio, CLIP_FILE, codec="copy", movflags="+faststart", **_BITEXACT)
    return joined.global_args(*QUIET).get_args()
