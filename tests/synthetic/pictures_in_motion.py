"""A clean colour clip with what filters stumble over (edges, gradients, flats, motion), and defects of known size."""

from collections.abc import Callable, Iterable
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from tests.synthetic.frames import SyntheticFrames
from vidgen_assets.clips.generation import Frame, FrameShape

SIDE_PX = (192, 108)
SPEED_PX_PER_S = 48


def a_scene(frame_count: int = 24, *, fps: Fraction = Fraction(24), size: tuple[int, int] = SIDE_PX) -> SyntheticFrames:
    """A coloured ramp, a grey bar, and a disc that moves to the right by 48 px a second; nothing else changes."""
    width, height = size
    x, y = np.meshgrid(np.arange(width), np.arange(height))
    ground = np.stack([90 + 80 * x / width, 110 + 60 * y / height, 150 - 70 * x / width], axis=-1)
    ground[height // 2 :, width // 6 : width // 6 + 6] = 205

    def draw(index: int) -> Frame:
        centre = width / 4 + float(SPEED_PX_PER_S * index / fps)
        cover = np.clip(height / 6 - np.hypot(x - centre, y - height / 3), 0, 1)[..., None]
        return opaque(ground * (1 - cover) + np.array([225, 70, 60]) * cover)

    return SyntheticFrames(FrameShape(width, height, fps, frame_count), draw, frame_count)


def opaque(colours: NDArray[np.float64]) -> Frame:
    """(height, width, 3) of any numbers as a frame: rounded, kept within 0..255."""
    frame = np.full((*colours.shape[:2], 4), 255, np.uint8)
    frame[..., :3] = np.clip(np.rint(colours), 0, 255)
    return frame


def with_noise(clip: SyntheticFrames, sigma: float) -> SyntheticFrames:
    """Normal noise in every channel, another in every frame."""

    def noisy(frame: Frame, index: int) -> Frame:
        noise = np.random.default_rng(index).normal(0, sigma, (*frame.shape[:2], 3))
        return opaque(frame[..., :3] + noise)

    return _changed(clip, noisy)


def with_flicker(clip: SyntheticFrames, share: float) -> SyntheticFrames:
    """Every other frame darker, the others brighter, by this share."""
    return _changed(clip, lambda frame, index: opaque(frame[..., :3] * (1 + share * (-1) ** index)))


def colours_of(frames: Iterable[Frame]) -> NDArray[np.float64]:
    """(frames, height, width, 3)."""
    return np.stack([frame[..., :3] for frame in frames]).astype(float)


def psnr_db(found: Iterable[Frame], wanted: Iterable[Frame]) -> float:
    """Over all frames and channels; 100 for the very same ones."""
    error = np.mean((colours_of(found) - colours_of(wanted)) ** 2)
    return 100.0 if error == 0 else float(10 * np.log10(255**2 / error))


def _changed(clip: SyntheticFrames, change: Callable[[Frame, int], Frame]) -> SyntheticFrames:
    return SyntheticFrames(clip.shape, lambda index: change(clip.draw(index), index), clip.drawn_count)
