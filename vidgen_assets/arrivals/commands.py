"""Every command line that touches an upload. Pure functions.

An upload is hostile until proven otherwise: it's opened as one of a few containers, from this machine alone, with
pictures of bounded size. Pictures come out upright, with square pixels, in the colours that a page shows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ffmpeg

from vidgen_assets.arrivals.facts import Colour, Facts, Range
from vidgen_assets.arrivals.limits import CONTAINERS, LIMITS
from vidgen_assets.clips.ffmpeg_options import QUIET, Stream
from vidgen_assets.clips.profiles import within

_GUARDED = {"protocol_whitelist": "file", "format_whitelist": ",".join(CONTAINERS)}
_SCALER = "bicubic+accurate_rnd+full_chroma_int+bitexact"
_BITEXACT = {"fflags": "+bitexact", "flags": "+bitexact", "map_metadata": -1}
_BT709 = {"color_primaries": "bt709", "color_trc": "bt709", "colorspace": "bt709"}
_JPEG_QUALITY = 3  # of 2 to 31, the lower the better
_WHITE_NITS = 203  # of a page or a sheet of paper in HDR (ITU-R BT.2408); it's what 1.0 stands for in linear light
_BRIGHTEST = 10.0  # in those; said, or else it would be read from metadata that half of all files have wrong
_KEPT_BELOW = 0.3  # up to there light stays as it is, so that faces do; above, a curve bends towards white
_ROUNDED_S = 0.001
_FINE_CLOCK = "1/90000"
_WITHOUT_INDEX = ("mpegts", "mpeg")
_RUN_UP_S = 1.0  # a stream's first packets may be stored this much before they are shown
_LONGEST_GROUP_S = 5.0  # between key pictures; broadcasts have half a second to two
_X264 = "open-gop=0:cpu-independent=1"


def probe_arguments(path: Path) -> list[str]:
    """ffprobe's: the container and its streams, as JSON."""
    return [*_opened(path), "-of", "json", "-show_format", "-show_streams"]


def packet_arguments(path: Path, stream_index: int) -> list[str]:
    """ffprobe's: a line for each packet of the stream, `pts_time,dts_time,duration_time,flags`."""
    shown = ["-show_entries", "packet=pts_time,dts_time,duration_time,flags", "-of", "csv=p=0"]
    return [*_opened(path), "-select_streams", str(stream_index), *shown]


def _opened(path: Path) -> list[str]:
    guards = {**_GUARDED, "max_pixels": str(LIMITS.most_pixels)}
    return ["-v", "error", *(part for key, value in guards.items() for part in (f"-{key}", value)), f"file:{path}"]


def whole_arguments(path: Path, facts: Facts, pattern: str, *, longest_px: int) -> list[str]:
    """One picture for each moment, in one pass over all frames. `pattern` names the files, counting from 0.

    A moment's picture is that which is seen in its middle; where frames are further apart than moments it's the
    last one before.
    """
    source = _input(path)[str(facts.stream_index)]
    # Moments lie in the middle of their step, so that a video's first one isn't the black it fades from. The filter
    # rounds the frames' times up to its grid and keeps the last frame of each slot: that seen at the moment.
    # AVI and OGG count time in whole frames, which half a step is none of: a finer clock first.
    fine = source.filter("settb", _FINE_CLOCK)
    middle = fine.filter("setpts", f"PTS-STARTPTS-{facts.step_s / 2:.6f}/TB")
    picked = middle.filter("fps", fps=f"{1 / facts.step_s:.9f}", start_time=0, round="up")
    picture = _as_picture(picked, facts, longest_px)
    return _jpegs(picture, pattern, start_number=0, frames=facts.asked_moments)


@dataclass(frozen=True, slots=True)
class Sought:
    """A picture to seek: that of the frame at `frame_s`. The last one before that can be decoded by itself comes at
    `entry_s`; both count from the first frame."""

    frame_s: float
    entry_s: float
    file: str


