"""What is measured of every frame, once, while it is in memory: brightness, blackness, change.

Checks and rescoring read these numbers and never the pixels. All sums are integers and all results are rounded, so
the same frames give the same features on every machine. What the numbers mean for a clip: `quality_checks/metrics/`.
"""

import math

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pydantic import BaseModel, ConfigDict

from vidgen_assets.clips.generation import Frame

FEATURES_VERSION = 1
"""Raise it when the same frame would be measured otherwise: recordings hold it."""

NEAR_BLACK_LUMA = 16
"""Luma (0..255) up to which a block counts as near black: 6 % of the range, darker than night skies usually are."""

GRID_SIDE = 8
GRID_UNITS_PER_LUMA = 100

Luma = NDArray[np.uint8]
"""A reduced picture: one value, 0..255, for each block of the frame."""

_LONGEST_REDUCED_SIDE_PX = 160
_DIGITS = 4
_LEVELS = np.arange(256, dtype=np.int64)


class FrameFeatures(BaseModel):
    """Measurements of one frame's blocks. Luma is 0..255 full range; a block is 8x8 pixels at 720p.

    `change_mean` and `change_peak` are the mean and the greatest absolute difference of a block's luma to the frame
    before; the first frame has 0, a frame of another size than the one before has 255.
    `grid` is the mean luma of 8x8 cells, row by row, in hundredths: coarse, but fine enough to see a slow drift.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    luma_mean: float
    luma_std: float
    near_black_fraction: float
    change_mean: float
    change_peak: float
    grid: tuple[int, ...]


class FeatureMeter:
    """Measures frames in display order; remembers the frame before."""

    def __init__(self) -> None:
        self._before: Luma | None = None

    def measure(self, frame: Frame) -> FrameFeatures:
        luma = reduced_luma(frame)
        change_mean, change_peak = _change(self._before, luma)
        self._before = luma
        counts = np.bincount(luma.ravel(), minlength=256)
        blocks, total, squares = luma.size, int(counts @ _LEVELS), int(counts @ _LEVELS**2)
        return FrameFeatures(
            luma_mean=round(total / blocks, _DIGITS),
            luma_std=round(math.sqrt(blocks * squares - total**2) / blocks, _DIGITS),
            near_black_fraction=round(int(counts[: NEAR_BLACK_LUMA + 1].sum()) / blocks, _DIGITS),
            change_mean=change_mean,
            change_peak=change_peak,
            grid=_grid(luma),
        )


def reduced_luma(frame: Frame) -> Luma:
    """The Rec. 601 luma of square blocks, so large that the longer side has about 160 of them.

    A block is the mean of 2x2 of its pixels, evenly spaced. To read all of an 8x8 block's pixels costs 1.4 CPU ms
    for a 720p frame, to read these 0.2 (EPYC, 2026-11), and they miss only what is smaller than 4x4 pixels.
    """
    height, width = frame.shape[:2]
    block = max(1, math.ceil(max(width, height) / _LONGEST_REDUCED_SIDE_PX))
    step = max(1, block // 2)
    pixels = np.ascontiguousarray(frame.view(np.uint32)[::step, ::step, 0])
    size = (pixels.shape[1], pixels.shape[0])
    sampled = Image.frombuffer("RGBX", size, pixels, "raw", "RGBX", 0, 1)
    return np.asarray(sampled.reduce(max(1, block // step)).convert("L"))


def _change(before: Luma | None, now: Luma) -> tuple[float, float]:
    if before is None:
        return 0.0, 0.0
    if before.shape != now.shape:
        return 255.0, 255.0
    difference = np.maximum(before, now) - np.minimum(before, now)
    return round(int(difference.sum(dtype=np.int64)) / difference.size, _DIGITS), float(difference.max())


def _grid(luma: Luma) -> tuple[int, ...]:
    rows, row_sizes = _cells(luma.shape[0])
    columns, column_sizes = _cells(luma.shape[1])
    sums = np.add.reduceat(np.add.reduceat(luma, rows, axis=0, dtype=np.int64), columns, axis=1)
    blocks = np.outer(row_sizes, column_sizes)
    return tuple(((sums * GRID_UNITS_PER_LUMA + blocks // 2) // blocks).ravel().tolist())


def _cells(length: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where each of the grid's cells starts on a side of `length` blocks, and how many blocks it spans."""
    edges = np.arange(GRID_SIDE + 1) * length // GRID_SIDE
    return edges[:-1], np.maximum(1, np.diff(edges))
