"""The `prompts` asset: the shard's rows become specs, with media by digest, a route, a seed and a policy verdict."""

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

from quality_checks.prompts import CHECKS
from resources.gate import HeldClip
from resources.workshop import Workshop
from vidgen_assets.catalogs.catalog import CatalogRow
from vidgen_assets.catalogs.columns import AS_LONG_AS_SPOKEN
from vidgen_assets.clips.digest import canonical_json
from vidgen_assets.clips.errors import ErrorKind, GateClosed, InputError
from vidgen_assets.clips.ledger import LedgerRow, Problem, Status
from vidgen_assets.clips.profiles import load_profiles
from vidgen_assets.clips.spec import ClipRequest, ClipSpec, Route
from vidgen_assets.clips.work import Recipe
from vidgen_assets.models.lengths import lasting_at_least
from vidgen_assets.models.routing import Asked, RecordedRoute, choose_release
from vidgen_assets.narration.narrate import narrated_frame_count
from vidgen_assets.narration.script import spoken_parts
from vidgen_assets.partitions import catalog_of
from vidgen_assets.prompts.routing import choose_route, template_release
from vidgen_assets.prompts.specify import specify
from vidgen_assets.stages.asset import stage_asset
from vidgen_assets.stages.stage import Gathered, Made, Stage, Tags, Task
from vidgen_assets.templates.lists import elements
from vidgen_assets.templates.variables import picture_variables


def gather_rows(_stage: Stage, shard: str, shop: Workshop) -> Gathered:
    """The shard's rows in the newest version of its catalog: tasks, and rows held for what is wrong with them."""
    catalog = catalog_of(shard)
    found = shop.catalogs.shard_rows(catalog, shard)
    if found is None:
        remedy = "Register it with `vidgen run CATALOG`, or put the file into the inbox."
        raise GateClosed(f"the catalog {catalog} was never registered", field="shard", value=shard, remedy=remedy)
    tasks = [prompts_task(row.request, catalog, found.base_uri) for row in found.rows if row.request]
    return Gathered(tuple(tasks), tuple(_held(row, catalog) for row in found.rows if row.is_held))


def spec_of(task: Task, shop: Workshop, *, keep_media: bool) -> ClipSpec:
    """The task's request with every choice made.

    With `keep_media`, its files are copied into the store and a newly chosen model release is recorded; without,
    nothing is written.
    """
    if task.request is None:
        raise LookupError(f"{task.clip_id} has no request")
    request, read = task.request, shop.intake.keep if keep_media else shop.intake.look
    route = choose_route(request, releases(shop), lambda: _model_route(request, task.catalog, shop, record=keep_media))
    spec = specify(
        request,
        task.catalog,
        lambda reference: read(task.base_uri, reference),
        route,
        pictures=_named_pictures(request, shop),
    )
    return spec if request.duration_s is not None else _as_long_as_spoken(spec, shop)


def _as_long_as_spoken(spec: ClipSpec, shop: Workshop) -> ClipSpec:
    """Lengthened to what its model makes; a template draws any length, over a generated scene of the model's own.

    Raises `InputError` for a clip that says nothing, or more than a clip, or one of its model, may last.
    """
    parts = spoken_parts(spec, shop.templates)
    if not parts:
        raise InputError(
            "the clip is to last as long as its narration, and says nothing",
            clip_id=spec.clip_id,
            field="duration_s",
            value=AS_LONG_AS_SPOKEN,
            allowed="seconds, or auto beside a script",
            remedy="Write a script, or give the clip's length in seconds.",
        )
    voice = shop.speech.voice_for(spec.language, spec.voice)
    spoken = spec.model_copy(update={"frame_count": narrated_frame_count(parts, voice, shop.speech, spec.fps)})
    if spec.template is not None:
        return spoken
    return lasting_at_least(spoken, shop.models.release(spec.route.release), load_profiles()[spec.profile].post)


def _named_pictures(request: ClipRequest, shop: Workshop) -> dict[str, tuple[str, ...]]:
    """The references that the template's variables of pictures name."""
    if request.template is None:
        return {}
    document = shop.templates.load(request.template).document
    return {name: elements(request.variables.get(name, ())) for name in picture_variables(document)}


def _model_route(request: ClipRequest, catalog: str, shop: Workshop, *, record: bool) -> Route:
    """The route that is recorded, as long as the row asks for the same; else one among the releases there are now."""
    state = shop.models.state()
    asked = Asked(
        catalog=catalog,
        clip_id=request.clip_id,
        model=request.model,
        priority=request.priority.value,
        tier=state.tier_of(request.customer),
        has_image=request.image is not None and request.template is None,  # a template's picture is not the model's
    )
    previous = shop.routes.current(catalog, request.clip_id)
    route = choose_release(asked, state, previous=previous)
    if record and not (previous and previous.answers(asked)):
        shop.routes.record(RecordedRoute(route, asked, shop.now()))
    return route


def releases(shop: Workshop) -> list[str]:
    """What can make a clip that names a template: every template of the deployment."""
    return [template_release(name) for name in shop.templates.names()]


def _specified(task: Task, shop: Workshop) -> Task:
    """Its files are read here and nowhere else: a picture replaced between key and work would stand under both."""
    return replace(task, known_spec=spec_of(task, shop, keep_media=True))


def _inputs(task: Task, _shop: Workshop) -> dict[str, Any]:
    return {"spec": task.spec.to_json()}


def _make(task: Task, shop: Workshop, _scratch: Path) -> Made:
    shop.backends[task.spec.route.backend].admit(task.spec)
    return Made(canonical_json(task.spec.to_json()))


def trace_id(catalog: str, clip_id: str) -> str:
    """A W3C trace id (32 hexadecimal digits) that follows a clip through every ledger, run and log."""
    return hashlib.sha256(f"{catalog}/{clip_id}".encode()).hexdigest()[:32]


def prompts_task(request: ClipRequest, catalog: str, base_uri: str) -> Task:
    """The work of making the spec of `request`; references start from `base_uri`."""
    return Task(
        clip_id=request.clip_id,
        trace_id=trace_id(catalog, request.clip_id),
        tags=Tags.of(request),
        catalog=catalog,
        request=request,
        base_uri=base_uri,
    )


def _held(row: CatalogRow, catalog: str) -> HeldClip:
    ledger_row = LedgerRow(row.clip_id, trace_id(catalog, row.clip_id), Status.HELD)
    return HeldClip(ledger_row, "prompts", Status.HELD, _as_one(row))


def _as_one(row: CatalogRow) -> Problem:
    if len(row.findings) == 1:
        return row.findings[0]
    every = "; ".join(str(finding).rstrip(".") for finding in row.findings)
    return Problem(ErrorKind.INPUT, f"{len(row.findings)} problems in row {row.row_number}: {every}")


PROMPTS = Stage(
    name="prompts",
    upstream=(),
    recipe=Recipe("prompts", 1),
    checks=CHECKS,
    gather=gather_rows,
    prepare=_specified,
    inputs=_inputs,
    make=_make,
    acceptance_floor=0.0,  # what customers write says nothing about the health of the factory
)

prompts = stage_asset(
    PROMPTS,
    group="intake",
    kinds=("json", "pandera"),
    description="Validated, policy-checked and routed specs of the shard's clips; wrong and forbidden rows are held.",
)
