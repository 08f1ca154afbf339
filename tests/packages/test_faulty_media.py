"""Segments, captions, pictures and the folder itself, broken by hand: each is found, and nothing else is."""

import os
import re
import struct
from pathlib import Path

import pytest

from tests.packages.whole import (
    Break,
    broken_rules,
    changed,
    changing,
    changing_bytes,
    cut,
    without,
    without_lines,
    writing,
)

SEGMENT, INIT = "v180p/seg-2.m4s", "v180p/init.mp4"


def the_last_sound_is_gone(folder: Path) -> None:
    (folder / "audio-de" / "seg-2.m4s").unlink()
    for file, begin in (("audio-de/media.m3u8", "seg-2"), ("audio-de/media.m3u8", "#EXTINF:0.4")):
        without_lines(file, begin)(folder)
    text = (folder / "manifest.mpd").read_text()
    sound = text.index('timescale="48000"')
    entry = text.index("<S ", text.index("<S ", sound) + 1)
    (folder / "manifest.mpd").write_text(text[:entry] + text[text.index("/>", entry) + 2 :])


def a_later_fragment(ticks: int) -> Break:
    """The second segment of the sound is decoded later."""

    def break_it(folder: Path) -> None:
        path = folder / "audio-de" / "seg-2.m4s"
        data = bytearray(path.read_bytes())
        at = data.index(b"tfdt") + 8
        data[at : at + 4] = struct.pack(">I", struct.unpack(">I", data[at : at + 4])[0] + ticks)
        path.write_bytes(data)

    return break_it


def no_sync_sample(folder: Path) -> None:
    """The flags that the segment's first sample has of its own say that it depends on others."""
    path = folder / SEGMENT
    data = bytearray(path.read_bytes())
    at = data.index(b"trun") + 4
    flags = int.from_bytes(data[at + 1 : at + 4], "big")
    assert flags & 0x400, "samples have flags of their own"
    fields = at + 8 + 4 * bool(flags & 1) + 4 * bool(flags & 4) + 4 * bool(flags & 0x100) + 4 * bool(flags & 0x200)
    data[fields : fields + 4] = (0x0001_0000).to_bytes(4, "big")
    path.write_bytes(data)


def a_second_track(folder: Path) -> None:
    """The movie's only track once more, by another number."""
    path = folder / INIT
    data = path.read_bytes()
    movie, track = data.index(b"moov") - 4, data.index(b"trak") - 4
    size = int.from_bytes(data[track : track + 4], "big")
    copy = bytearray(data[track : track + size])
    at = copy.index(b"tkhd") + 4 + 4 + 8
    copy[at : at + 4] = (9).to_bytes(4, "big")
    whole = int.from_bytes(data[movie : movie + 4], "big") + size
    grown = data[:movie] + whole.to_bytes(4, "big") + data[movie + 4 : track + size] + copy + data[track + size :]
    path.write_bytes(grown)


def parameters_in_band(folder: Path) -> None:
    changing_bytes(INIT, b"avc1\x00\x00\x00\x00", b"avc3\x00\x00\x00\x00")(folder)
    for file in ("master.m3u8", "manifest.mpd"):
        text = (folder / file).read_text()
        (folder / file).write_text(text.replace("avc1.64000d", "avc3.64000d"))


def no_picture(folder: Path) -> None:
    path = folder / "thumbnails" / "sheet-1.jpg"
    path.write_bytes(b"?" * path.stat().st_size)


def without_set(kind: str) -> Break:
    """The MPD's set of that kind is gone."""

    def break_it(folder: Path) -> None:
        text = (folder / "manifest.mpd").read_text()
        first = text.index("<AdaptationSet", text.index(f'contentType="{kind}"') - 40)
        end = text.index("</AdaptationSet>", first) + len("</AdaptationSet>")
        (folder / "manifest.mpd").write_text(text[:first] + text[end:])

    return break_it


def a_storyboard_that_ends_early(folder: Path) -> None:
    path = folder / BOARD
    path.write_text(path.read_text().rstrip().rpartition("\n\n")[0] + "\n")


def a_storyboard_of_whole_pictures(folder: Path) -> None:
    path = folder / BOARD
    path.write_text(re.sub(r"#xywh=\S+", "", path.read_text()))


def segments_of_webm(folder: Path) -> None:
    """In one rendition; their sizes stay."""
    for path in (folder / "v180p").glob("*.m*4*"):
        path.write_bytes(b"\x1a\x45\xdf\xa3" + path.read_bytes()[4:])


def a_link_out(folder: Path) -> None:
    target = folder.parent / "elsewhere.m4s"
    (folder / SEGMENT).rename(target)
    (folder / SEGMENT).symlink_to(target)


def a_pipe(folder: Path) -> None:
    (folder / "poster.jpg").unlink()
    os.mkfifo(folder / "poster.jpg")


def a_link_in_a_circle(folder: Path) -> None:
    (folder / "poster.jpg").unlink()
    (folder / "poster.jpg").symlink_to("poster.jpg")


