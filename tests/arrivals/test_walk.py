"""Uploads from the folder to a poster, through Dagster: what passes, what is held and why, and what the gate is for."""

import json
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from quality_checks.thresholds import THRESHOLDS
from tests.arrivals.depot import Depot
from tests.arrivals.uploads import Uploads
from tests.end_to_end.running import vidgen, vidgen_json
from vidgen_assets.arrivals.asset import ARRIVAL_STAGES, PROBES
from vidgen_assets.clips.errors import GateClosed, InputError
from vidgen_assets.clips.ledger import Status
from vidgen_assets.reports.arrivals import ArrivalState, arrival_standings, find_arrival, lay_out

FIRST = "tray-00000001"
SHOWN = ("colours.mp4", "turned.mp4", "hdr.mp4", "one_frame.mp4", "odd.mp4")
HELD = ("text.mp4", "cut_off.mp4", "titled.mp4")


@pytest.fixture(scope="module")
def walked(uploads: Uploads, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Depot, str]]:
    """Good and bad uploads on one tray, run once."""
    with dg.DagsterInstance.ephemeral() as instance:
        depot = Depot(tmp_path_factory.mktemp("home"), instance)
        depot.send(*(uploads.get(name) for name in (*SHOWN, *HELD)))
        depot.tick()
        (tray,) = depot.asked()
        assert tray is not None
        assert depot.run(tray).success
        yield depot, tray


def test_good_uploads_are_ready_and_the_others_say_why_they_arent(walked: tuple[Depot, str]) -> None:
    depot, _ = walked
    found = {standing.name: standing for standing in arrival_standings(depot.shop)}

    assert {name for name, s in found.items() if s.state is ArrivalState.READY} == set(SHOWN)
    assert {name for name, s in found.items() if s.state is ArrivalState.HELD} == set(HELD)
    reasons = {name: str(found[name].problem) for name in HELD}
    assert "this is text" in reasons["text.mp4"]
    assert "ends after" in reasons["cut_off.mp4"]
    assert "arrivals_obey_the_policy" in reasons["titled.mp4"]
    assert all("Send" in reason or "send" in reason for reason in reasons.values()), "what to do"


def test_nothing_is_drawn_of_an_upload_that_is_held(walked: tuple[Depot, str]) -> None:
    depot, tray = walked
    for stage in ARRIVAL_STAGES[1:]:
        rows = {row.clip_id.rsplit("-", 1)[0]: row for row in depot.attempt(stage.name, tray).rows}
        assert {name for name, row in rows.items() if row.artifact} == {"colours", "turned", "hdr", "one-frame", "odd"}
        assert all(row.problem for row in rows.values() if not row.artifact)


def test_each_asset_is_materialised_with_its_checks_for_the_tray(walked: tuple[Depot, str]) -> None:
    depot, tray = walked
    for stage in ARRIVAL_STAGES:
        records = depot.instance.fetch_materializations(
            dg.AssetRecordsFilter(dg.AssetKey(stage.name), asset_partitions=[tray]), limit=1
        ).records
        metadata = records[0].asset_materialization.metadata
        assert "clips" in metadata
        assert ("contact_sheet" in metadata) is (stage.picture is not None)


def test_what_shows_an_upload_is_laid_out_for_whoever_serves_it(walked: tuple[Depot, str], tmp_path: Path) -> None:
    depot, _ = walked
    files = lay_out(find_arrival("colours.mp4", depot.shop), tmp_path / "out", depot.shop)

    assert {file.name for file in files} >= {"poster.jpg", "storyboard.vtt", "storyboard-0.jpg", "preview.mp4"}
    assert json.loads((tmp_path / "out" / "facts.json").read_bytes())["duration_s"] == 3.0
    with pytest.raises(InputError, match="this is text"):
        lay_out(find_arrival("text.mp4", depot.shop), tmp_path / "none", depot.shop)
    assert not (tmp_path / "none").exists()


def test_the_gate_hands_nothing_on_without_every_verdict(uploads: Uploads, tmp_path: Path) -> None:
    """Downstream alone, by hand: before probing nothing is there to be read; a verdict that is lost closes the gate."""
    with dg.DagsterInstance.ephemeral() as instance:
        depot = Depot(tmp_path, instance)
        depot.send(uploads.get("one_frame.mp4"))
        depot.tick_twice()
        thumbnails, probes = ARRIVAL_STAGES[1], PROBES.requirement(THRESHOLDS.policy_version)
        with pytest.raises(GateClosed, match="never been made"):
            thumbnails.gather(thumbnails, FIRST, depot.shop)
        assert depot.run(FIRST).success
        assert len(depot.shop.gate.let_through(FIRST, [probes]).passed) == 1
        for verdict in (tmp_path / "store" / "records" / "verdicts" / PROBES.name / FIRST).iterdir():
            verdict.unlink()
        gathered = thumbnails.gather(thumbnails, FIRST, depot.shop)
        assert gathered.tasks == ()
        assert "no genuine verdict" in gathered.held[0].problem.message
        assert [s.state for s in arrival_standings(depot.shop)] == [ArrivalState.HELD]


