"""How often a picture's brightness swings to and fro.

A cut is one step, a fade many steps the same way, a moving camera a slow wave: none of them turns round at once.
Flicker does: up then down, frame after frame. Counting such reversals within a second is how broadcasting counts
flashes (ITU-R BT.1702), here with a far smaller step.
"""

import math
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise


def most_reversals_per_s(luma_means: Sequence[float], fps: Fraction, *, step_luma: float) -> int:
    """The most reversals within any second of frames with these mean lumas (0..255).

    A reversal is a rise of at least `step_luma` from one frame to the next followed at once by such a fall, or
    the other way round.
    """
    steps = [after - before for before, after in pairwise(luma_means)]
    turns = [a * b < 0 and min(abs(a), abs(b)) >= step_luma for a, b in pairwise(steps)]
    window = max(1, math.ceil(fps))
    return max((sum(turns[start : start + window]) for start in range(max(1, len(turns) - window + 1))), default=0)
