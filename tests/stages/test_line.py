"""A shard's walk through a stage: what is made, reused, held, failed, and when it counts as fit."""

from pathlib import Path

import pytest

from tests.builders import a_spec
from tests.stages.factory_floor import SHARD, Floor
from vidgen_assets.clips.errors import (
    CapacityError,
    ErrorKind,
    GateClosed,
    InputError,
    PermanentError,
    TransientError,
)
from vidgen_assets.clips.ledger import Status
from vidgen_assets.stages.line import Orders, Report, run_stage
from vidgen_assets.stages.stage import Stage


@pytest.fixture
def floor(tmp_path: Path) -> Floor:
    return Floor(tmp_path)


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vidgen_assets.stages.work._WAIT_S", 0.0)


def run(floor: Floor, *stages: Stage, **orders: bool) -> Report:
    reports = [run_stage(stage, SHARD, floor.shop, Orders("run-1", **orders)) for stage in stages]
    return reports[-1]


def statuses(report: Report) -> dict[str, Status]:
    return {row.clip_id: row.status for row in report.attempt.rows}


def test_a_second_run_makes_nothing_and_ends_with_the_same_digests(floor: Floor) -> None:
    first = run(floor, *floor.stages)
    made = dict(floor.made)
    second = run(floor, *floor.stages)
    assert dict(floor.made) == made
    assert set(statuses(second).values()) == {Status.REUSED}
    assert [r.digest for r in second.attempt.rows] == [r.digest for r in first.attempt.rows]


def test_reused_work_costs_nothing(floor: Floor) -> None:
    run(floor, floor.prompts)
    assert all(row.cost == 0 and row.tries == 0 for row in run(floor, floor.prompts).attempt.rows)


def test_editing_two_clips_makes_exactly_two(floor: Floor) -> None:
    run(floor, *floor.stages)
    floor.made.clear()
    floor.specs[1] = a_spec("clip-2", variables={"headline": "Another lamp"})
    floor.specs[3] = a_spec("clip-4", variables={"headline": "A third lamp"})
    run(floor, *floor.stages)
    assert set(floor.made) == {(s, c) for s in ("prompts", "frames", "encodes") for c in ("clip-2", "clip-4")}


def test_a_changed_tag_makes_no_frames_again(floor: Floor) -> None:
    run(floor, *floor.stages)
    floor.made.clear()
    floor.specs = [s.model_copy(update={"campaign": "winter"}) for s in floor.specs]
    report = run(floor, *floor.stages)
    assert {stage for stage, _ in floor.made} == {"prompts"}
    assert {row.campaign for row in report.attempt.rows} == {"winter"}


def test_one_clip_refused_is_that_clips_matter(floor: Floor) -> None:
    floor.refused = {("frames", "clip-2")}
    report = run(floor, *floor.stages)
    assert statuses(report)["clip-2"] is Status.HELD
    assert floor.why(report.attempt.stage, "clip-2").startswith("at frames: frames_are_fine")
    assert [c for c, s in statuses(report).items() if s is Status.MADE] == ["clip-1", "clip-3", "clip-4", "clip-5"]
    assert report.judgement.is_fit


def test_a_shard_mostly_refused_is_unfit_and_shuts_the_gate(floor: Floor) -> None:
    floor.refused = {("frames", f"clip-{n}") for n in (1, 2, 3)}
    run(floor, floor.prompts)
    report = run(floor, floor.frames)
    assert not report.judgement.is_fit
    with pytest.raises(GateClosed, match="2 of 5 clips"):
        run(floor, floor.encodes)
    assert not any(stage == "encodes" for stage, _ in floor.made)


def test_a_check_that_breaks_leaves_no_verdict_and_an_unfit_shard(floor: Floor) -> None:
    floor.broken_checks = {"frames"}
    run(floor, floor.prompts)
    report = run(floor, floor.frames)
    assert not report.judgement.is_fit
    assert "no verdict for clip-1" in report.judgement.reason
    with pytest.raises(GateClosed):
        run(floor, floor.encodes)


def test_passing_trouble_is_tried_again_in_place(floor: Floor) -> None:
    floor.errors = {("frames", "clip-1"): [TransientError("throttled"), TransientError("throttled")]}
    report = run(floor, floor.prompts, floor.frames)
    assert statuses(report)["clip-1"] is Status.MADE
    assert report.attempt.rows[0].tries == 3


def test_trouble_that_lasts_asks_for_another_run_and_publishes_nothing(floor: Floor) -> None:
    floor.errors = {("frames", "clip-1"): [CapacityError("no memory")]}
    run(floor, floor.prompts)
    with pytest.raises(TransientError, match="clip-1"):
        run(floor, floor.frames, may_retry=True)
    assert floor.shop.publications.of(floor.attempt("frames")) is None
    assert set(statuses(run(floor, floor.frames, may_retry=True)).values()) == {Status.MADE, Status.REUSED}


def test_a_failure_for_good_costs_exactly_one_attempt(floor: Floor) -> None:
    floor.errors = {("frames", "clip-1"): [PermanentError("it can't be drawn")]}
    run(floor, *floor.stages)
    report = run(floor, *floor.stages)
    assert floor.made["frames", "clip-1"] == 1
    assert statuses(report)["clip-1"] is Status.FAILED
    row = report.attempt.row("clip-1")
    assert row is not None
    assert row.problem is not None
    assert row.problem.kind is ErrorKind.PERMANENT


def test_a_person_can_allow_one_more_attempt(floor: Floor) -> None:
    floor.errors = {("frames", "clip-1"): [PermanentError("the disk was upside down")]}
    run(floor, *floor.stages)
    assert statuses(run(floor, *floor.stages, retry_failed=True))["clip-1"] is Status.MADE


def test_wrong_input_holds_the_clip(floor: Floor) -> None:
    floor.errors = {("frames", "clip-3"): [InputError("the picture is truncated", field="image")]}
    report = run(floor, floor.prompts, floor.frames)
    assert statuses(report)["clip-3"] is Status.HELD


def test_an_error_nobody_foresaw_fails_its_clip_and_names_its_type(floor: Floor) -> None:
    floor.errors = {("frames", "clip-4"): [ZeroDivisionError("oops")]}  # pyright: ignore[reportAttributeAccessIssue]
    report = run(floor, floor.prompts, floor.frames)
    assert "unexpected ZeroDivisionError: oops" in floor.why(report.attempt.stage, "clip-4")
    assert sum(s is Status.MADE for s in statuses(report).values()) == 4


def test_an_altered_artifact_is_made_again(floor: Floor) -> None:
    report = run(floor, floor.prompts, floor.frames)
    digest = report.attempt.rows[0].digest
    assert digest is not None
    floor.shop.artifacts.path(digest).write_bytes(b"altered")
    floor.made.clear()
    assert run(floor, floor.frames).attempt.rows[0].digest == digest
    assert floor.made == {("frames", "clip-1"): 1}


def test_twins_in_a_shard_are_made_once(floor: Floor) -> None:
    floor.specs = [a_spec("clip-1"), a_spec("clip-2")]
    floor._inputs = lambda name, task: {"same": True} if name == "frames" else {"clip": task.clip_id}  # type: ignore[method-assign]
    report = run(floor, floor.prompts, floor.frames)
    assert sorted(statuses(report).values()) == [Status.MADE, Status.REUSED]
    assert report.judgement.is_fit
