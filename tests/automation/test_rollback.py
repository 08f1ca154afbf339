"""A rollback freezes, restores, and moves exactly the clips that aren't out."""

from pathlib import Path

import pytest

from resources.workshop import Workshop, open_workshop
from tests.end_to_end.catalogs import a_clip, write_catalog
from tests.prompts.models_at_work import a_prompt_row, register, with_models
from vidgen_assets.automation.enrol import enrol
from vidgen_assets.automation.rollback import roll_back
from vidgen_assets.catalogs.source import read_source
from vidgen_assets.clips.artifact import Artifact
from vidgen_assets.clips.ledger import LedgerRow, Status
from vidgen_assets.clips.spec import ClipSpec
from vidgen_assets.models.lifecycle import Stamp
from vidgen_assets.models.registry import Status as ReleaseStatus
from vidgen_assets.prompts.asset import PROMPTS
from vidgen_assets.releases.address import ENVELOPE, Address
from vidgen_assets.stages.line import Orders, run_stage

SHARD = "shop.g1.0000"


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    """`lamp`, `mug` and `fig` are made by `two`, which was promoted over `one`; `fig` asks for it by name."""
    shop = with_models(open_workshop(str(tmp_path / "store"), home=tmp_path, workers=1))
    register(shop, "one", ReleaseStatus.ACTIVE)
    register(shop, "two", ReleaseStatus.CANARY)
    shop.models.promote("two", Stamp("better", "ana", shop.now()))
    rows = [a_prompt_row("lamp"), a_prompt_row("mug"), a_prompt_row("fig", model="two"), a_clip("card")]
    enrol(read_source(write_catalog(tmp_path / "shop.csv", rows)), str(tmp_path), shop)
    run_stage(PROMPTS, SHARD, shop, Orders("run"))
    return shop


def release(shop: Workshop, clip_id: str) -> None:
    """As if the clip had gone all the way."""
    attempt = shop.ledgers.latest("prompts", SHARD)
    spec = attempt.row(clip_id).digest
    assert spec is not None
    statement = Artifact(shop.artifacts.put_bytes(b"{}").digest, 2)
    row = LedgerRow(clip_id, "trace", Status.MADE, artifact=statement, inputs={"prompts": spec})
    released = shop.ledgers.append("releases", SHARD, [row], run_id="run", recorded_at=shop.now())
    shop.publications.publish(released, is_fit=True, reason="", policy_version="p", recorded_at=shop.now())
    shop.objects.put(f"{Address('shop', clip_id, statement.digest).folder}/{ENVELOPE}", b"{}")


def release_of(shop: Workshop, clip_id: str) -> str:
    recorded = shop.routes.current("shop", clip_id)
    assert recorded is not None
    return recorded.route.release


def test_what_is_not_out_goes_to_the_release_before(shop: Workshop) -> None:
    release(shop, "mug")
    done = roll_back("two", shop, reason="it flickers", by="ana")
    assert (done.release_id, done.restored, done.shards) == ("two", "one", (SHARD,))
    assert {moved.clip_id: moved.release for moved in done.clips} == {"lamp": "one", "fig": None}
    assert (release_of(shop, "lamp"), release_of(shop, "mug")) == ("one", "two")
    recorded = shop.routes.current("shop", "lamp")
    assert recorded is not None
    assert recorded.route.reason.startswith("moved from two (it flickers): the active release of backdrops: point 0.")


def test_the_next_run_makes_the_moved_clip_with_its_new_release(shop: Workshop) -> None:
    roll_back("two", shop, reason="it flickers", by="ana")
    row = run_stage(PROMPTS, SHARD, shop, Orders("run")).attempt.row("lamp")
    assert row is not None
    assert row.digest is not None
    assert ClipSpec.model_validate_json(shop.artifacts.read(row.digest)).route.release == "one"


def test_a_clip_that_asked_for_the_release_by_name_stays_and_says_why(shop: Workshop) -> None:
    done = roll_back("two", shop, reason="it flickers", by="ana")
    (fig,) = (moved for moved in done.clips if moved.clip_id == "fig")
    assert fig.problem is not None
    assert "this release is frozen: it flickers" in fig.problem.message
    assert release_of(shop, "fig") == "two"


def test_a_rollback_may_be_repeated(shop: Workshop) -> None:
    roll_back("two", shop, reason="it flickers", by="ana")
    again = roll_back("two", shop, reason="it flickers", by="ana")
    assert again.restored is None
    assert [moved.clip_id for moved in again.clips] == ["fig"]
    assert shop.records.numbers("routes/shop/lamp") == [1, 2]
