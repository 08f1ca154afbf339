"""What a shard's walk leaves behind when it is interrupted, overtaken, or its records are altered under it."""

import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import dagster as dg
import pytest

from quality_checks.thresholds import POLICY_VERSION
from tests.builders import a_spec
from tests.stages.factory_floor import SHARD, Floor
from vidgen_assets.clips.errors import ErrorKind, GateClosed, TransientError
from vidgen_assets.clips.ledger import LedgerRow, Status
from vidgen_assets.clips.verdicts import Finding, Outcome
from vidgen_assets.stages.asset import stage_asset
from vidgen_assets.stages.line import Orders, audit_again, run_stage
from vidgen_assets.stages.stage import Stage, Task

RUN = Orders("run")


@pytest.fixture
def floor(tmp_path: Path) -> Floor:
    return Floor(tmp_path)


def delivering(floor: Floor) -> tuple[Stage, list[str]]:
    """The last stage, with a delivery that writes down which clips go out."""
    out: list[str] = []
    return replace(floor.encodes, deliver=lambda task, row, shop: out.append(task.clip_id)), out


def walk(floor: Floor, *stages: Stage) -> None:
    for stage in stages:
        run_stage(stage, SHARD, floor.shop, RUN)


def test_an_interrupt_finishes_the_clips_in_hand_and_begins_no_other(floor: Floor) -> None:
    """SIGTERM is an exception in the waiting thread; here the first finished clip brings it."""
    floor.specs = [a_spec(f"clip-{n:02}") for n in range(20)]
    make, begun, finished = floor.prompts.make, [], []

    def slowly(task: Task, shop: object, scratch: Path) -> object:
        begun.append(task.clip_id)
        time.sleep(0.05)
        made = make(task, floor.shop, scratch)
        finished.append(task.clip_id)
        return made

    def interrupt(row: LedgerRow) -> None:
        raise KeyboardInterrupt

    slow = replace(floor.prompts, make=slowly)  # pyright: ignore[reportArgumentType]
    with pytest.raises(KeyboardInterrupt):
        run_stage(slow, SHARD, floor.shop, RUN, interrupt)
    assert sorted(begun) == sorted(finished), "nothing is torn off in the middle"
    assert len(begun) <= 1 + 2 * floor.shop.workers
    assert floor.shop.ledgers.latest("prompts", SHARD) is None
    run_stage(slow, SHARD, floor.shop, RUN)
    assert len(begun) == 20, "what was finished before isn't done again"


def test_sigterm_in_a_step_ends_it_after_the_clips_in_hand(floor: Floor, monkeypatch: pytest.MonkeyPatch) -> None:
    """Through Dagster: the signal arrives while the step waits for its clips, which wait until it was heard."""
    make, finished = floor.prompts.make, []
    told, heard = threading.Event(), threading.Event()
    shut_down = ThreadPoolExecutor.shutdown

    def shut_down_and_say(pool: ThreadPoolExecutor, wait: bool = True, *, cancel_futures: bool = False) -> None:
        shut_down(pool, wait=False, cancel_futures=cancel_futures)
        heard.set()
        shut_down(pool, wait=wait)

    monkeypatch.setattr(ThreadPoolExecutor, "shutdown", shut_down_and_say)

    def signalling(task: Task, shop: object, scratch: Path) -> object:
        if not told.is_set():
            told.set()
            os.kill(os.getpid(), signal.SIGTERM)
        heard.wait(20)
        finished.append(task.clip_id)
        return make(task, floor.shop, scratch)

    slow = replace(floor.prompts, make=signalling)  # pyright: ignore[reportArgumentType]
    asset = stage_asset(slow, description="prompts", kinds=(), group="floor")
    definitions = dg.Definitions(assets=[asset], resources={"factory": floor.factory})
    with dg.instance_for_test() as instance:
        instance.add_dynamic_partitions("shards", [SHARD])
        result = definitions.resolve_implicit_global_asset_job_def().execute_in_process(
            instance=instance,
            partition_key=SHARD,
            raise_on_error=False,
            run_config={"ops": {"prompts": {"config": {"retry_interrupted": False}}}},
        )
    failure = result.failure_data_for_node("prompts")
    assert failure is not None
    assert failure.user_failure_data is not None
    assert "interrupted" in (failure.user_failure_data.description or "")
    assert 1 <= len(finished) <= floor.shop.workers
    assert floor.shop.ledgers.latest("prompts", SHARD) is None


def test_progress_that_cannot_be_shown_stops_no_work(floor: Floor) -> None:
    def locked(row: LedgerRow) -> None:
        raise OSError("database is locked")

    report = run_stage(floor.prompts, SHARD, floor.shop, RUN, locked)
    assert {row.status for row in report.attempt.rows} == {Status.MADE}


