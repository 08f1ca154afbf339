"""What must be true of a server's MP4 before frames are drawn from it: read with our own tools, by what it holds.

`latents.py` asks here for clips of the `remote` backend. Whether the drawn frames are any good is for `frames.py`.
"""

from fractions import Fraction
from pathlib import Path
from typing import Any

from resources.video_frames import video_rate
from vidgen_assets.clips.media_tools import MediaTools, ToolFailed
from vidgen_assets.clips.spec import ClipSpec

_LONGEST_SIDE_PX = 8_192
# The decoder crops what doesn't fit the canvas. A square cropped to 16:9 keeps 0.56 of its picture; what is turned the
# wrong way keeps 0.32, and has lost what the prompt asked for.
_LEAST_SHARE_SHOWN = Fraction(1, 2)


def remote_latents_fault(data: bytes, spec: ClipSpec, tools: MediaTools, path: Path) -> str | None:
    """Why the MP4 in `path` (its bytes are `data`) can't become the clip; None if it can."""
    if data[4:8] != b"ftyp":
        return f"the latents are {len(data)} bytes that are no MP4"
    try:
        probed = tools.probe(path, count_frames=True)
    except ToolFailed as error:
        return f"the MP4 can't be read: {error.found}"
    videos = [stream for stream in probed.get("streams", []) if stream.get("codec_type") == "video"]
    if len(videos) != 1:
        return f"the MP4 has {len(videos)} video streams, not one"
    faults = (_count_fault(videos[0], spec), _size_fault(videos[0], spec), _time_fault(videos[0], spec))
    return "; ".join(fault for fault in faults if fault) or None


def _count_fault(stream: dict[str, Any], spec: ClipSpec) -> str | None:
    """Counted by decoding: what the header says proves nothing."""
    count = int(stream.get("nb_read_frames", 0))
    return f"it has {count} frames, fewer than the clip's {spec.frame_count}" if count < spec.frame_count else None


def _size_fault(stream: dict[str, Any], spec: ClipSpec) -> str | None:
    width, height = int(stream.get("width", 0)), int(stream.get("height", 0))
    if not (0 < width <= _LONGEST_SIDE_PX and 0 < height <= _LONGEST_SIDE_PX):
        return f"its size is {width}x{height}"
    shape, canvas = Fraction(width, height), Fraction(spec.width, spec.height)
    shown = min(shape / canvas, canvas / shape)
    if shown < _LEAST_SHARE_SHOWN:
        return f"its shape of {width}x{height} leaves {float(shown):.0%} of the picture on {spec.width}x{spec.height}"
    return None


def _time_fault(stream: dict[str, Any], spec: ClipSpec) -> str | None:
    rate = video_rate(stream)
    if rate != spec.fps:
        return f"it runs at {rate} frames a second, the clip at {spec.fps}"
    duration_s = Fraction(str(stream.get("duration", "0")))
    if duration_s + 1 / spec.fps < spec.duration_s:
        return f"it lasts {float(duration_s):.3f} s, the clip {float(spec.duration_s):.3f} s"
    return None
