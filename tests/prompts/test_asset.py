"""The first stage: rows of the newest version become specs, and a row's files are read once."""

from pathlib import Path
from typing import Any

import pytest

from resources.media_intake import MediaIntake
from resources.workshop import Workshop, open_workshop
from tests.end_to_end.catalogs import a_clip, write_catalog
from vidgen_assets.automation.enrol import enrol
from vidgen_assets.catalogs.source import read_source
from vidgen_assets.clips.digest import Digest
from vidgen_assets.clips.errors import GateClosed
from vidgen_assets.clips.ledger import Status
from vidgen_assets.clips.spec import ClipSpec
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
