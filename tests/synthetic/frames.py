"""Streams of small synthetic frames: a sound clip, and the defects that can be put into it at known places.

`a_clip()` is sound; every other function takes a stream and gives it back damaged (or edited, where that is
legitimate). They compose: `black(frozen(a_clip(), 10, 20), 0, 5)`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from vidgen_assets.clips.generation import Frame, FrameShape

FPS = Fraction(10)
"""Slow on purpose: a second is ten frames, so seconds can be counted on the fingers."""

Draw = Callable[[int], Frame]


@dataclass(frozen=True, slots=True)
class SyntheticFrames:
    """A `FrameStream` of `drawn_count` frames, as many as promised unless told otherwise."""

    shape: FrameShape
    draw: Draw
    drawn_count: int

    def __iter__(self) -> Iterator[Frame]:
        return (self.draw(index) for index in range(self.drawn_count))


def a_clip(frame_count: int = 60, *, width: int = 160, height: int = 90, fps: Fraction = FPS) -> SyntheticFrames:
    """Bars of 37 px, bright and dark by turns, that move to the right by 2 px: no frame comes back within 37."""
    columns = np.arange(width)

    def draw(index: int) -> Frame:
        bright = ((columns - 2 * index) // 37) % 2 == 1
        return solid(width, height, np.where(bright, 180, 100).astype(np.uint8))

    return SyntheticFrames(FrameShape(width, height, fps, frame_count), draw, frame_count)


def drifting(
    frame_count: int = 60, *, slope_luma_per_px: float, speed_px_per_s: float, width: int = 640, height: int = 32
) -> SyntheticFrames:
    """A soft ramp that moves slowly: legitimate, and the hardest thing to tell from a standstill."""
    columns = np.arange(width)

    def draw(index: int) -> Frame:
        ramp = 60 + slope_luma_per_px * (columns - float(index / FPS) * speed_px_per_s)
        return solid(width, height, np.round(ramp).astype(np.uint8))

    return SyntheticFrames(FrameShape(width, height, FPS, frame_count), draw, frame_count)


def solid(width: int, height: int, luma: int | np.ndarray) -> Frame:
    """A grey frame: one luma for all of it, or one for each column."""
    frame = np.empty((height, width, 4), np.uint8)
    frame[..., :3] = luma if isinstance(luma, int) else luma[None, :, None]
    frame[..., 3] = 255
    return frame


def black(frames: SyntheticFrames, start: int, length: int) -> SyntheticFrames:
    return _replaced(frames, start, length, lambda _, frame: solid(frame.shape[1], frame.shape[0], 0))


def frozen(frames: SyntheticFrames, start: int, length: int) -> SyntheticFrames:
    """`length` frames from `start` on all show the frame `start`."""
    return _replaced(frames, start, length, lambda _, __: frames.draw(start))


def noisy(frames: SyntheticFrames, sigma_luma: float, *, seed: int = 7) -> SyntheticFrames:
    """Gaussian noise that differs from frame to frame, as a decoder adds to a still picture."""

    def draw(index: int, frame: Frame) -> Frame:
        noise = np.random.default_rng([seed, index]).normal(0, sigma_luma, (*frame.shape[:2], 1))
        return with_colour(frame, frame[..., :3] + noise)

    return _replaced(frames, 0, frames.drawn_count, draw)


def flickering(frames: SyntheticFrames, start: int, length: int, *, step_luma: int) -> SyntheticFrames:
    """Every other of `length` frames is brighter by `step_luma`."""
    return _replaced(frames, start, length, lambda i, f: with_colour(f, f[..., :3] + step_luma * ((i - start) % 2)))


def faded_in(frames: SyntheticFrames, length: int) -> SyntheticFrames:
    """From black to the full picture in even steps over `length` frames."""
    return _replaced(frames, 0, length, lambda i, f: with_colour(f, f[..., :3] * (i / length)))


def brightened(frames: SyntheticFrames, start: int, *, by_luma: int) -> SyntheticFrames:
    """One step up at `start` and for good: what a cut does to the mean."""
    return _replaced(frames, start, frames.drawn_count, lambda _, f: with_colour(f, f[..., :3] + by_luma))


def resized(frames: SyntheticFrames, start: int, length: int, *, width: int, height: int) -> SyntheticFrames:
    """`length` frames from `start` on are flat grey and of another size than the stream promises."""
    return _replaced(frames, start, length, lambda _, __: solid(width, height, 128))


def miscounted(frames: SyntheticFrames, drawn_count: int) -> SyntheticFrames:
    """The promise stays, the number of frames doesn't."""
    return replace(frames, drawn_count=drawn_count)


def with_colour(frame: Frame, colour: np.ndarray) -> Frame:
    """`frame` with other RGB values, rounded and clipped to bytes; alpha stays."""
    changed = frame.copy()
    changed[..., :3] = np.clip(np.round(colour), 0, 255)
    return changed


def _replaced(
    frames: SyntheticFrames, start: int, length: int, change: Callable[[int, Frame], Frame]
) -> SyntheticFrames:
    def draw(index: int) -> Frame:
        frame = frames.draw(index)
        return change(index, frame) if start <= index < start + length else frame

    return replace(frames, draw=draw)
