"""What the contract of every store leaves open: hostile listings, the cache of a remote store, what a write moves."""

import json
from pathlib import Path

import obstore
import pytest

from resources.artifact_store import ArtifactStore
from resources.object_store import ObjectStore
from tests.builders import a_digest
from vidgen_assets.clips.artifact import Artifact, Form
from vidgen_assets.clips.digest import Digest
from vidgen_assets.clips.errors import ArtifactCorrupt


@pytest.fixture
def objects() -> ObjectStore:
    return ObjectStore("memory:///")


@pytest.fixture
def remote(objects: ObjectStore, tmp_path: Path) -> ArtifactStore:
    return ArtifactStore(objects, cache=tmp_path / "cache")


def a_listing(store: ArtifactStore, name: str) -> Artifact:
    """A tree of one file under any name: by its digest, it looks like our own work."""
    file = store.put_bytes(b"payload")
    listing = json.dumps({"tree": {name: {"digest": file.digest, "size_bytes": file.size_bytes}}})
    return Artifact(store.put_bytes(listing.encode()).digest, file.size_bytes, Form.TREE)


@pytest.mark.parametrize("name", ["../escaped", "a/../../escaped", "/tmp/escaped", "..", "", "."])
def test_a_path_that_climbs_out_of_its_tree_is_refused(remote: ArtifactStore, tmp_path: Path, name: str) -> None:
    out = tmp_path / "deep" / "out"
    out.mkdir(parents=True)
    with pytest.raises(ArtifactCorrupt, match="outside itself"):
        remote.check_out(a_listing(remote, name), out)
    assert not list(out.iterdir())
    assert not list(tmp_path.rglob("escaped"))


@pytest.mark.parametrize("data", [b"", b"\xff", b"[]", b"5", b'{"tree": []}', b'{"tree": {"a": {}}}', b"[" * 100_000])
def test_bytes_that_are_no_listing_are_said_to_be_none(remote: ArtifactStore, data: bytes) -> None:
    tree = Artifact(remote.put_bytes(data).digest, 0, Form.TREE)
    with pytest.raises(ArtifactCorrupt, match="not a tree's listing"):
        remote.listing(tree.digest)
    assert not remote.holds(tree)


def test_a_remote_file_is_fetched_once(
    remote: ArtifactStore, objects: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = remote.put_bytes(b"abc")
    first = remote.path(kept.digest)
    monkeypatch.setattr(objects, "fetch", refuse)
    assert remote.path(kept.digest) == first


def test_a_cached_copy_that_went_bad_is_fetched_again(remote: ArtifactStore) -> None:
    kept = remote.put_bytes(b"abc")
    remote.path(kept.digest).write_bytes(b"ab")
    assert remote.path(kept.digest).read_bytes() == b"abc"


def test_bytes_that_arrive_wrong_are_not_kept_in_the_cache(
    remote: ArtifactStore, objects: ObjectStore, tmp_path: Path
) -> None:
    kept = remote.put_bytes(b"abc")
    objects.put(f"artifacts/{kept.digest.hex[:2]}/{kept.digest.hex}", b"abx")
    with pytest.raises(ArtifactCorrupt):
        remote.path(kept.digest)
    assert not [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]


def test_writing_what_a_remote_store_has_moves_no_bytes(remote: ArtifactStore, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = remote.put_bytes(b"abc" * 1000)
    for transfer in ("get", "put"):
        monkeypatch.setattr(obstore, transfer, refuse)
    assert remote.put_bytes(b"abc" * 1000) == kept


def test_writing_what_a_local_store_has_leaves_the_file_alone(tmp_path: Path) -> None:
    store = ArtifactStore(ObjectStore(str(tmp_path)), cache=tmp_path / "cache")
    kept = store.put_bytes(b"abc")
    before = store.path(kept.digest).stat()
    store.put_bytes(b"abc")
    assert store.path(kept.digest).stat().st_ino == before.st_ino


def test_trees_of_the_same_files_have_the_same_digest(remote: ArtifactStore, tmp_path: Path) -> None:
    for name, order in (("one", "ab"), ("two", "ba")):
        (tmp_path / name).mkdir()
        for letter in order:
            (tmp_path / name / letter).write_text(letter)
    assert remote.put_tree(tmp_path / "one") == remote.put_tree(tmp_path / "two")
    (tmp_path / "two" / "b").rename(tmp_path / "two" / "c")
    assert remote.put_tree(tmp_path / "one") != remote.put_tree(tmp_path / "two")


def test_a_tree_without_one_of_its_files_is_not_held(
    remote: ArtifactStore, objects: ObjectStore, tmp_path: Path
) -> None:
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / "a").write_bytes(b"a")
    tree = remote.put_tree(tmp_path / "tree")
    assert remote.holds(tree)
    digest = Digest.of_bytes(b"a")
    objects.delete(f"artifacts/{digest.hex[:2]}/{digest.hex}")
    assert not remote.holds(tree)
    assert not remote.holds(Artifact(a_digest(), 1, Form.TREE))


def refuse(*_: object, **__: object) -> None:
    raise AssertionError("bytes were moved")
