"""The first stage: rows of the newest version become specs, and a row's files are read once."""

from pathlib import Path
from typing import Any

import pytest

from resources.media_intake import MediaIntake
from resources.workshop import Workshop, open_workshop
from tests.end_to_end.catalogs import a_clip, write_catalog
from tests.prompts.models_at_work import a_prompt_row, register, with_models
from vidgen_assets.automation.enrol import enrol
from vidgen_assets.catalogs.source import read_source
from vidgen_assets.clips.digest import Digest
from vidgen_assets.clips.errors import GateClosed
from vidgen_assets.clips.ledger import Status
from vidgen_assets.clips.spec import ClipSpec
from vidgen_assets.models.lifecycle import Stamp
from vidgen_assets.models.registry import Status as ReleaseStatus
from vidgen_assets.prompts.asset import PROMPTS, trace_id
from vidgen_assets.stages.line import Orders, Report, run_stage

SHARD = "shop.g1.0000"


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    return open_workshop(str(tmp_path / "store"), home=tmp_path, workers=1)


def run(shop: Workshop, folder: Path, *rows: dict[str, str]) -> Report:
    path = write_catalog(folder / "shop.csv", rows)
    enrol(read_source(path), str(folder), shop)
    return run_stage(PROMPTS, SHARD, shop, Orders("run"))


def spec_in(report: Report, shop: Workshop, clip_id: str = "lamp") -> ClipSpec:
    row = report.attempt.row(clip_id)
    assert row is not None
    assert row.digest is not None, row.problem
    return ClipSpec.model_validate_json(shop.artifacts.read(row.digest))


def test_a_shard_of_a_catalog_nobody_registered_is_refused(shop: Workshop) -> None:
    with pytest.raises(GateClosed, match="the catalog shop was never registered"):
        run_stage(PROMPTS, SHARD, shop, Orders("run"))


def test_a_picture_is_kept_by_digest(shop: Workshop, tmp_path: Path) -> None:
    image = spec_in(run(shop, tmp_path, a_clip("lamp")), shop).image
    assert image is not None
    assert shop.artifacts.path(image.digest).read_bytes() == (tmp_path / "pictures" / "product.png").read_bytes()


