"""The job that trains the small backdrop model: what `vidgen backdrops train` does, as one step with a GPU.

It makes no clips and belongs to no shard. A run that was stopped, or whose time is up, is gone on with by launching the
job again with the same configuration: the folder holds the checkpoint, so in a cluster it lies on a volume that
outlives the pod.
"""

from pathlib import Path
from typing import Any

import dagster as dg

from vidgen_assets.clips.errors import Interrupted
from vidgen_assets.deployment import LANE, START_ALLOWANCE_S, step_tags

STEP = "backdrop_training"  # a job and its op can't share a name
LONGEST_S = 24 * 3600


class TrainingOrder(dg.Config):
    """Which training goes on, where, and for how long."""

    config: str
    """The path of the configuration, YAML."""
    folder: str
    """The training's folder."""
    device: str = "cuda"
    """`cuda` or `cpu`."""
    limit_s: float = LONGEST_S - 3600.0
    """Stop with a checkpoint after this many seconds: within what the step's Job is given."""


def _tags() -> dict[str, Any]:
    """Node, memory and GPU are those of the latents' step; the time is a training's."""
    config = step_tags("latents")["dagster-k8s/config"]
    job = {**config["job_spec_config"], "active_deadline_seconds": START_ALLOWANCE_S + LONGEST_S}
    labels = {"labels": {"vidgen/asset": STEP}}
    return {"dagster-k8s/config": {**config, "pod_template_spec_metadata": labels, "job_spec_config": job}}


@dg.op(
    name=STEP,
    pool="gpu",
    tags=_tags(),
    out=dg.Out(bool, description="Whether the pipeline's folder is written."),
    description="Trains the small backdrop model, or goes on where it was stopped.",
)
def train_backdrops_step(context: dg.OpExecutionContext, config: TrainingOrder) -> dg.Output[bool]:
    from vidgen_assets.training.job import Training, configuration
    from vidgen_assets.training.running import Stop

    stop = Stop(config.limit_s)
    training = Training(configuration(Path(config.config)), Path(config.folder), config.device, stop, context.log.info)
    with stop.on_signals():
        finished = training.run()
    if stop.signalled and not finished:
        raise Interrupted(f"{stop.signalled} stopped the training; launching the job again goes on", stage=STEP)
    return dg.Output(finished, metadata={"finished": finished, **_state(training.folder)})


def _state(folder: Path) -> dict[str, Any]:
    """Steps, the last loss, and processor hours of each part that has begun."""
    from vidgen_assets.training.report import PARTS, cpu_hours, log_of

    found: dict[str, Any] = {"folder": dg.MetadataValue.path(folder)}
    for part in PARTS:
        if log := log_of(folder / part):
            found |= {f"{part}_steps": int(log[-1]["step"]), f"{part}_loss": log[-1]["loss"]}
    return found | {"cpu_hours": dg.MetadataValue.float(sum(cpu_hours(folder).values()))}


@dg.job(
    description="Trains the small backdrop model from a configuration, or goes on where it was stopped.",
    tags={"dagster/max_runtime": str(START_ALLOWANCE_S + LONGEST_S), LANE: "heavy"},
)
def train_backdrops() -> None:
    train_backdrops_step()
