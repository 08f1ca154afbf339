"""The commands' promises: exit codes, one paragraph for every error, a home that is empty or can't be."""

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

import pytest

from resources.backends.template import TemplateBackend
from tests.end_to_end.catalogs import a_clip, write_catalog
from tests.end_to_end.running import vidgen, vidgen_json
from vidgen_assets.clips.generation import Generated

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VIDGEN_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def complaint(capsys: Capture) -> str:
    """What was printed for a person: one paragraph, its lines left to the terminal."""
    said = capsys.readouterr().err
    assert "Traceback" not in said
    return said.strip()


def test_status_of_an_empty_home(home: Path, capsys: Capture) -> None:
    assert vidgen("status") == 0
    assert "no clips" in capsys.readouterr().out
    assert vidgen_json(capsys, "status") == {
        "clips": {"released": 0, "held": 0, "failed": 0, "waiting": 0},
        "cost": {"amount": "0", "currency": "USD"},
        "catalogs": {},
    }


def test_status_of_a_catalog_that_is_not_there_is_bad_input(home: Path, capsys: Capture) -> None:
    assert vidgen("status", "shop") == 2
    assert "no such catalog. Field catalog = 'shop'. Allowed: none is registered yet." in complaint(capsys)


def test_a_clip_that_is_not_there_is_bad_input(home: Path, capsys: Capture) -> None:
    assert vidgen("show", "lamp") == 2
    assert "no such clip. Field clip = 'lamp'." in complaint(capsys)


def test_a_gallery_of_nothing_is_a_page(home: Path) -> None:
    assert vidgen("gallery") == 0
    assert (home / "gallery" / "index.html").is_file()


def test_doctor_finds_an_empty_home_well(home: Path, capsys: Capture) -> None:
    assert vidgen("doctor") == 0
    assert "ill" not in [line.split()[0] for line in capsys.readouterr().out.splitlines() if line]
    found = vidgen_json(capsys, "doctor")
    assert set(found) == {"store", "signing key", "media tools", "backends", "models", "compute"}
    assert "made on first use" in found["signing key"]["says"]


def test_doctor_says_what_is_ill_and_tries_the_rest(
    home: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)  # as if it weren't installed
    assert vidgen("doctor") == 1
    capsys.readouterr()
    found = vidgen_json(capsys, "doctor")
    assert [subject for subject, diagnosis in found.items() if not diagnosis["is_well"]] == ["compute"]
    assert "torch" in found["compute"]["says"]


@pytest.mark.parametrize("command", ["status", "doctor", "gallery"])
@pytest.mark.parametrize(
    ("variable", "value"),
    [("VIDGEN_WORKERS", "zero"), ("VIDGEN_PRODUCTION", "maybe"), ("VIDGEN_EXECUTOR", "cloud")],
)
def test_a_wrong_setting_is_bad_input(
    home: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch, command: str, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    assert vidgen(command) == 2
    said = complaint(capsys)
    assert f"Field {variable} = '{value}'" in said
    assert "Allowed:" in said


def test_production_refuses_the_key_that_was_made_on_first_use(
    home: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIDGEN_PRODUCTION", "1")
    assert vidgen("status") == 1
    assert "no signing key is configured. Field VIDGEN_SIGNING_KEY_FILE." in complaint(capsys)
    assert not list(home.rglob("*.pem"))


@pytest.mark.parametrize("command", ["status", "gallery"])
def test_a_home_that_cannot_be_made_is_bad_input(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("VIDGEN_HOME", str(tmp_path / "file" / "home"))
    assert vidgen(command) == 2
    assert "the home can't be made: Not a directory. Field VIDGEN_HOME" in complaint(capsys)


def test_doctor_says_that_the_home_cannot_be_made(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("VIDGEN_HOME", str(tmp_path / "file" / "home"))
    assert "Not a directory" in vidgen_json(capsys, "doctor")["deployment"]["says"]


def broken(*_: object, **__: object) -> None:
    raise ZeroDivisionError("[red]oops[/]")


def test_an_error_nobody_foresaw_is_one_paragraph_and_a_file(
    home: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vidgen_assets.reports.standing.standings", broken)
    assert vidgen("status") == 1
    said = complaint(capsys)
    assert said.startswith("vidgen: unexpected ZeroDivisionError: [red]oops[/]. This is a defect of ours;")
    details = (home / "last-error.txt").read_text()
    assert "Traceback" in details
    assert "in broken" in details


def test_an_error_nobody_foresaw_in_a_home_that_cannot_be_written_to_is_kept_elsewhere(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("VIDGEN_HOME", str(tmp_path / "file" / "home"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr("vidgen_assets.cli.session.open_session", broken)
    assert vidgen("status") == 1
    assert "unexpected ZeroDivisionError" in complaint(capsys)
    (kept,) = tmp_path.glob("vidgen-*/last-error.txt")
    assert "Traceback" in kept.read_text()


def test_ctrl_c_stops_after_the_clips_in_hand(
    home: Path, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of two shards the first is interrupted while its latents are made; the second is not begun."""
    make_latents = TemplateBackend.make_latents

    def interrupting(*args: Any) -> Generated:
        os.kill(os.getpid(), signal.SIGINT)
        return make_latents(*args)

    monkeypatch.setattr(TemplateBackend, "make_latents", interrupting)
    catalog = write_catalog(tmp_path / "shop.csv", [a_clip("mug"), a_clip("lamp", priority="interactive")])
    assert vidgen("run", str(catalog)) == 1
    assert "stopped: interrupted: finished work is kept, and the same command goes on" in complaint(capsys)
    stages = {c["clip_id"]: c["stage"] for c in vidgen_json(capsys, "status")["catalogs"]["shop"]["details"]}
    assert stages == {"lamp": "captions", "mug": ""}
    assert len(list((home / "store" / "work" / "latents").rglob("*.done"))) == 1, "the clip in hand was kept"


def test_json_of_a_run_is_json_alone(home: Path, tmp_path: Path, capsys: Capture) -> None:
    """Progress, logs and warnings go to the other stream."""
    catalog = write_catalog(tmp_path / "shop.csv", [a_clip("lamp", aspect="7:3")])
    assert vidgen("run", str(catalog), "--json") == 0
    assert json.loads(capsys.readouterr().out)["clips"]["held"] == 1
