"""How each encoder is told to code: closed GOPs of equal length, the same bytes every time, a rate or a quality.

Pure functions. What they return are options of ffmpeg's outputs, for ffmpeg-python.
"""

from typing import Any

from vidgen_assets.clips.encoders import Encoder
from vidgen_assets.clips.profiles import OutputProfile, Rung

# The rate control may save up bits for this long, at the peak rate: what a player must buffer before it starts.
BUFFER_S = 1
# Frame threads are not repeatable under rate control: five runs with 2 threads gave five different 720p files, with
# 1 thread always the same one (x264 of ffmpeg 9.0.2, 2026-11-22). It costs no throughput where it counts: the rungs
# run beside each other, and clips do. The others are pinned in the same way.
_THREADS = 1
# The same bytes on every instruction set, tried with AVX2, SSE2 and plain C; no measurable cost.
_X264_PARAMETERS = "open-gop=0:scenecut=0:cpu-independent=1"
# `info=0`: no line about the encoder in the stream, whose length varies with the machine it says it ran on.
_X265_PARAMETERS = "pools=none:frame-threads=1:wpp=0:open-gop=0:scenecut=0:info=0:log-level=error"
# `irefresh-type=2`: a GOP ends before a keyframe that nothing after it looks back over; `scd=0`: no others.
_SVT_PARAMETERS = "lp=1:scd=0:irefresh-type=2"


def coding(profile: OutputProfile, gop_frames: int) -> dict[str, Any]:
    """The codec and its pictures' order; `rate` or `quality` goes beside it."""
    gop = {"g": gop_frames, "keyint_min": gop_frames}
    encoder = profile.encoder
    match encoder:
        case Encoder.X264:
            own: dict[str, Any] = {"profile:v": "high", "x264-params": _X264_PARAMETERS, "threads": _THREADS}
        case Encoder.X265:
            own = {"x265-params": _X265_PARAMETERS, "threads": _THREADS}
        case Encoder.SVT_AV1:
            own = {"svtav1-params": _SVT_PARAMETERS}
        case _:
            own = {"forced-idr": 1, "no-scenecut": 1, "strict_gop": 1, "rc": "vbr"}
    return {"vcodec": str(encoder), "preset": profile.preset, **own, **gop, "tag:v": encoder.stream.tag}


def rate(profile: OutputProfile, rung: Rung) -> dict[str, Any]:
    """The rung's average bit rate, and its peak over `BUFFER_S`."""
    if profile.encoder is Encoder.SVT_AV1:  # it takes a peak beside a quality alone
        return {"video_bitrate": rung.bitrate_bps}
    return {"video_bitrate": rung.bitrate_bps, **_peak(profile, rung)}


def quality(profile: OutputProfile, rung: Rung, level: int) -> dict[str, Any]:
    """A constant quality, with the rung's peak bit rate as its limit."""
    name = "cq" if profile.encoder.needs_gpu else "crf"
    return {name: level, **_peak(profile, rung)}


def _peak(profile: OutputProfile, rung: Rung) -> dict[str, Any]:
    peak_bps = round(rung.bitrate_bps * profile.peak_ratio)
    return {"maxrate": peak_bps, "bufsize": peak_bps * BUFFER_S}
