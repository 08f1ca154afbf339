"""The gate: the only way from one stage's clips to the next stage's work.

A clip passes if the exact digest about to be handed over carries a passing, genuine verdict of every required
check under the policy in force, in a published, fit attempt, and was made from what its upstream stages hold now.
It is asked when clips are read, so it holds however a run was launched. It fails closed: no verdict, no clip; and no
clip of a model release that is frozen, unless it is out already.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from resources.artifact_store import ArtifactStore
from resources.ledgers import Attempt, Ledgers
from resources.publications import Publications
from resources.suspension import Suspended, Suspension
from resources.verdict_book import Shelf, VerdictBook
from vidgen_assets.clips.artifact import Artifact
from vidgen_assets.clips.digest import Digest
from vidgen_assets.clips.errors import ArtifactCorrupt, ArtifactMissing, AuditPending, ErrorKind, GateClosed
from vidgen_assets.clips.ledger import LedgerRow, Problem, Status
from vidgen_assets.clips.spec import ClipSpec
from vidgen_assets.clips.verdicts import CheckId, Verdict
from vidgen_assets.releases.address import Address

SPEC_STAGE = "prompts"
"""The stage whose artifact is the clip's spec; every admission reads it."""
RELEASE_STAGE = "releases"
"""The stage whose artifact is the statement of a release; its digest is the release's address."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """What a clip must hold at one upstream stage."""

    stage: str
    checks: tuple[CheckId, ...]
    policy_version: str


@dataclass(frozen=True, slots=True)
class AdmittedClip:
    """A clip that may be worked on: its spec, its upstream artifacts by stage, and the verdicts that let it in."""

    clip_id: str
    trace_id: str
    spec: ClipSpec
    artifacts: Mapping[str, Artifact]
    verdicts: tuple[Verdict, ...]


@dataclass(frozen=True, slots=True)
class HeldClip:
    """A clip that may not, with the reason; `row` is the upstream row it was stopped at."""

    row: LedgerRow
    stage: str
    status: Status
    problem: Problem


@dataclass(frozen=True, slots=True)
class Passed:
    """What holds every verdict at every stage asked for: `row` is the first stage's, artifacts are by stage."""

    row: LedgerRow
    artifacts: Mapping[str, Artifact]
    verdicts: tuple[Verdict, ...]


@dataclass(frozen=True, slots=True)
class Through:
    passed: tuple[Passed, ...]
    held: tuple[HeldClip, ...]


@dataclass(frozen=True, slots=True)
class Admission:
    admitted: tuple[AdmittedClip, ...]
    held: tuple[HeldClip, ...]


@dataclass(frozen=True, slots=True)
class _Stall:
    """One upstream stage as the gate sees it: its published attempt and its verdicts."""

    requirement: Requirement
    attempt: Attempt
    rows: Mapping[str, LedgerRow]
    shelf: Shelf


