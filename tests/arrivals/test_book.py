"""The book of arrivals: which files count, what they are known by, and what a link or a half-copied file is."""

import os
from pathlib import Path

import pytest

from resources.arrival_book import Arrival, ArrivalBook, arrival_id
from resources.object_store import ObjectStore
from resources.records import Records
from tests.builders import a_digest
from vidgen_assets.clips.digest import Digest
from vidgen_assets.clips.errors import ArtifactCorrupt, InputError


@pytest.fixture
def book(tmp_path: Path) -> ArrivalBook:
    objects = ObjectStore(str(tmp_path / "store"))
    return ArrivalBook(Records(objects), objects, tmp_path / "arrivals")


def an_arrival(name: str = "lake.mp4") -> Arrival:
    digest = a_digest(name)
    return Arrival(arrival_id(name, digest), name, digest, 7, "2026-11-22T12:00:00.000+00:00")


def test_only_whole_plain_files_at_the_top_are_waiting(book: ArrivalBook, tmp_path: Path) -> None:
    assert book.waiting() == {}, "the folder is made"
    for name in ("lake.mp4", "half.mp4.part", "half.MP4.crdownload", ".hidden.mp4", "notes.txt~"):
        (book.folder / name).write_bytes(b"bytes")
    (book.folder / "folder.mp4").mkdir()
    (book.folder / "folder.mp4" / "deep.mp4").write_bytes(b"bytes")
    (book.folder / "link.mp4").symlink_to(tmp_path)
    os.mkfifo(book.folder / "pipe.mp4")

    assert list(book.waiting()) == ["lake.mp4"]


def test_a_marker_changes_with_the_file(book: ArrivalBook) -> None:
    book.waiting()
    (book.folder / "lake.mp4").write_bytes(b"one")
    before = book.waiting()
    (book.folder / "lake.mp4").write_bytes(b"three")

    assert book.waiting() != before


@pytest.mark.parametrize("name", ["../secret", "link", "pipe", "gone", "folder", "a\0b", "."])
def test_a_name_stands_for_bytes_in_the_folder_and_for_nothing_else(
    name: str, book: ArrivalBook, tmp_path: Path
) -> None:
    book.waiting()
    (tmp_path / "secret").write_bytes(b"secret")
    (book.folder / "link").symlink_to(tmp_path / "secret")
    (book.folder / "folder").mkdir()
    os.mkfifo(book.folder / "pipe")

    with pytest.raises(InputError, match="can't be read"):
        book.digest_of(name)


def test_a_folder_that_cant_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "arrivals").write_bytes(b"a file")
    objects = ObjectStore(str(tmp_path / "store"))

    with pytest.raises(InputError, match="VIDGEN_ARRIVALS"):
        ArrivalBook(Records(objects), objects, tmp_path / "arrivals").waiting()


def test_what_was_taken_is_known_by_its_bytes(book: ArrivalBook) -> None:
    one, other = an_arrival(), an_arrival("hill.mp4")
    tray = book.take([one, other])

    assert book.on_tray(tray) == (one, other)
    assert book.tray_of(one.digest) == tray
    assert book.tray_of(a_digest("others")) is None
    assert book.take([an_arrival("sea.mp4")]) != tray
    assert book.trays() == ["tray-00000001", "tray-00000002"]


def test_a_tray_that_isnt_there_and_one_that_cant_be_read_are_two_things(book: ArrivalBook, tmp_path: Path) -> None:
    assert book.on_tray("tray-00000009") is None
    assert book.on_tray("shop.g1.0000") is None
    tray = book.take([an_arrival()])
    (tmp_path / "store" / "records" / "arrivals" / "00000001").write_bytes(b"{}")

    with pytest.raises(ArtifactCorrupt, match="tray"):
        book.on_tray(tray)


@pytest.mark.parametrize(
    ("name", "slug"),
    [("My Holiday (1).MP4", "my-holiday-1"), ("日本.mp4", "video"), ("a" * 99 + ".mov", "a" * 40), ("..", "video")],
)
def test_an_upload_is_called_by_its_name_in_plain_letters_and_its_digest(name: str, slug: str) -> None:
    digest = Digest.of_bytes(b"bytes")

    assert arrival_id(name, digest) == f"{slug}-{digest.short}"
