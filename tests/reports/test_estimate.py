"""A forecast says what a run would make, reuse and hold, and what it would cost, without writing anything."""

from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

import pytest

from resources.workshop import Workshop, open_workshop
from tests.builders import a_digest
from tests.end_to_end.catalogs import a_clip, write_catalog
from tests.prompts.models_at_work import a_prompt_row, register, with_models
from vidgen_assets.automation.enrol import plan_enrolment
from vidgen_assets.catalogs.source import read_source
from vidgen_assets.clips.artifact import Artifact
from vidgen_assets.clips.errors import ErrorKind
from vidgen_assets.clips.post_costs import PostCosts
from vidgen_assets.clips.prices import Estimate, PriceBook
from vidgen_assets.definitions import CLIP_STAGES
from vidgen_assets.models.registry import Status
from vidgen_assets.prompts.asset import prompts_task, spec_of
from vidgen_assets.reports.estimate import Forecast, Plan, forecast
from vidgen_assets.stages.stage import Task

# A second of video is 3 processor seconds at 2 each: 6. Storage is free.
PRICES = PriceBook(
    version="test",
    currency="EUR",
    cpu_second=Decimal(2),
    gpu_second=Decimal(0),
    stored_gib_month=Decimal(0),
    stored_months=1,
    estimate=Estimate(
        template_cpu_s_per_video_s=3.0,
        model_gpu_s_per_video_s=20.0,
        model_cpu_s_per_video_s=2.0,
        stored_bytes_per_video_s=1,
        post_cpu_s_per_megapixel_frame=PostCosts(grade=0.01),
    ),
)


@dataclass
class Desk:
    folder: Path
    shop: Workshop

    def forecast(self, *rows: dict[str, str]) -> list[Forecast]:
        path = write_catalog(self.folder / "shop.csv", rows)
        version = plan_enrolment(read_source(path), str(self.folder), self.shop).version
        return forecast(version, CLIP_STAGES, self.shop)

    def task(self, row: dict[str, str]) -> Task:
        path = write_catalog(self.folder / "shop.csv", [row])
        version = plan_enrolment(read_source(path), str(self.folder), self.shop).version
        request = version.rows[0].request
        assert request is not None
        task = prompts_task(request, version.name, version.base_uri)
        return replace(task, known_spec=spec_of(task, self.shop, keep_media=False))

    def remember(self, row: dict[str, str], stages: int) -> None:
        """That the first `stages` of the clip's stages are done."""
        task = self.task(row)
        for stage in CLIP_STAGES[:stages]:
            artifact = Artifact(a_digest(stage.name), 10)
            self.shop.memo.remember(stage.name, stage.recipe.work_key(stage.inputs(task, self.shop)), artifact)
            task = replace(task, artifacts={**task.artifacts, stage.name: artifact})


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    shop = open_workshop(str(tmp_path / "store"), home=tmp_path)
    return Desk(tmp_path / "desk", replace(shop, prices=PRICES))


def test_a_new_clip_is_made_from_the_start_at_its_price(desk: Desk) -> None:
    (found,) = desk.forecast(a_clip("lamp", duration_s="2"))
    assert (found.plan, found.from_stage, found.price) == (Plan.GENERATE, "soundtracks", Decimal(12))
    assert found.shard == "shop.g1.0000"


def test_the_steps_of_its_profile_are_in_a_clips_price(desk: Desk) -> None:
    (found,) = desk.forecast(a_clip("lamp", duration_s="2", profile="polished"))
    # 12 for the clip; its 48 frames of 0.9216 megapixels are graded twice, at 0.01 s a megapixel and 2 a second
    assert found.price == Decimal(12) + Decimal("0.9216") * 48 * 2 * Decimal("0.01") * 2


@pytest.mark.parametrize(
    ("done", "begins"), [(1, "captions"), (2, "latents"), (3, "frames"), (4, "encodes"), (5, "manifests")]
)
def test_a_clip_that_is_half_done_begins_where_it_stopped(desk: Desk, done: int, begins: str) -> None:
    desk.remember(a_clip("lamp"), done)
    (found,) = desk.forecast(a_clip("lamp"))
    assert (found.plan, found.from_stage) == (Plan.GENERATE, begins)


def test_a_clip_that_is_done_costs_nothing(desk: Desk) -> None:
    desk.remember(a_clip("lamp"), len(CLIP_STAGES))
    (found,) = desk.forecast(a_clip("lamp"))
    assert (found.plan, found.from_stage, found.price) == (Plan.REUSE, "", Decimal(0))


def test_a_changed_tag_is_reuse_and_a_changed_headline_is_not(desk: Desk) -> None:
    desk.remember(a_clip("lamp"), len(CLIP_STAGES))
    assert [f.plan for f in desk.forecast(a_clip("lamp", campaign="winter"))] == [Plan.REUSE]
    assert [f.plan for f in desk.forecast(a_clip("lamp", **{"variables.headline": "New"}))] == [Plan.GENERATE]


@pytest.mark.parametrize(
    ("cells", "kind", "field"),
    [
        ({"aspect": "7:3"}, ErrorKind.INPUT, "aspect"),
        ({"image": "pictures/gone.png"}, ErrorKind.INPUT, "image"),
        ({"variables.headline": "W" * 200}, ErrorKind.INPUT, "variables.headline"),
        ({"script": "nuqneH", "language": "tlh"}, ErrorKind.INPUT, "language"),
        ({"variables.headline": "A r1fle for you"}, ErrorKind.POLICY, "verdict"),
    ],
    ids=[
        "a wrong cell",
        "a missing picture",
        "a text that fits nowhere",
        "a language that nobody speaks",
        "a forbidden product",
    ],
)
def test_what_a_run_would_hold_is_held_here_with_the_reason(
    desk: Desk, cells: dict[str, str], kind: ErrorKind, field: str
) -> None:
    held, fine = desk.forecast(a_clip("lamp", **cells), a_clip("mug"))
    assert (held.plan, held.price) == (Plan.HOLD, Decimal(0))
    assert held.problem is not None
    assert (held.problem.kind, held.problem.field) == (kind, field)
    assert fine.plan is Plan.GENERATE


def test_nothing_is_written(desk: Desk) -> None:
    desk.forecast(a_clip("lamp"), a_clip("mug", aspect="7:3"))
    assert desk.shop.objects.markers("") == {}


def test_a_route_is_looked_up_and_never_recorded(desk: Desk) -> None:
    shop = with_models(desk.shop)
    register(shop, "one", Status.ACTIVE)
    task = Desk(desk.folder, shop).task(a_prompt_row("lamp"))
    assert task.spec.route.release == "one"
    assert shop.records.series_below("routes") == []
