"""How alike two makings of a clip are: latents value by value, frames digest by digest and pixel by pixel.

Pure measurements and what a tolerance says of them; nothing is made or read here. Where both makings come from and
what was promised of them: `replay.py`.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load

from vidgen_assets.clips.generation import Frame
from vidgen_assets.frames.features import GRID_UNITS_PER_LUMA, FrameFeatures
from vidgen_assets.frames.recording import FrameRecording
from vidgen_assets.models.release import Tolerance

_PEAK = 255.0
_LEAST_MSE = 1e-10  # 148 dB: JSON has no infinity
_LEAST_NORM = float(np.finfo(np.float32).tiny)

_Tensors = Mapping[str, NDArray[Any]]


@dataclass(frozen=True, slots=True)
class LatentsLikeness:
    """Two makings of a clip's latents. The numbers are None for equal bytes and where there are none to compare.

    `relative_l2` is the norm of the difference over that of the recorded values, `max_abs_difference` the largest of a
    single value.
    """

    are_equal: bool
    max_abs_difference: float | None = None
    relative_l2: float | None = None
    why_no_numbers: str = ""

    def is_within(self, tolerance: Tolerance) -> bool:
        near = self.relative_l2 is not None and self.relative_l2 <= tolerance.latents_relative_l2
        return self.are_equal or near


@dataclass(frozen=True, slots=True)
class Psnr:
    """Peak signal-to-noise ratio over R, G and B in dB; the mean is that of the mean squared error over all frames, as
    ffmpeg's `psnr` filter has it."""

    lowest_db: float
    lowest_frame: int
    mean_db: float


@dataclass(frozen=True, slots=True)
class FramesLikeness:
    """Two makings of a clip's frames. `psnr`, or else `features`, is there if frames of the same count and size differ.

    `features` has the largest difference of each feature over all frames, in its own unit; the grid's in luma.
    """

    recorded_count: int
    drawn_count: int
    different: tuple[int, ...]
    psnr: Psnr | None = None
    features: Mapping[str, float] | None = None
    why_no_psnr: str = ""

    @property
    def are_equal(self) -> bool:
        return not self.different and self.recorded_count == self.drawn_count

    def is_within(self, tolerance: Tolerance) -> bool:
        """Without pixels, frames are judged by their brightness: an error of the tolerated PSNR moves a frame's mean by
        about its root mean square at most."""
        if self.are_equal:
            return True
        if self.psnr is not None:
            return self.psnr.lowest_db >= tolerance.frames_psnr_db
        return self.features is not None and self.features["luma_mean"] <= luma_tolerance(tolerance)


def luma_tolerance(tolerance: Tolerance) -> float:
    """The root mean square error, in levels of 0..255, of frames whose PSNR is just the tolerated one."""
    return _PEAK * 10 ** (-tolerance.frames_psnr_db / 20)


def compare_latents(recorded: bytes, made: bytes) -> LatentsLikeness:
    """Tensors are compared in numbers; anything else, such as a timeline, is equal or it isn't."""
    if recorded == made:
        return LatentsLikeness(are_equal=True)
    before, now = _tensors(recorded), _tensors(made)
    if before is None or now is None:
        return LatentsLikeness(are_equal=False, why_no_numbers="these latents aren't tensors")
    if _shapes(before) != _shapes(now):
        shapes = f"recorded {_shapes(before)}, made {_shapes(now)}"
        return LatentsLikeness(are_equal=False, why_no_numbers=f"the tensors have other shapes: {shapes}")
    return _in_numbers(_values(before), _values(now))


def compare_frames(recorded: FrameRecording, drawn: FrameRecording) -> FramesLikeness:
    """By digest; where they differ, by features. Pixels are compared by `psnr`."""
    pairs = list(zip(recorded.frames, drawn.frames, strict=False))
    different = tuple(index for index, (before, now) in enumerate(pairs) if before.digest != now.digest)
    counts = len(recorded.frames), len(drawn.frames)
    if counts[0] != counts[1]:
        return FramesLikeness(*counts, different, why_no_psnr="the counts differ")
    if any((before.width, before.height) != (now.width, now.height) for before, now in pairs):
        return FramesLikeness(*counts, different, why_no_psnr="the sizes differ")
    if not different:
        return FramesLikeness(*counts, different)
    features = _largest_differences((before.features, now.features) for before, now in pairs)
    return FramesLikeness(*counts, different, features=features)


def psnr(recorded: Iterable[Frame], drawn: Iterable[Frame]) -> Psnr:
    """Of frames of the same count and size. See Huynh-Thu and Ghanbari, "Scope of validity of PSNR", 2008."""
    errors = [_mean_squared_error(before, now) for before, now in zip(recorded, drawn, strict=True)]
    worst = max(range(len(errors)), key=errors.__getitem__)
    return Psnr(_decibels(errors[worst]), worst, _decibels(sum(errors) / len(errors)))


def _tensors(data: bytes) -> _Tensors | None:
    try:
        return load(data)
    except (SafetensorError, ValueError, KeyError):
        return None


def _shapes(tensors: _Tensors) -> dict[str, tuple[int, ...]]:
    return {name: tensors[name].shape for name in sorted(tensors)}


def _values(tensors: _Tensors) -> NDArray[np.float64]:
    return np.concatenate([tensors[name].astype(np.float64).ravel() for name in sorted(tensors)])


def _in_numbers(before: NDArray[np.float64], now: NDArray[np.float64]) -> LatentsLikeness:
    if not (np.isfinite(before).all() and np.isfinite(now).all()):
        return LatentsLikeness(are_equal=False, why_no_numbers="some of their values are no numbers")
    difference = now - before
    relative = float(np.linalg.norm(difference)) / max(float(np.linalg.norm(before)), _LEAST_NORM)
    return LatentsLikeness(False, float(np.abs(difference).max(initial=0.0)), relative)


def _largest_differences(pairs: Iterable[tuple[FrameFeatures, FrameFeatures]]) -> dict[str, float]:
    largest: dict[str, float] = {}
    for before, now in pairs:
        for name in FrameFeatures.model_fields:
            found = np.abs(np.subtract(getattr(now, name), getattr(before, name))).max()
            unit = GRID_UNITS_PER_LUMA if name == "grid" else 1
            largest[name] = max(largest.get(name, 0.0), round(float(found) / unit, 4))
    return largest


def _mean_squared_error(before: Frame, now: Frame) -> float:
    difference = now[..., :3].astype(np.int32) - before[..., :3]
    return float(np.square(difference).mean())


def _decibels(mean_squared_error: float) -> float:
    return 10 * math.log10(_PEAK**2 / max(mean_squared_error, _LEAST_MSE))
