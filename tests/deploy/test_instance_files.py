"""Both instance files load with this dagster, and say what the design relies on."""

from pathlib import Path

import pytest
import yaml
from dagster import DagsterInstance
from dagster_postgres.utils import pg_url_from_config
from sqlalchemy.engine import make_url

from tests.deploy.rendering import (
    LAPTOP_FILE,
    PRODUCTION_FILE,
    PRODUCTION_VARIABLES,
    checked_config,
    instance_ref,
    settings,
)
from vidgen_assets.deployment import LANE, START_ALLOWANCE_S, STEP_NEEDS


@pytest.fixture
def _production_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in PRODUCTION_VARIABLES.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "unused")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "unused")


def test_the_laptops_instance_starts_and_keeps_everything_under_its_home(tmp_path: Path) -> None:
    with DagsterInstance.from_ref(instance_ref(LAPTOP_FILE, tmp_path)) as instance:
        assert instance.root_directory == str(tmp_path)
        assert not instance.telemetry_enabled
        assert instance.run_monitoring_enabled
        assert instance.run_monitoring_start_timeout_seconds == START_ALLOWANCE_S
        assert instance.event_log_storage.get_pool_limits() == []


@pytest.mark.parametrize("file", [LAPTOP_FILE, PRODUCTION_FILE], ids=["laptop", "production"])
def test_steps_queue_for_pools_and_campaigns_share_the_places(file: Path, tmp_path: Path) -> None:
    concurrency = settings(file, tmp_path)["concurrency"]

    limits = {limit["key"]: limit for limit in concurrency["runs"]["tag_concurrency_limits"]}
    campaigns, heavy, backfills = limits["vidgen/campaign"], limits[LANE], limits["dagster/backfill"]
    assert concurrency["pools"]["granularity"] == "op"
    assert campaigns["value"] == {"applyLimitPerUniqueValue": True}
    assert campaigns["limit"] < heavy["limit"]
    assert heavy["value"] == "heavy"
    assert heavy["limit"] + backfills["limit"] < concurrency["runs"]["max_concurrent_runs"], "an upload finds a place"


@pytest.mark.parametrize("file", [LAPTOP_FILE, PRODUCTION_FILE], ids=["laptop", "production"])
def test_a_failed_asset_is_never_retried_by_the_run(file: Path, tmp_path: Path) -> None:
    retries = settings(file, tmp_path)["run_retries"]

    assert retries == {"enabled": True, "max_retries": 2, "retry_on_asset_or_op_failure": False}


@pytest.mark.usefixtures("_production_variables")
def test_every_component_of_the_production_file_obeys_its_own_schema(tmp_path: Path) -> None:
    ref = instance_ref(PRODUCTION_FILE, tmp_path)

    launcher = checked_config(ref.run_launcher_data)
    logs = checked_config(ref.compute_logs_data)
    assert (launcher["job_namespace"], launcher["job_image"]) == ("vidgen", PRODUCTION_VARIABLES["VIDGEN_IMAGE"])
    assert (logs["bucket"], logs["upload_interval"]) == ("logs", 30)
    assert checked_config(ref.run_coordinator_data)["dequeue_num_workers"] == 4


@pytest.mark.usefixtures("_production_variables")
def test_storage_names_its_driver_and_escapes_the_password(tmp_path: Path) -> None:
    url = make_url(pg_url_from_config(checked_config(instance_ref(PRODUCTION_FILE, tmp_path).storage_data)))

    assert url.drivername == "postgresql+psycopg2"
    assert (url.host, url.database, url.password) == ("postgres.vidgen", "dagster", "p@ss/word")


@pytest.mark.usefixtures("_production_variables")
def test_compute_logs_are_kept_in_the_bucket(tmp_path: Path) -> None:
    data = instance_ref(PRODUCTION_FILE, tmp_path).compute_logs_data
    assert data is not None

    manager = data.rehydrate()

    assert type(manager).__name__ == "S3ComputeLogManager"


def test_production_outwaits_nodes_and_grace_periods_and_frees_the_slots_of_dead_runs(tmp_path: Path) -> None:
    monitoring = settings(PRODUCTION_FILE, tmp_path)["run_monitoring"]

    assert monitoring["start_timeout_seconds"] == START_ALLOWANCE_S
    assert monitoring["cancel_timeout_seconds"] > max(needs.grace_s for needs in STEP_NEEDS.values())
    assert monitoring["max_resume_run_attempts"] == 3
    assert monitoring["free_slots_after_run_end_seconds"] > 0


def test_a_key_that_dagster_doesnt_know_is_refused(tmp_path: Path) -> None:
    mistyped = yaml.safe_load(LAPTOP_FILE.read_text())
    mistyped["run_monitoring"]["max_resume_attempts"] = 3
    file = tmp_path / "dagster.yaml"
    file.write_text(yaml.safe_dump(mistyped))

    with pytest.raises(Exception, match="max_resume_attempts"):
        instance_ref(file, tmp_path)