def test_a_guard_holds_what_it_is_sure_of_and_a_guard_that_breaks_holds_everything(
    uploads: Uploads, tmp_path: Path
) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        depot = Depot(tmp_path, instance, {"VIDGEN_PICTURE_GUARD": "tests.arrivals.guards:redness"})
        depot.send(uploads.get("one_frame.mp4"), uploads.get("odd.mp4"))
        depot.tick_twice()
        assert depot.run(FIRST).success
        states = {s.name: s.state for s in arrival_standings(depot.shop)}
        assert states == {"one_frame.mp4": ArrivalState.HELD, "odd.mp4": ArrivalState.READY}

        broken = Depot(tmp_path / "broken", instance, {"VIDGEN_PICTURE_GUARD": "tests.arrivals.guards:forgetful"})
        broken.send(uploads.get("odd.mp4"))
        broken.tick_twice()
        assert not broken.run(FIRST).success
        (standing,) = arrival_standings(broken.shop)
        assert standing.state is ArrivalState.WAITING
        assert "no verdict" in str(standing.problem)
        assert broken.shop.ledgers.latest("arrival_thumbnails", FIRST) is None


def test_a_check_that_breaks_on_one_upload_holds_that_one(uploads: Uploads, tmp_path: Path) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        depot = Depot(tmp_path, instance, {"VIDGEN_PICTURE_GUARD": "tests.arrivals.guards:fainting"})
        depot.send(uploads.get("one_frame.mp4"), uploads.get("odd.mp4"))
        depot.tick_twice()
        assert depot.run(FIRST).success
        found = {s.name: s for s in arrival_standings(depot.shop)}
        assert {name: s.state for name, s in found.items()} == {
            "one_frame.mp4": ArrivalState.HELD,
            "odd.mp4": ArrivalState.READY,
        }
        assert "no genuine verdict" in str(found["one_frame.mp4"].problem), "nobody has seen it: it goes nowhere"


def test_an_upload_that_no_preview_can_be_made_of_keeps_no_other_waiting(uploads: Uploads, tmp_path: Path) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        depot = Depot(tmp_path, instance)
        depot.send(uploads.get("timeless.mkv"), uploads.get("odd.mp4"))
        depot.tick_twice()
        assert depot.run(FIRST).success
        found = {s.name: s for s in arrival_standings(depot.shop)}
        assert {name: s.state for name, s in found.items()} == {
            "timeless.mkv": ArrivalState.HELD,
            "odd.mp4": ArrivalState.READY,
        }
        assert "no picture to make a preview of" in str(found["timeless.mkv"].problem)


def test_an_upload_that_changes_after_it_was_taken_is_another_arrival(uploads: Uploads, tmp_path: Path) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        depot = Depot(tmp_path, instance)
        depot.send(uploads.get("one_frame.mp4"), name="lake.mp4")
        depot.tick_twice()
        depot.send(uploads.get("odd.mp4"), name="lake.mp4")
        depot.run(FIRST)
        (row,) = depot.attempt(PROBES.name, FIRST).rows
        assert row.status is Status.HELD
        assert "changed after it was taken" in str(row.problem)
        assert [depot.asked() for _ in range(2)] == [[], ["tray-00000002"]]


def test_running_a_tray_again_reuses_what_is_there(walked: tuple[Depot, str]) -> None:
    depot, tray = walked
    before = {s.name: [row.digest for row in depot.attempt(s.name, tray).rows] for s in ARRIVAL_STAGES}
    assert depot.run(tray).success

    for stage in ARRIVAL_STAGES:
        rows = depot.attempt(stage.name, tray).rows
        assert [row.digest for row in rows] == before[stage.name]
        assert {row.status for row in rows} <= {Status.REUSED, Status.HELD}


def test_the_command_line_takes_in_lists_and_lays_out(
    uploads: Uploads, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("VIDGEN_HOME", str(tmp_path))
    (tmp_path / "arrivals").mkdir()
    for name in ("one_frame.mp4", "junk.mp4", "empty.mp4"):
        (tmp_path / "arrivals" / name).write_bytes(uploads.get(name).read_bytes())

    assert vidgen("arrivals", "run") == 0
    listed = vidgen_json(capsys, "arrivals", "list")["arrivals"]
    assert {row["name"]: row["state"] for row in listed} == {
        "one_frame.mp4": "ready",
        "junk.mp4": "held",
        "empty.mp4": "held",
    }
    assert vidgen("arrivals", "fetch", "one_frame.mp4", "--out", str(tmp_path / "out")) == 0
    assert (tmp_path / "out" / "preview.mp4").is_file()
    assert vidgen("arrivals", "fetch", "lake.mp4") == 2
    assert "no such upload" in capsys.readouterr().err
