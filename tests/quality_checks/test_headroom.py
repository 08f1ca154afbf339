"""A clip's headroom, worked by hand against limits that make the sums easy."""

from pathlib import Path
from typing import cast

import pytest

from quality_checks.check import Exhibit
from quality_checks.frames import CHECKS
from quality_checks.headroom import LIMITED, headroom
from quality_checks.thresholds import THRESHOLDS, Thresholds
from tests.builders import a_check, a_spec
from tests.synthetic.frames import SyntheticFrames, a_clip, black, flickering
from vidgen_assets.clips.media_tools import MediaTools
from vidgen_assets.clips.verdicts import CheckId, Finding, Outcome
from vidgen_assets.frames.record import record_frames

LIMITS = Thresholds(longest_black_share=0.5, longest_black_hole_s=0.5, most_reversals_per_s=4, longest_standstill_s=2.0)
NO_TOOLS = cast(MediaTools, None)  # these checks read a recording and run no tool


def measured(check: str, **measurements: float) -> tuple[CheckId, Finding]:
    return a_check("frames", check), Finding(Outcome.PASS, "", measurements)


def test_half_of_the_way_to_the_limit_is_half_the_room() -> None:
    assert headroom([measured("frames_are_not_black", black_fraction=0.25)], LIMITS) == 0.5


def test_the_tightest_measurement_decides() -> None:
    findings = [
        measured("frames_are_not_black", black_fraction=0.1, black_hole_s=0.4),
        measured("frames_do_not_flicker", brightness_reversals_per_s=3.0),
        measured("frames_are_not_frozen", longest_standstill_s=0.2),
    ]
    assert headroom(findings, LIMITS) == pytest.approx(1 - 0.4 / 0.5)


def test_spotless_is_one_at_the_limit_is_none_and_beyond_is_negative() -> None:
    for reversals, room in ((0.0, 1.0), (4.0, 0.0), (12.0, -2.0)):
        assert headroom([measured("frames_do_not_flicker", brightness_reversals_per_s=reversals)], LIMITS) == room


def test_without_a_measurement_there_is_no_quality() -> None:
    assert headroom([]) is None
    assert headroom([measured("frames_have_the_promised_count_and_size", frame_count=30.0)]) is None


def test_another_stage_measures_something_else() -> None:
    elsewhere = a_check("encodes", "frames_are_not_black")
    assert headroom([(elsewhere, Finding(Outcome.FAIL, "", {"black_fraction": 1.0}))]) is None


@pytest.mark.parametrize(
    ("frames", "room"),
    [
        (a_clip(), 1.0),
        (black(a_clip(), 0, 5), 1 - 0.5 / 1.0),  # 5 of 60 frames at 10 a second: half of a fade's second
        (black(a_clip(), 0, 60), 1 - 6.0 / 1.0),  # all lead-in
        (flickering(a_clip(), 0, 60, step_luma=40), 1 - 10 / 6),  # each of a second's 10 steps turns round
    ],
)
def test_real_frames_have_the_room_that_was_worked_out(frames: SyntheticFrames, room: float, tmp_path: Path) -> None:
    path = tmp_path / "recording"
    path.write_bytes(record_frames(frames, recipe={}).to_bytes())
    shape = frames.shape
    spec = a_spec(fps=shape.fps, frame_count=shape.frame_count, width=shape.width, height=shape.height)
    findings = [(check.id, check.examine(Exhibit(spec, path, NO_TOOLS, THRESHOLDS))) for check in CHECKS]
    measurements = {(check.name, name) for check, finding in findings for name in finding.measurements}
    assert {(each.check, each.measurement) for each in LIMITED} <= measurements
    assert headroom(findings) == pytest.approx(room)
