"""What post-processing costs: each step piped frame by frame as the factory does it, against bare ffmpeg, file to null.

Both run the same filters on the same raw RGBA frames with one thread. "Piped" counts ffmpeg and our own reading and
writing; "bare" is ffmpeg alone, which hands no frame over. Prints CPU ms a frame and the ratio. Deflickering isn't
ffmpeg's, so there is nothing bare to hold it against: alone it needs no pipe, between other steps it needs two.

    python benchmarks/post.py --frames 96 --short-side 720
"""

import argparse
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from resources.media_tools import LocalMediaTools
from vidgen_assets.clips.cubes import read_cube
from vidgen_assets.clips.generation import Frame, FrameShape
from vidgen_assets.clips.media_tools import Tool
from vidgen_assets.clips.post import Deflicker, Denoise, Grade, Interpolate, Motion, Sharpen, Step, Upscale
from vidgen_assets.frames.post.graph import GRADE_FILE, post_arguments
from vidgen_assets.frames.post.stream import PostProcessed

FPS, SLOW = Fraction(24), Fraction(16)
_DEADLINE_S = 3600.0


@dataclass(frozen=True, slots=True)
class Drawn:
    """Fills `FrameStream` with frames that are there already, so that drawing costs nothing."""

    shape: FrameShape
    frames: list[Frame]

    def __iter__(self) -> Iterator[Frame]:
        return iter(self.frames)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=96)
    parser.add_argument("--short-side", type=int, default=720)
    wanted = parser.parse_args()
    height = wanted.short_side
    shape = FrameShape(2 * round(height * 8 / 9), height, FPS, wanted.frames)
    print(f"{wanted.frames} frames of {shape.width}x{shape.height}, CPU ms a frame of the result")
    print(f"{'':>26} {'piped':>8} {'bare':>8} {'ratio':>7}")
    for name, steps in _steps(height // 2).items():
        clip = _drawn(shape, steps[0] if steps else None)
        piped = _piped(clip, shape, steps)
        if any(isinstance(step, Deflicker) for step in steps):
            print(f"{name:>26} {piped:8.1f}", flush=True)
            continue
        bare = _bare(clip, shape, steps)
        print(f"{name:>26} {piped:8.1f} {bare:8.1f} {piped / bare:7.2f}", flush=True)


def _steps(half_side: int) -> dict[str, Sequence[Step]]:
    return {
        "no step": (),
        "grade": (Grade(lut="warm"),),
        "denoise": (Denoise(),),
        "deflicker": (Deflicker(),),
        "deflicker between nothing": (Grade(strength=0), Deflicker(), Sharpen(amount=0)),
        "sharpen": (Sharpen(),),
        "upscale from half": (Upscale(from_short_side_px=half_side),),
        "interpolate 16 to 24": (Interpolate(from_fps=SLOW),),
        "interpolate by blending": (Interpolate(from_fps=SLOW, motion=Motion.BLEND),),
    }


def _drawn(shape: FrameShape, step: Step | None) -> Drawn:
    """Moving colour bars with noise, which flicker, as many and as large as the step begins with."""
    scale = 2 if isinstance(step, Upscale) else 1
    fps = SLOW if isinstance(step, Interpolate) else shape.fps
    width, height = shape.width // scale, shape.height // scale
    count = int(shape.frame_count * fps / shape.fps)
    x, y = np.meshgrid(np.arange(width), np.arange(height))
    noise = np.random.default_rng(0).integers(0, 9, (height, width, 1))

    def frame(index: int) -> Frame:
        waves = [100 + 80 * np.sin((x + at * index) / 37 + y / 53) for at in (2, 3, 5)]
        picture = np.full((height, width, 4), 255, np.uint8)
        picture[..., :3] = (np.stack(waves, axis=-1) + np.roll(noise, 7 * index, axis=1)) * (1 + 0.03 * (-1) ** index)
        return picture

    return Drawn(FrameShape(width, height, fps, count), [frame(index) for index in range(count)])


def _piped(clip: Drawn, shape: FrameShape, steps: Sequence[Step]) -> float:
    stream = PostProcessed(clip, shape, steps, LocalMediaTools())
    began = time.process_time()
    count = sum(1 for _ in stream)
    return (time.process_time() - began + stream.cpu_s) / count * 1000


def _bare(clip: Drawn, shape: FrameShape, steps: Sequence[Step]) -> float:
    with tempfile.TemporaryDirectory() as folder:
        for step in steps:
            if isinstance(step, Grade):
                (Path(folder) / GRADE_FILE).write_text(read_cube(step.lut).text())
        raw = Path(folder) / "frames.raw"
        with raw.open("wb") as file:
            file.writelines(frame.data for frame in clip.frames)
        arguments = post_arguments(clip.shape, shape, steps)
        arguments[arguments.index("pipe:0")] = f"file:{raw}"
        run = LocalMediaTools().run(
            Tool.FFMPEG, [*arguments[:-1], "-f", "null", "-"], deadline_s=_DEADLINE_S, cwd=Path(folder)
        )
    return run.cpu_s / shape.frame_count * 1000


if __name__ == "__main__":
    main()
