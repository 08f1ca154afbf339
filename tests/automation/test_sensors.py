"""The inbox: what is taken, when, how often, and which shards are asked for."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from resources.factory import Factory
from resources.object_store import ObjectStore
from tests.end_to_end.catalogs import a_clip, write_catalog
from vidgen_assets.automation.sensors import Inbox, catalog_inbox, catalog_markers
from vidgen_assets.clips.errors import TransientError

POOLED = "shop.g1.0000"


@dataclass
class Office:
    """An inbox with its sensor, ticked by hand; the cursor is kept as the daemon keeps it."""

    home: Path
    instance: dg.DagsterInstance
    cursor: str | None = None
    keys_seen: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.inbox = self.home / "inbox"
        self.inbox.mkdir(parents=True, exist_ok=True)
        self.factory = Factory(store_url=str(self.home / "store"), home=str(self.home), inbox=str(self.inbox))

    def drop(self, *rows: dict[str, str], name: str = "shop.csv") -> Path:
        """A catalog, moved into the inbox whole. Its picture's bytes are the same each time."""
        write_catalog(self.home / "desk" / name, list(rows))
        if not (self.inbox / "pictures").exists():
            shutil.copytree(self.home / "desk" / "pictures", self.inbox / "pictures")
        return Path(shutil.move(self.home / "desk" / name, self.inbox / name))

    def tick(self) -> dg.SensorResult:
        result: Any = catalog_inbox(
            dg.build_sensor_context(instance=self.instance, cursor=self.cursor), factory=self.factory
        )
        self.cursor = result.cursor
        return result

    def taken(self) -> dg.SensorResult:
        """What the tick says that takes what lies there: the second."""
        self.tick()
        return self.tick()

    @property
    def versions(self) -> int:
        return self.factory.workshop().catalogs.latest_number("shop")


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with dg.DagsterInstance.ephemeral() as instance:
        yield Office(tmp_path, instance)


def shards(result: dg.SensorResult) -> list[str | None]:
    return [request.partition_key for request in result.run_requests or []]


def said(result: dg.SensorResult) -> str:
    assert isinstance(result.skip_reason, dg.SkipReason)
    return result.skip_reason.skip_message or ""


def urgent(clip_id: str, **cells: str) -> dict[str, str]:
    """A clip with a shard of its own."""
    return a_clip(clip_id, priority="interactive", **cells)


def test_the_first_tick_only_sees_and_the_second_takes(office: Office) -> None:
    office.drop(a_clip("lamp"))
    first = office.tick()
    assert shards(first) == []
    assert said(first) == "1 catalogs in the inbox, none of them new."
    assert office.versions == 0
    assert shards(office.tick()) == [POOLED]
    assert office.versions == 1


def test_its_shards_become_partitions(office: Office) -> None:
    office.drop(a_clip("lamp"), urgent("mug"))
    result = office.taken()
    (request,) = result.dynamic_partitions_requests or []
    assert isinstance(request, dg.AddDynamicPartitionsRequest)
    assert request.partitions_def_name == "shards"
    assert sorted(request.partition_keys) == sorted(str(shard) for shard in shards(result))
    assert len(request.partition_keys) == 2


def test_what_was_taken_is_not_taken_again(office: Office) -> None:
    office.drop(a_clip("lamp"))
    office.taken()
    again = office.taken()
    assert shards(again) == []
    assert not again.dynamic_partitions_requests
    assert office.versions == 1


def test_the_same_content_written_again_is_not_registered_again(office: Office) -> None:
    office.drop(a_clip("lamp"))
    first = office.taken()
    office.drop(a_clip("lamp"))
    again = office.taken()
    assert office.versions == 1
    keys = [[request.run_key for request in result.run_requests or []] for result in (first, again)]
    assert keys[0] == keys[1], "the daemon has launched these keys and skips them"


def test_an_edit_asks_for_its_own_shards_only(office: Office) -> None:
    clips = [urgent("lamp"), urgent("mug"), a_clip("vase")]
    office.drop(*clips)
    assert len(shards(office.taken())) == 3
    office.drop(urgent("lamp"), urgent("mug", **{"variables.headline": "Edited"}), a_clip("vase"))
    (shard,) = shards(office.taken())
    assert shard is not None
    version = office.factory.workshop().catalogs.latest("shop")
    assert version is not None
    assert version.assignments.shard_of["mug"] == shard


def test_an_edit_that_is_taken_back_runs_its_shard_again(office: Office) -> None:
    """The content is that of the first version, and a key made of content alone would be skipped as known."""
    keys = []
    for headline in ("First", "Second", "First"):
        office.drop(a_clip("lamp", **{"variables.headline": headline}))
        keys += [request.run_key for request in office.taken().run_requests or []]
    assert keys == [f"shop:{number}:{POOLED}" for number in (1, 2, 3)]


def test_a_row_that_goes_asks_for_the_shard_it_left(office: Office) -> None:
    office.drop(a_clip("lamp"), a_clip("mug"))
    office.taken()
    office.drop(a_clip("lamp"))
    assert shards(office.taken()) == [POOLED]


def test_requests_carry_who_pays_and_how_urgent_it_is(office: Office) -> None:
    office.drop(urgent("lamp", campaign="winter"), a_clip("mug"), a_clip("vase", campaign="spring"))
    by_shard = {request.partition_key: request.tags for request in office.taken().run_requests or []}
    pooled = by_shard.pop(POOLED)
    (own,) = by_shard.values()
    assert own.items() >= {"vidgen/campaign": "winter", "dagster/priority": "10", "vidgen/owner": "studio"}.items()
    assert pooled.items() >= {"vidgen/campaign": "several", "dagster/priority": "0", "vidgen/customer": "lumen"}.items()
    assert pooled["vidgen/catalog"] == "shop"


