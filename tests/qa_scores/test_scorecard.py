"""A scorecard says what a clip consists of and what was said of it, the same way each time."""

from typing import Any

from tests.builders import a_check, a_digest, a_verdict
from vidgen_assets.clips.verdicts import Finding, Outcome
from vidgen_assets.qa_scores.scorecard import card_row, scorecard

DIGESTS = {"frames": a_digest("frames"), "encodes": a_digest("encodes")}


def verdicts(*outcomes: Outcome) -> list[Any]:
    return [
        a_verdict(check=a_check("frames", f"claim_{n}"), finding=Finding(outcome, "why", {"share": 0.5}))
        for n, outcome in enumerate(outcomes)
    ]


def test_a_card_lists_artifacts_and_verdicts() -> None:
    card = scorecard("clip-1", DIGESTS, verdicts(Outcome.PASS))
    assert card["clip_id"] == "clip-1"
    assert card["artifacts"] == {"encodes": a_digest("encodes"), "frames": a_digest("frames")}
    assert card["verdicts"] == [
        {
            "digest": a_digest(),
            "stage": "frames",
            "check": "claim_0",
            "check_version": 1,
            "policy_version": "p1",
            "outcome": "pass",
            "reason": "why",
            "measurements": {"share": 0.5},
        }
    ]


def test_the_gravest_outcome_is_final() -> None:
    assert scorecard("c", {}, verdicts(Outcome.PASS, Outcome.PASS))["final"] == "pass"
    assert scorecard("c", {}, verdicts(Outcome.PASS, Outcome.REVIEW))["final"] == "review"
    assert scorecard("c", {}, verdicts(Outcome.FAIL, Outcome.REVIEW))["final"] == "fail"


def test_a_card_without_verdicts_fails() -> None:
    assert scorecard("c", {}, [])["final"] == "fail"


def test_when_and_for_which_twin_it_was_judged_is_no_difference() -> None:
    one = a_verdict(recorded_at="2026-11-22T12:00:00.000+00:00", clip_id="clip-1")
    other = a_verdict(recorded_at="2027-01-01T00:00:00.000+00:00", clip_id="clip-2")
    assert card_row(one) == card_row(other)


def test_the_order_of_verdicts_is_no_difference() -> None:
    found = verdicts(Outcome.PASS, Outcome.REVIEW, Outcome.FAIL)
    assert scorecard("c", DIGESTS, found) == scorecard("c", DIGESTS, found[::-1])
