"""The jobs: every stage of a shard in one run."""

import dagster as dg

from vidgen_assets.deployment import STEP_NEEDS, run_tags

STAGES = tuple(STEP_NEEDS)

make_clips = dg.define_asset_job(
    "make_clips",
    selection=dg.AssetSelection.assets(*STAGES),
    description="Takes one shard of a catalog from its rows to released clips. Finished work is reused.",
    tags=run_tags(STAGES),
)
