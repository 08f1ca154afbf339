"""A narrated clip, from its row to what a player finds: captions, a second track. Hostile rows stand beside it."""

import json
from pathlib import Path
from typing import Any

import pytest

from resources.workshop import open_workshop
from tests.end_to_end.catalogs import a_clip, write_catalog
from tests.end_to_end.running import vidgen, vidgen_json
from tests.synthetic.media import a_tone

_SCRIPT = "Meet the lamp.\n\nIt costs 24 euros, and it lasts 15 years."


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VIDGEN_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_a_narrated_clip_is_released_with_captions_and_description(home: Path, tmp_path: Path, capsys: Any) -> None:
    spoken = {"script": _SCRIPT, "duration_s": "auto"}
    rows = [
        a_clip("told", **spoken, audio="music.wav", audio_description="A lamp on a table."),
        a_clip("quiet"),
        a_clip("foreign", script="Saluton.", language="tlh", duration_s="4"),
        a_clip("long", script="word " * 100, duration_s="2"),
        a_clip("pictures", script="😀😀", duration_s="2"),
        a_clip("mute", duration_s="auto"),
    ]
    catalog = write_catalog(tmp_path / "shop" / "spoken.csv", rows)
    a_tone(tmp_path / "shop" / "music.wav", 2.0)

    assert vidgen("run", str(catalog)) == 0

    status = vidgen_json(capsys, "status")
    by_id = {clip["clip_id"]: clip for clip in status["catalogs"]["spoken"]["details"]}
    assert {name: clip["state"] for name, clip in by_id.items()} == {
        "told": "released", "quiet": "released", "foreign": "held", "long": "held", "pictures": "held", "mute": "held",
    }  # fmt: skip
    assert {name: by_id[name]["why"]["field"] for name in ("foreign", "long", "pictures", "mute")} == {
        "foreign": "language", "long": "script", "pictures": "script", "mute": "duration_s",
    }  # fmt: skip
    _check_package(home / "store" / by_id["told"]["release"])
    quiet = home / "store" / by_id["quiet"]["release"]
    assert not list(quiet.glob("captions*"))
    assert "SUBTITLES" not in (quiet / "master.m3u8").read_text()


def _check_package(release: Path) -> None:
    vtt = (release / "captions.vtt").read_text()
    assert vtt.startswith("WEBVTT")
    assert "Meet the lamp." in vtt
    assert (release / "captions.srt").is_file()
    master, mpd = (release / "master.m3u8").read_text(), (release / "manifest.mpd").read_text()
    assert "TYPE=SUBTITLES" in master
    assert 'CHARACTERISTICS="public.accessibility.describes-video"' in master
    assert "<BaseURL>captions.vtt</BaseURL>" in mpd
    assert "AudioPurposeCS:2007" in mpd
    assert json.loads((release / "metadata.json").read_text())["transcript"].startswith("Meet the lamp.")


def test_what_was_said_for_a_clips_length_is_not_said_again(home: Path, tmp_path: Path) -> None:
    catalog = write_catalog(
        tmp_path / "shop" / "told.csv", [a_clip("told", script="Meet the lamp.", duration_s="auto")]
    )
    assert vidgen("run", str(catalog)) == 0
    shop = open_workshop(str(home / "store"), home=home)

    assert len(list((home / "store" / "cupboard" / "speech").glob("*"))) == 1
    assert shop.ledgers.latest("soundtracks", shop.catalogs.latest("told").assignments.shard_of["told"])
