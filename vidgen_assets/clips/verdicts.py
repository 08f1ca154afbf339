"""Verdicts: what one check said of one artifact.

A verdict binds a digest, a check with its version, and the version of the policy (the thresholds) it was judged
by. `quality_checks/` reaches them, `resources/verdict_book.py` signs and keeps them, `resources/gate.py` asks.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from vidgen_assets.clips.digest import Digest


class Outcome(StrEnum):
    """`review` and `fail` both stop a clip; a person may overrule `review`."""

    PASS = "pass"
    REVIEW = "review"
    FAIL = "fail"

    @property
    def severity(self) -> int:
        return {Outcome.PASS: 0, Outcome.REVIEW: 1, Outcome.FAIL: 2}[self]


def worst(outcomes: Iterable[Outcome]) -> Outcome:
    """The gravest of `outcomes`; no outcome at all is a failure."""
    return max(outcomes, key=lambda o: o.severity, default=Outcome.FAIL)


@dataclass(frozen=True, slots=True)
class CheckId:
    """A check and the version of its logic, raised by hand when the same artifact could be judged otherwise."""

    stage: str
    name: str
    version: int

    def __str__(self) -> str:
        return f"{self.stage}.{self.name} v{self.version}"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found in one artifact, before it is signed. Measurements carry their unit in the name."""

    outcome: Outcome
    reason: str
    measurements: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        odd = [name for name, value in self.measurements.items() if not math.isfinite(value)]
        if odd:
            raise ValueError(f"measurements must be finite numbers to be signed: {', '.join(odd)}")


@dataclass(frozen=True, slots=True)
class Verdict:
    """A finding bound to what was judged, by which rule, under which policy."""

    digest: Digest
    check: CheckId
    policy_version: str
    finding: Finding
    clip_id: str
    recorded_at: str  # ISO 8601, UTC

    def statement(self) -> dict[str, object]:
        """What is signed: every field, in a form that canonicalises to one byte string."""
        return {
            "digest": str(self.digest),
            "stage": self.check.stage,
            "check": self.check.name,
            "check_version": self.check.version,
            "policy_version": self.policy_version,
            "outcome": self.finding.outcome.value,
            "reason": self.finding.reason,
            "measurements": self.finding.measurements,
            "clip_id": self.clip_id,
            "recorded_at": self.recorded_at,
        }

    @property
    def passes(self) -> bool:
        return self.finding.outcome is Outcome.PASS
