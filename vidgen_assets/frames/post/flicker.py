"""Flicker taken out of frames: each frame's brightness brought to the mean of its neighbours', where only that differs.

Brightness is followed from frame to frame by the median of what the tiles of a grid became: something that appears,
moves or goes in less than half of the picture is no flicker. A cut begins anew. What only rises or only falls is a
fade. What is off by more than a few percent is meant to be so. All of them stay as they are, to the byte.
"""

import math
import statistics
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from vidgen_assets.clips.generation import Frame
from vidgen_assets.clips.post import Deflicker, Mean

MOST = 0.05
"""The share by which a frame is made brighter or darker at most; one that is off by twice as much is left alone."""

_GRID = 16
# Another scene: the picture becomes more times as bright than this, or as dark, or its tiles don't change together.
_MOST_GAIN, _MOST_APART = 1.2, 0.1
# Frames on either side that show whether brightness goes up and down, or one way only.
_AROUND = 4
# Factors in whole parts of this, so that processors which disagree in the last bit of a float make the same bytes.
_PARTS = 4096

Tiles = NDArray[np.int64]


def deflickered(frames: Iterable[Frame], step: Deflicker) -> Iterator[Frame]:
    """As many frames as there are, each as soon as those after it that decide about it are there."""
    following = _Following(max(step.size // 2, _AROUND))
    for frame in frames:
        following.add(frame)
        if following.is_ahead:
            yield _brighter(*following.next_frame(step))
    while following.waiting:
        yield _brighter(*following.next_frame(step))


@dataclass(frozen=True, slots=True)
class _Seen:
    """How bright a frame is: `level` is relative to the first frame of its scene."""

    scene: int
    level: float


@dataclass(slots=True)
class _Following:
    """The frames that wait for their turn, and the levels of those within `reach` of the next one."""

    reach: int
    waiting: deque[Frame] = field(default_factory=deque[Frame])
    _seen: deque[_Seen] = field(default_factory=deque[_Seen])
    _at: int = 0
    _last: Tiles | None = None

    @property
    def is_ahead(self) -> bool:
        return len(self.waiting) > self.reach

    def add(self, frame: Frame) -> None:
        tiles = _tiles(frame)
        before = self._seen[-1] if self._seen else _Seen(0, 1.0)
        gain = 1.0 if self._last is None else _gain(self._last, tiles)
        self._seen.append(_Seen(before.scene + 1, 1.0) if gain is None else _Seen(before.scene, before.level * gain))
        self._last = tiles
        self.waiting.append(frame)

    def next_frame(self, step: Deflicker) -> tuple[Frame, float]:
        """The frame whose turn it is, and what its brightness is to be multiplied by."""
        scene = self._seen[self._at].scene
        first = sum(seen.scene < scene for seen in self._seen)
        levels = [seen.level for seen in self._seen if seen.scene == scene]
        factor = _factor(levels, self._at - first, step)
        self._at += 1
        if self._at > self.reach:
            self._seen.popleft()
            self._at -= 1
        return self.waiting.popleft(), factor


def _tiles(frame: Frame) -> Tiles:
    """The mean red, green and blue of each tile of a grid, in 256ths of a level; one level more, to divide by black."""
    height, width = frame.shape[:2]
    rows, columns = (np.arange(min(_GRID, side)) * side // min(_GRID, side) for side in (height, width))
    bands = [band.sum(axis=0, dtype=np.int64) for band in np.split(frame.reshape(height, -1), rows[1:])]
    sums = np.add.reduceat(np.stack(bands).reshape(len(rows), width, 4)[..., :3], columns, axis=1)
    pixels = np.outer(np.diff(rows, append=height), np.diff(columns, append=width))
    return (sums * 256 // pixels[..., None] + 256).ravel()


def _gain(before: Tiles, after: Tiles) -> float | None:
    """How many times as bright the picture became as a whole. None if it's another picture."""
    ratios = after / before
    gain = float(np.median(ratios))
    apart = float(np.median(np.abs(ratios / gain - 1)))
    return None if max(gain, 1 / gain) > _MOST_GAIN or apart > _MOST_APART else gain


def _factor(levels: Sequence[float], at: int, step: Deflicker) -> float:
    """What the frame at `at` is to be multiplied by; `levels` are those of its scene."""
    wanted = _mean(levels, at, step) / levels[at] - 1
    size = min(1.0, max(0.0, 2 - abs(wanted) / MOST))
    around = levels[max(0, at - _AROUND) : at + _AROUND + 1]
    bounded = max(-MOST, min(MOST, wanted))
    return 1 + bounded * size * _back_and_forth(around)


def _mean(levels: Sequence[float], at: int, step: Deflicker) -> float:
    """Of the window around `at`, where nearer frames count more. Past the scene's ends it's as if it were mirrored."""
    reach = step.size // 2
    window: list[float] = []
    for away in range(-reach, reach + 1):
        there = next((index for index in (at + away, at - away) if 0 <= index < len(levels)), at)
        window += [levels[there]] * (reach + 1 - abs(away))
    match step.mean:
        case Mean.ARITHMETIC:
            return statistics.fmean(window)
        case Mean.POWER:
            return math.sqrt(statistics.fmean(level * level for level in window))
        case Mean.MEDIAN:
            return statistics.median(window)


def _back_and_forth(levels: Sequence[float]) -> float:
    """1 where levels come back half of the way that they go, or more; 0 where they go one way only, as in a fade."""
    way = sum(abs(after - before) for before, after in pairwise(levels))
    return min(1.0, 2 * (1 - abs(levels[-1] - levels[0]) / way)) if way else 0.0


def _brighter(frame: Frame, factor: float) -> Frame:
    """The very same frame where no level would change."""
    parts = round(factor * _PARTS)
    levels = np.arange(256)
    table = np.minimum((levels * parts + _PARTS // 2) // _PARTS, 255).astype(np.uint8)
    if np.array_equal(table, levels):
        return frame
    made = np.take(table, frame)
    made[..., 3] = frame[..., 3]
    return made
