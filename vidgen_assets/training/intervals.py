"""How sure a number from a few hundred clips is: intervals that hold the true value in 95 of 100 evaluations."""

import math
from collections.abc import Iterable

_Z = 1.959964


def wilson(hits: int, count: int) -> tuple[float, float]:
    """Of a share of `count` independent cases.

    E. B. Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", 1927.
    """
    share, spread = hits / count, _Z**2 / count
    middle = (share + spread / 2) / (1 + spread)
    half = _Z * math.sqrt(share * (1 - share) / count + spread / (4 * count)) / (1 + spread)
    return max(0.0, middle - half), min(1.0, middle + half)


def of_median(values: Iterable[float]) -> tuple[float, float]:
    """Of a median, whatever the values' distribution: two of the values themselves, by their ranks.

    W. J. Conover, "Practical Nonparametric Statistics", 3rd edition, 1999, section 3.2. Too few values for 95 % give
    the smallest and the largest.
    """
    ranked = sorted(values)
    half = _Z * math.sqrt(len(ranked)) / 2
    low = math.floor(len(ranked) / 2 - half)
    return ranked[max(0, low)], ranked[min(len(ranked) - 1, len(ranked) - 1 - low)]
