"""The `latents` asset. Who makes them is in `resources/backends/`, what guards them in `quality_checks/latents.py`."""

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from quality_checks.latents import CHECKS
from resources.workshop import Workshop
from vidgen_assets.clips.generation import Desk
from vidgen_assets.clips.spec import ClipSpec
from vidgen_assets.clips.work import Recipe
from vidgen_assets.prompts.asset import PROMPTS
from vidgen_assets.stages.asset import stage_asset
from vidgen_assets.stages.stage import Made, Stage, Task, through_the_gate


def _inputs(task: Task, shop: Workshop) -> dict[str, Any]:
    return shop.backends[task.spec.route.backend].latent_inputs(task.spec)


def _before(tasks: Sequence[Task], shop: Workshop) -> None:
    by_backend = groupby(sorted((task.spec for task in tasks), key=_backend), _backend)
    for backend, specs in by_backend:
        shop.backends[backend].prepare(list(specs), shop.artifacts, shop.cupboard)


def _backend(spec: ClipSpec) -> str:
    return spec.route.backend


def _make(task: Task, shop: Workshop, _scratch: Path) -> Made:
    if task.work_key is None:
        raise LookupError(f"{task.clip_id} has no work key yet")
    desk = Desk(task.work_key, shop.artifacts, shop.cupboard, task.is_interrupted)
    made = shop.backends[task.spec.route.backend].make_latents(task.spec, desk)
    return Made(made.data, gpu_s=made.gpu_s, fee=made.fee, provenance=made.provenance, once_kept=made.once_kept)


LATENTS = Stage(
    name="latents",
    upstream=(PROMPTS,),
    recipe=Recipe("latents", 1),
    checks=CHECKS,
    gather=through_the_gate,
    inputs=_inputs,
    make=_make,
    before=_before,
)

latents = stage_asset(
    LATENTS,
    group="generation",
    kinds=("json", "safetensors"),
    description="The compact generative state of each clip: a template's resolved timeline, or denoised latents.",
)
