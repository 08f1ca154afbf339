"""The `latents` asset. Who makes them is in `resources/backends/`, what guards them in `quality_checks/latents.py`."""

from pathlib import Path
from typing import Any

from quality_checks.latents import CHECKS
from resources.workshop import Workshop
from vidgen_assets.clips.work import Recipe
from vidgen_assets.prompts.asset import PROMPTS
from vidgen_assets.stages.asset import stage_asset
from vidgen_assets.stages.stage import Made, Stage, Task, through_the_gate


def _inputs(task: Task, shop: Workshop) -> dict[str, Any]:
    return shop.backends[task.spec.route.backend].latent_inputs(task.spec)


def _make(task: Task, shop: Workshop, _scratch: Path) -> Made:
    backend = shop.backends[task.spec.route.backend]
    return Made(backend.make_latents(task.spec, shop.artifacts))


LATENTS = Stage(
    name="latents",
    upstream=(PROMPTS,),
    recipe=Recipe("latents", 1),
    checks=CHECKS,
    gather=through_the_gate,
    inputs=_inputs,
    make=_make,
)

latents = stage_asset(
    LATENTS,
    group="generation",
    kinds=("json", "safetensors"),
    description="The compact generative state of each clip: a template's resolved timeline, or denoised latents.",
)
