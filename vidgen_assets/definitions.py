"""Where everything meets: the one set of definitions that the UI, the daemon, the command line and tests share.

`build_defs` takes what a deployment may choose, and nothing else does. Loading this module reads the environment
once, through `resources/settings.py`, and imports none of the heavy libraries.
"""

from collections.abc import Mapping
from typing import Any

import dagster as dg

from resources.factory import Factory
from resources.settings import Executor, Settings, read_settings
from vidgen_assets.arrivals.asset import ARRIVAL_ASSETS
from vidgen_assets.automation.arrivals import arrivals_folder, take_in_arrivals
from vidgen_assets.automation.canaries import freeze_worse_releases
from vidgen_assets.automation.jobs import make_clip_at_once, make_clips
from vidgen_assets.automation.schedules import retry_what_is_retriable
from vidgen_assets.automation.sensors import catalog_inbox
from vidgen_assets.automation.training import train_backdrops
from vidgen_assets.captions.asset import CAPTIONS, captions
from vidgen_assets.encodes.asset import ENCODES, encodes
from vidgen_assets.frames.asset import FRAMES, frames
from vidgen_assets.latents.asset import LATENTS, latents
from vidgen_assets.manifests.asset import MANIFESTS, manifests
from vidgen_assets.prompts.asset import prompts
from vidgen_assets.qa_scores.asset import qa_scores
from vidgen_assets.releases.asset import releases
from vidgen_assets.soundtracks.asset import SOUNDTRACKS, soundtracks

ASSETS = (prompts, soundtracks, captions, latents, frames, encodes, manifests, qa_scores, releases)
CLIP_STAGES = (SOUNDTRACKS, CAPTIONS, LATENTS, FRAMES, ENCODES, MANIFESTS)
"""The stages whose work costs: what a forecast looks at."""


def build_defs(settings: Settings, *, resource_overrides: Mapping[str, Any] | None = None) -> dg.Definitions:
    """The factory as Dagster sees it, for one deployment."""
    return dg.Definitions(
        assets=(*ASSETS, *ARRIVAL_ASSETS),
        jobs=[make_clips, make_clip_at_once, take_in_arrivals, train_backdrops],
        schedules=[retry_what_is_retriable],
        sensors=[catalog_inbox, arrivals_folder, freeze_worse_releases],
        resources={"factory": Factory.of(settings), **(resource_overrides or {})},
        executor=_executor(settings.executor),
    )


def _executor(choice: Executor) -> dg.ExecutorDefinition:
    if choice is Executor.K8S:
        from dagster_k8s import k8s_job_executor  # the extra `k8s`: a laptop doesn't have it

        return k8s_job_executor
    return dg.multiprocess_executor if choice is Executor.MULTIPROCESS else dg.in_process_executor


@dg.definitions
def defs() -> dg.Definitions:
    return build_defs(read_settings())
