"""One taxonomy drives every retry of a step: the error's kind, and nothing else."""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from tests.stages.factory_floor import SHARD, Floor
from vidgen_assets.clips.errors import (
    AuditPending,
    CapacityError,
    GateClosed,
    InputError,
    PermanentError,
    PolicyError,
    TransientError,
    VidgenError,
)
from vidgen_assets.stages.line import Orders, run_stage
from vidgen_assets.stages.retries import INTERRUPTED, MAX_RETRIES, STEP_RETRIES, judged_by_kind

RETRIED = [TransientError, CapacityError, AuditPending]
FINAL = [InputError, PolicyError, PermanentError, GateClosed]


def judged(error: BaseException, retry_number: int = 0, *, retry_interrupted: bool = True) -> BaseException:
    with pytest.raises(BaseException) as raised, judged_by_kind(retry_number, retry_interrupted=retry_interrupted):  # noqa: PT011
        raise error
    return raised.value


@pytest.mark.parametrize("error", RETRIED)
def test_passing_trouble_asks_for_another_try_and_waits_longer_each_time(error: type[VidgenError]) -> None:
    waits = []
    for number in range(MAX_RETRIES):
        asked = judged(error("busy"), number)
        assert isinstance(asked, dg.RetryRequested)
        assert asked.max_retries == MAX_RETRIES
        waits.append(asked.seconds_to_wait)
    assert waits == [10, 20, 40]


@pytest.mark.parametrize("error", RETRIED)
def test_passing_trouble_that_stays_fails_the_step(error: type[VidgenError]) -> None:
    assert isinstance(judged(error("busy"), MAX_RETRIES), dg.Failure)


@pytest.mark.parametrize("error", FINAL)
def test_anything_else_fails_at_once_for_good_and_says_what_to_do(error: type[VidgenError]) -> None:
    failure = judged(error("it is broken", remedy="Mend it."))
    assert isinstance(failure, dg.Failure)
    assert not failure.allow_retries
    assert failure.description == "it is broken. Mend it."
    assert failure.metadata["kind"].value == error.kind.value
    assert failure.metadata["remedy"].value == "Mend it."


def test_an_error_nobody_foresaw_is_a_defect_and_is_not_repeated() -> None:
    failure = judged(ZeroDivisionError("oops"))
    assert isinstance(failure, dg.Failure)
    assert not failure.allow_retries
    assert failure.description == "unexpected ZeroDivisionError: oops"


@pytest.mark.parametrize("said", [dg.Failure("said already"), dg.RetryRequested(1)])
def test_what_dagster_understands_already_is_left_alone(said: Exception) -> None:
    assert judged(said) is said


@pytest.mark.parametrize("interrupt", [dg.DagsterExecutionInterruptedError(), KeyboardInterrupt()])
def test_a_preempted_step_is_left_to_the_policy_and_ctrl_c_ends_it(interrupt: BaseException) -> None:
    assert judged(interrupt) is interrupt
    assert STEP_RETRIES.max_retries == MAX_RETRIES
    failure = judged(interrupt, retry_interrupted=False)
    assert isinstance(failure, dg.Failure)
    assert not failure.allow_retries
    assert failure.metadata["kind"].value == INTERRUPTED


@pytest.fixture
def floor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Floor:
    monkeypatch.setattr("vidgen_assets.stages.retries._FIRST_WAIT_S", 0)
    return Floor(tmp_path)


@pytest.fixture(scope="module")
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.instance_for_test() as instance:
        instance.add_dynamic_partitions("shards", [SHARD])
        yield instance


def tries_of(floor: Floor, instance: dg.DagsterInstance, asset: str) -> tuple[bool, int]:
    """Whether a run of the asset alone succeeds, and how often its step was begun."""
    job = floor.definitions().resolve_implicit_global_asset_job_def()
    result = job.execute_in_process(
        instance=instance, partition_key=SHARD, asset_selection=[dg.AssetKey(asset)], raise_on_error=False
    )
    begun = [event for event in result.all_events if event.event_type_value in ("STEP_START", "STEP_RESTARTED")]
    return result.success, len(begun)


def test_a_step_before_a_pending_audit_waits_for_it(
    floor: Floor, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The audit ends while the step waits: its second try goes through."""
    run_stage(floor.prompts, SHARD, floor.shop, Orders("run"))
    gate, asked = floor.shop.gate, []
    admit = type(gate).admit

    def pending_once(*args: object, **kwargs: object) -> object:
        asked.append(args)
        if len(asked) == 1:
            raise AuditPending("its audit is pending")
        return admit(*args, **kwargs)  # pyright: ignore[reportArgumentType]

    monkeypatch.setattr(type(gate), "admit", pending_once)
    assert tries_of(floor, instance, "frames") == (True, 2)


def test_a_closed_gate_is_asked_once(floor: Floor, instance: dg.DagsterInstance) -> None:
    assert tries_of(floor, instance, "frames") == (False, 1)


def test_a_clip_short_of_memory_has_its_step_begun_again(floor: Floor, instance: dg.DagsterInstance) -> None:
    run_stage(floor.prompts, SHARD, floor.shop, Orders("run"))
    floor.errors = {("frames", "clip-1"): [CapacityError("no memory")]}
    assert tries_of(floor, instance, "frames") == (True, 2)
    assert floor.made["frames", "clip-1"] == 2
    assert floor.made["frames", "clip-2"] == 1, "what was finished is reused"


def test_trouble_that_stays_is_published_after_the_last_try(floor: Floor, instance: dg.DagsterInstance) -> None:
    """Nothing is left pending: the clip is failed, and the others go on."""
    run_stage(floor.prompts, SHARD, floor.shop, Orders("run"))
    floor.errors = {("frames", "clip-1"): [CapacityError("no memory") for _ in range(MAX_RETRIES + 1)]}
    assert tries_of(floor, instance, "frames") == (True, MAX_RETRIES + 1)
    publication = floor.shop.publications.of(floor.attempt("frames"))
    assert publication is not None
    assert publication.is_fit


def test_a_permanent_failure_costs_one_try_of_the_step_and_of_the_clip(
    floor: Floor, instance: dg.DagsterInstance
) -> None:
    run_stage(floor.prompts, SHARD, floor.shop, Orders("run"))
    floor.errors = {("frames", "clip-1"): [PermanentError("it can't be drawn")]}
    assert tries_of(floor, instance, "frames") == (True, 1)
    assert tries_of(floor, instance, "frames") == (True, 1)
    assert floor.made["frames", "clip-1"] == 1
