"""A clip whose frames are post-processed: audited as they are encoded, drawn again to the same bytes, released."""

from pathlib import Path
from typing import Any

import pytest

from resources.workshop import open_workshop
from tests.end_to_end.catalogs import a_clip, write_catalog
from tests.end_to_end.running import vidgen, vidgen_json
from vidgen_assets.clips.renditions import REDRAWN_FRAMES_FILE
from vidgen_assets.frames.recording import FrameRecording


def test_a_polished_clip_is_released_beside_the_same_clip_without_steps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.setenv("VIDGEN_HOME", str(tmp_path / "home"))
    rows = [a_clip(name, duration_s="1", profile=name) for name in ("standard", "polished")]
    catalog = write_catalog(tmp_path / "shop" / "shop.csv", [{**row, "variables.headline": "A lamp"} for row in rows])

    assert vidgen("run", str(catalog)) == 0

    status = vidgen_json(capsys, "status")
    assert status["clips"] == {"released": 2, "held": 0, "failed": 0, "waiting": 0}
    assert not list((tmp_path / "home" / "store").rglob(REDRAWN_FRAMES_FILE))
    plain, polished = (_recording(tmp_path / "home", name) for name in ("standard", "polished"))
    assert "post" not in plain.recipe["decode"]
    assert [step["step"] for step in polished.recipe["decode"]["post"]["steps"]][:2] == ["deflicker", "denoise"]
    assert plain.shape == polished.shape
    assert plain.frames[10].digest != polished.frames[10].digest


def _recording(home: Path, clip_id: str) -> FrameRecording:
    shop = open_workshop(str(home / "store"), home=home)
    row = shop.ledgers.latest("frames", "shop.g1.0000").row(clip_id)
    assert row is not None
    assert row.artifact is not None
    return FrameRecording.from_bytes(shop.artifacts.read(row.artifact.digest))
