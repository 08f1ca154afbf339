"""The production instance file works against a real PostgreSQL: tables, runs, pools, and runs that may be resumed."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from dagster import DagsterInstance
from sqlalchemy.engine import make_url

from tests.deploy.rendering import PRODUCTION_VARIABLES, production_instance_ref
from vidgen_assets.deployment import STEP_NEEDS

pytestmark = pytest.mark.needs_postgres


@pytest.fixture
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[DagsterInstance]:
    url = make_url(os.environ["VIDGEN_TEST_POSTGRES_URL"])
    server = {
        "VIDGEN_PG_HOST": url.host,
        "VIDGEN_PG_PORT": str(url.port),
        "VIDGEN_PG_USER": url.username,
        "VIDGEN_PG_DATABASE": url.database,
        "DAGSTER_PG_PASSWORD": url.password or "",
    }
    for name, value in {**PRODUCTION_VARIABLES, **server}.items():
        monkeypatch.setenv(name, value or "")
    with DagsterInstance.from_ref(production_instance_ref(tmp_path)) as instance:
        yield instance


def test_shards_registered_by_one_process_are_seen_by_the_next(instance: DagsterInstance, tmp_path: Path) -> None:
    instance.add_dynamic_partitions("shards", ["spring~0001", "spring~0002"])

    with DagsterInstance.from_ref(production_instance_ref(tmp_path)) as another:
        assert list(another.get_dynamic_partitions("shards")) == ["spring~0001", "spring~0002"]


@pytest.mark.parametrize("pool", sorted({needs.pool for needs in STEP_NEEDS.values()}))
def test_a_pool_can_be_sized_and_its_slots_are_claimed_and_freed(instance: DagsterInstance, pool: str) -> None:
    storage = instance.event_log_storage
    storage.set_concurrency_slots(pool, 1)

    assert storage.claim_concurrency_slot(pool, "run-a", "latents").is_claimed
    assert not storage.claim_concurrency_slot(pool, "run-b", "latents").is_claimed
    storage.free_concurrency_slots_for_run("run-a")
    assert storage.claim_concurrency_slot(pool, "run-b", "latents").is_claimed
    storage.free_concurrency_slots_for_run("run-b")


def test_a_lost_run_worker_may_be_started_again_three_times(instance: DagsterInstance) -> None:
    assert instance.run_launcher.supports_resume_run
    assert instance.run_monitoring_max_resume_run_attempts == 3
