"""The `captions` asset: what is said in each clip, as cues, WebVTT and SRT; empty where nobody speaks."""

from pathlib import Path
from typing import Any

from quality_checks.captions import CHECKS
from resources.workshop import Workshop
from vidgen_assets.captions.cues import captions_of
from vidgen_assets.captions.files import subrip, webvtt
from vidgen_assets.clips.captions import CAPTIONS_FILE, SUBRIP_FILE, WEBVTT_FILE, Captions
from vidgen_assets.clips.narration import Narration
from vidgen_assets.clips.soundtrack import NARRATION_FILE
from vidgen_assets.clips.work import Recipe
from vidgen_assets.prompts.asset import PROMPTS
from vidgen_assets.soundtracks.asset import SOUNDTRACKS
from vidgen_assets.stages.asset import stage_asset
from vidgen_assets.stages.stage import Made, Stage, Task, through_the_gate


def _inputs(task: Task, _shop: Workshop) -> dict[str, Any]:
    spec = task.spec
    return {"soundtrack": task.artifacts["soundtracks"].digest, "language": spec.language, "fps": str(spec.fps)}


def _make(task: Task, shop: Workshop, scratch: Path) -> Made:
    out = scratch / "captions"
    out.mkdir()
    captions = Captions(language=task.spec.language)
    file = shop.artifacts.listing(task.artifacts["soundtracks"].digest).get(NARRATION_FILE)
    if file is not None:
        said = shop.artifacts.read(file.digest)
        captions = captions_of(Narration.model_validate_json(said), task.spec.language, task.spec.fps)
        (out / NARRATION_FILE).write_bytes(said)  # what they were cut from, for the checks
    (out / CAPTIONS_FILE).write_bytes(captions.to_bytes())
    (out / WEBVTT_FILE).write_text(webvtt(captions), encoding="utf-8")
    (out / SUBRIP_FILE).write_text(subrip(captions), encoding="utf-8")
    return Made(out)


CAPTIONS = Stage(
    name="captions",
    upstream=(PROMPTS, SOUNDTRACKS),
    recipe=Recipe("captions", 4),
    checks=CHECKS,
    gather=through_the_gate,
    inputs=_inputs,
    make=_make,
)

captions = stage_asset(
    CAPTIONS,
    group="sound",
    kinds=("webvtt", "json"),
    description="What is said in each clip, cut from its script at the times of its words: cues, WebVTT, SRT.",
)
