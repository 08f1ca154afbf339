"""Runs: stretches of consecutive frames that share a property."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby


@dataclass(frozen=True, slots=True)
class Run:
    """`length` frames from frame `start` on."""

    start: int
    length: int

    def duration_s(self, fps: Fraction) -> float:
        return float(self.length / fps)


NO_RUN = Run(0, 0)


def runs(flags: Iterable[bool]) -> Iterator[Run]:
    """The maximal runs of true flags, in order."""
    position = 0
    for flag, group in groupby(flags):
        length = sum(1 for _ in group)
        if flag:
            yield Run(position, length)
        position += length


def longest(candidates: Iterable[Run]) -> Run:
    """The longest of `candidates`, the first of equals; the empty run if there is none."""
    return max(candidates, key=lambda run: run.length, default=NO_RUN)
