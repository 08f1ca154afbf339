"""The assets of the light path: uploads probed and guarded, then shown as thumbnails, a storyboard and a preview.

They run like the stages of a clip's walk (`vidgen_assets/stages/`), over trays instead of shards: each upload has its
own row, its own verdicts, and its own reason when it's refused; the gate hands on only what passed.
"""

import shutil
import tempfile
from pathlib import Path
from typing import Any

from quality_checks.arrivals import PREVIEW_CHECKS, PROBE_CHECKS, STORYBOARD_CHECKS, THUMBNAIL_CHECKS
from quality_checks.thresholds import THRESHOLDS
from resources.arrival_book import Arrival
from resources.workshop import Workshop
from vidgen_assets.arrivals import previews, sampling, storyboard, thumbnails
from vidgen_assets.arrivals.facts import Facts, size_refusal
from vidgen_assets.clips.artifact import Artifact
from vidgen_assets.clips.digest import Digest
from vidgen_assets.clips.errors import GateClosed, InputError
from vidgen_assets.partitions import TRAYS
from vidgen_assets.stages.asset import stage_asset
from vidgen_assets.stages.stage import Gathered, Made, Stage, Tags, Task, poster_of

GROUP = "arrivals"
_UPLOAD = "upload"
_COPIED_BYTES = 1 << 20


def gather_tray(_stage: Stage, tray: str, shop: Workshop) -> Gathered:
    """A task for each upload on the tray."""
    arrivals = shop.arrivals.on_tray(tray)
    if arrivals is None:
        remedy = "Put videos into the folder of arrivals; its sensor fills trays."
        raise GateClosed("there is no such tray", field="tray", value=tray, remedy=remedy)
    return Gathered(tuple(_task(arrival) for arrival in arrivals), ())


def gather_passed(stage: Stage, tray: str, shop: Workshop) -> Gathered:
    """A task for each upload that its probes let through, which hands on its facts and samples."""
    through = shop.gate.let_through(tray, [up.requirement(THRESHOLDS.policy_version) for up in stage.upstream])
    tasks = [
        Task(p.row.clip_id, p.row.trace_id, Tags.of(p.row), GROUP, artifacts=p.artifacts, verdicts=p.verdicts)
        for p in through.passed
    ]
    return Gathered(tuple(tasks), through.held)


def _task(arrival: Arrival) -> Task:
    return Task(
        clip_id=arrival.arrival_id,
        trace_id=arrival.digest.short,
        tags=Tags(campaign=GROUP),
        catalog=GROUP,
        base_uri=arrival.name,
        artifacts={_UPLOAD: Artifact(arrival.digest, arrival.size_bytes)},
    )


def _probe_inputs(task: Task, _shop: Workshop) -> dict[str, Any]:
    return {"upload": task.artifacts[_UPLOAD].digest, "name": task.base_uri}


def _probe(task: Task, shop: Workshop, scratch: Path) -> Made:
    out = scratch / "probe"
    out.mkdir()
    upload = shop.artifacts.path(task.artifacts[_UPLOAD].digest)
    found = sampling.probe(upload, task.artifacts[_UPLOAD].digest, task.base_uri, shop.media, out)
    return Made(out, child_cpu_s=found.cpu_s)


def _kept(task: Task, shop: Workshop) -> Task:
    """The task, its upload copied from the folder into the store, where nobody changes it any more.

    Raises `InputError` for one that's too large, gone, or another than was taken. It isn't remembered as a failure of
    these bytes, since they haven't been seen: once they are in the folder again they are taken in again.
    """
    promised = task.artifacts[_UPLOAD]
    if refusal := size_refusal(promised.size_bytes):
        raise refusal
    if shop.artifacts.holds(promised):
        return task
    with tempfile.TemporaryDirectory(prefix="upload-", dir=shop.scratch) as folder:
        copy = Path(folder) / "upload"
        with shop.arrivals.opened(task.base_uri) as source, copy.open("wb") as target:
            shutil.copyfileobj(source, target, _COPIED_BYTES)
        if Digest.of_file(copy) != promised.digest:
            remedy = "Nothing needs to be done: what is in the folder now is taken in as another arrival."
            raise InputError(
                "the file was changed after it was taken", field="file", value=task.base_uri, remedy=remedy
            )
        shop.artifacts.put_file(copy)
    return task


def _facts(task: Task, shop: Workshop, scratch: Path) -> tuple[Facts, Path]:
    """The facts, and the folder with the samples."""
    samples = shop.artifacts.check_out(task.artifacts[PROBES.name], scratch / "samples")
    return Facts.read(samples), samples


