"""Stores on this machine: a local folder and memory. S3 has the same claims in `test_s3.py`."""

from pathlib import Path

import obstore
import pytest
from obstore.exceptions import GenericError

from resources.object_store import ObjectStore
from tests.resources.store_contract import StoreContract, append_from_processes
from vidgen_assets.clips.errors import CapacityError, InputError


class TestLocalFolder(StoreContract):
    @pytest.fixture
    def store(self, tmp_path: Path) -> ObjectStore:
        return ObjectStore(str(tmp_path / "store"))


class TestMemory(StoreContract):
    @pytest.fixture
    def store(self) -> ObjectStore:
        return ObjectStore("memory:///")


def test_appends_of_two_processes_get_consecutive_numbers_and_nothing_is_lost(tmp_path: Path) -> None:
    given = append_from_processes(str(tmp_path), writers=2, count=50)
    assert sorted(given) == list(range(1, 101))
    assert set(given.values()) == {f"writer-{w} {n}" for w in range(2) for n in range(50)}
    store = ObjectStore(str(tmp_path))
    for number, entry in given.items():
        assert store.get(f"records/ledger/frames/shop/{number:08d}") == entry.encode()


def test_a_file_url_is_a_folder(tmp_path: Path) -> None:
    store = ObjectStore(f"{(tmp_path / 'with space').as_uri()}")
    store.put("key", b"x")
    assert (tmp_path / "with space" / "key").read_bytes() == b"x"
    assert store.local_path("key") == tmp_path / "with space" / "key"
    assert store.base_uri == str(tmp_path / "with space")


def test_a_store_of_memory_has_no_place_on_disk() -> None:
    store = ObjectStore("memory:///")
    assert store.local_path("key") is None
    assert store.base_uri == "memory:///"


@pytest.mark.parametrize("url", ["ftp://host/x", "http://host/x", "s3://", "az://container", "C:\\store"])
def test_a_url_that_is_no_store_is_refused_with_what_is_allowed(url: str) -> None:
    with pytest.raises(InputError, match="Allowed: a folder, file://, s3://"):
        ObjectStore(url)


def test_a_file_where_the_folder_should_be_is_wrong_input(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(InputError):
        ObjectStore(str(tmp_path / "file"))
    with pytest.raises(InputError, match="Not a directory"):
        ObjectStore(str(tmp_path)).put("file/key", b"x")


@pytest.mark.parametrize("key", ["../outside", "a/../../outside", "nul\0", "two\nlines"])
def test_a_key_that_climbs_or_hides_is_refused(tmp_path: Path, key: str) -> None:
    store = ObjectStore(str(tmp_path / "store"))
    for touch in (lambda: store.put(key, b"x"), lambda: store.create(key, b"x"), lambda: store.get(key)):
        with pytest.raises(InputError):
            touch()
    assert [path.name for path in tmp_path.iterdir()] == ["store"]


def test_a_write_that_fails_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = ObjectStore(str(tmp_path))
    store.put("key", b"whole")
    full = GenericError(
        "Generic LocalFileSystem error: Unable to copy data to file: No space left on device (os error 28)"
    )
    monkeypatch.setattr(obstore, "put", raising(full))
    with pytest.raises(CapacityError):
        store.put("key", b"torn")
    assert store.get("key") == b"whole"


def raising(error: Exception):
    def put(*_: object, **__: object) -> None:
        raise error

    return put
