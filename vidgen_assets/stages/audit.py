"""Judging what a stage made: every required check on every artifact, then whether the shard as a whole is fit.

A verdict that was reached before (same digest, check and policy) is not reached again. A check that can't look
leaves no verdict, and a clip without a verdict makes the shard unfit: the audit fails closed. Uploads are strangers
to one another: of theirs only the one without a verdict is stopped, by the gate, as long as its check saw any other.
"""

import logging
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from quality_checks.check import Check, Exhibit, Specimen
from quality_checks.thresholds import THRESHOLDS
from resources.verdict_book import Shelf
from resources.workshop import Workshop
from vidgen_assets.clips.artifact import Artifact, Form
from vidgen_assets.clips.errors import PermanentError
from vidgen_assets.clips.ledger import LedgerRow, Status
from vidgen_assets.clips.spec import ClipSpec
from vidgen_assets.clips.verdicts import Finding, Outcome, Verdict
from vidgen_assets.stages.stage import ShardCheck, Stage, Task
from vidgen_assets.stages.work import Worked

logger = logging.getLogger(__name__)

_FEWEST_FOR_A_SHARE = 4
"""Below this many clips a share says nothing about the shard: one bad clip in two is that clip's failure."""


@dataclass(frozen=True, slots=True)
class ClaimResult:
    """One check over the whole shard."""

    name: str
    passed: bool
    reason: str
    failing: tuple[Verdict, ...] = ()
    missing: tuple[str, ...] = ()
    examined: int = 0


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the audit says of the shard; `claims` has a result for every check of the stage."""

    is_fit: bool
    reason: str
    claims: tuple[ClaimResult, ...]
    verdicts: tuple[Verdict, ...]


def audit_clip(
    stage: Stage, shard: str, worked: Worked, shelf: Shelf, shop: Workshop, *, again: bool = False
) -> tuple[Verdict, ...]:
    """The verdicts on one clip's artifact: those already in the book, and new ones for what it lacks.

    With `again`, every check looks again, whatever the book says.
    """
    row = worked.row
    if row.artifact is None:
        return ()
    policy = THRESHOLDS.policy_version
    known = [] if again else [shelf.answer(row.artifact.digest, check.id, policy) for check in stage.checks]
    kept = tuple(v for v in known if v)
    missing = [check for check in stage.checks if check.id not in {v.check for v in kept}]
    if not missing:
        return kept
    new = _examine(stage, worked.task, row.artifact, missing, shop)
    shop.verdicts.record(stage.name, shard, new)
    return (*kept, *new)


def _examine(
    stage: Stage, task: Task, artifact: Artifact, checks: Sequence[Check], shop: Workshop
) -> tuple[Verdict, ...]:
    with tempfile.TemporaryDirectory(prefix=f"audit-{stage.name}-", dir=shop.scratch) as scratch:
        exhibit = _lay_out(stage, task, artifact, Path(scratch), shop)
        found = [(check, _look(check, exhibit, task.clip_id)) for check in checks] if exhibit else []
    return tuple(
        Verdict(artifact.digest, check.id, THRESHOLDS.policy_version, finding, task.clip_id, shop.now())
        for check, finding in found
        if finding is not None
    )


def _lay_out(stage: Stage, task: Task, artifact: Artifact, scratch: Path, shop: Workshop) -> Exhibit | Specimen | None:
    """What can't be laid out (altered bytes, a spec that is none) is seen by no check. Raises retriable trouble."""
    try:
        path = shop.artifacts.check_out(artifact, scratch / stage.name)
        files = {name: a for name, a in task.artifacts.items() if a.form is Form.FILE}
        upstream = {name: shop.artifacts.check_out(a, scratch / name) for name, a in files.items()}
        if not stage.has_specs:
            (empty := scratch / "empty").mkdir()
            return Specimen(path=path, tools=shop.media, guard=shop.guard, scratch=empty, upstream=upstream)
        spec = task.known_spec or ClipSpec.model_validate_json(path.read_bytes())
    except (PermanentError, ValueError):
        logger.exception("%s of %s could not be laid out for its checks", stage.name, task.clip_id)
        return None
    return Exhibit(spec=spec, path=path, tools=shop.media, thresholds=THRESHOLDS, upstream=upstream)


def _look(check: Check, exhibit: Exhibit | Specimen, clip_id: str) -> Finding | None:
    """A check that breaks has seen nothing, so it says nothing: no verdict, no clip."""
    try:
        return check.examine(exhibit)
    except Exception:
        logger.exception("%s could not examine %s", check.id, clip_id)
        return None


def judge(
    stage: Stage, shard: str, rows: Sequence[LedgerRow], verdicts: Sequence[Verdict], shop: Workshop
) -> Judgement:
    """Whether the shard is fit, claim by claim and as a whole."""
    claims = [_claim(stage, check, rows, verdicts) for check in stage.checks]
    claims += [_shard_claim(check, shard, rows, shop) for check in stage.shard_checks]
    claims.append(_acceptance(stage, rows, verdicts))
    unfit = [f"{claim.name}: {claim.reason}" for claim in claims if not claim.passed]
    return Judgement(not unfit, "; ".join(unfit) or claims[-1].reason, tuple(claims), tuple(verdicts))


def _claim(stage: Stage, check: Check, rows: Sequence[LedgerRow], verdicts: Sequence[Verdict]) -> ClaimResult:
    own = [v for v in verdicts if v.check == check.id]
    judged = {v.digest for v in own}
    missing = tuple(r.clip_id for r in rows if r.digest and r.digest not in judged)
    failing = tuple(v for v in own if not v.passes)
    few = _too_few_pass(stage, len(own) - len(failing), len(own))
    reason = f"{len(own) - len(failing)} of {len(own)} clips pass"
    if failing:
        reason += f"; held: {_names([v.clip_id for v in failing])}"
    if missing:
        reason += f"; no verdict for {_names(missing)}"
    is_blind = bool(missing) and (stage.has_specs or not own)
    return ClaimResult(check.id.name, not is_blind and not few, reason, failing, missing, len(own))


def _shard_claim(check: ShardCheck, shard: str, rows: Sequence[LedgerRow], shop: Workshop) -> ClaimResult:
    finding = check.examine(shard, tuple(rows), shop)
    return ClaimResult(check.name, finding.outcome is Outcome.PASS, finding.reason, examined=len(rows))


def _acceptance(stage: Stage, rows: Sequence[LedgerRow], verdicts: Sequence[Verdict]) -> ClaimResult:
    """Of the clips that were worked on, how many came out whole and pass every check."""
    stopped = {v.digest for v in verdicts if not v.passes}
    worked = [r for r in rows if r.artifact or (r.status is Status.FAILED and (r.work_key or r.tries))]
    good = [r for r in worked if r.digest and r.digest not in stopped]
    reason = f"{len(good)} of {len(worked)} clips accepted"
    return ClaimResult(SHARD_IS_FIT, not _too_few_pass(stage, len(good), len(worked)), reason, examined=len(worked))


SHARD_IS_FIT = "shard_is_fit"
"""The claim every stage makes besides its own: enough of the shard came out well."""


def _too_few_pass(stage: Stage, passing: int, examined: int) -> bool:
    return examined >= _FEWEST_FOR_A_SHARE and passing < stage.acceptance_floor * examined


def _names(clip_ids: Sequence[str], most: int = 5) -> str:
    shown = ", ".join(clip_ids[:most])
    return shown if len(clip_ids) <= most else f"{shown} and {len(clip_ids) - most} more"
