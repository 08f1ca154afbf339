"""The `manifests` asset: one set of CMAF segments with HLS and DASH over it, the download, the poster, the metadata."""

from pathlib import Path
from typing import Any

from quality_checks.manifests import CHECKS
from resources.workshop import Workshop
from vidgen_assets.captions.asset import CAPTIONS
from vidgen_assets.clips.chapters import Chapter
from vidgen_assets.clips.ladders import promised
from vidgen_assets.clips.narration import Narration
from vidgen_assets.clips.profiles import load_profiles
from vidgen_assets.clips.renditions import Encoding
from vidgen_assets.clips.soundtrack import NARRATION_FILE
from vidgen_assets.encodes.asset import ENCODES
from vidgen_assets.manifests.package import RECIPE, package
from vidgen_assets.narration.chapters import chaptered_by, chapters_of
from vidgen_assets.prompts.asset import PROMPTS
from vidgen_assets.stages.asset import stage_asset
from vidgen_assets.stages.stage import Made, Stage, Task, poster_of, through_the_gate


def _inputs(task: Task, shop: Workshop) -> dict[str, Any]:
    return {
        "encodes": task.artifacts["encodes"].digest,
        "captions": task.artifacts["captions"].digest,
        "profile": load_profiles()[task.spec.profile].digest,
        "chapters_of": chaptered_by(task.spec, shop.templates),
        "metadata": task.spec.model_dump(mode="json", include={"clip_id", "language", "variables", "prompt", "script"}),
    }


def _make(task: Task, shop: Workshop, scratch: Path) -> Made:
    encoding = shop.artifacts.check_out(task.artifacts["encodes"], scratch / "encodes")
    out = scratch / "package"
    out.mkdir()
    profile = promised(task.spec.profile, Encoding.read(encoding), load_profiles()).ladder
    captions = shop.artifacts.check_out(task.artifacts["captions"], scratch / "captions")
    report = package(encoding, captions, task.spec, profile, shop.media, out, _chapters(task, shop))
    return Made(out, child_cpu_s=report.cpu_s)


def _chapters(task: Task, shop: Workshop) -> tuple[Chapter, ...]:
    if chaptered_by(task.spec, shop.templates) is None:
        return ()
    file = shop.artifacts.listing(task.artifacts["captions"].digest).get(NARRATION_FILE)
    said = Narration.model_validate_json(shop.artifacts.read(file.digest)) if file else None
    return chapters_of(task.spec, shop.templates, said)


MANIFESTS = Stage(
    name="manifests",
    upstream=(PROMPTS, CAPTIONS, ENCODES),
    recipe=RECIPE,
    checks=CHECKS,
    gather=through_the_gate,
    inputs=_inputs,
    make=_make,
    picture=poster_of,
)

manifests = stage_asset(
    MANIFESTS,
    group="delivery",
    kinds=("hls", "dash", "json"),
    description="Each clip as it is streamed: CMAF segments shared by HLS and DASH, poster, metadata, download.",
)
