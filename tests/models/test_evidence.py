"""The mathematics under the canaries, against numbers worked by hand and against chance."""

import itertools
import math
import random

import pytest

from vidgen_assets.models.evidence import SequentialRanks, rank_log_factor, refusal_log_evidence, upper_rate


def test_without_clips_nothing_bounds_a_rate() -> None:
    assert upper_rate(0, 0, 0.01) == 1.0
    assert upper_rate(5, 5, 0.01) == 1.0


def test_the_bound_of_one_accepted_clip_by_hand() -> None:
    """The Jeffreys mixture gives an accepted clip 1/2, so rates with 1 - rate > 1/2 · 0.1 are held."""
    assert upper_rate(0, 1, 0.1) == pytest.approx(0.95)


def test_the_bound_of_one_in_two_by_hand() -> None:
    """The mixture gives one refused and one accepted 1/8; rate · (1 - rate) = 1/80 at 0.9873."""
    assert upper_rate(1, 2, 0.1) == pytest.approx((1 + math.sqrt(1 - 4 / 80)) / 2)


def test_the_bound_falls_with_clips_and_rises_with_refusals_and_certainty() -> None:
    assert upper_rate(0, 200, 0.01) < upper_rate(0, 100, 0.01)
    assert upper_rate(0, 100, 0.01) < upper_rate(1, 100, 0.01)
    assert upper_rate(0, 100, 0.01) < upper_rate(0, 100, 0.001)


@pytest.mark.parametrize("rate", [0.02, 0.2, 0.5])
def test_the_bound_is_above_the_true_rate_at_every_clip(rate: float) -> None:
    dice = random.Random(7)
    assert sum(_is_ever_below(rate, dice) for _ in range(1_000)) <= 0.05 * 1_000


def _is_ever_below(rate: float, dice: random.Random) -> bool:
    refused = 0
    for clips in range(1, 201):
        refused += dice.random() < rate
        if upper_rate(refused, clips, 0.05) < rate:
            return True
    return False


def test_a_refusal_is_worth_the_ratio_of_the_rates() -> None:
    """0.1 raised by 0.2 is 0.3: a refusal is worth 3, an acceptance 7/9."""
    assert refusal_log_evidence(2, 3, rate=0.1, margin=0.2) == pytest.approx(math.log(3 * 3 * 7 / 9))


def test_a_raised_rate_stays_below_one() -> None:
    """0.9 can be raised half of the way to 1: a refusal is worth 0.95 / 0.9, an acceptance 1/2."""
    assert refusal_log_evidence(1, 2, rate=0.9, margin=0.2) == pytest.approx(math.log(0.95 / 0.9 / 2))
    assert refusal_log_evidence(9, 9, rate=1.0, margin=0.2) == 0


def test_a_higher_bound_is_always_less_evidence() -> None:
    """Or a bound could not stand for the rate itself."""
    rates = [0.02 + 0.01 * n for n in range(98)]
    for refused in range(11):
        found = [refusal_log_evidence(refused, 10, rate=rate, margin=0.2) for rate in rates]
        assert all(later <= earlier + 1e-12 for earlier, later in itertools.pairwise(found))


def test_ranks_by_hand() -> None:
    ranks = SequentialRanks()
    assert ranks.enter("a", 0.5) == 1 / 2
    assert ranks.enter("worst", 0.1) == (1 + 0.5) / 2
    assert ranks.enter("best", 0.9) == 0.5 / 3
    assert ranks.enter("third", 0.3) == (2 + 0.5) / 4


def test_equals_fall_on_either_side_and_the_same_each_time() -> None:
    def found() -> list[float]:
        ranks = SequentialRanks()
        return [ranks.enter(f"clip-{n}", 1.0) for n in range(200)]

    assert found() == found()
    assert sum(found()) / 200 == pytest.approx(0.5, abs=0.05)
    assert len({round(rank, 1) for rank in found()}) == 11


def test_a_rank_in_the_middle_says_nothing_and_the_bet_is_fair() -> None:
    assert rank_log_factor(0.5, 0.9) == 0
    every_rank_among_ten = [(place + 0.5) / 10 for place in range(10)]
    assert sum(math.exp(rank_log_factor(rank, 0.9)) for rank in every_rank_among_ten) == pytest.approx(10)
