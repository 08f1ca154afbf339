"""Every step's Job is valid for Kubernetes, sized by the one table, and can't leave a run hanging."""

import re
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
from dagster import AssetKey, Definitions
from dagster_k8s.launcher import K8sRunLauncher

from resources.settings import read_settings
from tests.deploy.rendering import PRODUCTION_VARIABLES, production_launcher, step_job, stored_tags
from vidgen_assets.deployment import (
    ARRIVAL_NEEDS,
    LANE,
    START_ALLOWANCE_S,
    STEP_NEEDS,
    fused_run_tags,
    pool,
    run_tags,
    step_tags,
)

QUANTITY = re.compile(r"[1-9][0-9]*(m|Ki|Mi|Gi|Ti)?")
LABEL_VALUE = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?")


@pytest.fixture
def launcher(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> K8sRunLauncher:
    for name, value in PRODUCTION_VARIABLES.items():
        monkeypatch.setenv(name, value)
    return production_launcher(tmp_path)


def _container(job: dict[str, Any]) -> dict[str, Any]:
    (container,) = job["spec"]["template"]["spec"]["containers"]
    return container


@pytest.mark.parametrize("asset", STEP_NEEDS)
def test_each_steps_job_is_valid_for_the_newest_kubernetes(asset: str, launcher: K8sRunLauncher) -> None:
    job = step_job(asset, stored_tags(step_tags(asset)), launcher)

    kubernetes_validate.validate(job, kubernetes_validate.latest_version(), strict=True)


@pytest.mark.parametrize("asset", STEP_NEEDS)
def test_names_and_quantities_which_the_schemas_dont_check_are_well_formed(
    asset: str, launcher: K8sRunLauncher
) -> None:
    job = step_job(asset, stored_tags(step_tags(asset)), launcher)

    resources = _container(job)["resources"]
    assert all(QUANTITY.fullmatch(amount) for held in resources.values() for amount in held.values())
    assert all(LABEL_VALUE.fullmatch(value) for value in job["spec"]["template"]["metadata"]["labels"].values())
    assert len(job["metadata"]["name"]) <= 63


@pytest.mark.parametrize("asset", STEP_NEEDS)
def test_kubernetes_never_starts_a_steps_pod_again(asset: str, launcher: K8sRunLauncher) -> None:
    spec = step_job(asset, stored_tags(step_tags(asset)), launcher)["spec"]

    assert spec["backoffLimit"] == 0
    assert "podFailurePolicy" not in spec
    assert "podReplacementPolicy" not in spec
    assert spec["template"]["spec"]["restartPolicy"] == "Never"


@pytest.mark.parametrize("asset", STEP_NEEDS)
def test_a_steps_deadline_includes_the_wait_for_a_node(asset: str, launcher: K8sRunLauncher) -> None:
    needs = STEP_NEEDS[asset]
    spec = step_job(asset, stored_tags(step_tags(asset)), launcher)["spec"]

    assert spec["activeDeadlineSeconds"] == needs.max_runtime_s + START_ALLOWANCE_S
    assert spec["template"]["spec"]["terminationGracePeriodSeconds"] == needs.grace_s


@pytest.mark.parametrize("asset", STEP_NEEDS)
def test_a_gpu_is_asked_for_only_where_the_table_says(asset: str, launcher: K8sRunLauncher) -> None:
    job = step_job(asset, stored_tags(step_tags(asset)), launcher)

    pod = job["spec"]["template"]["spec"]
    expected = {"nvidia.com/gpu": "1"} if asset in ("latents", "frames") else {}
    asked = {name: count for name, count in _container(job)["resources"]["limits"].items() if "gpu" in name}
    assert asked == expected
    assert ("nodeSelector" in pod) is ("tolerations" in pod) is bool(expected)


def test_the_table_overrides_what_the_run_worker_holds(launcher: K8sRunLauncher) -> None:
    job = step_job("encodes", stored_tags(step_tags("encodes")), launcher)

    assert _container(job)["resources"] == {
        "requests": {"cpu": "4000m", "memory": "8Gi", "ephemeral-storage": "80Gi"},
        "limits": {"memory": "8Gi", "ephemeral-storage": "80Gi"},
    }


def test_a_step_reads_the_settings_and_secrets_of_the_deployment(launcher: K8sRunLauncher) -> None:
    container = _container(step_job("prompts", stored_tags(step_tags("prompts")), launcher))

    assert container["image"] == PRODUCTION_VARIABLES["VIDGEN_IMAGE"]
    assert {source[kind]["name"] for source in container["envFrom"] for kind in source} == {
        "vidgen-environment",
        "vidgen-object-store",
    }


def test_a_pod_spec_key_that_kubernetes_doesnt_know_is_refused(launcher: K8sRunLauncher) -> None:
    tags = step_tags("latents")
    tags["dagster-k8s/config"]["pod_spec_config"]["graceful_period"] = 30

    with pytest.raises(Exception, match="graceful_period"):
        step_job("latents", stored_tags(tags), launcher)


def test_an_interactive_clips_one_pod_has_room_for_the_largest_of_its_steps(launcher: K8sRunLauncher) -> None:
    job = step_job("fused", stored_tags(fused_run_tags()), launcher)

    kubernetes_validate.validate(job, kubernetes_validate.latest_version(), strict=True)
    assert _container(job)["resources"]["limits"] == {
        "memory": "24Gi",
        "ephemeral-storage": "80Gi",
        "nvidia.com/gpu": "1",
    }
    assert job["spec"]["activeDeadlineSeconds"] == 900 + sum(needs.max_runtime_s for needs in STEP_NEEDS.values())


def test_a_runs_time_limit_covers_every_step_and_its_wait_for_a_node() -> None:
    assert run_tags(["prompts", "latents"]) == {"dagster/max_runtime": str(900 + 900 + 900 + 3_600)}


@pytest.fixture
def definitions(tmp_path: Path) -> Definitions:
    from vidgen_assets.definitions import build_defs

    return build_defs(read_settings({"VIDGEN_HOME": str(tmp_path)}))


def test_every_asset_of_the_graph_carries_the_tags_and_the_pool_of_its_row(definitions: Definitions) -> None:
    for asset in STEP_NEEDS:
        op = definitions.resolve_assets_def(AssetKey(asset)).op
        assert {key: op.tags.get(key) for key in step_tags(asset)} == stored_tags(step_tags(asset)), asset
        assert op.pool == pool(asset), asset


def test_the_table_has_a_row_for_every_asset_of_the_graph(definitions: Definitions) -> None:
    keys = {spec.key.to_user_string() for spec in definitions.resolve_all_asset_specs()}

    assert keys == {*STEP_NEEDS, *ARRIVAL_NEEDS}


def test_uploads_have_a_pool_that_no_heavy_step_is_in(definitions: Definitions) -> None:
    for asset in ARRIVAL_NEEDS:
        op = definitions.resolve_assets_def(AssetKey(asset)).op
        assert {key: op.tags.get(key) for key in step_tags(asset)} == stored_tags(step_tags(asset)), asset
        assert op.pool == "arrivals"
    assert "arrivals" not in {needs.pool for needs in STEP_NEEDS.values()}


def test_an_uploads_pod_asks_for_no_gpu_and_heavy_runs_say_that_they_are(
    definitions: Definitions, launcher: K8sRunLauncher
) -> None:
    job = step_job("fused", stored_tags(fused_run_tags(ARRIVAL_NEEDS)), launcher)

    kubernetes_validate.validate(job, kubernetes_validate.latest_version(), strict=True)
    assert _container(job)["resources"]["limits"] == {"memory": "6Gi", "ephemeral-storage": "80Gi"}
    for name, lane in (("make_clips", "heavy"), ("make_clip_at_once", "heavy"), ("train_backdrops", "heavy"),
                       ("take_in_arrivals", "light")):  # fmt: skip
        assert definitions.resolve_job_def(name).tags[LANE] == lane
