"""Scorecards for tests: complete ones, and the ways in which one can lack something."""

from typing import Any

from quality_checks.catalogue import REQUIRED
from quality_checks.thresholds import THRESHOLDS
from tests.builders import a_digest, a_verdict
from vidgen_assets.clips.digest import Digest
from vidgen_assets.clips.verdicts import Finding, Outcome, Verdict
from vidgen_assets.qa_scores.scorecard import scorecard

DIGESTS: dict[str, Digest] = {stage: a_digest(stage) for stage in REQUIRED}
REQUIRED_COUNT = sum(len(checks) for checks in REQUIRED.values())


def all_verdicts(**changes: Any) -> list[Verdict]:
    """A pass of every required check on `DIGESTS`."""
    passing = {"policy_version": THRESHOLDS.policy_version, "finding": Finding(Outcome.PASS, "fine")}
    return [
        a_verdict(digest=DIGESTS[stage], check=check.id, **{**passing, **changes})
        for stage, checks in REQUIRED.items()
        for check in checks
    ]


def a_card(verdicts: list[Verdict] | None = None, clip_id: str = "clip-1") -> dict[str, Any]:
    return scorecard(clip_id, DIGESTS, all_verdicts() if verdicts is None else verdicts)
