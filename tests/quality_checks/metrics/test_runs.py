from fractions import Fraction

from quality_checks.metrics.runs import NO_RUN, Run, longest, runs


def test_runs_are_maximal_and_in_order() -> None:
    flags = [True, True, False, True, False, False, True]

    assert list(runs(flags)) == [Run(0, 2), Run(3, 1), Run(6, 1)]


def test_the_first_of_equally_long_runs_is_the_longest() -> None:
    assert longest([Run(0, 1), Run(4, 3), Run(9, 3)]) == Run(4, 3)
    assert longest([]) == NO_RUN


def test_a_run_lasts_as_long_as_its_frames_are_shown() -> None:
    assert Run(5, 30).duration_s(Fraction(30_000, 1001)) == 1.001