def test_a_picture_that_is_replaced_while_its_row_is_read_stands_under_its_own_key(
    shop: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Read twice, for the key and for the spec, the spec with the new picture would be remembered for the old one."""
    picture, keep = tmp_path / "pictures" / "product.png", MediaIntake.keep

    def keep_and_replace(*args: Any) -> Any:
        kept = keep(*args)
        picture.write_bytes(picture.read_bytes() + b"\0")
        return kept

    with monkeypatch.context() as patch:
        patch.setattr(MediaIntake, "keep", keep_and_replace)
        run(shop, tmp_path, a_clip("lamp"))
    report = run(shop, tmp_path, a_clip("lamp"))  # the first picture again
    image = spec_in(report, shop).image
    assert image is not None
    assert image.digest == Digest.of_file(picture)


def test_a_wrong_row_is_held_with_every_reason_and_the_others_go_on(shop: Workshop, tmp_path: Path) -> None:
    report = run(shop, tmp_path, a_clip("lamp"), a_clip("mug", aspect="7:3", duration_s="five"))
    assert spec_in(report, shop).clip_id == "lamp"
    row = report.attempt.row("mug")
    assert row is not None
    assert row.problem is not None
    assert row.status is Status.HELD
    assert "2 problems in row" in row.problem.message
    assert "7:3" in row.problem.message
    assert "five" in row.problem.message
    assert report.judgement.is_fit


def test_a_trace_id_is_a_clips_own_and_stays(shop: Workshop, tmp_path: Path) -> None:
    row = run(shop, tmp_path, a_clip("lamp")).attempt.rows[0]
    assert row.trace_id == trace_id("shop", "lamp") != trace_id("other", "lamp")
    assert len(bytes.fromhex(row.trace_id)) == 16


@pytest.fixture
def modelled(shop: Workshop) -> Workshop:
    """Models `one`, active, and `two`, a canary that gets nothing unless it is promoted or named."""
    shop = with_models(shop)
    register(shop, "one", ReleaseStatus.ACTIVE)
    register(shop, "two", ReleaseStatus.CANARY)
    return shop


def test_a_prompt_goes_to_a_model_and_the_route_is_recorded(modelled: Workshop, tmp_path: Path) -> None:
    route = spec_in(run(modelled, tmp_path, a_prompt_row("lamp")), modelled).route
    assert (route.backend, route.release) == ("diffusion", "one")
    recorded = modelled.routes.current("shop", "lamp")
    assert recorded is not None
    assert recorded.route == route


def test_a_promotion_moves_new_clips_only(modelled: Workshop, tmp_path: Path) -> None:
    before = spec_in(run(modelled, tmp_path, a_prompt_row("lamp")), modelled)
    modelled.models.promote("two", Stamp("better", "ana", modelled.now()))
    report = run(modelled, tmp_path, a_prompt_row("lamp"), a_prompt_row("mug"))
    assert spec_in(report, modelled, "lamp") == before
    assert spec_in(report, modelled, "mug").route.release == "two"


def test_a_row_that_names_a_model_is_routed_anew_once(modelled: Workshop, tmp_path: Path) -> None:
    run(modelled, tmp_path, a_prompt_row("lamp"))
    for _ in range(2):
        report = run(modelled, tmp_path, a_prompt_row("lamp", model="two"))
        assert spec_in(report, modelled).route.release == "two"
    assert modelled.records.numbers("routes/shop/lamp") == [1, 2]


def test_a_customers_tier_opens_the_canary_that_is_for_it(modelled: Workshop, tmp_path: Path) -> None:
    register(modelled, "pilot", ReleaseStatus.CANARY, 1.0, eligibility={"tiers": ["pilot"]})
    modelled.models.set_tier("lumen", "pilot", by="ana", recorded_at=modelled.now())
    report = run(modelled, tmp_path, a_prompt_row("lamp"), a_prompt_row("mug", customer="other"))
    assert spec_in(report, modelled, "lamp").route.release == "pilot"
    assert spec_in(report, modelled, "mug").route.release == "one"


def test_a_template_clip_is_in_no_route_book_and_needs_no_registry(modelled: Workshop, tmp_path: Path) -> None:
    modelled.records.append("models", b"forged")
    report = run(modelled, tmp_path, a_clip("lamp"), a_prompt_row("mug"))
    assert spec_in(report, modelled, "lamp").route.backend == "template"
    assert modelled.records.series_below("routes") == []
    row = report.attempt.row("mug")
    assert row is not None
    assert row.problem is not None
    assert (row.status, row.problem.value) == (Status.FAILED, "'records/models/00000003'")


def test_a_prompt_that_nothing_can_make_is_held_with_what_there_is(modelled: Workshop, tmp_path: Path) -> None:
    row = run(modelled, tmp_path, a_prompt_row("lamp", model="gone")).attempt.row("lamp")
    assert row is not None
    assert row.problem is not None
    assert (row.status, row.problem.field, row.problem.allowed) == (Status.HELD, "model", "backdrops, one, two")


def test_a_models_clip_that_lasts_as_long_as_it_is_spoken_has_a_length_that_the_model_makes(
    modelled: Workshop, tmp_path: Path
) -> None:
    register(modelled, "long", ReleaseStatus.CANARY, frame_grid={"step": 4, "least": 5, "most": 81})
    spoken = {"script": "Meet the lamp.", "duration_s": "auto", "model": "long"}
    told = spec_in(run(modelled, tmp_path, {**a_prompt_row("lamp"), **spoken}), modelled)
    assert told.duration_s > 1.2  # the silences before and after the words alone
    assert (told.frame_count - 1) % 4 == 0


def test_a_text_that_is_longer_than_what_a_model_makes_is_held_with_both_lengths(
    modelled: Workshop, tmp_path: Path
) -> None:
    row = {**a_prompt_row("lamp"), "script": "Meet the lamp that wakes with the sun.", "duration_s": "auto"}
    held = run(modelled, tmp_path, row).attempt.row("lamp")
    assert held is not None
    assert held.problem is not None
    assert held.problem.field == "script"
    assert "one makes clips of up to 1.62 s" in held.problem.message
