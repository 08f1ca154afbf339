"""The same 5-second 720p product clip by our compositor, by an ffmpeg filter graph and by MoviePy, side by side.

All of them show a moving ground, a product that comes nearer, a headline, a line, a button and a price, and encode to
H.264 with the same settings of the same ffmpeg. Prints CPU milliseconds per frame (this process and its children),
frames per second, and ratios to encoding alone. Checks are apart from all of them.

    python benchmarks/compositor.py --repeat 3
    python benchmarks/compositor.py --moviepy /path/to/an/environment/bin/python
"""

import argparse
import os
import resource
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import ffmpeg
import numpy as np

from resources.media_tools import LocalMediaTools
from vidgen_assets.clips.generation import Frame
from vidgen_assets.clips.media_tools import Tool
from vidgen_assets.frames.record import record_frames, verify_frame
from vidgen_assets.reports.preview import Wish, frames_of
from vidgen_assets.templates.library import TemplateLibrary, library_folder

_REPOSITORY = Path(__file__).parents[1]
_PICTURE = _REPOSITORY / "examples" / "lumen_shop" / "pictures" / "dome_lamp.png"
_FONT = library_folder() / "product_card" / "fonts" / "Manrope-ExtraBold.ttf"
_WORDS = {
    "brand": "Lumen & Co.", "headline": "A lamp that follows the light of your day", "price": "€129",
    "supporting": "Warm at dusk, clear at noon, and silent at night.", "call_to_action": "Find your light",
}  # fmt: skip
_WIDTH, _HEIGHT, _FPS, _FRAMES = 1280, 720, 30, 150
_ENCODER = {"vcodec": "libx264", "preset": "veryfast", "crf": 23, "pix_fmt": "yuv420p", "threads": 1}

Way = Callable[[Path], None]
"""Makes the clip, into a file."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--moviepy", type=Path, help="a Python that has MoviePy")
    wanted = parser.parse_args()
    stored = list(_ours())
    ways: dict[str, Way] = {
        "encode alone": lambda out: _encode(stored, out),
        "ours, drawn and encoded": lambda out: _encode(_ours(), out),
        "ours, audited and drawn again": _asset_path,
        "ffmpeg graph": _graph,
    }
    if wanted.moviepy:
        ways["MoviePy"] = lambda out: _moviepy(wanted.moviepy, out)
    with tempfile.TemporaryDirectory() as folder:
        found = {
            name: [_timed(way, Path(folder) / f"{name}.mp4") for _ in range(wanted.repeat)]
            for name, way in ways.items()
        }
    base = statistics.median(cpu for _, cpu in found["encode alone"])
    print(f"{_FRAMES} frames of {_WIDTH}x{_HEIGHT}, medians of {wanted.repeat}")
    for name, times in found.items():
        wall_s, cpu_s = (statistics.median(column) for column in zip(*times, strict=True))
        print(
            f"{name:>30}: {1000 * cpu_s / _FRAMES:6.1f} CPU ms a frame, {_FRAMES / wall_s:6.1f} frames/s, "
            f"{cpu_s / base:5.2f} times the encode"
        )


def _timed(way: Way, out: Path) -> tuple[float, float]:
    """Wall and processor seconds, children included."""
    began, used = time.perf_counter(), _used()
    way(out)
    if out.stat().st_size < 10_000:
        raise RuntimeError(f"{out} is no clip")
    return time.perf_counter() - began, _used() - used


def _used() -> float:
    own, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def _ours() -> Iterable[Frame]:
    template = TemplateLibrary().load("product_card")
    return frames_of(Wish(template, _WORDS, {"image": [_PICTURE]}, duration_s=_FRAMES / _FPS))


def _encode(frames: Iterable[Frame], out: Path) -> None:
    source = ffmpeg.input(
        "pipe:0", format="rawvideo", pixel_format="rgba", video_size=(_WIDTH, _HEIGHT), framerate=str(_FPS)
    )
    picture = source.filter("scale", out_color_matrix="bt709", out_range="tv").filter("format", "yuv420p")
    _run(ffmpeg.output(picture, str(out), **_ENCODER), (np.ascontiguousarray(f).data.cast("B") for f in frames))


def _asset_path(out: Path) -> None:
    """As the factory does: recorded with digests and features, drawn again, each frame held against its digest."""
    frames = frames_of(
        Wish(TemplateLibrary().load("product_card"), _WORDS, {"image": [_PICTURE]}, duration_s=_FRAMES / _FPS)
    )
    recording = record_frames(frames, recipe={})
    verify = verify_frame(recording)

    def held() -> Iterator[Frame]:
        for index, frame in enumerate(frames):
            verify(index, frame)
            yield frame

    _encode(held(), out)


def _graph(out: Path) -> None:
    """Gradients, an overlay that moves, and text, in one ffmpeg."""
    ground = ffmpeg.input(
        f"gradients=s={_WIDTH}x{_HEIGHT}:c0=0x1f3a5f:c1=0x2d4f7c:d={_FRAMES / _FPS}:r={_FPS}:speed=0.02", format="lavfi"
    )
    product = ffmpeg.input(str(_PICTURE), loop=1, framerate=_FPS, t=_FRAMES / _FPS)
    product = product.filter("scale", 480, -1).filter("format", "rgba")
    shown = ground.overlay(product, x="720+4*sin(t*1.7)", y="110+6*sin(t*1.7)")
    for text, size, y in (
        (_WORDS["headline"][:24], 64, 200),
        (_WORDS["supporting"], 26, 420),
        (_WORDS["price"], 48, 560),
    ):
        alpha = "if(lt(t,0.5),t/0.5,1)"
        shown = shown.filter(
            "drawtext", text=text, fontfile=str(_FONT), fontsize=size, fontcolor="white", x=90, y=y, alpha=alpha
        )
    _run(ffmpeg.output(shown, str(out), t=_FRAMES / _FPS, **_ENCODER))


def _moviepy(python: Path, out: Path) -> None:
    tools = LocalMediaTools()
    arguments = [
        str(python),
        str(Path(__file__).with_name("compositor_moviepy.py")),
        str(out),
        str(_PICTURE),
        str(_FONT),
    ]
    environment = {**os.environ, "IMAGEIO_FFMPEG_EXE": str(tools.binary(Tool.FFMPEG))}
    subprocess.run(arguments, env=environment, check=True, stdout=subprocess.DEVNULL)


def _run(stream: Any, stdin: Iterator[memoryview] | None = None) -> None:
    arguments = stream.global_args("-y", "-hide_banner", "-nostats", "-v", "error").get_args()
    LocalMediaTools().run(Tool.FFMPEG, arguments, deadline_s=600, stdin=stdin)


if __name__ == "__main__":
    main()
