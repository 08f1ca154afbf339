"""Packages that mean harm end as findings: nothing hangs, nothing outside is read, nothing large is loaded."""

import random
import time
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


_IN_TIME_S = 20.0
"""A few seconds, on a machine that others use too; without the limits these take minutes."""


def in_time(folder: Path) -> set[str]:
    began_s = time.monotonic()
    found = broken_rules(folder)
    assert time.monotonic() - began_s < _IN_TIME_S
    return found


def a_box(kind: bytes, body: bytes = b"") -> bytes:
    return (8 + len(body)).to_bytes(4, "big") + kind + body


def a_fragment(samples: int, *, size: int = 0, tracks: int = 1) -> bytes:
    """A box moof with as many sync samples of `size` bytes for each of `tracks` fragments of track 1, which begin in
    the box mdat behind it."""
    defaults = (1).to_bytes(4, "big") + b"\0" * 4 + size.to_bytes(4, "big") + b"\0" * 4
    header = a_box(b"tfhd", (0x02_0038).to_bytes(4, "big") + defaults) + a_box(b"tfdt", b"\0" * 8)
    length = 8 + tracks * (8 + len(header) + 20)
    run = a_box(b"trun", b"\0\0\0\1" + samples.to_bytes(4, "big") + (length + 8).to_bytes(4, "big"))
    fragment = a_box(b"moof", a_box(b"traf", header + run) * tracks)
    assert len(fragment) == length
    return fragment


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


def test_one_segment_named_over_and_over_is_read_once(folder: Path) -> None:
    """20,000 times, in one run of the target duration, by 100 variants each in 11 masters."""
    head = "#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-TARGETDURATION:999999999\n"
    init = '#EXT-X-MAP:URI="v180p/init.mp4"\n'
    segments = "#EXTINF:1.000,\nv180p/seg-1.m4s\n" * MOST_SEGMENTS
    (folder / "long.m3u8").write_text(f"{head}{init}{segments}#EXT-X-ENDLIST\n")
    (variant,) = [line for line in (folder / "master.m3u8").read_text().split("\n") if "RESOLUTION=480x270,F" in line][
        :1
    ]
    for name in ("master.m3u8", *(f"more-{number}.m3u8" for number in range(10))):
        (folder / name).write_text("#EXTM3U\n" + f"{variant}\nlong.m3u8\n" * 100)

    assert {"media-continuity", "hls-segment-duration"} <= in_time(folder)


def test_ranges_that_overlap_are_not_read_over_and_over(folder: Path) -> None:
    size = (folder / "v180p" / "seg-1.m4s").stat().st_size
    (folder / "v180p" / "seg-1.m4s").write_bytes(
        (folder / "v180p" / "seg-1.m4s").read_bytes() + a_box(b"free") * 50_000
    )
    ranges = "".join(f"#EXTINF:1.000,\n#EXT-X-BYTERANGE:{size + 8 * number}@0\nseg-1.m4s\n" for number in range(10_000))
    text = (folder / "v180p" / "media.m3u8").read_text()
    (folder / "v180p" / "media.m3u8").write_text(f"{text[: text.index('#EXTINF')]}{ranges}#EXT-X-ENDLIST\n")

    assert "media-segment" in in_time(folder)


@pytest.mark.parametrize("tracks", [1, 9_000])
def test_empty_samples_among_boxes_without_end_are_found_in_time(tracks: int, folder: Path) -> None:
    data = a_fragment(400_000, tracks=tracks) + a_box(b"mdat") * 90_000
    (folder / "v180p" / "seg-1.m4s").write_bytes(data)

    assert ("media-segment" in in_time(folder)) == (tracks > 1)


def test_keyframes_without_end_are_found_in_time(folder: Path) -> None:
    data = a_fragment(300_000, size=1) + a_box(b"mdat", b"\0" * 300_000)
    (folder / "v180p" / "seg-1.m4s").write_bytes(data)
    ranges = f"#EXTINF:1.000,\n#EXT-X-BYTERANGE:{len(data)}@0\nseg-1.m4s\n" * 10_000
    text = (folder / "v180p" / "iframes.m3u8").read_text()
    (folder / "v180p" / "iframes.m3u8").write_text(f"{text[: text.index('#EXTINF')]}{ranges}#EXT-X-ENDLIST\n")

    assert "hls-iframe-times" in in_time(folder)


def test_captions_named_over_and_over_are_read_once(folder: Path) -> None:
    cues = "".join(f"00:00:00.{number % 900:03} --> 00:00:01.000\nx\n\n" for number in range(20_000))
    (folder / "captions-de" / "seg-1.vtt").write_text(f"WEBVTT\n\n{cues}")
    segments = "#EXTINF:1.000,\nseg-1.vtt\n" * MOST_SEGMENTS
    text = (folder / "captions-de" / "captions.m3u8").read_text()
    (folder / "captions-de" / "captions.m3u8").write_text(f"{text[: text.index('#EXTINF')]}{segments}#EXT-X-ENDLIST\n")

    assert {"package-limit", "vtt-times"} <= in_time(folder)


def test_representations_that_inherit_an_endless_timeline_are_limited(folder: Path) -> None:
    template = '<SegmentTemplate media="x/$Number$/../../v180p/seg-1.m4s" timescale="1" ><SegmentTimeline>'
    endless = f'{template}<S t="0" d="1" r="19998" /></SegmentTimeline></SegmentTemplate>'
    many = '<Representation mimeType="video/mp4" />' * 15_000
    changed(
        folder / "manifest.mpd", '<Period id="0">', f'<Period id="0">{endless}<AdaptationSet>{many}</AdaptationSet>'
    )

    assert {"package-limit", "dash-representation-attributes"} <= in_time(folder)


def test_streams_without_end_are_limited(folder: Path) -> None:
    media = '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="{}",LANGUAGE="de",CHANNELS="2",URI="audio-de/media.m3u8"\n'
    renditions = "".join(media.format(number) for number in range(5_000))
    changed(folder / "master.m3u8", "#EXT-X-MEDIA", f"{renditions}#EXT-X-MEDIA")

    assert "package-limit" in in_time(folder)
