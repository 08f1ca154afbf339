"""What a run of a catalog would do and cost, found without spending or writing anything.

Follows each row's work keys as the stages would: as long as a stage's work is done already, the next key is known.
The price is that of making the clip from the start, so a clip that is half done is estimated too high.
"""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from math import ceil
from pathlib import Path

from quality_checks.check import Exhibit
from quality_checks.prompts import CHECKS as PROMPT_CHECKS
from quality_checks.thresholds import THRESHOLDS
from resources.workshop import Workshop
from vidgen_assets.catalogs.catalog import CatalogRow
from vidgen_assets.catalogs.registration import CatalogVersion
from vidgen_assets.clips.artifact import Artifact
from vidgen_assets.clips.digest import canonical_json
from vidgen_assets.clips.errors import ErrorKind, InputError, VidgenError
from vidgen_assets.clips.ledger import Problem
from vidgen_assets.clips.profiles import load_profiles
from vidgen_assets.clips.spec import ClipSpec
from vidgen_assets.prompts.asset import prompts_task, spec_of
from vidgen_assets.stages.stage import Stage, Task


class Plan(StrEnum):
    GENERATE = "generate"
    REUSE = "reuse"
    HOLD = "hold"


@dataclass(frozen=True, slots=True)
class Forecast:
    """What would become of one row. `from_stage` is where work would begin."""

    clip_id: str
    shard: str
    plan: Plan
    price: Decimal
    from_stage: str = ""
    problem: Problem | None = None


def forecast(version: CatalogVersion, stages: Sequence[Stage], shop: Workshop) -> list[Forecast]:
    """A forecast for each row of `version`, over the clip-making `stages` in their order."""
    return [_of_row(row, version, stages, shop) for row in version.rows]


def _of_row(row: CatalogRow, version: CatalogVersion, stages: Sequence[Stage], shop: Workshop) -> Forecast:
    shard = version.assignments.shard_of[row.clip_id]
    if row.request is None:
        return Forecast(row.clip_id, shard, Plan.HOLD, Decimal(0), problem=row.findings[0])
    task = prompts_task(row.request, version.name, version.base_uri)
    try:
        spec = spec_of(task, shop, keep_media=False)
        shop.backends[spec.route.backend].admit(spec)
    except VidgenError as error:
        return Forecast(row.clip_id, shard, Plan.HOLD, Decimal(0), problem=Problem.of(error))
    if objection := _policy_objection(spec, shop):
        return Forecast(row.clip_id, shard, Plan.HOLD, Decimal(0), problem=objection)
    try:
        begins = _first_stage_to_do(replace(task, known_spec=spec), stages, shop)
    except InputError as error:  # such as a script in a language that nobody speaks
        return Forecast(row.clip_id, shard, Plan.HOLD, Decimal(0), problem=Problem.of(error))
    if begins is None:
        return Forecast(row.clip_id, shard, Plan.REUSE, Decimal(0))
    return Forecast(row.clip_id, shard, Plan.GENERATE, _price(spec, shop), from_stage=begins)


def _price(spec: ClipSpec, shop: Workshop) -> Decimal:
    """By the price book; what a server charges comes from its release, and its GPU is paid for with that."""
    backend, estimate, length_s = spec.route.backend, shop.prices.estimate, spec.duration_s
    post_cpu_s = estimate.post_cpu_s_per_megapixel_frame.cpu_s(
        load_profiles()[spec.profile], spec.aspect, spec.fps, length_s, by_template=spec.template is not None
    )
    if backend == "remote":
        fee = shop.models.release(spec.route.release).price_per_video_s * ceil(length_s)
        usage = estimate.usage(length_s, by_model=True, post_cpu_s=post_cpu_s)
        return shop.prices.price(replace(usage, gpu_s=0.0)) + fee
    by_model, has_gpu = backend != "template", shop.hardware.device == "cuda"
    return shop.prices.price(estimate.usage(length_s, by_model=by_model, has_gpu=has_gpu, post_cpu_s=post_cpu_s))


def _policy_objection(spec: ClipSpec, shop: Workshop) -> Problem | None:
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "spec.json"
        path.write_bytes(canonical_json(spec.to_json()))
        exhibit = Exhibit(spec=spec, path=path, tools=shop.media, thresholds=THRESHOLDS)
        findings = [(check.id.name, check.examine(exhibit)) for check in PROMPT_CHECKS]
    return next(
        (
            Problem(ErrorKind.POLICY, f"{name}: {finding.reason}", field="verdict", value=finding.outcome.value)
            for name, finding in findings
            if finding.outcome.severity
        ),
        None,
    )


def _first_stage_to_do(task: Task, stages: Sequence[Stage], shop: Workshop) -> str | None:
    known: dict[str, Artifact] = {}
    for stage in stages:
        key = stage.recipe.work_key(stage.inputs(replace(task, artifacts=known), shop))
        artifact = shop.memo.peek(stage.name, key)
        if artifact is None:
            return stage.name
        known = {**known, stage.name: artifact}
    return None
