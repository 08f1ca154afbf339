import pytest

from quality_checks.metrics.frozen import longest_standstill
from quality_checks.metrics.runs import NO_RUN, Run


def standstill(change_peaks: list[float], cell: list[float]) -> Run:
    """Of frames of a single cell, with a jump of 4 and a drift of 0.2."""
    return longest_standstill(change_peaks, [[luma] for luma in cell], jump_luma=4, drift_luma=0.2)


def test_frames_count_from_the_one_that_stays_on() -> None:
    assert standstill([0, 50, 0, 0, 50], [100] * 5) == Run(1, 3)


def test_a_jump_in_one_block_is_motion_though_the_mean_stays() -> None:
    assert standstill([0, 4.1, 4.1, 4.1], [100] * 4) == Run(0, 1)


def test_a_jump_of_just_the_limit_is_noise() -> None:
    assert standstill([0, 4, 4, 4], [100] * 4) == Run(0, 4)


def test_a_drift_ends_the_run_where_it_has_left_the_first_frame() -> None:
    drifting = [100 + 0.0625 * index for index in range(12)]  # over 0.2 after four steps of 1/16

    assert standstill([0] * 12, drifting) == Run(0, 4)


def test_a_cell_that_wavers_about_its_place_stays() -> None:
    assert standstill([0] * 6, [100, 100.1, 99.9, 100.1, 99.9, 100]) == Run(0, 6)


@pytest.mark.parametrize(("frame_count", "run"), [(0, NO_RUN), (1, Run(0, 1))])
def test_nothing_and_a_single_frame_are_no_standstill(frame_count: int, run: Run) -> None:
    assert standstill([0] * frame_count, [100] * frame_count) == run
