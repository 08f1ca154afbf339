"""The folder's sensor: what is taken, when, how often, how much at a time, and what is refused with a reason."""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from tests.arrivals.depot import Depot
from vidgen_assets.automation import arrivals as module
from vidgen_assets.automation.arrivals import MOST_ON_A_TRAY, arrivals_folder, take_in_arrivals
from vidgen_assets.clips.digest import Digest
from vidgen_assets.clips.errors import InputError
from vidgen_assets.clips.ledger import LedgerRow, Status

FIRST, SECOND = "tray-00000001", "tray-00000002"


@pytest.fixture
def depot(tmp_path: Path) -> Iterator[Depot]:
    with dg.DagsterInstance.ephemeral() as instance:
        yield Depot(tmp_path, instance)


def drop(depot: Depot, name: str, data: bytes = b"bytes") -> None:
    (depot.folder / name).write_bytes(data)


def named(depot: Depot, tray: str) -> list[str]:
    return [arrival.name for arrival in depot.shop.arrivals.on_tray(tray) or ()]


def said(result: dg.SensorResult) -> str:
    assert isinstance(result.skip_reason, dg.SkipReason)
    return result.skip_reason.skip_message or ""


def ran(depot: Depot, tray: str) -> None:
    """As a run leaves it that found nothing to keep."""
    row = LedgerRow("lake", "trace", Status.HELD)
    depot.shop.ledgers.append("arrival_probes", tray, [row], run_id="run", recorded_at=depot.shop.now())


def test_the_first_tick_only_sees_and_the_second_takes(depot: Depot) -> None:
    drop(depot, "lake.mp4")
    first = depot.tick()
    assert said(first) == "1 files in the folder of arrivals, none of them new."
    assert not first.run_requests
    second = depot.tick()
    assert [(r.run_key, r.partition_key) for r in second.run_requests or []] == [(FIRST, FIRST)]
    assert named(depot, FIRST) == ["lake.mp4"]
    assert depot.instance.has_dynamic_partition("trays", FIRST)


def test_a_file_that_still_grows_is_left_alone(depot: Depot) -> None:
    for size in (1, 2, 3):
        drop(depot, "lake.mp4", b"x" * size)
        assert depot.asked() == []
    assert depot.asked() == [FIRST]
    taken = depot.shop.arrivals.on_tray(FIRST)
    assert taken is not None
    (arrival,) = taken
    assert (arrival.size_bytes, arrival.digest) == (3, Digest.of_bytes(b"xxx"))


def test_what_was_taken_is_not_taken_again(depot: Depot) -> None:
    drop(depot, "lake.mp4")
    depot.tick()
    assert depot.asked() == [FIRST]
    ran(depot, FIRST)
    assert [depot.asked() for _ in range(2)] == [[], []]


def test_the_same_bytes_under_another_name_make_nothing_and_other_bytes_under_the_same_name_do(depot: Depot) -> None:
    drop(depot, "lake.mp4", b"one")
    depot.tick_twice()
    ran(depot, FIRST)
    depot.shop.artifacts.put_bytes(b"one")
    drop(depot, "copy.mp4", b"one")
    assert [depot.asked() for _ in range(2)] == [[], []]
    drop(depot, "lake.mp4", b"another")
    assert [depot.asked() for _ in range(2)] == [[], [SECOND]]
    assert named(depot, SECOND) == ["lake.mp4"]


def test_twins_of_one_tick_are_one_arrival(depot: Depot) -> None:
    drop(depot, "a.mp4")
    drop(depot, "b.mp4")
    depot.tick_twice()
    assert named(depot, FIRST) == ["a.mp4"]


def test_a_tray_holds_so_many_and_the_rest_waits_for_the_next_tick(depot: Depot) -> None:
    for number in range(MOST_ON_A_TRAY + 3):
        drop(depot, f"{number:02d}.mp4", bytes([number]))
    depot.tick()
    assert [depot.asked() for _ in range(2)] == [[FIRST], [SECOND]]
    assert len(named(depot, FIRST)) == MOST_ON_A_TRAY
    assert named(depot, SECOND) == ["08.mp4", "09.mp4", "10.mp4"]


def test_a_tick_reads_so_many_bytes_and_always_one_file(depot: Depot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST_READ_A_TICK", 3)
    for name in ("a", "b"):
        drop(depot, f"{name}.mp4", name.encode() * 5)
    depot.tick()
    assert [depot.asked() for _ in range(2)] == [[FIRST], [SECOND]]


def test_a_cursor_that_is_lost_makes_nothing_twice(depot: Depot) -> None:
    drop(depot, "lake.mp4")
    depot.tick_twice()
    ran(depot, FIRST)
    depot.shop.artifacts.put_bytes(b"bytes")
    depot.cursor = None
    assert [depot.asked() for _ in range(2)] == [[], []]
    assert depot.shop.arrivals.trays() == [FIRST]


def test_a_tick_that_dies_after_filling_a_tray_asks_for_it_again(depot: Depot) -> None:
    drop(depot, "lake.mp4")
    depot.tick()
    before = depot.cursor
    assert depot.asked() == [FIRST]
    depot.cursor = before
    assert depot.asked() == [FIRST]


def test_bytes_that_were_gone_when_their_run_came_are_taken_again(depot: Depot) -> None:
    drop(depot, "lake.mp4")
    depot.tick_twice()
    (depot.folder / "lake.mp4").unlink()
    ran(depot, FIRST)
    drop(depot, "lake.mp4")
    assert [depot.asked() for _ in range(2)] == [[], [SECOND]]


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [("empty.mp4", b"", "the file is empty"), ("new\nline.mp4", b"bytes", "can't be shown")],
)
def test_what_cant_be_taken_is_refused_in_sight_and_keeps_nobody_waiting(
    name: str, data: bytes, reason: str, depot: Depot
) -> None:
    drop(depot, name, data)
    drop(depot, "lake.mp4", b"lake")
    depot.tick()
    assert depot.asked() == [FIRST]
    assert named(depot, FIRST) == ["lake.mp4"]
    ran(depot, FIRST)
    assert reason in said(depot.tick())
    (depot.folder / name).unlink()
    assert reason not in said(depot.tick())


def test_a_file_that_is_mended_is_taken(depot: Depot) -> None:
    drop(depot, "lake.mp4", b"")
    depot.tick_twice()
    drop(depot, "lake.mp4", b"lake")
    assert [depot.asked() for _ in range(2)] == [[], [FIRST]]


def test_nothing_is_taken_where_nobody_can_look_at_pictures(tmp_path: Path) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        depot = Depot(tmp_path, instance, {"VIDGEN_PICTURE_GUARD": "tests.nowhere:scores"})
        drop(depot, "lake.mp4")
        with pytest.raises(InputError, match="VIDGEN_PICTURE_GUARD"):
            depot.tick()
        assert depot.shop.arrivals.trays() == []


def test_uploads_come_before_clips_in_a_lane_of_their_own() -> None:
    tags = take_in_arrivals.tags or {}
    assert int(tags["dagster/priority"]) > 10, "the most urgent clip has 10"
    assert tags["vidgen/lane"] == "light"
    assert arrivals_folder.minimum_interval_seconds == 10