WORDS, BOARD = "captions.vtt", "storyboard.vtt"
CASES: dict[str, tuple[Break, set[str]]] = {
    "a missing segment": (without(SEGMENT), {"package-file-missing"}),
    "a missing playlist": (without("v180p/media.m3u8"), {"package-file-missing"}),
    "a missing download": (without("clip.mp4"), {"package-file-missing"}),
    "a file left over": (writing("v180p/seg-3.m4s", b"left over"), {"package-file-unreferenced"}),
    "an empty segment": (writing(SEGMENT, b""), {"package-file-empty"}),
    "a way out": (changing("v180p/media.m3u8", "seg-2.m4s", "../../seg-2.m4s"), {"package-address-outside"}),
    "a way out in disguise": (
        changing("v180p/media.m3u8", "seg-2.m4s", "%2e%2e/%2e%2e/seg-2.m4s"),
        {"package-address-outside"},
    ),
    "a link out": (a_link_out, {"package-address-outside"}),
    "a pipe": (a_pipe, {"package-file-unreadable"}),
    "a link in a circle": (a_link_in_a_circle, {"package-file-unreadable"}),
    "a range past the end": (
        changing("v180p/iframes.m3u8", "#EXT-X-BYTERANGE:", "#EXT-X-BYTERANGE:9"),
        {"package-range"},
    ),
    "metadata of another length": (changing("metadata.json", "PT1.5S", "PT9S"), {"package-metadata"}),
    "metadata without a name": (changing("metadata.json", '"name"', '"nom"'), {"package-metadata"}),
    "a torn initialisation": (cut(INIT, 500), {"media-init"}),
    "a torn segment": (cut(SEGMENT, 700), {"media-segment"}),
    "a segment of nothing": (writing(SEGMENT, b"\0" * 4000), {"media-segment"}),
    "no keyframe first": (no_sync_sample, {"media-keyframe-first", "hls-iframe-ranges"}),
    "a gap": (a_later_fragment(600), {"media-continuity"}),
    "a sound that ends early": (
        the_last_sound_is_gone,
        {"media-length"},
    ),
    "no CMAF": (changing_bytes(INIT, b"cmfc", b"xxxx"), {"cmaf-brand"}),
    "two tracks": (a_second_track, {"cmaf-one-track"}),
    "parameters in the samples": (parameters_in_band, {"media-parameter-sets"}),
    "pictures brighter than said": (
        changing_bytes(INIT, b"nclx\x00\x01\x00\x01", b"nclx\x00\x01\x00\x10"),
        {"hls-video-range", "dash-video-range"},
    ),
    "captions without a header": (changing(WORDS, "WEBVTT", "SUBTITLES"), {"vtt-header"}),
    "a cue without milliseconds": (changing(WORDS, "00:00:00.100", "00:00:00"), {"vtt-cue"}),
    "a cue that ends first": (changing(WORDS, "--> 00:00:00.800", "--> 00:00:00.050"), {"vtt-cue"}),
    "cues out of order": (changing(WORDS, "00:00:00.100", "00:00:01.100"), {"vtt-cue"}),
    "cues the wrong way round": (
        writing(WORDS, "WEBVTT\n\n00:01.000 --> 00:01.400\nB\n\n00:00.100 --> 00:00.800\nA\n"),
        {"vtt-order"},
    ),
    "a caption after the end": (changing(WORDS, "00:00:01.400", "00:00:09.400"), {"vtt-times"}),
    "a caption in the wrong segment": (
        writing("captions-de/seg-1.vtt", "WEBVTT\n\n00:01.300 --> 00:01.400\nB\n"),
        {"vtt-times"},
    ),
    "captions on another clock": (
        changing("captions-de/seg-1.vtt", "WEBVTT", "WEBVTT\nX-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:900000"),
        {"vtt-timestamp-map"},
    ),
    "a storyboard beside its picture": (changing(BOARD, "xywh=320,0,160,90", "xywh=320,9,160,90"), {"vtt-storyboard"}),
    "a storyboard without parts": (changing(BOARD, "xywh=320,0,160,90", "t=1"), {"vtt-storyboard"}),
    "a storyboard that ends early": (a_storyboard_that_ends_early, {"vtt-storyboard-times"}),
    "a storyboard of whole pictures": (a_storyboard_of_whole_pictures, {"vtt-storyboard"}),
    "a storyboard with words": (
        changing(BOARD, "thumbnails/sheet-1.jpg#xywh=320,0,160,90", "the end"),
        {"vtt-storyboard"},
    ),
    "another container": (segments_of_webm, {"media-container"}),
    "an hour without end": (
        changing(WORDS, "--> 00:00:00.800", f"--> {'9' * 5_000}:00:00.800"),
        {"vtt-cue"},
    ),
    "a storyboard of no picture": (changing(BOARD, "sheet-1.jpg", "sheet-9.jpg"), {"package-file-missing"}),
    "a thumbnail that is none": (no_picture, {"package-picture"}),
    "a chapter after the end": (changing("chapters.vtt", "01.500", "09.500"), {"vtt-times"}),
    "thumbnails in HLS alone": (without_set("image"), {"package-thumbnails"}),
    "captions in HLS alone": (without_set("text"), {"package-subtitles"}),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_each_fault_is_found_by_its_rule_alone(name: str, folder: Path) -> None:
    break_it, expected = CASES[name]
    break_it(folder)

    assert broken_rules(folder) == expected


def test_a_folder_without_manifests_is_no_package(tmp_path: Path) -> None:
    assert broken_rules(tmp_path) == {"package-manifest"}


def test_media_playlists_alone_are_not_enough(folder: Path) -> None:
    for file in ("master.m3u8", "first.m3u8", "manifest.mpd", "metadata.json"):
        (folder / file).unlink()

    assert "hls-multivariant" in broken_rules(folder)


def test_a_rule_that_is_broken_everywhere_is_shown_a_few_times(folder: Path) -> None:
    from vidgen_assets.packages.rule import MOST_FAULTS_OF_A_RULE
    from vidgen_assets.packages.validate import validate

    segments = "".join(f"#EXTINF:1.0,\nnone-{number}.m4s\n" for number in range(1_000))
    changed(folder / "v180p" / "media.m3u8", "#EXT-X-ENDLIST", segments)
    report = validate(folder)

    assert len([f for f in report.errors if f.rule.id == "package-file-missing"]) == MOST_FAULTS_OF_A_RULE
    assert report.left_out() == {"package-file-missing": 1_000 - MOST_FAULTS_OF_A_RULE}
