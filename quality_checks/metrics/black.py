"""How much of a clip is black, and where.

A frame is black when nearly all of its blocks are (as in ffmpeg's blackdetect). Fades at either end are told apart
from holes within, since the first are craft and the second are damage.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from quality_checks.metrics.runs import Run, longest, runs


@dataclass(frozen=True, slots=True)
class Blackness:
    """`lead_in` and `tail` touch the clip's ends, `hole` is the longest black run between them; fraction is 0..1."""

    lead_in: Run
    hole: Run
    tail: Run
    fraction: float


def blackness(near_black_fractions: Sequence[float], *, black_from: float) -> Blackness:
    """Of frames with these shares of near-black blocks; a frame is black from a share of `black_from` on.

    A clip that is black throughout is all lead-in.
    """
    count = len(near_black_fractions)
    found = list(runs(share >= black_from for share in near_black_fractions))
    lead_in = [run for run in found if run.start == 0]
    tail = [run for run in found if run.start + run.length == count and run not in lead_in]
    holes = [run for run in found if run not in lead_in and run not in tail]
    total = sum(run.length for run in found)
    return Blackness(longest(lead_in), longest(holes), longest(tail), total / count if count else 0.0)
