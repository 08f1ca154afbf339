"""A small factory for tests of the line and the gate: real stores, records, gate and Dagster assets, toy work.

Three stages named like real ones (`prompts` → `frames` → `encodes`) make short byte strings. A test decides which
clips a check refuses and which work fails, and counts how often work was really done.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import dagster as dg

from quality_checks.check import Check, Exhibit
from resources.factory import Factory
from resources.ledgers import Attempt
from resources.workshop import Workshop
from tests.builders import a_spec
from vidgen_assets.clips.digest import canonical_json
from vidgen_assets.clips.errors import VidgenError
from vidgen_assets.clips.spec import ClipSpec
from vidgen_assets.clips.verdicts import CheckId, Finding, Outcome
from vidgen_assets.clips.work import Recipe
from vidgen_assets.partitions import SHARDS
from vidgen_assets.stages.asset import stage_asset
from vidgen_assets.stages.stage import Gathered, Made, Stage, Tags, Task, through_the_gate

SHARD = "shop.g1.0000"


@dataclass
class Floor:
    """The toy factory's switches and counters."""

    home: Path
    specs: list[ClipSpec] = field(default_factory=lambda: [a_spec(f"clip-{n}") for n in range(1, 6)])
    refused: set[tuple[str, str]] = field(default_factory=set)  # (stage, clip) that the stage's check fails
    broken_checks: set[str] = field(default_factory=set)  # stages whose check raises
    errors: dict[tuple[str, str], list[VidgenError]] = field(default_factory=dict)  # raised in turn by the work
    content: dict[str, str] = field(default_factory=dict)  # stage to extra text that changes its bytes
    made: Counter[tuple[str, str]] = field(default_factory=Counter)

    partitions = SHARDS

    def __post_init__(self) -> None:
        self.factory = Factory(store_url=str(self.home / "store"), home=str(self.home), workers=2)
        self.prompts = self._stage("prompts", (), self._gather_specs)
        self.frames = self._stage("frames", (self.prompts,), through_the_gate)
        self.encodes = self._stage("encodes", (self.prompts, self.frames), through_the_gate)
        self.stages = (self.prompts, self.frames, self.encodes)

    @property
    def shop(self) -> Workshop:
        return self.factory.workshop()

    def definitions(self, extra: Sequence[dg.AssetsDefinition] = ()) -> dg.Definitions:
        return dg.Definitions(
            assets=[*self.assets(), *extra],
            resources={"factory": self.factory},
            executor=dg.in_process_executor,
        )

    def assets(self) -> list[dg.AssetsDefinition]:
        return [stage_asset(s, description=s.name, kinds=(), group="floor") for s in self.stages]

    def attempt(self, stage: str) -> Attempt:
        """The newest attempt of `stage`, which there must be."""
        found = self.shop.ledgers.latest(stage, SHARD)
        assert found is not None
        return found

    def why(self, stage: str, clip_id: str) -> str:
        """What the newest attempt of `stage` says against a clip."""
        row = self.attempt(stage).row(clip_id)
        assert row is not None
        assert row.problem is not None
        return row.problem.message

    def _stage(self, name: str, upstream: tuple[Stage, ...], gather: Any) -> Stage:
        return Stage(
            name=name,
            upstream=upstream,
            recipe=Recipe(name, 1),
            checks=(Check(CheckId(name, f"{name}_are_fine", 1), "They are fine.", self._examine),),
            inputs=lambda task, shop: self._inputs(name, task),
            make=lambda task, shop, scratch: self._make(name, task),
            gather=gather,
        )

    def _gather_specs(self, stage: Stage, shard: str, shop: Workshop) -> Gathered:
        return Gathered(
            tuple(Task(s.clip_id, f"trace-{s.clip_id}", Tags.of(s), "shop", known_spec=s) for s in self.specs), ()
        )

    def _inputs(self, name: str, task: Task) -> dict[str, Any]:
        inputs: dict[str, Any] = {stage: artifact.digest for stage, artifact in task.artifacts.items()}
        if name != "prompts":  # as real stages do: of the spec, only what decides the bytes
            inputs = {k: v for k, v in inputs.items() if k != "prompts"} | {
                "variables": task.spec.variables,
                "clip": task.clip_id,
                "content": self.content.get(name, ""),
            }
        else:
            inputs["spec"] = task.spec.digest
        return inputs

    def _make(self, name: str, task: Task) -> Made:
        self.made[name, task.clip_id] += 1
        if waiting := self.errors.get((name, task.clip_id)):
            raise waiting.pop(0)
        if name == "prompts":
            return Made(canonical_json(task.spec.to_json()))
        return Made(canonical_json({"stage": name, **self._inputs(name, task)}))

    def _examine(self, exhibit: Exhibit) -> Finding:
        stage = next(s for s in ("encodes", "frames", "prompts") if _made_by(s, exhibit))
        if stage in self.broken_checks:
            raise RuntimeError("the meter is unplugged")
        if (stage, exhibit.spec.clip_id) in self.refused:
            return Finding(Outcome.FAIL, "refused by the test", {"share": 0.0})
        return Finding(Outcome.PASS, "fine", {"share": 1.0})


def _made_by(stage: str, exhibit: Exhibit) -> bool:
    marker = b'"stage":"' + stage.encode() + b'"'
    return stage == "prompts" or marker in exhibit.path.read_bytes()
