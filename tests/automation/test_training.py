"""The job that trains: it goes on where it was stopped, tells how far it is, and asks a cluster for a GPU."""

from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
from dagster import DagsterEventType, RunConfig

from tests.deploy.rendering import PRODUCTION_VARIABLES, production_launcher, step_job, stored_tags
from tests.training.tiny import STEPS, a_config_file
from vidgen_assets.automation.training import LONGEST_S, STEP, TrainingOrder, train_backdrops
from vidgen_assets.definitions import defs
from vidgen_assets.deployment import START_ALLOWANCE_S


def test_it_stops_at_its_limit_and_goes_on_when_launched_again(tmp_path: Path) -> None:
    order = {"config": str(a_config_file(tmp_path)), "folder": str(tmp_path / "training"), "device": "cpu"}
    found = [
        train_backdrops.execute_in_process(run_config=RunConfig({STEP: TrainingOrder(**order, limit_s=limit_s)}))
        for limit_s in (0.0, 3600.0)
    ]
    assert [run.output_for_node(STEP) for run in found] == [False, True]
    metadata: list[dict[str, Any]] = [
        {name: value.value for name, value in event.step_output_data.metadata.items()}
        for run in found
        for event in run.all_node_events
        if event.event_type is DagsterEventType.STEP_OUTPUT
    ]
    assert [told["finished"] for told in metadata] == [False, True]
    assert "autoencoder_steps" not in metadata[0]
    assert metadata[1]["autoencoder_steps"] == metadata[1]["transformer_steps"] == STEPS
    assert 0 < metadata[1]["transformer_loss"] < 10
    assert metadata[1]["cpu_hours"] > 0


def test_the_definitions_hold_it() -> None:
    assert defs().resolve_job_def("train_backdrops").description


def test_its_job_is_valid_and_asks_for_a_gpu(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in PRODUCTION_VARIABLES.items():
        monkeypatch.setenv(name, value)
    tags = stored_tags(train_backdrops.get_node_named(STEP).definition.tags)
    job = step_job(STEP, tags, production_launcher(tmp_path))

    kubernetes_validate.validate(job, kubernetes_validate.latest_version(), strict=True)
    pod = job["spec"]["template"]
    assert pod["metadata"]["labels"]["vidgen/asset"] == STEP
    assert pod["spec"]["containers"][0]["resources"]["limits"]["nvidia.com/gpu"] == "1"
    assert job["spec"]["activeDeadlineSeconds"] == START_ALLOWANCE_S + LONGEST_S
    assert TrainingOrder(config="", folder="").limit_s < LONGEST_S
