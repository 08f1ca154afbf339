from quality_checks.metrics.black import blackness
from quality_checks.metrics.runs import NO_RUN, Run


def test_fades_at_the_ends_are_told_from_holes_within() -> None:
    found = blackness([1, 1, 0, 0, 1, 0, 1, 1, 0, 1], black_from=0.98)

    assert (found.lead_in, found.hole, found.tail) == (Run(0, 2), Run(6, 2), Run(9, 1))
    assert found.fraction == 0.6


def test_a_frame_is_black_from_the_given_share_on() -> None:
    assert blackness([0.97, 0.98, 0.97], black_from=0.98).hole == Run(1, 1)


def test_a_clip_that_is_black_throughout_is_all_lead_in() -> None:
    found = blackness([1, 1, 1], black_from=0.98)

    assert (found.lead_in, found.hole, found.tail, found.fraction) == (Run(0, 3), NO_RUN, NO_RUN, 1.0)


def test_no_frames_are_no_black_frames() -> None:
    assert blackness([], black_from=0.98).fraction == 0.0
