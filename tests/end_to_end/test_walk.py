"""The whole walk, from a catalog file to signed releases, through the real graph with real tools."""

import base64
import json
import os
from pathlib import Path
from typing import Any

import dagster as dg
import polars as pl
import pytest

import vidgen_assets.encodes.asset as encodes_asset
import vidgen_assets.manifests.asset as manifests_asset
from resources.backends.template import TemplateBackend
from resources.settings import read_settings
from resources.workshop import Workshop, open_workshop
from tests.end_to_end.catalogs import a_clip, copy_of_quick, write_catalog
from tests.end_to_end.running import vidgen, vidgen_json
from vidgen_assets.clips.digest import Digest
from vidgen_assets.clips.ledger import Status
from vidgen_assets.definitions import ASSETS

STAGES = [asset.key.to_user_string() for asset in ASSETS]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VIDGEN_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def the_shop(home: Path) -> Workshop:
    return open_workshop(str(home / "store"), home=home)


def made(home: Path, shard: str) -> dict[str, set[str]]:
    """Stage to the clips whose work its newest attempt really did."""
    shop = the_shop(home)
    return {
        stage: {row.clip_id for row in shop.ledgers.latest(stage, shard).rows if row.status is Status.MADE}
        for stage in STAGES
    }


def test_quick_sample_is_released_and_the_wrong_row_held(home: Path, tmp_path: Path, capsys: Any) -> None:
    catalog = copy_of_quick(tmp_path)
    assert vidgen("run", str(catalog)) == 0
    status = vidgen_json(capsys, "status")
    assert status["clips"] == {"released": 3, "held": 1, "failed": 0, "waiting": 0}
    by_id = {clip["clip_id"]: clip for clip in status["catalogs"]["quick"]["details"]}
    assert by_id["mug-wrong"]["why"]["field"] == "aspect"
    for clip in (clip for clip in by_id.values() if clip["state"] == "released"):
        _check_release(home / "store" / clip["release"], the_shop(home))


def _check_release(folder: Path, shop: Workshop) -> None:
    """The envelope verifies, and every file is the one it speaks of."""
    envelope = json.loads((folder / "release.dsse.json").read_text())
    payload = shop.signer.opened(envelope)
    assert payload is not None
    assert payload == base64.b64decode(envelope["payload"])
    subjects = json.loads(payload)["subject"]
    assert {s["name"] for s in subjects} == {
        p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file() and p.name != "release.dsse.json"
    }
    for subject in subjects:
        assert Digest.of_file(folder / subject["name"]).hex == subject["digest"]["sha256"]


def test_idempotency_edits_and_tags(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [a_clip(f"clip-{n}") for n in range(1, 6)]
    path = write_catalog(tmp_path / "shop" / "shop.csv", rows)
    shard = "shop.g1.0000"
    assert vidgen("run", str(path)) == 0
    first = _digests(home, shard)
    assert made(home, shard)["encodes"] == {f"clip-{n}" for n in range(1, 6)}
    with monkeypatch.context() as patch:  # the counters do count
        calls = _count_calls(patch)
        write_catalog(tmp_path / "other" / "other.csv", [a_clip("clip-1")])
        assert vidgen("run", str(tmp_path / "other" / "other.csv")) == 0
        assert calls == ["make_latents", "decode", "decode", "encode", "package"]

    with monkeypatch.context() as patch:
        calls = _count_calls(patch)
        assert vidgen("run", str(path)) == 0
        assert calls == [], "a second run generates and encodes nothing"
    assert not any(made(home, shard).values())
    assert _digests(home, shard) == first

    edited = [dict(row) for row in rows]
    for n in (0, 2, 4):
        edited[n]["variables.headline"] = f"Edited {n}"
    write_catalog(path, list(reversed(edited)))  # order is no difference
    assert vidgen("run", str(path)) == 0
    for stage in STAGES:
        remade = set[str]() if stage in ("soundtracks", "captions") else {"clip-1", "clip-3", "clip-5"}
        assert made(home, shard)[stage] == remade, stage  # a headline that nobody speaks changes no sound

    for row in edited:
        row["campaign"] = "winter"
    write_catalog(path, edited)
    assert vidgen("run", str(path)) == 0
    after = made(home, shard)
    assert not any(
        after[stage] for stage in ("soundtracks", "captions", "latents", "frames", "encodes", "manifests")
    ), "a tag makes nothing again"


def _count_calls(patch: pytest.MonkeyPatch) -> list[str]:
    """Every call of a backend, the encoder or the packager, by name."""
    calls: list[str] = []

    def counting(name: str, real: Any) -> Any:
        def call(*args: Any, **kwargs: Any) -> Any:
            calls.append(name)
            return real(*args, **kwargs)

        return call

    for owner, name in (
        (TemplateBackend, "make_latents"),
        (TemplateBackend, "decode"),
        (encodes_asset, "encode"),
        (manifests_asset, "package"),
    ):
        patch.setattr(owner, name, counting(name, getattr(owner, name)))
    return calls


def _digests(home: Path, shard: str) -> dict[tuple[str, str], str | None]:
    shop = the_shop(home)
    return {(stage, row.clip_id): row.digest for stage in STAGES for row in shop.ledgers.latest(stage, shard).rows}


def test_a_dry_run_writes_nothing_and_says_what_a_run_then_does(home: Path, tmp_path: Path, capsys: Any) -> None:
    catalog = copy_of_quick(tmp_path)
    before = vidgen_json(capsys, "run", str(catalog), "--dry-run")
    assert before["clips"] == {"generate": 3, "reuse": 0, "hold": 1}
    assert float(before["price"]["amount"]) > 0
    assert not list((home / "store").rglob("*.*")), "no artifact and no record"
    vidgen("run", str(catalog))
    after = vidgen_json(capsys, "run", str(catalog), "--dry-run")
    assert after["clips"] == {"generate": 0, "reuse": 3, "hold": 1}
    assert float(after["price"]["amount"]) == 0


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"\xff\xfeid\x00,\x00", "UTF-16"), (b"", "0 columns"), (b"id,prompt,colour\nx,y,z\n", "colour")],
    ids=["UTF-16", "empty", "unknown column"],
)
def test_a_file_that_is_no_catalog_is_bad_input(
    home: Path, tmp_path: Path, capsys: Any, content: bytes, says: str
) -> None:
    path = tmp_path / "shop.csv"
    path.write_bytes(content)
    assert vidgen("run", str(path)) == 2
    said = capsys.readouterr().err
    assert says in said
    assert "Traceback" not in said
    assert the_shop(home).catalogs.names() == []