def moments_arguments(path: Path, facts: Facts, pictures: Sequence[Sought], *, longest_px: int) -> list[str]:
    """One command that seeks all of `pictures`, of which each costs an input, a decoder and an output."""
    outputs = []
    for sought in pictures:
        source = _sought(path, facts, sought)
        outputs.append(_still(_as_picture(source, facts, longest_px), sought.file))
    return ffmpeg.merge_outputs(*outputs).global_args(*QUIET).get_args()


def _sought(path: Path, facts: Facts, sought: Sought) -> Stream:
    """The video from the frame on. Aimed a little past an entry, since what is entered is the last one before, and a
    little before any other frame, since decoding goes on to the first that isn't earlier.

    Without an index what is entered is any packet, so that aim is taken well before the entry.
    """
    frame_s, stream = facts.start_s + sought.frame_s, str(facts.stream_index)
    if facts.container in _WITHOUT_INDEX:
        aim_s = max(0.0, facts.start_s + sought.entry_s - _RUN_UP_S)
        source = _input(path, ss=f"{aim_s:.6f}", threads=1, noaccurate_seek=None)[stream]
        return source.filter("trim", start=f"{max(0.0, frame_s - aim_s - _ROUNDED_S):.6f}")
    if sought.frame_s == sought.entry_s:
        return _input(path, ss=f"{frame_s + _ROUNDED_S:.6f}", threads=1, noaccurate_seek=None)[stream]
    return _input(path, ss=f"{max(0.0, frame_s - _ROUNDED_S):.6f}", threads=1)[stream]


def preview_arguments(path: Path, facts: Facts, cuts: Sequence[tuple[float, float]]) -> list[str]:
    """A silent MP4, `preview.mp4` in the working folder: the (start, duration) cuts, in seconds, one after another."""
    rate = min(max(facts.fps, LIMITS.least_preview_fps), LIMITS.preview_fps)
    parts = []
    for start_s, duration_s in cuts:
        source = _cut(path, facts, facts.start_s + start_s, duration_s)
        # A cut that begins between two frames shows the next one from its start on, and the last one to its end.
        evened = source.filter("setpts", "PTS-STARTPTS").filter("fps", fps=f"{rate:.6f}", start_time=0)
        held = evened.filter("tpad", stop_mode="clone", stop_duration=f"{duration_s:.6f}")
        trimmed = held.filter("trim", duration=f"{duration_s:.6f}").filter("setpts", "PTS-STARTPTS")
        parts.append(_as_video(trimmed, facts, LIMITS.preview_px))
    joined = ffmpeg.concat(*parts, v=1, a=0) if len(parts) > 1 else parts[0]
    output = ffmpeg.output(
        joined,
        PREVIEW_FILE,
        vcodec="libx264",
        preset="veryfast",
        crf=25,
        maxrate="900k",
        bufsize="1800k",
        pix_fmt="yuv420p",
        threads=1,  # more are not repeatable under rate control
        movflags="+faststart",
        color_range="tv",
        format="mp4",
        **{"profile:v": "main", "x264-params": _X264},
        **_BT709,
        **_BITEXACT,
    )
    return output.global_args(*QUIET, "-an").get_args()


def _cut(path: Path, facts: Facts, start_s: float, duration_s: float) -> Stream:
    """The video from `start_s` of the file on. Without an index, decoding begins early enough to meet a key picture."""
    stream = str(facts.stream_index)
    if facts.container not in _WITHOUT_INDEX:
        return _input(path, ss=f"{start_s:.6f}", t=f"{duration_s:.6f}")[stream]
    aim_s = max(0.0, start_s - _LONGEST_GROUP_S)
    lead_s = start_s - aim_s
    entered = _input(path, ss=f"{aim_s:.6f}", t=f"{lead_s + duration_s:.6f}", noaccurate_seek=None)[stream]
    return entered.filter("trim", start=f"{lead_s:.6f}")


PREVIEW_FILE = "preview.mp4"


def grey_arguments(path: Path) -> list[str]:
    """ffmpeg's: one byte a frame on standard output, the mean luma of each frame of a preview, full range."""
    source = _input(path).video.filter("scale", 1, 1, flags="area", out_range="full")
    output = ffmpeg.output(source, "pipe:1", format="rawvideo", pix_fmt="gray", fps_mode="passthrough")
    return output.global_args(*QUIET).get_args()


