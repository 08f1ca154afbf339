import dataclasses
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import cast

import pytest

from quality_checks.check import Check, Exhibit
from quality_checks.frames import (
    CHECKS,
    frames_are_not_black,
    frames_are_not_frozen,
    frames_do_not_flicker,
    frames_have_the_promised_count_and_size,
    frames_show_what_was_asked,
)
from quality_checks.thresholds import THRESHOLDS
from tests.builders import a_spec
from tests.synthetic.frames import (
    SyntheticFrames,
    a_clip,
    black,
    brightened,
    drifting,
    faded_in,
    flickering,
    frozen,
    miscounted,
    noisy,
    resized,
)
from vidgen_assets.clips.errors import PermanentError
from vidgen_assets.clips.media_tools import MediaTools
from vidgen_assets.clips.spec import ClipSpec
from vidgen_assets.clips.verdicts import Finding, Outcome
from vidgen_assets.frames.record import record_frames

NO_TOOLS = cast(MediaTools, None)  # these checks read a recording and run no tool


def spec_of(frames: SyntheticFrames) -> ClipSpec:
    """The spec that `frames` promise to fulfil."""
    shape = frames.shape
    return a_spec(fps=shape.fps, frame_count=shape.frame_count, width=shape.width, height=shape.height)


Examined = Callable[[Callable[[Exhibit], Finding], SyntheticFrames], Finding]


@pytest.fixture
def examined(tmp_path: Path) -> Examined:
    """A check's finding on the recording of some frames."""

    def examine(check: Callable[[Exhibit], Finding], frames: SyntheticFrames) -> Finding:
        path = tmp_path / "recording.json"
        path.write_bytes(record_frames(frames, recipe={}).to_bytes())
        return check(Exhibit(spec_of(frames), path, NO_TOOLS, THRESHOLDS))

    return examine


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id.name)
@pytest.mark.parametrize(
    "frames",
    [
        a_clip(),
        a_clip(1),
        faded_in(a_clip(), 10),
        brightened(a_clip(), 30, by_luma=60),
        noisy(a_clip(), 1),
        drifting(slope_luma_per_px=0.2, speed_px_per_s=1),
        drifting(slope_luma_per_px=0.2, speed_px_per_s=5),
    ],
    ids=["moving", "single frame", "fade in", "cut", "grain", "drift of 1 px/s", "drift of 5 px/s"],
)
def test_a_sound_clip_passes_every_check(check: Check, frames: SyntheticFrames, examined: Examined) -> None:
    assert examined(check.examine, frames).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("frames", "reason"),
    [
        (black(a_clip(), 20, 6), "black for 0.60 s from frame 20 (2.00 s) of a clip of 6.00 s; a hole may last 0.5 s"),
        (black(a_clip(), 0, 11), "black for 1.10 s from frame 0"),
        (black(a_clip(), 49, 11), "black for 1.10 s from frame 49"),
        (black(a_clip(), 0, 60), "100% of the frames are black; at most 50% may be"),
        (black(a_clip(1), 0, 1), "100% of the frames are black"),
    ],
    ids=["hole", "lead-in", "tail", "throughout", "single frame"],
)
def test_black_frames_fail(frames: SyntheticFrames, reason: str, examined: Examined) -> None:
    finding = examined(frames_are_not_black, frames)

    assert finding.outcome is Outcome.FAIL
    assert finding.reason.startswith(reason)


@pytest.mark.parametrize(
    "frames",
    [black(a_clip(), 20, 5), black(a_clip(), 0, 10), black(a_clip(), 50, 10)],
    ids=["dip of half a second", "fade from black", "fade to black"],
)
def test_short_black_is_craft(frames: SyntheticFrames, examined: Examined) -> None:
    assert examined(frames_are_not_black, frames).outcome is Outcome.PASS


