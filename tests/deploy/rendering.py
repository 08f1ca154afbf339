"""Reads instance files and renders step Jobs as a production cluster would get them, without a cluster.

The only place that leans on private modules of dagster and dagster-k8s. The launcher of deploy/dagster.production.yaml
is made for real, against a kubeconfig that points nowhere, and a step's tags are merged onto it as the executor does.
"""

import importlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import yaml
from dagster import DagsterRun
from dagster._config import process_config, resolve_to_config_type
from dagster._core.instance.ref import InstanceRef
from dagster._serdes import ConfigurableClassData
from dagster_k8s.container_context import K8sContainerContext
from dagster_k8s.job import construct_dagster_k8s_job, get_user_defined_k8s_config
from dagster_k8s.launcher import K8sRunLauncher
from kubernetes.client import ApiClient

REPOSITORY = Path(__file__).parents[2]
LAPTOP_FILE = REPOSITORY / "dagster.yaml"
PRODUCTION_FILE = REPOSITORY / "deploy" / "dagster.production.yaml"
PRODUCTION_VARIABLES = {
    "VIDGEN_PG_HOST": "postgres.vidgen",
    "VIDGEN_PG_PORT": "5432",
    "VIDGEN_PG_USER": "vidgen",
    "VIDGEN_PG_DATABASE": "dagster",
    "DAGSTER_PG_PASSWORD": "p@ss/word",
    "VIDGEN_NAMESPACE": "vidgen",
    "VIDGEN_IMAGE": "example.invalid/vidgen:1",
    "VIDGEN_LOG_BUCKET": "logs",
}
_KUBECONFIG = {
    "apiVersion": "v1",
    "kind": "Config",
    "current-context": "nowhere",
    "contexts": [{"name": "nowhere", "context": {"cluster": "nowhere", "user": "nobody"}}],
    "clusters": [{"name": "nowhere", "cluster": {"server": "http://127.0.0.1:1"}}],
    "users": [{"name": "nobody", "user": {}}],
}


def instance_ref(file: Path, home: Path) -> InstanceRef:
    """The instance file as Dagster reads it: its own schema checked, nothing made, nothing connected."""
    return InstanceRef.from_dir(str(home), config_dir=str(file.parent), config_filename=file.name)


def settings(file: Path, home: Path) -> dict[str, Any]:
    """What the instance file says beside its components: concurrency, monitoring, retries, retention."""
    return dict(instance_ref(file, home).settings)


def checked_config(data: ConfigurableClassData | None) -> dict[str, Any]:
    """The config of one component against that component's own schema, variables filled in, defaults added."""
    assert data is not None
    component = getattr(importlib.import_module(data.module_name), data.class_name)
    result = process_config(resolve_to_config_type(component.config_type()), dict(data.config_dict))
    assert result.success, result.errors
    return dict(result.value or {})


def production_instance_ref(scratch: Path) -> InstanceRef:
    """The production instance, with what needs a cluster or a bucket pointed at nowhere, and its storage as it is."""
    kubeconfig = scratch / "kubeconfig"
    kubeconfig.write_text(yaml.safe_dump(_KUBECONFIG))
    launcher = yaml.safe_load(PRODUCTION_FILE.read_text())["run_launcher"]
    launcher["config"] |= {"load_incluster_config": False, "kubeconfig_file": str(kubeconfig)}
    logs = {"module": "dagster", "class": "NoOpComputeLogManager", "config": {}}
    return InstanceRef.from_dir(
        str(scratch),
        config_dir=str(PRODUCTION_FILE.parent),
        config_filename=PRODUCTION_FILE.name,
        overrides={"run_launcher": launcher, "compute_logs": logs},
    )


def production_launcher(scratch: Path) -> K8sRunLauncher:
    """The run launcher of the production file, made for real."""
    data = production_instance_ref(scratch).run_launcher_data
    assert data is not None
    return data.rehydrate(as_type=K8sRunLauncher)


def stored_tags(tags: Mapping[str, Any]) -> dict[str, str]:
    """Tags as Dagster stores them on an op: anything but text as JSON."""
    return {key: value if isinstance(value, str) else json.dumps(value, sort_keys=True) for key, value in tags.items()}


def step_job(step: str, tags: Mapping[str, str], launcher: K8sRunLauncher) -> dict[str, Any]:
    """The Job of one step, as it would be sent to the cluster. Raises on keys that Kubernetes doesn't know."""
    context = K8sContainerContext.create_for_run(DagsterRun(job_name="rendered"), launcher, include_run_tags=False)
    context = context.merge(K8sContainerContext(run_k8s_config=get_user_defined_k8s_config(tags)))
    job = construct_dagster_k8s_job(
        job_config=context.get_k8s_job_config(None, launcher),
        args=["dagster", "api", "execute_step"],
        job_name=f"dagster-step-{step.replace('_', '-')}",
        component="step_worker",
        user_defined_k8s_config=context.run_k8s_config,
        labels={"dagster/op": step},
    )
    return cast("dict[str, Any]", ApiClient().sanitize_for_serialization(job))