def test_an_interactive_clip_is_asked_of_the_job_that_runs_in_one_process(office: Office) -> None:
    office.drop(a_clip("clip-1"), urgent("now"))
    jobs = {request.partition_key == POOLED: request.job_name for request in office.taken().run_requests or []}
    assert jobs == {True: "make_clips", False: "make_clip_at_once"}


def test_a_file_that_is_still_growing_is_left_alone(office: Office) -> None:
    whole = office.drop(a_clip("lamp"), a_clip("mug")).read_bytes()
    path = office.inbox / "shop.csv"
    for share in (0.3, 0.6, 1.0):
        path.write_bytes(whole[: int(len(whole) * share)])
        assert shards(office.tick()) == []
    assert office.versions == 0
    assert shards(office.tick()) == [POOLED]


def test_an_unreadable_file_is_refused_once_and_taken_when_it_changes(office: Office) -> None:
    path = office.inbox / "shop.csv"
    path.write_bytes("id,prompt\nx,y\n".encode("utf-16"))
    refused = office.taken()
    assert "Refused: shop.csv" in said(refused)
    assert "UTF-16" in said(refused)
    assert "shop.csv" in json.loads(office.cursor or "")["refused"]
    assert "UTF-16" in said(office.tick()), "the reason stays in sight"
    office.drop(a_clip("lamp"))
    assert shards(office.taken()) == [POOLED]
    assert json.loads(office.cursor or "")["refused"] == {}


def test_a_refused_file_keeps_nobody_waiting(office: Office) -> None:
    (office.inbox / "broken.csv").write_bytes(b"\x00\x00")
    office.drop(a_clip("lamp"))
    assert shards(office.taken()) == [POOLED]


def test_defaults_beside_the_catalog_count_as_part_of_it(office: Office) -> None:
    office.drop({k: v for k, v in a_clip("lamp").items() if k != "campaign"})
    office.taken()
    (office.inbox / "shop.defaults.yaml").write_text("campaign: winter\n")
    (request,) = office.taken().run_requests or []
    assert request.tags["vidgen/campaign"] == "winter"


def test_only_catalogs_at_the_top_are_looked_at(office: Office) -> None:
    office.drop(a_clip("lamp"))
    (office.inbox / "archive").mkdir()
    shutil.copyfile(office.inbox / "shop.csv", office.inbox / "archive" / "old.csv")
    (office.inbox / "notes.txt").write_text("not a catalog")
    (office.inbox / "shop.defaults.yaml").write_text("campaign: winter\n")
    assert set(catalog_markers(ObjectStore(str(office.inbox)))) == {"shop.csv"}


def test_passing_trouble_leaves_the_file_due_and_the_others_taken(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def throttled(objects: ObjectStore, key: str) -> Any:
        if key == "shop.csv":
            raise TransientError("the bucket is throttled")
        return read(objects, key)

    from vidgen_assets.automation.sensors import read_catalog as read

    office.drop(a_clip("lamp"))
    office.drop(a_clip("mug"), name="other.csv")
    with monkeypatch.context() as patch:
        patch.setattr("vidgen_assets.automation.sensors.read_catalog", throttled)
        assert shards(office.taken()) == ["other.g1.0000"]
    assert shards(office.tick()) == [POOLED]


def test_a_tick_that_dies_after_registering_asks_again_for_the_same_runs(office: Office) -> None:
    """The book has the version, the cursor doesn't: its runs must not be lost."""
    office.drop(a_clip("lamp"), urgent("mug"))
    office.taken()
    office.drop(a_clip("lamp"), urgent("mug", **{"variables.headline": "Edited"}))
    office.tick()
    before = office.cursor
    lost = office.tick()
    office.cursor = before
    found = office.tick()
    assert shards(found) == shards(lost)
    assert [r.run_key for r in found.run_requests or []] == [r.run_key for r in lost.run_requests or []]
    assert office.versions == 2


def test_without_an_inbox_there_is_nothing_to_do(tmp_path: Path) -> None:
    factory = Factory(store_url=str(tmp_path / "store"), home=str(tmp_path))
    with dg.DagsterInstance.ephemeral() as instance:
        result: Any = catalog_inbox(dg.build_sensor_context(instance=instance), factory=factory)
    assert said(result) == "no inbox is configured"


def test_a_bucket_prefix_is_an_inbox_too(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    bucket = ObjectStore("memory:///")
    monkeypatch.setattr("vidgen_assets.automation.sensors.ObjectStore", lambda url: bucket)
    data = office.drop(a_clip("lamp", image="")).read_bytes()
    bucket.put("shop.csv", data)
    assert shards(office.tick()) == []
    assert shards(office.tick()) == [POOLED]
    version = office.factory.workshop().catalogs.latest("shop")
    assert version is not None
    assert version.base_uri == "memory:///"


def test_files_that_left_the_inbox_are_forgotten() -> None:
    inbox = Inbox(seen={"a.csv": "1"}, taken={"a.csv": "1"}, refused={"b.csv": "why"})
    assert inbox.due({}) == []
    assert Inbox.from_cursor(inbox.to_cursor()) == Inbox()
