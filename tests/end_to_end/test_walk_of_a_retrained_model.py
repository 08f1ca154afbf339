"""Trained twice with different configurations: two releases of one family, the second as the first's canary."""

from pathlib import Path
from typing import Any

import pytest

from resources.workshop import open_workshop
from tests.end_to_end.catalogs import write_catalog
from tests.end_to_end.running import vidgen, vidgen_json
from tests.end_to_end.test_walk_of_a_model import a_prompt
from tests.training.tiny import DOCUMENT, finished
from vidgen_assets.clips.ledger import Status
from vidgen_assets.training.release import release_of, write_release

pytestmark = pytest.mark.drill

CLIPS = 7


def a_release_file(folder: Path, name: str, **changes: Any) -> Path:
    """What a training gives, to be registered. Its clips are noise, so no meters are asked what they show."""
    training = finished(folder / "training", name=name, **changes)
    release = release_of(training.config, training.pipeline)
    assert release.vocabulary is not None
    blind = release.model_copy(update={"vocabulary": release.vocabulary.model_copy(update={"meters": None})})
    return write_release(blind, folder)


def test_another_configuration_is_a_release_that_goes_through_the_canary(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    home = tmp_path / "home"
    monkeypatch.setenv("VIDGEN_HOME", str(home))
    monkeypatch.setenv("VIDGEN_WORKERS", "1")
    first = a_release_file(tmp_path / "one", "small-1")
    wider = {**DOCUMENT["transformer"], "ffn_dim": 96}
    second = a_release_file(tmp_path / "two", "small-2", transformer=wider, seed=8)
    assert vidgen("models", "add", str(first), "--status", "active") == 0
    assert vidgen("models", "add", str(second), "--share", "0.4") == 0

    rows = [
        a_prompt(f"clip-{n}", "soft blue waves drifting left", aspect="1:1", fps="8", duration_s="0.625")
        for n in range(CLIPS)
    ]
    catalog = write_catalog(tmp_path / "shop.csv", rows)
    assert vidgen("run", str(catalog)) == 0
    shop = open_workshop(str(home / "store"), home=home)
    latents = [
        row
        for shard in shop.ledgers.shards("latents")
        if (attempt := shop.ledgers.latest("latents", shard))
        for row in attempt.rows
    ]
    assert {row.status for row in latents} == {Status.MADE}
    made_by = [row.provenance["release"] for row in latents]
    assert {"small-1", "small-2"} == set(made_by)
    (compared,) = vidgen_json(capsys, "models", "compare")["canaries"]
    assert compared["canary_release"] == "small-2"

    assert vidgen("models", "promote", "small-2") == 0
    statuses = {each["id"]: each["status"] for each in vidgen_json(capsys, "models", "list")["releases"]}
    assert statuses == {"small-1": "retired", "small-2": "active"}