def test_inputs_that_cannot_be_read_fail_their_clip_alone(floor: Floor) -> None:
    inputs = floor.frames.inputs

    def broken(task: Task, shop: object) -> dict[str, object]:
        if task.clip_id == "clip-2":
            raise KeyError("no such backend")
        return inputs(task, floor.shop)

    walk(floor, floor.prompts)
    report = run_stage(replace(floor.frames, inputs=broken), SHARD, floor.shop, RUN)
    assert [row.clip_id for row in report.attempt.rows if row.status is Status.FAILED] == ["clip-2"]
    assert "unexpected KeyError" in floor.why("frames", "clip-2")
    assert report.judgement.is_fit


def test_inputs_that_cannot_be_read_for_most_clips_make_the_shard_unfit(floor: Floor) -> None:
    def broken(task: Task, shop: object) -> dict[str, object]:
        raise KeyError("no such backend")

    walk(floor, floor.prompts)
    report = run_stage(replace(floor.frames, inputs=broken), SHARD, floor.shop, RUN)
    assert not report.judgement.is_fit
    assert "0 of 5 clips accepted" in report.judgement.reason


def test_passing_trouble_with_inputs_asks_for_another_run(floor: Floor) -> None:
    def throttled(task: Task, shop: object) -> dict[str, object]:
        raise TransientError("the bucket is throttled")

    walk(floor, floor.prompts)
    with pytest.raises(TransientError, match="5 clips had passing trouble"):
        run_stage(replace(floor.frames, inputs=throttled), SHARD, floor.shop, Orders("run", may_retry=True))


def test_an_upstream_artifact_altered_before_the_audit_leaves_its_clip_without_a_verdict(floor: Floor) -> None:
    walk(floor, floor.prompts)
    make = floor.frames.make

    def sabotaged(task: Task, shop: object, scratch: Path) -> object:
        if task.clip_id == "clip-3":
            floor.shop.artifacts.path(task.artifacts["prompts"].digest).write_bytes(b"altered")
        return make(task, floor.shop, scratch)

    report = run_stage(replace(floor.frames, make=sabotaged), SHARD, floor.shop, RUN)  # pyright: ignore[reportArgumentType]
    assert "no verdict for clip-3" in report.judgement.reason
    assert not report.judgement.is_fit
    with pytest.raises(GateClosed):
        walk(floor, floor.encodes)


def test_delivery_lets_out_what_the_gate_would(floor: Floor) -> None:
    floor.refused = {("encodes", "clip-4")}
    stage, out = delivering(floor)
    walk(floor, floor.prompts, floor.frames, stage)
    assert sorted(out) == ["clip-1", "clip-2", "clip-3", "clip-5"]


def test_an_unfit_shard_delivers_nothing(floor: Floor) -> None:
    floor.refused = {("encodes", f"clip-{n}") for n in (1, 2, 3)}
    stage, out = delivering(floor)
    walk(floor, floor.prompts, floor.frames, stage)
    assert out == []


def test_a_clip_overruled_while_its_last_stage_ran_does_not_go_out(floor: Floor) -> None:
    """Somebody runs the frames' checks again in the meantime, and one clip fails now."""
    stage, out = delivering(floor)
    walk(floor, floor.prompts, floor.frames)

    def overrule(row: LedgerRow) -> None:
        if not floor.refused:
            floor.refused = {("frames", "clip-2")}
            audit_again(floor.frames, SHARD, floor.shop)

    run_stage(stage, SHARD, floor.shop, RUN, overrule)
    assert sorted(out) == ["clip-1", "clip-3", "clip-4", "clip-5"]


def test_an_overtaken_run_delivers_nothing(floor: Floor, monkeypatch: pytest.MonkeyPatch) -> None:
    """A newer attempt stands unpublished: whoever makes it delivers, once it's judged."""
    from vidgen_assets.stages import line

    stage, out = delivering(floor)
    walk(floor, floor.prompts, floor.frames)
    publish = line._publish

    def overtaken(attempt: object, judgement: object, shop: object) -> None:
        publish(attempt, judgement, shop)  # pyright: ignore[reportArgumentType]
        floor.shop.ledgers.append("encodes", SHARD, [], run_id="other", recorded_at="later")

    monkeypatch.setattr(line, "_publish", overtaken)
    with pytest.raises(TransientError, match="pending"):
        run_stage(stage, SHARD, floor.shop, RUN)
    assert out == []


def test_an_older_run_that_publishes_late_opens_nothing(floor: Floor, monkeypatch: pytest.MonkeyPatch) -> None:
    """Attempt 1 is published after attempt 2 was written: 2 is the newest, and it's still pending."""
    from vidgen_assets.stages import line

    walk(floor, floor.prompts)
    publish = line._publish

    def late(attempt: object, judgement: object, shop: object) -> None:
        floor.shop.ledgers.append("frames", SHARD, [], run_id="other", recorded_at="later")
        publish(attempt, judgement, shop)  # pyright: ignore[reportArgumentType]

    monkeypatch.setattr(line, "_publish", late)
    run_stage(floor.frames, SHARD, floor.shop, RUN)
    with pytest.raises(TransientError, match="attempt 2 of frames has no genuine publication"):
        walk(floor, floor.encodes)