def spread_arguments(path: Path, duration_s: float, count: int, pattern: str) -> list[str]:
    """`count` pictures of a preview, evenly spread, as JPEGs named by `pattern`."""
    picked = _input(path).video.filter("fps", fps=f"{count / duration_s:.9f}")
    full = picked.filter("scale", out_range="full", out_color_matrix="bt601").filter("format", "yuvj420p")
    return _jpegs(full, pattern, start_number=0, frames=count)


def _input(path: Path, **options: Any) -> Stream:
    return ffmpeg.input(f"file:{path}", max_pixels=LIMITS.most_pixels, **_GUARDED, **options)


def _as_picture(source: Stream, facts: Facts, longest_px: int) -> Stream:
    """Levels as JPEG has them: BT.601, full range, whatever the picture's size."""
    matrix = facts.colour.matrix if facts.colour.dynamic_range is Range.SDR else "bt709"
    small = _small(source, facts, longest_px)
    return small.filter(
        "scale", in_color_matrix=matrix, in_range=_range(facts.colour), out_color_matrix="bt601", out_range="full",
        flags=_SCALER,
    ).filter("format", "yuvj420p")  # fmt: skip


def _as_video(source: Stream, facts: Facts, longest_px: int) -> Stream:
    """Levels as players expect them: BT.709, limited range, 8 bits."""
    matrix = facts.colour.matrix if facts.colour.dynamic_range is Range.SDR else "bt709"
    small = _small(source, facts, longest_px)
    levels = small.filter(
        "scale", in_color_matrix=matrix, in_range=_range(facts.colour), out_color_matrix="bt709", out_range="tv",
        flags=_SCALER,
    )  # fmt: skip
    return levels.filter("format", "yuv420p").filter("setparams", range="tv", **_BT709)


def _small(source: Stream, facts: Facts, longest_px: int) -> Stream:
    """Whole pictures from fields, fitted, pixels square, and SDR. ffmpeg itself turns what is to be turned first."""
    if facts.is_interlaced:
        source = source.filter("bwdif", mode="send_frame", deint="interlaced")
    size = within(facts.width, facts.height, longest_px)
    small = source.filter("scale", *size, flags=_SCALER).filter("setsar", 1)
    return small if facts.colour.dynamic_range is Range.SDR else _tone_mapped(small, facts.colour)


def _tone_mapped(source: Stream, colour: Colour) -> Stream:
    """HDR to limited-range BT.709 by a Möbius transform, at the small size: light is linear floats meanwhile. Hable's
    curve, the usual choice, makes of mid grey (128) a dark one (86)."""
    transfer = "smpte2084" if colour.dynamic_range is Range.PQ else "arib-std-b67"
    levels = "full" if colour.is_full_range else "limited"
    light = source.filter(
        "zscale",
        transferin=transfer,
        primariesin="2020",
        matrixin="2020_ncl",
        rangein=levels,
        transfer="linear",
        npl=_WHITE_NITS,
    )
    wide = light.filter("format", "gbrpf32le").filter("zscale", primaries="709")
    mapped = wide.filter("tonemap", tonemap="mobius", param=_KEPT_BELOW, peak=_BRIGHTEST, desat=0)
    return mapped.filter("zscale", transfer="709", matrix="709", range="limited").filter("format", "yuv420p")


def _range(colour: Colour) -> str:
    return "full" if colour.is_full_range and colour.dynamic_range is Range.SDR else "limited"


def _still(picture: Stream, file: str) -> Stream:
    return ffmpeg.output(picture, file, vframes=1, update=1, **_JPEG)


def _jpegs(picture: Stream, pattern: str, *, start_number: int, frames: int) -> list[str]:
    output = ffmpeg.output(picture, pattern, start_number=start_number, vframes=frames, **_JPEG)
    return output.global_args(*QUIET).get_args()


_JPEG = {"format": "image2", "vcodec": "mjpeg", "qscale:v": _JPEG_QUALITY, "fps_mode": "passthrough", **_BITEXACT}