def test_a_missing_file_is_bad_input(home: Path, tmp_path: Path, capsys: Any) -> None:
    assert vidgen("run", str(tmp_path / "nowhere.csv")) == 2
    assert "nowhere.csv" in capsys.readouterr().err


def test_a_clip_that_fails_for_good_ends_with_one(home: Path, tmp_path: Path, capsys: Any, monkeypatch: Any) -> None:
    from vidgen_assets.clips.errors import PermanentError

    def broken(*_: object, **__: object) -> None:
        raise PermanentError("the encoder is out of order")

    monkeypatch.setattr("vidgen_assets.encodes.asset.encode", broken)
    path = write_catalog(tmp_path / "shop.csv", [a_clip("clip-1")])
    assert vidgen("run", str(path)) == 1
    status = vidgen_json(capsys, "status")
    assert status["clips"] == {"released": 0, "held": 0, "failed": 1, "waiting": 0}
    assert "out of order" in status["catalogs"]["shop"]["details"][0]["why"]["message"]
    monkeypatch.undo()
    monkeypatch.setenv("VIDGEN_HOME", str(home))
    assert vidgen("run", str(path)) == 1, "a failure for good is not tried again by itself"
    assert vidgen("run", str(path), "--retry-failed") == 0


GOLDEN = {
    "prompts": "sha256:b242449323f4be33a32f4c1d625e3e0d5820cc5777a5589373e0f7e1a3b08897",
    "latents": "sha256:33081321cb62a14acd002d028909a96d79b418781780884a47ce95460470dd25",
}
"""What the same row has always become. If this fails and the bytes are meant to change, raise the stage's recipe
version (for a spec: consider that every clip of every catalog gets a new one) and say so in the changelog."""


def test_show_and_doctor(home: Path, tmp_path: Path, capsys: Any) -> None:
    path = write_catalog(tmp_path / "shop.csv", [a_clip("clip-1")])
    vidgen("run", str(path))
    shown = vidgen_json(capsys, "show", "clip-1")
    assert shown["state"] == "released"
    assert {stage: shown["digests"][stage] for stage in GOLDEN} == GOLDEN
    assert {v["stage"] for v in shown["verdicts"]} == set(STAGES)
    with dg.DagsterInstance.from_config(str(home / "dagster")) as instance:
        (record,) = instance.fetch_materializations(dg.AssetKey("qa_scores"), limit=1).records
    assert record.asset_materialization is not None
    digest = Digest(str(record.asset_materialization.metadata["table"].value))
    table = pl.read_parquet(the_shop(home).artifacts.path(digest))
    assert set(table["clip_id"]) == {"clip-1"}
    assert set(table["stage"]) == set(STAGES) - {"qa_scores", "releases"}
    assert "longest_standstill_s" in set(table["metric"])
    assert vidgen("show", "clip-l") == 2
    assert "clip-1" in capsys.readouterr().err
    assert all(subject["is_well"] for subject in vidgen_json(capsys, "doctor").values())
    assert read_settings().home == home
    assert os.environ["VIDGEN_HOME"] == str(home)
