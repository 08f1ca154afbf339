"""A frozen model release holds its clips at the gate, in every run and up to the last moment; what is out stays out."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from resources.gate import Gate, Requirement
from resources.release_shelf import is_delivered
from resources.workshop import Workshop
from tests.builders import a_release, a_spec
from tests.stages.factory_floor import SHARD, Floor
from vidgen_assets.clips.artifact import Artifact
from vidgen_assets.clips.digest import canonical_json
from vidgen_assets.clips.errors import ErrorKind, PermanentError, TransientError
from vidgen_assets.clips.ledger import LedgerRow, Status
from vidgen_assets.clips.spec import Route
from vidgen_assets.models.lifecycle import Stamp
from vidgen_assets.models.registry import Status as ReleaseStatus
from vidgen_assets.releases.address import ENVELOPE, Address
from vidgen_assets.stages.line import Orders, run_stage
from vidgen_assets.stages.stage import Stage, Task

MODEL = Route(backend="diffusion", release="backdrops-1", reason="asked for by name")
PROMPTS_NEEDED = [Requirement("prompts", (), "p1")]


@pytest.fixture
def floor(tmp_path: Path) -> Floor:
    """`clip-1` is a template's, `clip-2` is made by the model."""
    return Floor(tmp_path, [a_spec("clip-1"), a_spec("clip-2", template=None, prompt="a lamp", route=MODEL)])


def freeze(shop: Workshop) -> None:
    register(shop)
    shop.models.freeze("backdrops-1", Stamp("it flickers", "ana", shop.now()))


def register(shop: Workshop) -> None:
    shop.models.register(
        a_release(), status=ReleaseStatus.ACTIVE, share=0, reason="new", by="ana", recorded_at=shop.now()
    )


def go(floor: Floor, stage: Stage) -> dict[str, LedgerRow]:
    return {row.clip_id: row for row in run_stage(stage, SHARD, floor.shop, Orders("run")).attempt.rows}


def test_clips_of_a_frozen_release_are_held_and_the_others_go_on(floor: Floor) -> None:
    go(floor, floor.prompts)
    freeze(floor.shop)
    rows = go(floor, floor.frames)
    problem = rows["clip-2"].problem
    assert rows["clip-1"].status is Status.MADE
    assert rows["clip-2"].status is Status.HELD
    assert problem is not None
    assert (problem.kind, problem.field, problem.value) == (ErrorKind.POLICY, "model", "backdrops-1")
    assert "is frozen: it flickers" in problem.message
    assert "vidgen models rollback backdrops-1" in (problem.remedy or "")
    assert floor.made["frames", "clip-2"] == 0


def test_clips_go_on_when_their_release_does(floor: Floor) -> None:
    go(floor, floor.prompts)
    freeze(floor.shop)
    go(floor, floor.frames)
    floor.shop.models.set_status(
        "backdrops-1", ReleaseStatus.ACTIVE, share=0, reason="mended", by="ana", recorded_at=floor.shop.now()
    )
    assert go(floor, floor.frames)["clip-2"].status is Status.MADE


def test_without_a_record_that_can_be_trusted_only_templates_pass(floor: Floor) -> None:
    go(floor, floor.prompts)
    register(floor.shop)
    floor.shop.records.append("models", b"forged")
    rows = go(floor, floor.frames)
    assert rows["clip-1"].status is Status.MADE
    assert rows["clip-2"].status is Status.HELD
    assert "backdrops-1 may be frozen" in floor.why("frames", "clip-2")


def test_a_freeze_that_comes_during_the_work_keeps_the_clip_from_going_out(floor: Floor) -> None:
    delivered: list[str] = []

    def make_and_freeze(task: Task, shop: Workshop, scratch: Path) -> Any:
        if task.clip_id == "clip-2":
            freeze(shop)
        return floor.frames.make(task, shop, scratch)

    def deliver(task: Task, _row: LedgerRow, _shop: Workshop) -> None:
        delivered.append(task.clip_id)

    go(floor, floor.prompts)
    rows = go(floor, replace(floor.frames, make=make_and_freeze, deliver=deliver))
    assert rows["clip-2"].status is Status.MADE
    assert delivered == ["clip-1"]


def test_a_clip_that_is_out_is_not_taken_back_unless_its_spec_changes(floor: Floor) -> None:
    shop = floor.shop
    spec_row = go(floor, floor.prompts)["clip-2"]
    release = Artifact(shop.artifacts.put_bytes(canonical_json({"statement": 1})).digest, 1)
    row = replace(spec_row, artifact=release, inputs={"prompts": spec_row.digest})
    shop.ledgers.append("releases", SHARD, [row], run_id="run", recorded_at=shop.now())
    freeze(shop)
    held = {clip.row.clip_id for clip in shop.gate.admit(SHARD, PROMPTS_NEEDED).held}
    assert held == {"clip-2"}, "published, and not delivered yet"
    shop.objects.put(f"{Address('shop', 'clip-2', release.digest).folder}/{ENVELOPE}", b"{}")
    assert not shop.gate.admit(SHARD, PROMPTS_NEEDED).held
    floor.specs[1] = floor.specs[1].model_copy(update={"prompt": "another lamp"})
    go(floor, floor.prompts)
    assert {clip.row.clip_id for clip in shop.gate.admit(SHARD, PROMPTS_NEEDED).held} == {"clip-2"}


def a_gate(shop: Workshop, suspended: Callable[[], dict[str, str]]) -> Gate:
    return Gate(
        shop.artifacts,
        shop.ledgers,
        shop.verdicts,
        shop.publications,
        suspended=suspended,
        is_delivered=lambda address: is_delivered(address, shop.objects),
    )


def test_the_registry_is_asked_once_for_each_admission(floor: Floor) -> None:
    asked: list[int] = []

    def suspended() -> dict[str, str]:
        asked.append(1)
        return {}

    go(floor, floor.prompts)
    gate = a_gate(floor.shop, suspended)
    for times in (1, 2):
        assert len(gate.admit(SHARD, PROMPTS_NEEDED).admitted) == 2
        assert len(asked) == times


@pytest.mark.parametrize(("error", "raises"), [(TransientError, True), (PermanentError, False)])
def test_a_store_that_does_not_answer_is_asked_again_and_holds_nobody(
    floor: Floor, error: type[TransientError] | type[PermanentError], raises: bool
) -> None:
    def suspended() -> dict[str, str]:
        raise error("no answer")

    go(floor, floor.prompts)
    gate = a_gate(floor.shop, suspended)
    if raises:
        with pytest.raises(TransientError):
            gate.admit(SHARD, PROMPTS_NEEDED)
    else:
        assert [clip.row.clip_id for clip in gate.admit(SHARD, PROMPTS_NEEDED).held] == ["clip-2"]
