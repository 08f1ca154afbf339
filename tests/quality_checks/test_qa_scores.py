"""A scorecard passes with a pass of every required check on the clip's own artifacts, and with nothing less."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from quality_checks.check import Exhibit
from quality_checks.qa_scores import CHECKS
from quality_checks.thresholds import THRESHOLDS
from resources.media_tools import LocalMediaTools
from tests.builders import a_digest, a_spec
from tests.quality_checks.cards import REQUIRED_COUNT, a_card, all_verdicts
from vidgen_assets.clips.digest import canonical_json
from vidgen_assets.clips.verdicts import Finding, Outcome


def examined(card: dict[str, Any], folder: Path) -> Finding:
    (folder / "card.json").write_bytes(canonical_json(card))
    (check,) = CHECKS
    return check.examine(Exhibit(a_spec(), folder / "card.json", LocalMediaTools(), THRESHOLDS))


def test_a_complete_card_passes(tmp_path: Path) -> None:
    found = examined(a_card(), tmp_path)
    assert found.outcome is Outcome.PASS
    assert found.measurements == {"required_verdicts": REQUIRED_COUNT, "missing_verdicts": 0}


@pytest.mark.parametrize("missing", range(REQUIRED_COUNT))
def test_a_card_without_any_one_of_them_fails_and_names_it(missing: int, tmp_path: Path) -> None:
    verdicts = all_verdicts()
    gone = verdicts.pop(missing)
    found = examined(a_card(verdicts), tmp_path)
    assert found.outcome is Outcome.FAIL
    assert found.reason == f"no passing verdict for {gone.check} on {gone.digest}"


@pytest.mark.parametrize(
    "changes",
    [
        {"finding": Finding(Outcome.REVIEW, "dim")},
        {"finding": Finding(Outcome.FAIL, "black")},
        {"policy_version": "an older policy"},
        {"digest": a_digest("other bytes")},
    ],
    ids=["in review", "failed", "by another policy", "on other bytes"],
)
def test_a_verdict_counts_only_as_a_pass_of_these_bytes_under_this_policy(
    changes: dict[str, Any], tmp_path: Path
) -> None:
    first, *others = all_verdicts()
    assert examined(a_card([replace(first, **changes), *others]), tmp_path).outcome is Outcome.FAIL


def test_a_pass_of_an_older_version_of_the_check_does_not_count(tmp_path: Path) -> None:
    first, *others = all_verdicts()
    older = replace(first, check=replace(first.check, version=first.check.version - 1))
    assert examined(a_card([older, *others]), tmp_path).outcome is Outcome.FAIL


def test_a_refusal_beside_a_pass_is_a_refusal(tmp_path: Path) -> None:
    first, *others = all_verdicts()
    refusal = replace(first, finding=Finding(Outcome.FAIL, "black"))
    assert examined(a_card([first, refusal, *others]), tmp_path).outcome is Outcome.FAIL


def test_an_artifact_that_is_not_there_has_no_verdict(tmp_path: Path) -> None:
    card = a_card()
    del card["artifacts"]["encodes"]
    found = examined(card, tmp_path)
    assert found.outcome is Outcome.FAIL
    assert "on no artifact" in found.reason


def test_the_card_of_another_clip_fails(tmp_path: Path) -> None:
    found = examined(a_card(clip_id="clip-2"), tmp_path)
    assert found.outcome is Outcome.FAIL
    assert found.reason == "the card is that of clip-2"