def _inputs(task: Task, _shop: Workshop) -> dict[str, Any]:
    return {"probe": task.artifacts[PROBES.name].digest}


def _draw_thumbnails(task: Task, shop: Workshop, scratch: Path) -> Made:
    facts, samples = _facts(task, shop, scratch)
    out = scratch / "thumbnails"
    out.mkdir()
    upload = shop.artifacts.path(facts.upload)
    drawn = thumbnails.draw_thumbnails(upload, facts, samples, shop.media, out)
    return Made(out, child_cpu_s=drawn.cpu_s)


def _draw_storyboard(task: Task, shop: Workshop, scratch: Path) -> Made:
    facts, samples = _facts(task, shop, scratch)
    out = scratch / "storyboard"
    out.mkdir()
    storyboard.draw_storyboard(facts, samples, out)
    return Made(out)


def _make_preview(task: Task, shop: Workshop, scratch: Path) -> Made:
    facts, _ = _facts(task, shop, scratch)
    out = scratch / "preview"
    out.mkdir()
    made = previews.make_preview(shop.artifacts.path(facts.upload), facts, shop.media, out)
    return Made(out, child_cpu_s=made.cpu_s)


def _first_of(pattern: str, *, middle: bool = False):
    """The picture of a tree: the first of its files that begin like this and are JPEGs, or the middle one."""

    def picture(artifact: Artifact, shop: Workshop) -> bytes | None:
        files = sorted(
            (name, file) for name, file in shop.artifacts.listing(artifact.digest).items()
            if name.startswith(pattern) and name.endswith(".jpg")
        )  # fmt: skip
        return shop.artifacts.read(files[len(files) // 2 if middle else 0][1].digest) if files else None

    return picture


# One stranger's upload says nothing about another's: a tray is never unfit for the share of them that is refused.
_NO_FLOOR = 0.0

PROBES = Stage(
    name="arrival_probes",
    upstream=(),
    recipe=sampling.RECIPE,
    checks=PROBE_CHECKS,
    gather=gather_tray,
    prepare=_kept,
    inputs=_probe_inputs,
    make=_probe,
    acceptance_floor=_NO_FLOOR,
    picture=_first_of("", middle=True),
    has_specs=False,
)
THUMBNAILS = Stage(
    name="arrival_thumbnails",
    upstream=(PROBES,),
    recipe=thumbnails.RECIPE,
    checks=THUMBNAIL_CHECKS,
    gather=gather_passed,
    inputs=_inputs,
    make=_draw_thumbnails,
    acceptance_floor=_NO_FLOOR,
    picture=poster_of,
    has_specs=False,
)
STORYBOARD = Stage(
    name="arrival_storyboard",
    upstream=(PROBES,),
    recipe=storyboard.RECIPE,
    checks=STORYBOARD_CHECKS,
    gather=gather_passed,
    inputs=_inputs,
    make=_draw_storyboard,
    acceptance_floor=_NO_FLOOR,
    picture=_first_of("storyboard"),
    has_specs=False,
)
PREVIEWS = Stage(
    name="arrival_previews",
    upstream=(PROBES,),
    recipe=previews.RECIPE,
    checks=PREVIEW_CHECKS,
    gather=gather_passed,
    inputs=_inputs,
    make=_make_preview,
    acceptance_floor=_NO_FLOOR,
    has_specs=False,
)
ARRIVAL_STAGES = (PROBES, THUMBNAILS, STORYBOARD, PREVIEWS)

arrival_probes = stage_asset(
    PROBES,
    group=GROUP,
    kinds=("ffmpeg",),
    partitions=TRAYS,
    description="Uploads of a tray, kept by digest: what each of them is, and pictures of its moments, guarded.",
)
arrival_thumbnails = stage_asset(
    THUMBNAILS,
    group=GROUP,
    kinds=("jpeg",),
    partitions=TRAYS,
    description="A poster and a few thumbnails of each upload, upright, in the colours of a page.",
)
arrival_storyboard = stage_asset(
    STORYBOARD,
    group=GROUP,
    kinds=("jpeg", "vtt"),
    partitions=TRAYS,
    description="Sheets of small pictures for a player's seek bar, with the WebVTT that says which stands for when.",
)
arrival_previews = stage_asset(
    PREVIEWS,
    group=GROUP,
    kinds=("mp4",),
    partitions=TRAYS,
    description="A few seconds of each upload without sound, cut from moments all over it.",
)
ARRIVAL_ASSETS = (arrival_probes, arrival_thumbnails, arrival_storyboard, arrival_previews)
