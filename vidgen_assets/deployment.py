"""The one table of what each asset's step needs from a cluster, and its translation into Dagster's tags.

`step_tags` goes into an asset's `op_tags`, `pool` into its `pool`, `run_tags` onto jobs and run requests. On one
machine the tags are inert. Pools are sized in the instance (`deploy/README.md`), the Jobs are rendered and validated
in `tests/deploy/test_step_jobs.py`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

START_ALLOWANCE_S: Final = 900
"""How long a pod may wait for its node and image; `run_monitoring.start_timeout_seconds` has the same number."""

_KEEP_FINISHED_JOBS_S: Final = 24 * 3600
_GPU_RESOURCE: Final = "nvidia.com/gpu"
_GPU_NODE_LABEL: Final = "nvidia.com/gpu.present"  # set by NVIDIA's GPU operator on every node with a usable GPU


@dataclass(frozen=True, slots=True)
class StepNeeds:
    """What one step asks of its node. Memory and scratch are limits too; processor time is not, see `_resources`."""

    pool: str
    cpu_millicores: int
    memory_gib: int
    scratch_gib: int
    grace_s: int  # between SIGTERM and SIGKILL: time to finish the write in hand, or to flush a checkpoint
    max_runtime_s: int  # of one shard, once started
    gpus: int = 0


# A shard holds 10 to 20 GPU-minutes of generated clips or some hundreds of template clips; every time limit is three
# times what the largest shard takes, so that a limit reached means stuck, not slow.
STEP_NEEDS: Final[Mapping[str, StepNeeds]] = MappingProxyType(
    {
        "prompts": StepNeeds("light", 500, 2, 2, grace_s=30, max_runtime_s=900),
        "soundtracks": StepNeeds("light", 1_000, 4, 10, grace_s=30, max_runtime_s=1_800),
        "captions": StepNeeds("light", 500, 2, 2, grace_s=30, max_runtime_s=900),
        # The GPU is asked for whatever the shard's clips are routed to: a pod's size is fixed before its shard is read.
        # The grace period covers writing a 34 MB checkpoint and its ledger row to a slow store.
        "latents": StepNeeds("gpu", 4_000, 24, 40, grace_s=120, max_runtime_s=3_600, gpus=1),
        # Decoding is the VAE's work on the GPU; the same holds as for latents.
        "frames": StepNeeds("gpu", 4_000, 24, 80, grace_s=60, max_runtime_s=3_600, gpus=1),
        "encodes": StepNeeds("render", 4_000, 8, 80, grace_s=60, max_runtime_s=3_600),
        "manifests": StepNeeds("light", 1_000, 4, 40, grace_s=30, max_runtime_s=1_800),
        "qa_scores": StepNeeds("light", 1_000, 4, 10, grace_s=30, max_runtime_s=1_800),
        "releases": StepNeeds("light", 1_000, 4, 40, grace_s=60, max_runtime_s=1_800),
    }
)

# A tray holds a few uploads, worked on side by side; what decodes one is bounded (vidgen_assets/arrivals/limits.py).
# The pool is theirs alone: whatever waits for `gpu`, `render` or `light`, an upload doesn't wait behind it.
ARRIVAL_NEEDS: Final[Mapping[str, StepNeeds]] = MappingProxyType(
    {
        "arrival_probes": StepNeeds("arrivals", 2_000, 6, 80, grace_s=30, max_runtime_s=3_600),
        "arrival_thumbnails": StepNeeds("arrivals", 1_000, 4, 20, grace_s=30, max_runtime_s=1_800),
        "arrival_storyboard": StepNeeds("arrivals", 500, 2, 10, grace_s=30, max_runtime_s=900),
        "arrival_previews": StepNeeds("arrivals", 1_000, 4, 20, grace_s=30, max_runtime_s=1_800),
    }
)
_ALL_NEEDS: Final[Mapping[str, StepNeeds]] = MappingProxyType({**STEP_NEEDS, **ARRIVAL_NEEDS})

LANE: Final = "vidgen/lane"
"""The tag that keeps places free: `heavy` runs get fewer than there are (dagster.yaml), so `light` ones get in."""


def pool(asset: str) -> str:
    """The pool whose slots the asset's step takes."""
    return _ALL_NEEDS[asset].pool


def step_tags(asset: str) -> dict[str, Any]:
    """The `op_tags` of the asset: how its step pod is sized, placed and ended. Tags of jobs don't reach step pods."""
    needs = _ALL_NEEDS[asset]
    return {
        "dagster-k8s/config": {
            "container_config": {"resources": _resources(needs)},
            "pod_template_spec_metadata": {"labels": {"vidgen/asset": asset}},
            "pod_spec_config": _pod_spec(needs),
            "job_spec_config": _job_spec(needs),
        }
    }


def run_tags(assets: Iterable[str]) -> dict[str, str]:
    """The tags of a run over these assets: an upper bound on its time, as a net under the steps' own deadlines."""
    bound_s = sum(_ALL_NEEDS[asset].max_runtime_s + START_ALLOWANCE_S for asset in assets)
    return {"dagster/max_runtime": str(bound_s)}


def fused_run_tags(table: Mapping[str, StepNeeds] = STEP_NEEDS) -> dict[str, Any]:
    """The tags of a run that does all steps of the table in the run's own pod: the largest of every need."""
    largest = StepNeeds(
        pool="",
        cpu_millicores=max(needs.cpu_millicores for needs in table.values()),
        memory_gib=max(needs.memory_gib for needs in table.values()),
        scratch_gib=max(needs.scratch_gib for needs in table.values()),
        grace_s=max(needs.grace_s for needs in table.values()),
        max_runtime_s=sum(needs.max_runtime_s for needs in table.values()),
        gpus=max(needs.gpus for needs in table.values()),
    )
    return {
        "dagster-k8s/config": {
            "container_config": {"resources": _resources(largest)},
            "pod_spec_config": _pod_spec(largest),
            "job_spec_config": _job_spec(largest),
        }
    }


def _resources(needs: StepNeeds) -> dict[str, dict[str, str]]:
    """Requests and limits. No limit on processor time: a throttled encoder misses its deadline beside idle cores."""
    held = {"memory": f"{needs.memory_gib}Gi", "ephemeral-storage": f"{needs.scratch_gib}Gi"}
    if needs.gpus:
        held[_GPU_RESOURCE] = str(needs.gpus)
    return {"requests": {"cpu": f"{needs.cpu_millicores}m", **held}, "limits": held}


def _pod_spec(needs: StepNeeds) -> dict[str, Any]:
    spec: dict[str, Any] = {"termination_grace_period_seconds": needs.grace_s}
    if needs.gpus:
        spec["node_selector"] = {_GPU_NODE_LABEL: "true"}
        spec["tolerations"] = [{"key": _GPU_RESOURCE, "operator": "Exists", "effect": "NoSchedule"}]
    return spec


def _job_spec(needs: StepNeeds) -> dict[str, Any]:
    """One pod per Job, and no pod failure policy.

    Retries are Dagster's: a pod that Kubernetes starts again exits 0 without running, and the run stays STARTED for
    ever (dagster #33755). The deadline counts from the Job's creation, so it includes the wait for a node.
    """
    return {
        "backoff_limit": 0,
        "active_deadline_seconds": START_ALLOWANCE_S + needs.max_runtime_s,
        "ttl_seconds_after_finished": _KEEP_FINISHED_JOBS_S,
    }
