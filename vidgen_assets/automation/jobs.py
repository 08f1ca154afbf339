"""The jobs: every stage of a shard in one run."""

import dagster as dg

from vidgen_assets.deployment import LANE, STEP_NEEDS, fused_run_tags, run_tags
from vidgen_assets.partitions import is_interactive

STAGES = tuple(STEP_NEEDS)

_DESCRIPTION = "Takes one shard of a catalog from its rows to released clips. Finished work is reused."

make_clips = dg.define_asset_job(
    "make_clips",
    selection=dg.AssetSelection.assets(*STAGES),
    description=_DESCRIPTION,
    tags={**run_tags(STAGES), LANE: "heavy"},
)

make_clip_at_once = dg.define_asset_job(
    "make_clip_at_once",
    selection=dg.AssetSelection.assets(*STAGES),
    description=f"{_DESCRIPTION} All stages in one process, for interactive clips: no pod to wait for between them.",
    executor_def=dg.in_process_executor,
    tags={**run_tags(STAGES), **fused_run_tags(), LANE: "heavy"},
)


def job_for(shard: str) -> str:
    """The name of the job that a shard is run by."""
    return make_clip_at_once.name if is_interactive(shard) else make_clips.name
