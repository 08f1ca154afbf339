"""Intervals against published numbers."""

import pytest

from vidgen_assets.training.intervals import of_median, wilson


@pytest.mark.parametrize(
    ("hits", "count", "low", "high"),
    # R. G. Newcombe, "Two-sided confidence intervals for the single proportion", 1998, table I, method 3.
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilsons_interval_is_the_published_one(hits: int, count: int, low: float, high: float) -> None:
    assert wilson(hits, count) == pytest.approx((low, high), abs=6e-5)


def test_a_share_of_all_reaches_one() -> None:
    low, high = wilson(192, 192)
    assert high == 1
    assert low == pytest.approx(192 / (192 + 3.8415), abs=1e-4)


def test_a_medians_interval_is_between_two_ranks() -> None:
    assert of_median(range(1, 101)) == (41, 60)  # 50 ± 1.96 · 5
    assert of_median([3.0]) == (3.0, 3.0)
    assert of_median([5.0, 1.0, 2.0]) == (1.0, 5.0)
