"""The final verdict of a clip: does its scorecard hold a pass for every required check, on what it consists of?

The gate asked before every stage; this asks once more, of the card alone, so that a clip's record can be judged
without the factory that made it. `score_table.py` beside this looks at the shard's table as a whole.
"""

import json
from collections.abc import Mapping
from typing import Any

from quality_checks.catalogue import REQUIRED
from quality_checks.check import Check, Exhibit
from vidgen_assets.clips.verdicts import CheckId, Finding, Outcome


def missing_verdicts(card: Mapping[str, Any], policy_version: str) -> list[str]:
    """What a card lacks: one sentence part per check without a pass on the card's own artifact of that stage."""
    said: dict[tuple[Any, ...], set[str]] = {}
    for row in card["verdicts"]:
        if row["policy_version"] == policy_version:
            key = (row["stage"], row["check"], row["check_version"], row["digest"])
            said.setdefault(key, set()).add(row["outcome"])
    passes = {key for key, outcomes in said.items() if outcomes == {Outcome.PASS.value}}
    return [
        f"{check.id} on {card['artifacts'].get(stage, 'no artifact')}"
        for stage, checks in REQUIRED.items()
        for check in checks
        if (stage, check.id.name, check.id.version, card["artifacts"].get(stage)) not in passes
    ]


def _holds_every_required_verdict(exhibit: Exhibit) -> Finding:
    card = json.loads(exhibit.path.read_bytes())
    lacking = missing_verdicts(card, exhibit.thresholds.policy_version)
    required = sum(len(checks) for checks in REQUIRED.values())
    measured = {"required_verdicts": float(required), "missing_verdicts": float(len(lacking))}
    if card["clip_id"] != exhibit.spec.clip_id:
        return Finding(Outcome.FAIL, f"the card is that of {card['clip_id']}", measured)
    if lacking:
        return Finding(Outcome.FAIL, f"no passing verdict for {'; '.join(lacking[:3])}", measured)
    return Finding(Outcome.PASS, f"all {required} required verdicts pass", measured)


CHECKS: tuple[Check, ...] = (
    Check(
        CheckId("qa_scores", "clips_hold_every_required_verdict", 1),
        "Every clip's scorecard holds a passing verdict of every required check, on the artifacts it consists of.",
        _holds_every_required_verdict,
    ),
)