class Gate:
    def __init__(
        self,
        artifacts: ArtifactStore,
        ledgers: Ledgers,
        verdicts: VerdictBook,
        publications: Publications,
        *,
        suspended: Suspended,
        is_delivered: Callable[[Address], bool],
    ) -> None:
        self._artifacts = artifacts
        self._ledgers = ledgers
        self._verdicts = verdicts
        self._publications = publications
        self._suspended = suspended
        self._is_delivered = is_delivered

    def admit(self, shard: str, requirements: Sequence[Requirement]) -> Admission:
        """Which clips may pass. Raises `GateClosed` or `AuditPending` when an upstream stage as a whole may not be
        read."""
        through = self.let_through(shard, requirements)
        suspension = Suspension.ask(self._suspended)
        admitted: list[AdmittedClip] = []
        held = list(through.held)
        for passed in through.passed:
            clip = self._with_its_spec(passed)
            if isinstance(clip, AdmittedClip) and (problem := suspension.objection(clip.spec)):
                clip = self._suspend(clip, shard, passed.row, problem)
            (held if isinstance(clip, HeldClip) else admitted).append(clip)  # pyright: ignore[reportArgumentType]
        return Admission(tuple(admitted), tuple(held))

    def let_through(self, shard: str, requirements: Sequence[Requirement]) -> Through:
        """As `admit`, by artifacts and verdicts alone: what the stages of arrivals ask, whose videos have no spec."""
        stalls = [self._open(shard, requirement) for requirement in requirements]
        newest = {stall.requirement.stage: stall.rows for stall in stalls}
        judged = [self._judge(clip_id, shard, stalls, newest) for clip_id in stalls[0].rows]
        return Through(
            tuple(j for j in judged if isinstance(j, Passed)), tuple(j for j in judged if isinstance(j, HeldClip))
        )

    def _open(self, shard: str, requirement: Requirement) -> _Stall:
        stage = requirement.stage
        attempt = self._ledgers.latest(stage, shard)
        if attempt is None:
            remedy = f"Materialise {stage} for this shard first."
            raise GateClosed(f"{stage} has never been made for this shard", field="shard", value=shard, remedy=remedy)
        publication = self._publications.of(attempt)
        if publication is None:
            raise AuditPending(
                f"attempt {attempt.number} of {stage} has no genuine publication: its audit is pending, was "
                "interrupted, or its ledger was altered",
                field="shard",
                value=shard,
                remedy=f"Wait for the run that makes it, or materialise {stage} again: finished work is kept.",
            )
        if not publication.is_fit:
            raise GateClosed(
                f"attempt {attempt.number} of {stage} is not fit: {publication.reason}",
                field="shard",
                value=shard,
                remedy=f"See the checks of {stage} for this shard, mend the cause and materialise it again.",
            )
        shelf = self._verdicts.open(stage, shard)
        return _Stall(requirement, attempt, {row.clip_id: row for row in attempt.rows}, shelf)

    def _judge(
        self, clip_id: str, shard: str, stalls: Sequence[_Stall], newest: dict[str, Mapping[str, LedgerRow]]
    ) -> Passed | HeldClip:
        artifacts: dict[str, Artifact] = {}
        verdicts: list[Verdict] = []
        for stall in stalls:
            row = stall.rows.get(clip_id) or _not_made_yet(stalls[0].rows[clip_id], stall.requirement.stage)
            stopped = _stopped_before(row) or self._stale(row, shard, newest) or _judged(row, stall, verdicts)
            if stopped:
                status, problem = stopped
                return HeldClip(row, stall.requirement.stage, status, problem)
            assert row.artifact is not None  # `_stopped_before` let only rows with an artifact through
            artifacts[stall.requirement.stage] = row.artifact
        return Passed(stalls[0].rows[clip_id], artifacts, tuple(verdicts))

    def _with_its_spec(self, passed: Passed) -> AdmittedClip | HeldClip:
        row, spec = passed.row, self._spec(passed.artifacts[SPEC_STAGE].digest)
        if isinstance(spec, Problem):
            return HeldClip(row, SPEC_STAGE, Status.FAILED, spec)
        return AdmittedClip(row.clip_id, row.trace_id, spec, passed.artifacts, passed.verdicts)

    def _stale(
        self, row: LedgerRow, shard: str, newest: dict[str, Mapping[str, LedgerRow]]
    ) -> tuple[Status, Problem] | None:
        """A row made from anything but what its upstream stages hold now is not used."""
        for stage, digest in row.inputs.items():
            if stage not in newest:
                attempt = self._ledgers.latest(stage, shard)
                newest[stage] = {r.clip_id: r for r in attempt.rows} if attempt else {}
            now = newest[stage].get(row.clip_id)
            if now is None or now.digest != digest:
                message = f"its {stage} changed after this was made"
                remedy = "Materialise the stages between for this shard again; unchanged work is reused."
                return Status.HELD, Problem(ErrorKind.POLICY, message, field=stage, remedy=remedy)
        return None

    def _suspend(self, clip: AdmittedClip, shard: str, row: LedgerRow, problem: Problem) -> AdmittedClip | HeldClip:
        """A clip of a frozen release is held; one that went out as it stands is not taken back by being looked at."""
        attempt = self._ledgers.latest(RELEASE_STAGE, shard)
        released = attempt.row(clip.clip_id) if attempt else None
        if released and released.digest and released.inputs.get(SPEC_STAGE) == clip.artifacts[SPEC_STAGE].digest:
            address = Address(clip.spec.catalog, clip.clip_id, released.digest)
            if self._is_delivered(address):
                return clip
        return HeldClip(row, SPEC_STAGE, Status.HELD, problem)

    def _spec(self, digest: Digest) -> ClipSpec | Problem:
        try:
            return ClipSpec.model_validate(json.loads(self._artifacts.read(digest)))
        except (ArtifactMissing, ArtifactCorrupt) as error:
            return Problem.of(error)


def _not_made_yet(row: LedgerRow, stage: str) -> LedgerRow:
    """The row of a clip that came after the stage's newest attempt."""
    remedy = f"Materialise {stage} for this shard again; unchanged work is reused."
    problem = Problem(ErrorKind.POLICY, f"{stage} has not been made for this clip yet", field=stage, remedy=remedy)
    return LedgerRow(row.clip_id, row.trace_id, Status.HELD, problem=problem)


def _stopped_before(row: LedgerRow) -> tuple[Status, Problem] | None:
    if row.artifact is not None and row.status.has_artifact:
        return None
    unknown = Problem(ErrorKind.PERMANENT, "the ledger has no artifact for this clip and gives no reason")
    return row.status, row.problem or unknown


def _judged(row: LedgerRow, stall: _Stall, verdicts: list[Verdict]) -> tuple[Status, Problem] | None:
    """Collects the verdicts on the row's digest; the first that's missing or doesn't pass stops the clip."""
    requirement = stall.requirement
    assert row.digest is not None
    for check in requirement.checks:
        verdict = stall.shelf.answer(row.digest, check, requirement.policy_version)
        if verdict is None:
            return Status.HELD, _no_verdict(check, requirement, stall.shelf)
        verdicts.append(verdict)
        if not verdict.passes:
            return Status.HELD, _did_not_pass(verdict)
    return None


def _no_verdict(check: CheckId, requirement: Requirement, shelf: Shelf) -> Problem:
    doubt = f" Distrusted: {'; '.join(shelf.distrusted[:3])}." if shelf.distrusted else ""
    return Problem(
        ErrorKind.POLICY,
        f"no genuine verdict of {check} under policy {requirement.policy_version}.{doubt}",
        field="verdict",
        remedy=f"Materialise {requirement.stage} again: the work is reused and what lacks a verdict is audited.",
    )


def _did_not_pass(verdict: Verdict) -> Problem:
    return Problem(
        ErrorKind.POLICY,
        f"{verdict.check.name}: {verdict.finding.reason}",
        field="verdict",
        value=verdict.finding.outcome.value,
        remedy="A changed row, or a raised recipe, is made and judged anew.",
    )
