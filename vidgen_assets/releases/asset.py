"""The `releases` asset: a signed statement per clip, and the package at its versioned address."""

import json
from pathlib import Path
from typing import Any

from quality_checks.releases import CHECKS
from resources.deliveries import Deliveries, Delivery
from resources.release_shelf import deliver
from resources.workshop import Workshop
from vidgen_assets.captions.asset import CAPTIONS
from vidgen_assets.clips.artifact import Artifact
from vidgen_assets.clips.digest import canonical_json
from vidgen_assets.clips.ledger import LedgerRow
from vidgen_assets.clips.work import Recipe
from vidgen_assets.encodes.asset import ENCODES
from vidgen_assets.frames.asset import FRAMES
from vidgen_assets.latents.asset import LATENTS
from vidgen_assets.manifests.asset import MANIFESTS
from vidgen_assets.prompts.asset import PROMPTS
from vidgen_assets.qa_scores.asset import QA_SCORES
from vidgen_assets.releases.address import Address
from vidgen_assets.releases.statement import release_statement
from vidgen_assets.soundtracks.asset import SOUNDTRACKS
from vidgen_assets.stages.asset import stage_asset
from vidgen_assets.stages.stage import Made, Stage, Task, through_the_gate


def _inputs(task: Task, _shop: Workshop) -> dict[str, Any]:
    return {name: artifact.digest for name, artifact in task.artifacts.items()}


def _make(task: Task, shop: Workshop, _scratch: Path) -> Made:
    card = json.loads(shop.artifacts.read(task.artifacts["qa_scores"].digest))
    made_of = {name: a for name, a in task.artifacts.items() if name != "qa_scores"}
    return Made(canonical_json(release_statement(task.spec, _package(task, shop), made_of, card)))


def _deliver(task: Task, row: LedgerRow, shop: Workshop) -> None:
    if row.digest:
        address = Address(task.catalog, task.clip_id, row.digest)
        playable: list[str] = []
        is_new = deliver(
            address, _package(task, shop), shop.objects, shop.artifacts, shop.signer,
            on_playable=lambda: playable.append(shop.now()),
        )  # fmt: skip
        asked_at = shop.catalogs.registered_at(task.catalog)
        if is_new and playable and asked_at:
            Deliveries(shop.objects).note(address, Delivery(asked_at, playable[0], shop.now()))


def _package(task: Task, shop: Workshop) -> dict[str, Artifact]:
    return shop.artifacts.listing(task.artifacts["manifests"].digest)


RELEASES = Stage(
    name="releases",
    upstream=(PROMPTS, SOUNDTRACKS, CAPTIONS, LATENTS, FRAMES, ENCODES, MANIFESTS, QA_SCORES),
    recipe=Recipe("releases", 1),
    checks=CHECKS,
    gather=through_the_gate,
    inputs=_inputs,
    make=_make,
    deliver=_deliver,
    acceptance_floor=1.0,
)

releases = stage_asset(
    RELEASES,
    group="release",
    kinds=("hls", "dash", "intoto"),
    description="Clips whose final verdict is pass, at versioned addresses, each with a signed release statement.",
)
