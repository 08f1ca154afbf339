"""A real S3: the contract of every store, races between writers, wrong credentials, and a shard end to end.

`make test-s3` starts the server. moto's emulator takes any secret for right, so one test is for real servers alone.
"""

import os
import uuid
from pathlib import Path

import boto3
import pytest

from resources.factory import Factory
from resources.object_store import ObjectStore
from tests.resources.store_contract import StoreContract, append_from_processes, key_of
from tests.stages.factory_floor import SHARD, Floor
from vidgen_assets.clips.digest import Digest
from vidgen_assets.clips.errors import InputError
from vidgen_assets.clips.ledger import Status
from vidgen_assets.stages.line import Orders, run_stage

pytestmark = pytest.mark.needs_s3

BUCKET = "vidgen-test"
ENDPOINT = os.environ.get("VIDGEN_TEST_S3_ENDPOINT", "")
needs_real_secrets = pytest.mark.skipif(
    os.environ.get("VIDGEN_TEST_S3_SERVER") == "moto", reason="moto accepts wrong secrets"
)


@pytest.fixture
def url(monkeypatch: pytest.MonkeyPatch) -> str:
    """An empty prefix of a bucket that exists, on the server that the environment points at."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", ENDPOINT)
    monkeypatch.setenv("AWS_ALLOW_HTTP", "true")
    client = boto3.client("s3", endpoint_url=ENDPOINT)
    client.create_bucket(Bucket=BUCKET)
    client.close()
    return f"s3://{BUCKET}/{uuid.uuid4().hex}"


class TestS3(StoreContract):
    @pytest.fixture
    def store(self, url: str) -> ObjectStore:
        return ObjectStore(url)


def test_appends_of_two_processes_get_consecutive_numbers_and_nothing_is_lost(url: str) -> None:
    given = append_from_processes(url, writers=2, count=20)
    assert sorted(given) == list(range(1, 41))
    assert set(given.values()) == {f"writer-{w} {n}" for w in range(2) for n in range(20)}
    store = ObjectStore(url)
    assert all(store.get(f"records/ledger/frames/shop/{n:08d}") == entry.encode() for n, entry in given.items())


def test_stores_of_two_prefixes_see_nothing_of_each_other(url: str) -> None:
    ObjectStore(f"{url}/one").put("key", b"x")
    assert not ObjectStore(f"{url}/two").has("key")
    assert ObjectStore(url).keys("one") == ["one/key"]


def test_a_bucket_that_does_not_exist_is_wrong_input_and_no_empty_store(url: str) -> None:
    store = ObjectStore("s3://vidgen-no-such-bucket/factory")
    for touch in (
        lambda: store.put("key", b"x"),
        lambda: store.create("key", b"x"),
        lambda: store.get("key"),
        lambda: store.keys("records"),
    ):
        with pytest.raises(InputError, match="the bucket does not exist"):
            touch()


@needs_real_secrets
def test_a_wrong_secret_is_wrong_input_that_names_the_setting(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
    store = ObjectStore(url)
    for touch in (
        lambda: store.put("key", b"x"),
        lambda: store.create("key", b"x"),
        lambda: store.get("key"),
        lambda: store.has("key"),
        lambda: store.keys("records"),
    ):
        with pytest.raises(InputError, match="AWS_SECRET_ACCESS_KEY"):
            touch()


def a_floor(home: Path, store_url: str) -> Floor:
    floor = Floor(home)
    floor.factory = Factory(store_url=store_url, home=str(home), workers=2)
    return floor


def another_machine(home: Path, first: Path, store_url: str) -> Floor:
    """A floor with an empty cache and the same deployment's keys."""
    home.mkdir()
    (home / "keys").symlink_to(first / "keys")
    return a_floor(home, store_url)


def walk(floor: Floor) -> dict[str, Digest]:
    """Runs the shard through every stage; the digests of what the last one holds."""
    reports = [run_stage(stage, SHARD, floor.shop, Orders("run-1")) for stage in floor.stages]
    return {row.clip_id: row.digest for row in reports[-1].attempt.rows if row.digest}


def test_a_shard_ends_with_the_digests_it_has_in_a_local_folder(url: str, tmp_path: Path) -> None:
    on_s3, local = a_floor(tmp_path / "s3", url), Floor(tmp_path / "local")
    assert walk(on_s3) == walk(local)
    assert len(walk(local)) == len(local.specs)


def test_another_machine_makes_nothing_again(url: str, tmp_path: Path) -> None:
    digests = walk(a_floor(tmp_path / "one", url))
    other = another_machine(tmp_path / "other", tmp_path / "one", url)
    assert walk(other) == digests
    assert not other.made


def test_an_altered_object_is_made_again(url: str, tmp_path: Path) -> None:
    floor = a_floor(tmp_path / "one", url)
    digests = walk(floor)
    altered = digests["clip-2"]
    floor.shop.objects.put(key_of(altered), b"x" * len(floor.shop.artifacts.read(altered)))
    elsewhere = another_machine(tmp_path / "other", tmp_path / "one", url)
    assert walk(elsewhere) == digests
    assert elsewhere.made == {("encodes", "clip-2"): 1}
    assert Digest.of_bytes(ObjectStore(url).get(key_of(altered)) or b"") == altered


def test_the_gate_holds_what_was_refused_and_what_lost_its_verdict(url: str, tmp_path: Path) -> None:
    floor = a_floor(tmp_path, url)
    floor.refused = {("frames", "clip-3")}
    run_stage(floor.prompts, SHARD, floor.shop, Orders("run-1"))
    run_stage(floor.frames, SHARD, floor.shop, Orders("run-1"))
    series = f"verdicts/frames/{SHARD}"
    lost = next(e for e in floor.shop.records.read_all(series) if b'"clip-5"' in e.data)
    floor.shop.objects.delete(f"records/{series}/{lost.number:08d}")
    rows = run_stage(floor.encodes, SHARD, floor.shop, Orders("run-2")).attempt.rows
    assert {row.clip_id for row in rows if row.status is Status.HELD} == {"clip-3", "clip-5"}
    assert {clip for stage, clip in floor.made if stage == "encodes"} == {"clip-1", "clip-2", "clip-4"}
