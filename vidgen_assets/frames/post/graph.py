"""The command line that post-processes frames: raw RGBA on standard input, raw RGBA on standard output.

Pure functions. All steps work on planes of red, green and blue, so that no colour is converted and rounded on the way.
Deflickering is none of them: it is in `flicker.py`.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import ffmpeg

from vidgen_assets.clips.generation import FrameShape
from vidgen_assets.clips.post import (
    Denoise,
    DenoiseStrength,
    Grade,
    Interpolate,
    Motion,
    Sharpen,
    Step,
    Upscale,
)
from vidgen_assets.clips.raw_frames import raw_frames

POST_RECIPE = 2
"""Raise it when the same steps would make other pixels of the same frames."""

GRADE_FILE = "grade.cube"

# ffmpeg-python hangs its operators on its streams at run time, where no type checker sees them.
Stream = Any

_QUIET = ("-hide_banner", "-nostats", "-v", "error")
# One thread for the graph: clips run beside each other. All filters here give the same bytes with AVX-512, SSE2 and
# plain C (ffmpeg 9.0.2, 2026-11-25); the scaler only with these flags.
_THREADS = ("-filter_threads", "1")
_EXACT = "accurate_rnd+full_chroma_int+full_chroma_inp+bitexact"
# Spatial and temporal reach of hqdn3d, in levels. Of noise with a sigma of 4 light takes 30 % away and medium 57 %; a
# calm clean clip stays above 60 and 50 dB, each frame of a template's above 41 and 38 (tests/frames/post/).
_DENOISE = {DenoiseStrength.LIGHT: (3, 8), DenoiseStrength.MEDIUM: (6, 12)}
_MATRIX = 5  # unsharp's, in pixels
# `scd` keeps a cut a cut: no frame is made from pictures of two scenes.
_MOTION = {
    Motion.COMPENSATED: {"mi_mode": "mci", "mc_mode": "obmc", "me_mode": "bidir", "scd": "fdiff"},
    Motion.BLEND: {"mi_mode": "blend", "scd": "fdiff"},
}
# minterpolate looks two frames ahead and ends two early; the last frame, repeated, is never shown longer than the clip.
_AHEAD_FRAMES = 4


def post_arguments(drawn: FrameShape, promised: FrameShape, steps: Sequence[Step]) -> list[str]:
    """ffmpeg's arguments to turn frames of the shape `drawn` into `promised` ones. Run it where `grade.cube` is."""
    source = raw_frames(drawn)
    picture = source.filter("format", "gbrp")
    for step in steps:
        picture = _BUILDERS[type(step)](picture, step, drawn, promised)
    raw = ffmpeg.output(
        picture.filter("format", "rgba"),
        "pipe:1",
        format="rawvideo",
        pix_fmt="rgba",
        fps_mode="passthrough",
        threads=1,
        **({"frames:v": promised.frame_count} if drawn.fps != promised.fps else {}),
    )
    return [*_QUIET, *_THREADS, *raw.get_args()]


def _graded(picture: Stream, step: Grade, drawn: FrameShape, promised: FrameShape) -> Stream:  # noqa: ARG001 - alike
    """The table in the folder has its strength in it already."""
    return picture.filter("lut3d", GRADE_FILE, interp="tetrahedral") if step.strength else picture


def _denoised(picture: Stream, step: Denoise, drawn: FrameShape, promised: FrameShape) -> Stream:  # noqa: ARG001
    if step.strength is DenoiseStrength.NONE:
        return picture
    space, time = _DENOISE[step.strength]
    return _by_plane(picture, lambda planes: planes.filter("hqdn3d", space, space, time, time))


def _interpolated(picture: Stream, step: Interpolate, drawn: FrameShape, promised: FrameShape) -> Stream:
    if drawn.fps == promised.fps:
        return picture
    longer = picture.filter("tpad", stop=_AHEAD_FRAMES, stop_mode="clone")
    rate = str(promised.fps)
    return _by_plane(longer, lambda planes: planes.filter("minterpolate", fps=rate, **_MOTION[step.motion]))


def _sharpened(picture: Stream, step: Sharpen, drawn: FrameShape, promised: FrameShape) -> Stream:  # noqa: ARG001
    if not step.amount:
        return picture
    kernel = (_MATRIX, _MATRIX, step.amount)
    return _by_plane(picture, lambda planes: planes.filter("unsharp", *kernel, *kernel))


def _upscaled(picture: Stream, step: Upscale, drawn: FrameShape, promised: FrameShape) -> Stream:  # noqa: ARG001
    size = (promised.width, promised.height)
    if size == (drawn.width, drawn.height):
        return picture
    larger = _by_plane(picture, lambda planes: planes.filter("scale", *size, flags=f"lanczos+{_EXACT}"))
    return larger.filter("setsar", 1)


def _by_plane(picture: Stream, work: Callable[[Stream], Stream]) -> Stream:
    """`work`, which takes Y, U and V alike, done to G, B and R: the planes change their names and nothing else."""
    return _renamed(work(_renamed(picture, "yuv444p")), "gbrp")


def _renamed(picture: Stream, pixel_format: str) -> Stream:
    planes = {f"map{plane}{part}": value for plane in range(3) for part, value in (("s", 0), ("p", plane))}
    return picture.filter("mergeplanes", format=pixel_format, **planes)


_BUILDERS: Mapping[type[Any], Callable[[Stream, Any, FrameShape, FrameShape], Stream]] = {
    Grade: _graded,
    Denoise: _denoised,
    Interpolate: _interpolated,
    Sharpen: _sharpened,
    Upscale: _upscaled,
}