def test_black_is_measured_where_it_is(examined: Examined) -> None:
    finding = examined(frames_are_not_black, black(black(a_clip(), 0, 3), 30, 4))

    assert finding.measurements == {
        "black_lead_in_s": 0.3,
        "black_hole_s": 0.4,
        "black_tail_s": 0.0,
        "black_fraction": 7 / 60,
    }


@pytest.mark.parametrize(
    ("length", "outcome"), [(20, Outcome.PASS), (21, Outcome.REVIEW), (30, Outcome.REVIEW), (32, Outcome.FAIL)]
)
def test_a_standstill_is_reviewed_after_two_seconds_and_fails_beyond_half_of_the_clip(
    length: int, outcome: Outcome, examined: Examined
) -> None:
    finding = examined(frames_are_not_frozen, frozen(a_clip(), 15, length))

    assert finding.outcome is outcome
    assert finding.measurements["longest_standstill_s"] == length / 10


def test_a_standstill_is_named_by_its_place(examined: Examined) -> None:
    finding = examined(frames_are_not_frozen, frozen(a_clip(), 15, 25))

    assert finding.reason.startswith("one still picture for 2.50 s from frame 15 (1.50 s) of a clip of 6.00 s")


def test_grain_does_not_hide_a_standstill(examined: Examined) -> None:
    finding = examined(frames_are_not_frozen, noisy(frozen(a_clip(width=320, height=180), 15, 40), 1))

    assert finding.outcome is Outcome.FAIL
    assert finding.measurements["longest_standstill_s"] == 4.0


def test_two_equal_frames_are_a_still_picture_and_one_frame_is_not(examined: Examined) -> None:
    assert examined(frames_are_not_frozen, frozen(a_clip(2), 0, 2)).outcome is Outcome.FAIL
    assert examined(frames_are_not_frozen, a_clip(1)).measurements["longest_standstill_s"] == 0.0


def test_flicker_waits_for_a_person(examined: Examined) -> None:
    finding = examined(frames_do_not_flicker, flickering(a_clip(), 20, 10, step_luma=6))

    assert finding.outcome is Outcome.REVIEW
    assert finding.measurements == {"brightness_reversals_per_s": 9.0}


def test_three_flashes_in_a_second_are_allowed(examined: Examined) -> None:
    finding = examined(frames_do_not_flicker, flickering(a_clip(), 20, 6, step_luma=60))

    assert finding.outcome is Outcome.PASS
    assert finding.measurements == {"brightness_reversals_per_s": 5.0}


@pytest.mark.parametrize(
    ("frames", "reason"),
    [
        (miscounted(a_clip(), 59), "59 frames, 60 were promised"),
        (miscounted(a_clip(), 0), "0 frames, 60 were promised"),
        (miscounted(a_clip(), 61), "more than the promised 60 frames"),
        (resized(a_clip(), 10, 3, width=80, height=45), "3 frames are 80x45, not 160x90"),
        (
            miscounted(resized(a_clip(), 0, 60, width=90, height=160), 20),
            "20 frames, 60 were promised; 20 frames are 90x160, not 160x90",
        ),
    ],
    ids=["one short", "none", "one too many", "wrong size", "both"],
)
def test_a_broken_promise_fails_and_says_what_is_there(
    frames: SyntheticFrames, reason: str, examined: Examined
) -> None:
    finding = examined(frames_have_the_promised_count_and_size, frames)

    assert (finding.outcome, finding.reason) == (Outcome.FAIL, reason)


def test_another_rate_is_a_broken_promise(tmp_path: Path) -> None:
    frames, path = a_clip(), tmp_path / "recording.json"
    path.write_bytes(record_frames(frames, recipe={}).to_bytes())
    spec = spec_of(frames).model_copy(update={"fps": Fraction(25)})

    finding = frames_have_the_promised_count_and_size(Exhibit(spec, path, NO_TOOLS, THRESHOLDS))

    assert (finding.outcome, finding.reason) == (Outcome.FAIL, "10 frames a second, not 25")


