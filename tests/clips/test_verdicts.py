"""Verdicts: the gravest wins, nothing is no pass, and every field is signed."""

from dataclasses import fields, replace

import pytest

from tests.builders import a_check, a_digest, a_verdict
from vidgen_assets.clips.digest import canonical_json
from vidgen_assets.clips.verdicts import Finding, Outcome, Verdict, worst


def test_the_gravest_outcome_wins() -> None:
    assert worst([Outcome.PASS, Outcome.FAIL, Outcome.REVIEW]) is Outcome.FAIL
    assert worst([Outcome.PASS, Outcome.REVIEW]) is Outcome.REVIEW
    assert worst([Outcome.PASS]) is Outcome.PASS


def test_no_outcome_is_a_failure() -> None:
    assert worst([]) is Outcome.FAIL


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_a_measurement_that_cannot_be_signed_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="share"):
        Finding(Outcome.PASS, "fine", {"share": value, "ok": 1.0})


@pytest.mark.parametrize("outcome", Outcome)
def test_only_a_pass_passes(outcome: Outcome) -> None:
    assert a_verdict(finding=Finding(outcome, "as it is")).passes is (outcome is Outcome.PASS)


def test_every_field_is_in_the_statement() -> None:
    verdict = a_verdict()
    changes = {
        "digest": a_digest("other"),
        "check": a_check(version=2),
        "policy_version": "p2",
        "finding": Finding(Outcome.REVIEW, "it is fine", {"share": 1.0}),
        "clip_id": "clip-2",
        "recorded_at": "2027",
    }
    assert changes.keys() == {field.name for field in fields(Verdict)}
    for name, value in changes.items():
        changed = replace(verdict, **{name: value})
        assert canonical_json(changed.statement()) != canonical_json(verdict.statement()), name


def test_a_check_reads_as_people_say_it() -> None:
    assert str(a_check()) == "frames.frames_are_fine v1"
