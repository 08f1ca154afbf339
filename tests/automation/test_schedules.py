"""The retry schedule asks for what may come out otherwise next time, and for nothing else."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from resources.factory import Factory
from resources.workshop import Workshop
from tests.builders import NOON, a_digest, a_row
from vidgen_assets.automation.schedules import retriable_shards, retry_what_is_retriable
from vidgen_assets.clips.errors import ErrorKind
from vidgen_assets.clips.ledger import LedgerRow, Problem, Status

SHARD = "shop.g1.0000"


@pytest.fixture
def factory(tmp_path: Path) -> Factory:
    return Factory(store_url=str(tmp_path / "store"), home=str(tmp_path))


@pytest.fixture(scope="module")
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.instance_for_test() as instance:
        instance.add_dynamic_partitions("shards", [SHARD])
        yield instance


def failed(kind: ErrorKind, clip_id: str = "clip-1", tries: int = 1) -> LedgerRow:
    return a_row(clip_id, status=Status.FAILED, work_key=a_digest(), problem=Problem(kind, "it broke"), tries=tries)


def append(factory: Factory, stage: str, *rows: LedgerRow, shard: str = SHARD) -> None:
    factory.workshop().ledgers.append(stage, shard, rows, run_id="run", recorded_at=NOON.isoformat())


def requests(factory: Factory, instance: dg.DagsterInstance) -> list[dg.RunRequest]:
    when = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)
    context = dg.build_schedule_context(instance=instance, scheduled_execution_time=when)
    found: Any = retry_what_is_retriable(context, factory=factory)
    return [] if isinstance(found, dg.SkipReason) else list(found)


@pytest.mark.parametrize("kind", list(ErrorKind))
def test_only_passing_trouble_is_tried_again(factory: Factory, instance: dg.DagsterInstance, kind: ErrorKind) -> None:
    append(factory, "frames", failed(kind))
    wanted = [SHARD] if kind in (ErrorKind.TRANSIENT, ErrorKind.CAPACITY) else []
    assert [request.partition_key for request in requests(factory, instance)] == wanted


def test_a_request_names_shard_and_time_so_that_each_half_hour_is_a_new_try(
    factory: Factory, instance: dg.DagsterInstance
) -> None:
    append(factory, "frames", failed(ErrorKind.TRANSIENT))
    (request,) = requests(factory, instance)
    assert request.run_key == f"retry:{SHARD}:2026-11-22T12:30:00+00:00"
    assert request.tags == {"vidgen/catalog": "shop", "vidgen/retry": "true"}


def test_a_shard_is_asked_for_once_however_many_stages_are_in_trouble(factory: Factory) -> None:
    append(factory, "frames", failed(ErrorKind.TRANSIENT, "clip-1"), failed(ErrorKind.CAPACITY, "clip-2"))
    append(factory, "encodes", failed(ErrorKind.TRANSIENT, "clip-1"), a_row("clip-3"))
    assert retriable_shards(factory.workshop()) == {SHARD: ["clip-1", "clip-2"]}


def test_the_newest_attempt_counts(factory: Factory, instance: dg.DagsterInstance) -> None:
    append(factory, "frames", failed(ErrorKind.TRANSIENT))
    append(factory, "frames", a_row())
    assert requests(factory, instance) == []


def test_a_reason_carried_along_from_another_stage_asks_for_nothing(
    factory: Factory, instance: dg.DagsterInstance
) -> None:
    """Frames have failed for good since; encodes, not reached again, still say what was wrong with them before."""
    append(factory, "encodes", failed(ErrorKind.TRANSIENT, tries=0))
    append(factory, "frames", failed(ErrorKind.PERMANENT))
    assert requests(factory, instance) == []


def test_a_shard_whose_run_is_under_way_is_left_alone(factory: Factory, instance: dg.DagsterInstance) -> None:
    append(factory, "frames", failed(ErrorKind.TRANSIENT))
    run = instance.create_run_for_job(
        dg.job(name="any")(lambda: None), tags={"dagster/partition": SHARD}, status=dg.DagsterRunStatus.STARTED
    )
    assert requests(factory, instance) == []
    instance.report_run_failed(run)
    assert len(requests(factory, instance)) == 1


def test_a_shard_that_was_archived_is_not_asked_for(factory: Factory, instance: dg.DagsterInstance) -> None:
    """Dagster fails the whole tick for one partition that doesn't exist."""
    append(factory, "frames", failed(ErrorKind.TRANSIENT), shard="gone.g1.0000")
    append(factory, "frames", failed(ErrorKind.TRANSIENT))
    assert [request.partition_key for request in requests(factory, instance)] == [SHARD]


def test_a_damaged_ledger_keeps_no_other_shard_waiting(factory: Factory, instance: dg.DagsterInstance) -> None:
    append(factory, "frames", failed(ErrorKind.TRANSIENT))
    append(factory, "frames", a_row(), shard="damaged.g1.0000")
    factory.workshop().objects.put("records/ledger/frames/damaged.g1.0000/00000001", b"torn")
    assert [request.partition_key for request in requests(factory, instance)] == [SHARD]


def test_no_trouble_is_said_in_a_sentence(factory: Factory, instance: dg.DagsterInstance) -> None:
    found: Any = retry_what_is_retriable(
        dg.build_schedule_context(instance=instance, scheduled_execution_time=NOON), factory=factory
    )
    assert isinstance(found, dg.SkipReason)
    shop: Workshop = factory.workshop()
    assert retriable_shards(shop) == {}