def test_a_clip_without_frames_is_judged_and_fails(examined: Examined) -> None:
    assert {examined(check.examine, miscounted(a_clip(), 0)).outcome for check in CHECKS} == {
        Outcome.FAIL,
        Outcome.PASS,
    }


def test_thresholds_decide(tmp_path: Path) -> None:
    frames, path = frozen(a_clip(), 15, 10), tmp_path / "recording.json"
    path.write_bytes(record_frames(frames, recipe={}).to_bytes())
    stricter = dataclasses.replace(THRESHOLDS, longest_standstill_s=0.9)

    assert frames_are_not_frozen(Exhibit(spec_of(frames), path, NO_TOOLS, stricter)).outcome is Outcome.REVIEW


def test_a_recording_that_cannot_be_read_is_no_finding(tmp_path: Path) -> None:
    path = tmp_path / "recording.json"
    path.write_bytes(b"{}")

    with pytest.raises(PermanentError, match="recording can't be read"):
        frames_are_not_black(Exhibit(spec_of(a_clip()), path, NO_TOOLS, THRESHOLDS))


ASKED = {"palette": "ocean", "texture": "waves", "motion": "left", "speed": "slow"}
SEEN = {**ASKED, "mood": "calm"}


def shown(
    folder: Path, seen: dict[str, str] | None, meters: str | None = "backdrops", by: str = "backdrops"
) -> Finding:
    """The finding on a clip that was asked for `ASKED`, as its meters saw it; None if they never looked."""
    frames, path = a_clip(), folder / "recording.json"
    recording = record_frames(frames, recipe={"decode": {"meters": meters}})
    if seen is not None:
        adherence = {
            "meters": by, "version": 1, "coverage": 1.0, "asked": ASKED, "seen": seen, "px_per_frame": 0.5,
            "texture_share": 0.9, "palette_distance": 0.02,
        }  # fmt: skip
        recording = recording.model_copy(update={"adherence": adherence})
    path.write_bytes(recording.to_bytes())
    return frames_show_what_was_asked(Exhibit(spec_of(frames), path, NO_TOOLS, THRESHOLDS))


def test_a_clip_that_shows_what_was_asked_passes(tmp_path: Path) -> None:
    found = shown(tmp_path, SEEN)
    assert found.outcome is Outcome.PASS
    assert (found.measurements["adherence_asked"], found.measurements["adherence_met"]) == (4, 4)


@pytest.mark.parametrize(
    ("other", "outcome", "said"),
    [
        ({"palette": "gold"}, Outcome.FAIL, "palette ocean was asked for, gold is seen"),
        ({"texture": "stars"}, Outcome.FAIL, "texture waves was asked for, stars is seen"),
        ({"motion": "up"}, Outcome.FAIL, "motion left was asked for, up is seen"),
        ({"speed": "fast"}, Outcome.REVIEW, "speed slow was asked for, fast is seen"),
        ({"mood": "airy"}, Outcome.PASS, "palette ocean, speed slow"),  # no mood was asked for
        ({"speed": "fast", "motion": "up"}, Outcome.FAIL, "speed slow was asked for"),
    ],
)
def test_what_was_asked_and_is_not_seen_is_told(
    tmp_path: Path, other: dict[str, str], outcome: Outcome, said: str
) -> None:
    found = shown(tmp_path, {**SEEN, **other})
    assert found.outcome is outcome
    assert said in found.reason


@pytest.mark.parametrize("seen", [None, SEEN], ids=["never measured", "by other meters"])
def test_a_clip_whose_meters_did_not_look_fails(tmp_path: Path, seen: dict[str, str] | None) -> None:
    assert shown(tmp_path, seen, by="another").outcome is Outcome.FAIL


def test_a_clip_that_nothing_can_measure_passes_and_says_so(tmp_path: Path) -> None:
    found = shown(tmp_path, None, meters=None)
    assert (found.outcome, found.measurements) == (Outcome.PASS, {"adherence_coverage": 0.0})
