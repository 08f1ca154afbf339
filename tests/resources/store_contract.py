"""What every store must do, local, in memory or remote: the same claims, run over each by a test module of its own."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import obstore
import pytest

from resources.artifact_store import ArtifactStore
from resources.object_store import ObjectStore
from resources.records import Records
from tests.architecture.tree import REPOSITORY
from vidgen_assets.clips.artifact import Artifact, Form
from vidgen_assets.clips.digest import Digest
from vidgen_assets.clips.errors import ArtifactCorrupt, ArtifactMissing

APPENDING = """
import sys
from resources.object_store import ObjectStore
from resources.records import Records
url, writer, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
records = Records(ObjectStore(url))
print("ready", flush=True)
sys.stdin.readline()
for n in range(count):
    print(records.append("ledger/frames/shop", f"{writer} {n}".encode()), f"{writer} {n}", sep="\\t")
"""


def key_of(digest: Digest) -> str:
    return f"artifacts/{digest.hex[:2]}/{digest.hex}"


def append_from_processes(url: str, writers: int, count: int) -> dict[int, str]:
    """What each number went to, when `writers` processes append `count` entries each at the same time."""
    command = [sys.executable, "-c", APPENDING, url]
    processes = [
        subprocess.Popen(
            [*command, f"writer-{n}", str(count)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=REPOSITORY,
        )
        for n in range(writers)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    lines = [line for process in processes for line in process.communicate(timeout=60)[0].splitlines()]
    return {int(number): entry for number, entry in (line.split("\t") for line in lines)}


class StoreContract:
    """A subclass gives the fixture `store`."""

    @pytest.fixture
    def artifacts(self, store: ObjectStore, tmp_path: Path) -> ArtifactStore:
        return ArtifactStore(store, cache=tmp_path / "cache")

    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        """A tree with two files of the same size, and one below a folder."""
        folder = tmp_path / "tree"
        (folder / "video").mkdir(parents=True)
        (folder / "a.txt").write_bytes(b"aaaa")
        (folder / "b.txt").write_bytes(b"bbbb")
        (folder / "video" / "seg 1.m4s").write_bytes(b"segment")
        return folder

    def test_bytes_come_back_as_they_went(self, store: ObjectStore) -> None:
        store.put("some/key", b"\x00\xff" * 1000)
        assert store.get("some/key") == b"\x00\xff" * 1000
        assert store.size("some/key") == 2000
        assert store.has("some/key")

    def test_a_file_larger_than_one_part_comes_back_as_it_went(self, store: ObjectStore, tmp_path: Path) -> None:
        source, target = tmp_path / "source", tmp_path / "target"
        source.write_bytes(bytes(range(256)) * 24_000)  # 6.1 MB: two parts on S3
        store.put("film", source)
        assert store.fetch("film", target)
        assert target.read_bytes() == source.read_bytes()

    def test_put_replaces(self, store: ObjectStore) -> None:
        store.put("key", b"one")
        store.put("key", b"another")
        assert store.get("key") == b"another"

    def test_what_is_not_there_is_none(self, store: ObjectStore, tmp_path: Path) -> None:
        assert store.get("absent") is None
        assert store.size("absent") is None
        assert not store.has("absent")
        assert not store.fetch("absent", tmp_path / "target")
        assert store.keys("absent") == []

    def test_deleting_twice_is_deleting_once(self, store: ObjectStore) -> None:
        store.put("key", b"x")
        store.delete("key")
        store.delete("key")
        assert not store.has("key")

    def test_keys_are_those_below_the_folder_and_no_namesake(self, store: ObjectStore) -> None:
        for key in ("shop/2", "shop/1", "shop/deep/3", "shopping/4"):
            store.put(key, b"x")
        assert store.keys("shop") == ["shop/1", "shop/2", "shop/deep/3"]

    def test_a_marker_changes_with_the_content_alone(self, store: ObjectStore) -> None:
        store.put("inbox/a.csv", b"one")
        before = store.markers("inbox")
        assert store.markers("inbox") == before
        store.put("inbox/a.csv", b"three")
        assert before.keys() == store.markers("inbox").keys() == {"inbox/a.csv"}
        assert store.markers("inbox") != before

    def test_create_writes_once(self, store: ObjectStore) -> None:
        assert store.create("key", b"first")
        assert not store.create("key", b"second")
        assert store.get("key") == b"first"

    def test_of_many_threads_that_create_a_key_one_wins(self, store: ObjectStore) -> None:
        with ThreadPoolExecutor(8) as pool:
            for n in range(5):
                won = list(pool.map(lambda writer, n=n: store.create(f"race/{n}", b"%d" % writer), range(8)))
                assert won.count(True) == 1
                assert store.get(f"race/{n}") == b"%d" % won.index(True)

    def test_appends_of_many_threads_get_consecutive_numbers(self, store: ObjectStore) -> None:
        records = [Records(store) for _ in range(4)]
        entries = [b"%d" % n for n in range(24)]
        with ThreadPoolExecutor(8) as pool:
            numbers = list(pool.map(lambda n: records[n % 4].append("verdicts/shop", entries[n]), range(24)))
        assert sorted(numbers) == list(range(1, 25))
        assert {e.number: e.data for e in Records(store).read_all("verdicts/shop")} == dict(
            zip(numbers, entries, strict=True)
        )

    def test_the_newest_entry_is_the_highest_number(self, store: ObjectStore) -> None:
        records = Records(store)
        assert records.latest("ledger/frames/shop") is None
        for n in range(12):
            records.append("ledger/frames/shop", b"%d" % n)
        latest = records.latest("ledger/frames/shop")
        assert (latest.number, latest.data) == (12, b"11")

    def test_a_stray_file_is_nobodys_entry(self, store: ObjectStore) -> None:
        records = Records(store)
        records.append("ledger/frames/shop", b"row")
        store.put("records/ledger/frames/shop/.DS_Store", b"?")
        store.put("records/ledger/frames/shop/00000001~", b"?")
        assert records.numbers("ledger/frames/shop") == [1]
        assert Records(store).append("ledger/frames/shop", b"row") == 2

    def test_series_are_found_by_their_folder(self, store: ObjectStore) -> None:
        records = Records(store)
        for series in ("ledger/frames/b", "ledger/frames/a", "ledger/frames/a", "ledger/prompts/a"):
            records.append(series, b"x")
        assert records.series_below("ledger/frames") == ["ledger/frames/a", "ledger/frames/b"]

    def test_an_artifact_is_read_by_its_digest(self, artifacts: ArtifactStore, tmp_path: Path) -> None:
        (tmp_path / "file").write_bytes(b"abc")
        kept = artifacts.put_bytes(b"abc")
        assert kept == artifacts.put_file(tmp_path / "file") == Artifact(Digest.of_bytes(b"abc"), 3)
        assert artifacts.read(kept.digest) == artifacts.path(kept.digest).read_bytes() == b"abc"
        assert artifacts.holds(kept)

    def test_an_artifact_that_is_not_there_is_named(self, artifacts: ArtifactStore) -> None:
        absent = Digest.of_bytes(b"never stored")
        assert not artifacts.holds(Artifact(absent, 12))
        for read in (artifacts.read, artifacts.path):
            with pytest.raises(ArtifactMissing, match=str(absent)[:40]):
                read(absent)

    @pytest.mark.parametrize("bad", [b"ab", b"", b"abx", b"abcd"], ids=["torn", "empty", "altered", "longer"])
    def test_torn_and_altered_bytes_are_refused_and_replaced(
        self, artifacts: ArtifactStore, store: ObjectStore, bad: bytes
    ) -> None:
        kept = artifacts.put_bytes(b"abc")
        store.put(key_of(kept.digest), bad)
        assert not artifacts.holds(kept)
        for read in (artifacts.read, artifacts.path):
            with pytest.raises(ArtifactCorrupt, match="Run the stage that makes it again"):
                read(kept.digest)
        artifacts.put_bytes(b"abc")
        assert artifacts.read(kept.digest) == b"abc"

    def test_a_tree_comes_back_as_it_went(self, artifacts: ArtifactStore, folder: Path, tmp_path: Path) -> None:
        kept = artifacts.put_tree(folder)
        assert (kept.form, kept.size_bytes) == (Form.TREE, 15)
        assert list(artifacts.listing(kept.digest)) == ["a.txt", "b.txt", "video/seg 1.m4s"]
        out = artifacts.check_out(kept, tmp_path / "out")
        assert (out / "video" / "seg 1.m4s").read_bytes() == b"segment"
        assert artifacts.put_tree(out) == kept

    def test_every_altered_file_of_a_tree_is_mended_at_once(
        self, artifacts: ArtifactStore, store: ObjectStore, folder: Path, tmp_path: Path
    ) -> None:
        kept = artifacts.put_tree(folder)
        for name, file in artifacts.listing(kept.digest).items():
            store.put(key_of(file.digest), b"x" * (folder / name).stat().st_size)
        assert not artifacts.holds(kept)
        artifacts.put_tree(folder)
        assert artifacts.holds(kept)

    def test_headers_go_with_the_bytes_wherever_the_store_serves_them(self, store: ObjectStore, tmp_path: Path) -> None:
        headers = {"Content-Type": "video/mp4", "Cache-Control": "public, max-age=60"}
        source = tmp_path / "source"
        source.write_bytes(b"x" * 2_000)
        store.put("with/bytes", b"x" * 2_000, headers)
        store.put("with/path", source, headers)
        for key in ("with/bytes", "with/path"):
            assert store.get(key) == b"x" * 2_000
            kept = obstore.get(store._store, key).attributes
            assert store.root is not None or kept == headers
