"""Records of generated clips as the stages leave them, written directly, for tests of what is read from them."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from quality_checks.catalogue import REQUIRED
from quality_checks.thresholds import THRESHOLDS
from resources.ledgers import Attempt
from resources.workshop import Workshop
from tests.builders import a_digest, a_row, a_spec
from vidgen_assets.clips.artifact import Artifact
from vidgen_assets.clips.digest import canonical_json
from vidgen_assets.clips.ledger import LedgerRow, Problem, Status
from vidgen_assets.clips.spec import Route
from vidgen_assets.clips.verdicts import Finding, Outcome, Verdict
from vidgen_assets.reports.model_outcomes import JUDGED

SPOTLESS = {"frames_do_not_flicker": {"brightness_reversals_per_s": 0.0}}


@dataclass
class JudgedBooks:
    """The records of one shard of `catalog`. A day of November stands for each moment."""

    shop: Workshop
    catalog: str = "shop"
    rows: dict[str, dict[str, LedgerRow]] = field(default_factory=dict)
    day: int = 1

    @property
    def shard(self) -> str:
        return f"{self.catalog}.g1.0000"

    def routed(self, **release_of: str) -> None:
        """Specs of clips, each routed to its release."""
        self.attempt("prompts", [self._spec_row(clip_id, release) for clip_id, release in release_of.items()])

    def walked(self, *stages: str, **refused_at: str) -> None:
        """Every clip through each stage; `lamp="frames"` refuses the lamp there, and it goes no further."""
        for stage in stages or JUDGED:
            self.made(stage, refused=[c for c, at in refused_at.items() if at == stage])

    def made(self, stage: str, *, refused: Iterable[str] = (), fit: bool | None = True, edition: str = "1") -> None:
        rows = [self.a_made_row(stage, clip_id, edition) for clip_id in self._arriving(stage)]
        for row in rows:
            self.judged(stage, row, Outcome.FAIL if row.clip_id in refused else Outcome.PASS)
        self.attempt(stage, rows, fit=fit)
        for clip_id in refused:
            self.rows[stage].pop(clip_id)

    def judged(self, stage: str, row: LedgerRow, last: Outcome, **measured: dict[str, float]) -> None:
        """A verdict of each required check on the row; the last check's is `last`."""
        assert row.digest is not None
        checks = REQUIRED[stage]
        verdicts = [
            Verdict(
                digest=row.digest,
                check=check.id,
                policy_version=THRESHOLDS.policy_version,
                finding=Finding(
                    last if check is checks[-1] else Outcome.PASS, "", {**SPOTLESS, **measured}.get(check.id.name, {})
                ),
                clip_id=row.clip_id,
                recorded_at=self.now(),
            )
            for check in checks
        ]
        self.shop.verdicts.record(stage, self.shard, verdicts)

    def stopped(self, stage: str, clip_id: str, problem: Problem, **changes: object) -> None:
        """The clip alone at a stage, without an artifact."""
        status = Status.HELD if problem.kind.holds_the_clip else Status.FAILED
        values = {"status": status, "artifact": None, "problem": problem, "tries": 1, **changes}
        self.attempt(stage, [a_row(clip_id, inputs=self._inputs(clip_id), **values)])

    def attempt(self, stage: str, rows: list[LedgerRow], *, fit: bool | None = True) -> Attempt:
        """`fit=None` leaves the attempt unpublished."""
        self.rows[stage] = {row.clip_id: row for row in rows}
        attempt = self.shop.ledgers.append(stage, self.shard, rows, run_id="run", recorded_at=self.now())
        if fit is not None:
            self.shop.publications.publish(
                attempt, is_fit=fit, reason="because", policy_version="p", recorded_at=self.now()
            )
        return attempt

    def now(self) -> str:
        return f"2026-11-{self.day:02}T12:00:00.000+00:00"

    def _arriving(self, stage: str) -> list[str]:
        before = ("prompts", *JUDGED)[JUDGED.index(stage)]
        return list(self.rows.get(before, {}))

    def a_made_row(self, stage: str, clip_id: str, edition: str) -> LedgerRow:
        digest = a_digest(f"{self.catalog} {stage} {clip_id} {edition}")
        return a_row(clip_id, artifact=Artifact(digest, 10), inputs=self._inputs(clip_id), work_key=a_digest("key"))

    def _inputs(self, clip_id: str) -> dict[str, object]:
        return {"prompts": self.rows["prompts"][clip_id].digest}

    def _spec_row(self, clip_id: str, release: str) -> LedgerRow:
        route = Route(backend="diffusion", release=release, reason="a test")
        spec = a_spec(clip_id, catalog=self.catalog, template=None, prompt="amber light", route=route)
        return a_row(clip_id, artifact=self.shop.artifacts.put_bytes(canonical_json(spec.to_json())))
