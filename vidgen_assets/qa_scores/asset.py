"""The `qa_scores` asset: a scorecard per clip that passed everywhere, and the shard's table of every score."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl

from quality_checks.qa_scores import CHECKS
from quality_checks.score_table import examine_scores
from quality_checks.thresholds import THRESHOLDS
from resources.workshop import Workshop
from vidgen_assets.captions.asset import CAPTIONS
from vidgen_assets.clips.digest import canonical_json
from vidgen_assets.clips.ledger import LedgerRow
from vidgen_assets.clips.verdicts import Finding, Verdict
from vidgen_assets.clips.work import Recipe
from vidgen_assets.encodes.asset import ENCODES
from vidgen_assets.frames.asset import FRAMES
from vidgen_assets.latents.asset import LATENTS
from vidgen_assets.manifests.asset import MANIFESTS
from vidgen_assets.prompts.asset import PROMPTS
from vidgen_assets.qa_scores.scorecard import card_row, scorecard
from vidgen_assets.qa_scores.table import score_table, to_parquet
from vidgen_assets.soundtracks.asset import SOUNDTRACKS
from vidgen_assets.stages.asset import stage_asset
from vidgen_assets.stages.stage import Made, ShardCheck, Stage, Task, through_the_gate

_JUDGED = (PROMPTS, SOUNDTRACKS, CAPTIONS, LATENTS, FRAMES, ENCODES, MANIFESTS)


def _inputs(task: Task, _shop: Workshop) -> dict[str, Any]:
    return {
        "clip": task.clip_id,
        "artifacts": {name: artifact.digest for name, artifact in task.artifacts.items()},
        "verdicts": [card_row(v) for v in task.verdicts],
    }


def _make(task: Task, _shop: Workshop, _scratch: Path) -> Made:
    digests = {name: artifact.digest for name, artifact in task.artifacts.items()}
    return Made(canonical_json(scorecard(task.clip_id, digests, task.verdicts)))


def shard_scores(shard: str, shop: Workshop) -> pl.DataFrame:
    """Every score of the shard's clips as they stand now, from the records alone."""
    return score_table(_current_verdicts(shard, shop))


def _current_verdicts(shard: str, shop: Workshop) -> list[Verdict]:
    current: list[Verdict] = []
    for stage in _JUDGED:
        attempt = shop.ledgers.latest(stage.name, shard)
        if attempt is None:
            continue
        shelf = shop.verdicts.open(stage.name, shard)
        for row in attempt.rows:
            answers = [
                shelf.answer(row.digest, check.id, THRESHOLDS.policy_version) for check in stage.checks if row.digest
            ]
            current += [replace(v, clip_id=row.clip_id) for v in answers if v]  # twins share a digest
    return current


def _scores_are_sound(shard: str, _rows: tuple[LedgerRow, ...], shop: Workshop) -> Finding:
    return examine_scores(shard_scores(shard, shop))


QA_SCORES = Stage(
    name="qa_scores",
    upstream=_JUDGED,
    recipe=Recipe("qa_scores", 1),
    checks=CHECKS,
    shard_checks=(
        ShardCheck(
            "scores_are_sound",
            "The shard's score table has no gaps, no duplicates and no value outside its set.",
            _scores_are_sound,
        ),
    ),
    gather=through_the_gate,
    inputs=_inputs,
    make=_make,
    table=lambda shard, shop: to_parquet(shard_scores(shard, shop)),
)

qa_scores = stage_asset(
    QA_SCORES,
    group="quality",
    kinds=("polars", "greatexpectations"),
    description="Each clip's scorecard, and the shard's table of scores: a row per clip, check and measurement.",
)
