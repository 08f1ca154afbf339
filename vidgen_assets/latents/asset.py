"""The `latents` asset. Who makes them is in `resources/backends/`, what guards them in `quality_checks/latents.py`."""

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from quality_checks.latents import CHECKS
from resources.workshop import Workshop
from vidgen_assets.clips.artifact import Artifact
from vidgen_assets.clips.digest import Digest
from vidgen_assets.clips.generation import Desk
from vidgen_assets.clips.narration import Narration
from vidgen_assets.clips.soundtrack import NARRATION_FILE
from vidgen_assets.clips.spec import ClipSpec
from vidgen_assets.clips.work import Recipe
from vidgen_assets.prompts.asset import PROMPTS
from vidgen_assets.soundtracks.asset import SOUNDTRACKS
from vidgen_assets.stages.asset import stage_asset
from vidgen_assets.stages.stage import Made, Stage, Task, through_the_gate


def _inputs(task: Task, shop: Workshop) -> dict[str, Any]:
    backend = shop.backends[task.spec.route.backend]
    inputs = backend.latent_inputs(task.spec)
    narration = _narration_followed(task.spec, task.artifacts["soundtracks"], shop)
    return inputs if narration is None else {**inputs, "narration": narration}


def narration_followed(spec: ClipSpec, soundtracks: Artifact, shop: Workshop) -> Narration | None:
    """What is said in the clip, if it says anything and its backend keeps time with it."""
    digest = _narration_followed(spec, soundtracks, shop)
    return Narration.model_validate_json(shop.artifacts.read(digest)) if digest else None


def _narration_followed(spec: ClipSpec, soundtracks: Artifact, shop: Workshop) -> Digest | None:
    """Its digest, which the soundtrack's listing has: for the work's key nothing is read."""
    if not shop.backends[spec.route.backend].follows_narration(spec):
        return None
    file = shop.artifacts.listing(soundtracks.digest).get(NARRATION_FILE)
    return file.digest if file else None


def _before(tasks: Sequence[Task], shop: Workshop) -> None:
    by_backend = groupby(sorted((task.spec for task in tasks), key=_backend), _backend)
    for backend, specs in by_backend:
        shop.backends[backend].prepare(list(specs), shop.artifacts, shop.cupboard)


def _backend(spec: ClipSpec) -> str:
    return spec.route.backend


def _make(task: Task, shop: Workshop, _scratch: Path) -> Made:
    if task.work_key is None:
        raise LookupError(f"{task.clip_id} has no work key yet")
    backend = shop.backends[task.spec.route.backend]
    narration = narration_followed(task.spec, task.artifacts["soundtracks"], shop)
    desk = Desk(task.work_key, shop.artifacts, shop.cupboard, task.is_interrupted, narration=narration)
    made = backend.make_latents(task.spec, desk)
    return Made(made.data, gpu_s=made.gpu_s, fee=made.fee, provenance=made.provenance, once_kept=made.once_kept)


LATENTS = Stage(
    name="latents",
    upstream=(PROMPTS, SOUNDTRACKS),
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