def test_two_runs_of_one_shard_side_by_side_end_with_one_newest_attempt(tmp_path: Path) -> None:
    """Two processes would share nothing but the store; two factories over one store do the same."""
    one, other = Floor(tmp_path), Floor(tmp_path)
    walk(one, one.prompts)
    reports = []
    threads = [
        threading.Thread(target=lambda f=f: reports.append(run_stage(f.frames, SHARD, f.shop, RUN)))
        for f in (one, other)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(report.attempt.number for report in reports) == [1, 2]
    digests = [[row.digest for row in report.attempt.rows] for report in reports]
    assert digests[0] == digests[1]
    walk(one, one.encodes)
    assert {row.status for row in one.attempt("encodes").rows} == {Status.MADE}


def test_a_clip_that_came_after_upstream_was_made_is_held_with_that_reason(floor: Floor) -> None:
    walk(floor, floor.prompts, floor.frames)
    floor.specs.append(a_spec("clip-6"))
    walk(floor, floor.prompts, floor.encodes)
    assert "frames has not been made for this clip yet" in floor.why("encodes", "clip-6")


def test_a_clip_the_gate_stopped_is_carried_along_with_the_bytes_it_was_stopped_for(floor: Floor) -> None:
    """So that a report can tell whether the reason still holds."""
    floor.refused = {("frames", "clip-2")}
    walk(floor, *floor.stages)
    stopped, refused = floor.attempt("encodes").row("clip-2"), floor.attempt("frames").row("clip-2")
    assert stopped is not None
    assert refused is not None
    assert stopped.inputs == {"frames": refused.digest}


def test_a_clip_that_left_the_catalog_is_gone_from_every_later_stage(floor: Floor) -> None:
    walk(floor, *floor.stages)
    del floor.specs[0]
    floor.made.clear()
    walk(floor, floor.prompts, floor.encodes)
    assert floor.attempt("encodes").row("clip-1") is None
    assert not floor.made


def test_a_check_whose_version_was_raised_asks_for_a_new_verdict(floor: Floor) -> None:
    walk(floor, floor.prompts, floor.frames)
    (check,) = floor.frames.checks
    newer = replace(floor.frames, checks=(replace(check, id=replace(check.id, version=2)),))
    admitted = floor.shop.gate.admit(SHARD, [s.requirement(POLICY_VERSION) for s in (floor.prompts, newer)]).admitted
    assert admitted == ()
    run_stage(newer, SHARD, floor.shop, RUN)
    admitted = floor.shop.gate.admit(SHARD, [s.requirement(POLICY_VERSION) for s in (floor.prompts, newer)]).admitted
    assert len(admitted) == 5


def test_checks_of_what_was_never_made_say_so(floor: Floor) -> None:
    walk(floor, floor.prompts)
    with pytest.raises(GateClosed, match="nothing to check yet") as raised:
        audit_again(floor.frames, SHARD, floor.shop)
    assert raised.value.kind is ErrorKind.POLICY, "waiting would not help"


def test_a_check_run_again_with_upstream_pending_writes_nothing(floor: Floor) -> None:
    walk(floor, floor.prompts, floor.frames)
    before = floor.shop.records.numbers(f"verdicts/frames/{SHARD}")
    floor.shop.ledgers.append("prompts", SHARD, floor.attempt("prompts").rows, run_id="other", recorded_at="later")
    with pytest.raises(TransientError, match="pending"):
        audit_again(floor.frames, SHARD, floor.shop)
    assert floor.shop.records.numbers(f"verdicts/frames/{SHARD}") == before


def test_a_check_run_again_makes_and_delivers_nothing(floor: Floor) -> None:
    stage, out = delivering(floor)
    walk(floor, floor.prompts, floor.frames, floor.encodes)
    floor.made.clear()
    assert audit_again(stage, SHARD, floor.shop).judgement.is_fit
    assert not floor.made
    assert out == []


def test_a_check_run_again_on_stale_clips_does_not_open_the_gate_for_them(floor: Floor) -> None:
    walk(floor, *floor.stages)
    floor.specs[0] = a_spec("clip-1", variables={"headline": "Changed"})
    walk(floor, floor.prompts)
    report = audit_again(floor.frames, SHARD, floor.shop)
    assert not report.judgement.is_fit
    assert "no verdict for clip-1" in report.judgement.reason
    with pytest.raises(GateClosed):
        walk(floor, floor.encodes)
    walk(floor, floor.frames, floor.encodes)
    assert {row.status for row in floor.attempt("encodes").rows} == {Status.MADE, Status.REUSED}


def test_a_check_that_passes_now_overrules_what_it_said_before(floor: Floor) -> None:
    floor.refused = {("frames", "clip-2")}
    walk(floor, floor.prompts, floor.frames)
    floor.refused = set()
    finding = next(v for v in audit_again(floor.frames, SHARD, floor.shop).judgement.verdicts if v.clip_id == "clip-2")
    assert finding.finding == Finding(Outcome.PASS, "fine", {"share": 1.0})
    walk(floor, floor.encodes)
    assert ("encodes", "clip-2") in floor.made
