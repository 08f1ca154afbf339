from fractions import Fraction

import pytest

from quality_checks.metrics.flicker import most_reversals_per_s


def reversals(luma_means: list[float], fps: int = 10) -> int:
    return most_reversals_per_s(luma_means, Fraction(fps), step_luma=2)


def test_every_turn_counts() -> None:
    assert reversals([100, 103, 100, 103, 100]) == 3


def test_a_single_flash_is_one_reversal() -> None:
    assert reversals([100, 100, 180, 100, 100]) == 1


@pytest.mark.parametrize(
    "luma_means",
    [
        [100.0] * 20,
        [5.0 * index for index in range(20)],
        [40.0] * 10 + [200.0] * 10,
        [100 + 0.1 * index for index in range(20)],
        [100, 110, 120, 110, 100, 110, 120, 110, 100, 110][:5] + [100.0] * 5,
    ],
    ids=["still", "fade", "cut", "slow drift", "one wave"],
)
def test_craft_is_not_flicker(luma_means: list[float]) -> None:
    assert reversals(luma_means) <= 1


def test_swings_smaller_than_the_step_do_not_count() -> None:
    assert reversals([100, 101.9, 100, 101.9, 100]) == 0


def test_only_the_worst_second_counts() -> None:
    calm, burst = [100.0] * 30, [100, 110, 100, 110, 100.0]

    assert reversals([*burst, *calm, *burst, *calm]) == 3


@pytest.mark.parametrize("luma_means", [[], [100.0], [100.0, 200.0]])
def test_too_few_frames_cannot_turn(luma_means: list[float]) -> None:
    assert reversals(luma_means) == 0
