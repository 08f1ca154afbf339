"""The toy factory as a code location, for runs that Dagster launches itself. Its switches come from a file."""

import json
import os
from pathlib import Path
from typing import Any

import dagster as dg

from resources.factory import Factory
from tests.stages.factory_floor import SHARD, Floor

_HOME = Path(os.environ["FLOOR_HOME"])
_SWITCHES = json.loads((_HOME / "switches.json").read_text())
_FLOOR = Floor(_HOME, refused={(stage, clip) for stage, clip in _SWITCHES["refused"]})


_EVERY_SHARD = dg.AssetDep("frames", partition_mapping=dg.AllPartitionMapping())


@dg.asset(deps=[_EVERY_SHARD], partitions_def=dg.StaticPartitionsDefinition(["everything"]))
def weekly_reel(factory: Factory) -> dg.MaterializeResult[Any]:
    """Reads all shards' frames, with other partitions than theirs."""
    requirements = [stage.requirement(_SWITCHES["policy_version"]) for stage in (_FLOOR.prompts, _FLOOR.frames)]
    admission = factory.workshop().gate.admit(SHARD, requirements)
    return dg.MaterializeResult(metadata={"admitted": [clip.clip_id for clip in admission.admitted]})


@dg.asset(deps=["frames"], partitions_def=_FLOOR.partitions, backfill_policy=dg.BackfillPolicy.single_run())
def shard_reel(context: dg.AssetExecutionContext, factory: Factory) -> dg.MaterializeResult[Any]:
    """Reads each shard's frames in one run over all shards: another backfill policy than the stages'."""
    requirements = [stage.requirement(_SWITCHES["policy_version"]) for stage in (_FLOOR.prompts, _FLOOR.frames)]
    admitted = [factory.workshop().gate.admit(shard, requirements).admitted for shard in context.partition_keys]
    return dg.MaterializeResult(metadata={"admitted": sum(len(clips) for clips in admitted)})


defs = _FLOOR.definitions([weekly_reel, shard_reel])
