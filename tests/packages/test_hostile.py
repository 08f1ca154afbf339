"""Packages that mean harm end as findings: nothing hangs, nothing outside is read, nothing large is loaded."""

import random
import tracemalloc
from pathlib import Path

import pytest

from tests.packages.whole import broken_rules, changed
from vidgen_assets.clips.errors import InputError
from vidgen_assets.packages.folder import MOST_TEXT_BYTES
from vidgen_assets.packages.playlists import MOST_SEGMENTS
from vidgen_assets.packages.validate import validate

_GIB = 1 << 30
_MOST_MEMORY = 40 * 1024 * 1024


def grown(path: Path, size: int) -> None:
    """To `size` bytes, which take no room on the disk."""
    with path.open("r+b") as file:
        file.truncate(size)


def test_a_folder_that_is_none_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such folder"):
        validate(tmp_path / "none")


def test_files_of_a_gigabyte_are_not_loaded(folder: Path) -> None:
    for file in ("v180p/seg-2.m4s", "v144p/init.mp4", "v270p/media.m3u8", "captions.vtt", "thumbnails/sheet-1.jpg"):
        grown(folder / file, _GIB)
    tracemalloc.start()
    try:
        found = broken_rules(folder)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert {"media-segment", "package-file-unreadable"} <= found
    assert peak < _MOST_MEMORY


def test_a_playlist_of_a_million_lines_is_not_read_to_the_end(folder: Path) -> None:
    lines = "#EXTINF:1,\na\n" * (MOST_SEGMENTS + 10)
    (folder / "v180p" / "media.m3u8").write_text(f"#EXTM3U\n#EXT-X-TARGETDURATION:2\n{lines}")
    assert "package-limit" in broken_rules(folder)

    grown(folder / "v180p" / "media.m3u8", MOST_TEXT_BYTES + 1)
    assert "package-file-unreadable" in broken_rules(folder)


def test_a_manifest_that_is_too_deep_is_not_followed(folder: Path) -> None:
    changed(folder / "manifest.mpd", "<Period", f"{'<a>' * 100}{'</a>' * 100}<Period")
    (folder / "metadata.json").write_text("[" * 100_000)

    assert {"package-limit", "package-metadata"} <= broken_rules(folder)


@pytest.mark.parametrize(
    "address", ["/etc/passwd", "file:///etc/passwd", "//host/x", "a\\..\\..\\x", "x" * 5_000, "%00"]
)
def test_addresses_that_leave_the_package_are_refused(address: str, folder: Path) -> None:
    changed(folder / "manifest.mpd", ">captions.vtt<", f">{address}<")

    assert broken_rules(folder) == {"package-address-outside"}


def test_a_linked_folder_is_not_entered(folder: Path, tmp_path: Path) -> None:
    (folder / "v180p").rename(tmp_path / "elsewhere")
    (folder / "v180p").symlink_to(tmp_path / "elsewhere", target_is_directory=True)

    assert broken_rules(folder) == {"package-address-outside", "package-file-missing"}


def test_a_count_of_samples_that_is_a_lie_is_not_believed(folder: Path) -> None:
    path = folder / "v180p" / "seg-2.m4s"
    data = bytearray(path.read_bytes())
    at = data.index(b"trun") + 8
    data[at : at + 4] = b"\xff\xff\xff\xff"
    path.write_bytes(data)

    assert broken_rules(folder) == {"media-segment"}


@pytest.mark.parametrize("seed", range(12))
def test_junk_in_any_file_is_a_finding_and_no_failure(seed: int, folder: Path) -> None:
    chance = random.Random(seed)
    for path in chance.sample(sorted(p for p in folder.rglob("*") if p.is_file() and p.name != "clip.mp4"), 4):
        data = bytearray(path.read_bytes())
        for _ in range(4):
            at = chance.randrange(min(len(data), 1_500))
            data[at : at + 4] = chance.randbytes(chance.randrange(8))
        path.write_bytes(data)

    assert all(fault.found and fault.rule.remedy for fault in validate(folder).faults)
