"""A small record to replay from: a template's clip and two of a tiny model, and ways to rewrite what it says."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from resources.workshop import Workshop, open_workshop
from tests.builders import NOON
from tests.diffusion.releases import tiny_release
from tests.end_to_end.catalogs import a_clip, write_catalog
from tests.prompts.models_at_work import a_prompt_row
from vidgen_assets.automation.enrol import enrol
from vidgen_assets.captions.asset import CAPTIONS
from vidgen_assets.catalogs.source import read_source
from vidgen_assets.clips.artifact import Artifact
from vidgen_assets.clips.ledger import LedgerRow
from vidgen_assets.clips.spec import ClipSpec
from vidgen_assets.frames.asset import FRAMES
from vidgen_assets.latents.asset import LATENTS
from vidgen_assets.models.registry import Status
from vidgen_assets.models.release import Determinism, ModelRelease
from vidgen_assets.prompts.asset import PROMPTS
from vidgen_assets.reports.standing import Standing, find_clip
from vidgen_assets.soundtracks.asset import SOUNDTRACKS
from vidgen_assets.stages.line import Orders, run_stage
from vidgen_assets.stages.stage import Stage, Tags, Task

STAGES = (PROMPTS, SOUNDTRACKS, CAPTIONS, LATENTS, FRAMES)
EXACT, TOLERANT = "tiny-exact", "tiny-tolerant"


def a_shop(home: Path) -> Workshop:
    return open_workshop(str(home / "store"), home=home, workers=1)


def make(shop: Workshop, folder: Path, *rows: Mapping[str, str], stages: tuple[Stage, ...] = STAGES) -> None:
    """Register the rows as the catalog `shop`, and take its shards through `stages`."""
    path = write_catalog(folder / "shop.csv", rows)
    for shard in sorted(enrol(read_source(path), str(folder), shop).shards):
        for stage in stages:
            run_stage(stage, shard, shop, Orders("run"))


def register(shop: Workshop, release: ModelRelease) -> None:
    shop.models.register(release, status=Status.CANARY, share=0, reason="new", by="ana", recorded_at=shop.now())


def make_clips(home: Path, weights: Path) -> None:
    """`lamp` of a template; `waves` of a model that repeats exactly, `stars` of one that repeats within tolerance."""
    shop = a_shop(home)
    register(shop, tiny_release(weights, release_id=EXACT))
    register(shop, tiny_release(weights, release_id=TOLERANT, determinism=Determinism.TOLERANT))
    models = {"waves": EXACT, "stars": TOLERANT}
    prompted = [a_prompt_row(clip_id, model=model) for clip_id, model in models.items()]
    make(shop, home, a_clip("lamp"), *prompted)


def row_of(stage: Stage, clip: Standing, shop: Workshop) -> LedgerRow:
    attempt = shop.ledgers.latest(stage.name, clip.shard)
    assert attempt is not None
    row = attempt.row(clip.clip_id)
    assert row is not None
    return row


def rewrite(shop: Workshop, clip: Standing, stage: Stage, **changes: Any) -> None:
    """A further attempt that says something else of the clip."""
    attempt = shop.ledgers.latest(stage.name, clip.shard)
    assert attempt is not None
    rows = [replace(row, **changes) if row.clip_id == clip.clip_id else row for row in attempt.rows]
    shop.ledgers.append(stage.name, clip.shard, rows, run_id="run", recorded_at=NOON.isoformat())


def record_other_latents(shop: Workshop, clip: Standing, data: bytes, scratch: Path) -> None:
    """As if the clip had been made of the latents `data`: their artifact, and the frames drawn and stored of them."""
    prompts = artifact_of(PROMPTS, clip, shop)
    latents = shop.artifacts.put_bytes(data)
    spec = ClipSpec.model_validate_json(shop.artifacts.read(prompts.digest))
    captions = artifact_of(CAPTIONS, clip, shop)
    known = {PROMPTS.name: prompts, CAPTIONS.name: captions, LATENTS.name: latents}
    task = Task(clip.clip_id, clip.trace_id, Tags.of(spec), clip.catalog, known_spec=spec, artifacts=known)
    made = FRAMES.make(task, shop, scratch)
    assert isinstance(made.source, bytes)
    rewrite(shop, clip, LATENTS, artifact=latents)
    rewrite(
        shop,
        clip,
        FRAMES,
        artifact=shop.artifacts.put_bytes(made.source),
        inputs={name: artifact.digest for name, artifact in known.items()},
        work_key=FRAMES.recipe.work_key(FRAMES.inputs(task, shop)),
    )


def artifact_of(stage: Stage, clip: Standing, shop: Workshop) -> Artifact:
    artifact = row_of(stage, clip, shop).artifact
    assert artifact is not None
    return artifact


def the(clip_id: str, shop: Workshop) -> Standing:
    return find_clip(f"shop/{clip_id}", shop)


def contents(store: Path) -> dict[str, str]:
    """Every file below `store` with a digest of it."""
    return {
        str(path.relative_to(store)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(store.rglob("*"))
        if path.is_file()
    }
