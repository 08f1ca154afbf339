"""The command lines of the pictures: one ffmpeg for all rungs, and the one that joins the downloadable MP4.

Pure functions. Files are named without folders: the commands run inside the encoding's folder, so that the same
clip gives the same line everywhere.
"""

from fractions import Fraction
from typing import Any

import ffmpeg

from vidgen_assets.clips.generation import FrameShape
from vidgen_assets.clips.profiles import OutputProfile, Rung
from vidgen_assets.clips.raw_frames import raw_frames
from vidgen_assets.clips.renditions import CLIP_FILE, SOUND_FILE, rendition_file
from vidgen_assets.clips.spec import Aspect

# ffmpeg-python hangs its operators on its streams at run time, where no type checker sees them.
Stream = Any

QUIET = ("-y", "-hide_banner", "-nostats", "-v", "error")
# No encoder version, no creation time: the same frames give the same file.
_BITEXACT = {"fflags": "+bitexact", "flags": "+bitexact", "map_metadata": -1}
# Without accurate_rnd and bitexact the scaler's answer depends on the processor's instruction set.
_SCALER = "bicubic+accurate_rnd+bitexact"
_BT709 = {"color_primaries": "bt709", "color_trc": "bt709", "colorspace": "bt709"}
# Frame threads are not repeatable under rate control: five runs with 2 threads gave five different 720p files, with
# 1 thread always the same one (x264 of ffmpeg 9.0.2, 2026-11-22). It costs no throughput where it counts: the rungs
# run beside each other, and clips do.
_X264_THREADS = 1
# The same bytes on every instruction set, tried with AVX2, SSE2 and plain C; no measurable cost.
_X264_PARAMETERS = "open-gop=0:scenecut=0:cpu-independent=1"
# The rate control may save up bits for this long, at the peak rate: what a player must buffer before it starts.
BUFFER_S = 1


def ladder_arguments(shape: FrameShape, aspect: Aspect, profile: OutputProfile) -> list[str]:
    """Raw RGBA frames on standard input to one MP4 per rung, in one process.

    The frames become limited-range BT.709 4:2:0 once, and are scaled from there; converting anew for each rung costs
    the same within the noise (2 ms of about 50 a frame: x264 is the rest).
    """
    source = raw_frames(shape)
    picture = source.filter("scale", out_color_matrix="bt709", out_range="tv", flags=_SCALER)
    branches = picture.filter("format", "yuv420p").filter_multi_output("split", len(profile.rungs))
    outputs = [
        _rendition(_fitted(branches[number], shape, rung.size(aspect)), shape.fps, rung, profile)
        for number, rung in enumerate(profile.rungs)
    ]
    return ffmpeg.merge_outputs(*outputs).global_args(*QUIET).get_args()


def _fitted(branch: Stream, shape: FrameShape, size: tuple[int, int]) -> Stream:
    if size != (shape.width, shape.height):
        branch = branch.filter("scale", *size, flags=_SCALER)
    # 854x480 is not exactly 16:9, and the scaler would say so in pixels that aren't square.
    return branch.filter("setsar", 1).filter("setparams", range="tv", **_BT709)


def _rendition(picture: Stream, fps: Fraction, rung: Rung, profile: OutputProfile) -> Stream:
    gop_frames = profile.gop_frames(fps)
    peak_bps = round(rung.bitrate_bps * profile.peak_ratio)
    return ffmpeg.output(
        picture,
        rendition_file(rung.name),
        vcodec="libx264",
        preset=profile.preset,
        **{"profile:v": "high", "x264-params": _X264_PARAMETERS},
        pix_fmt="yuv420p",  # ffmpeg 9 may negotiate 4:4:4 in spite of the filter's format
        threads=_X264_THREADS,
        video_bitrate=rung.bitrate_bps,
        maxrate=peak_bps,
        bufsize=peak_bps * BUFFER_S,
        g=gop_frames,
        keyint_min=gop_frames,
        fps_mode="passthrough",  # as many frames out as in
        video_track_timescale=ticks_per_s(fps),
        color_range="tv",
        **_BT709,
        **_BITEXACT,
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
