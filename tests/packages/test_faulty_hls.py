"""HLS, broken by hand in one way after the other: each is found, and nothing else is."""

import re
from pathlib import Path

import pytest

from tests.packages.whole import (
    Break,
    both,
    broken_rules,
    changing,
    changing_bytes,
    without,
    without_lines,
    writing,
)

MASTER, MEDIA, KEYS = "master.m3u8", "v180p/media.m3u8", "v180p/iframes.m3u8"
SOUND, WORDS, IMAGES = "audio-de/media.m3u8", "captions-de/captions.m3u8", "thumbnails/images.m3u8"


def another_rendition(attributes: str) -> Break:
    return changing(MASTER, "#EXT-X-MEDIA:", f'#EXT-X-MEDIA:TYPE=AUDIO,CHANNELS="2",{attributes}\n#EXT-X-MEDIA:')


def all_keyframe_playlists() -> Break:
    return both(
        without_lines(MASTER, "#EXT-X-I-FRAME-STREAM-INF"),
        without_lines("first.m3u8", "#EXT-X-I-FRAME-STREAM-INF"),
        without(*(f"v{rung}/iframes.m3u8" for rung in ("270p", "180p", "144p"))),
    )


def a_bandwidth_in_quotes(folder: Path) -> None:
    text = (folder / MASTER).read_text()
    (folder / MASTER).write_text(re.sub(r"(STREAM-INF:BANDWIDTH=)(\d+)", r'\1"\2"', text, count=1))


def a_map_after_the_first_segment(folder: Path) -> None:
    text = (folder / MEDIA).read_text()
    (init,) = re.findall(r"#EXT-X-MAP:.*\n", text)
    (folder / MEDIA).write_text(text.replace(init, "").replace("seg-1.m4s\n", f"seg-1.m4s\n{init}"))


def keyframes_in_each_others_time(folder: Path) -> None:
    text = (folder / KEYS).read_text()
    lengths = re.findall(r"#EXTINF:[\d.]+", text)
    assert lengths[0] != lengths[-1], "all keyframes are shown equally long"
    (folder / KEYS).write_text(re.sub(r"#EXTINF:[\d.]+", lambda _: lengths.pop(), text))


def one_segment_of_two(folder: Path) -> None:
    parts = [(folder / "v180p" / f"seg-{number}.m4s").read_bytes() for number in (1, 2)]
    (folder / "v180p" / "both.m4s").write_bytes(b"".join(parts))
    lines = (folder / MEDIA).read_text().split("#EXTINF")[0]
    (folder / MEDIA).write_text(f"{lines}#EXTINF:1.500,\nboth.m4s\n#EXT-X-ENDLIST\n")


CASES: dict[str, tuple[Break, set[str]]] = {
    "no header": (without_lines(MEDIA, "#EXTM3U"), {"hls-header"}),
    "a byte order mark": (changing(MEDIA, "#EXTM3U", "\ufeff#EXTM3U"), {"package-text"}),
    "a control character": (changing(MEDIA, "#EXT-X-ENDLIST", "#EXT-X-ENDLIST\n#\x07"), {"package-text"}),
    "not UTF-8": (changing_bytes(MEDIA, b"## Gen", b"## \xff\xfe "), {"package-text"}),
    "a range that is none": (changing(KEYS, "#EXT-X-BYTERANGE:", "#EXT-X-BYTERANGE:all"), {"hls-syntax"}),
    "an attribute twice": (changing(MASTER, "DEFAULT=YES", "DEFAULT=YES,DEFAULT=YES"), {"hls-syntax"}),
    "a torn attribute list": (changing(MASTER, "CLOSED-CAPTIONS=NONE", "CLOSED-CAPTIONS"), {"hls-syntax"}),
    "tags of both kinds": (changing(MASTER, "#EXT-X-VERSION:6", "#EXT-X-TARGETDURATION:2"), {"hls-playlist-kind"}),
    "too old a version": (changing(MEDIA, "VERSION:6", "VERSION:3"), {"hls-version"}),
    "no target duration": (without_lines(MEDIA, "#EXT-X-TARGET"), {"hls-target-duration"}),
    "over the target": (changing(WORDS, "EXTINF:1.000", "EXTINF:2.500"), {"hls-target-duration", "vtt-times"}),
    "another target": (changing(MEDIA, "DURATION:2", "DURATION:3"), {"hls-target-durations"}),
    "no end": (without_lines(SOUND, "#EXT-X-ENDLIST"), {"hls-endlist"}),
    "no type": (without_lines(SOUND, "#EXT-X-PLAYLIST-TYPE"), {"hls-playlist-type"}),
    "no duration": (without_lines(MEDIA, "#EXTINF", count=1), {"hls-extinf"}),
    "no segment": (
        both(writing(WORDS, "#EXTM3U\n#EXT-X-ENDLIST\n"), without("captions-de/seg-1.vtt", "captions-de/seg-2.vtt")),
        {"hls-segments"},
    ),
    "no map": (without_lines(MEDIA, "#EXT-X-MAP"), {"media-init-named"}),
    "a range that goes on from nothing": (
        lambda f: writing(KEYS, (f / KEYS).read_text().replace("@84", ""))(f),
        {"hls-byterange"},
    ),
    "encrypted": (changing(MEDIA, "#EXTINF", '#EXT-X-KEY:METHOD=AES-128,URI="key"\n#EXTINF'), {"hls-encrypted"}),
    "keys after the last segment": (
        changing(MEDIA, "#EXT-X-ENDLIST", '#EXT-X-KEY:METHOD=AES-128,URI="key"\n#EXT-X-ENDLIST'),
        set(),
    ),
    "a bandwidth of other digits": (changing(MASTER, "INF:BANDWIDTH=", "INF:BANDWIDTH=²"), {"hls-attributes"}),
    "a bandwidth without end": (
        changing(MASTER, "INF:BANDWIDTH=", f"INF:BANDWIDTH={'9' * 6_000}"),
        {"hls-attributes"},
    ),
    "a bandwidth in quotes": (a_bandwidth_in_quotes, {"hls-syntax"}),
    "an address without quotes": (
        changing(MASTER, 'URI="audio-de/media.m3u8"', "URI=audio-de/media.m3u8"),
        {"hls-syntax"},
    ),
    "neither yes nor no": (changing(MASTER, "DEFAULT=YES", "DEFAULT=MAYBE"), {"hls-attributes"}),
    "a version that is no number": (changing(MASTER, "VERSION:6", "VERSION:banana"), {"hls-version"}),
    "a sequence below zero": (
        changing(MEDIA, "#EXT-X-TARGET", "#EXT-X-MEDIA-SEQUENCE:-5\n#EXT-X-TARGET"),
        {"hls-syntax"},
    ),
    "a frame rate without end": (changing(MASTER, "FRAME-RATE=30.000", f"FRAME-RATE={'9' * 400}"), {"hls-attributes"}),
    "a language that is none": (
        changing(MASTER, 'LANGUAGE="de"', 'LANGUAGE="the german language"'),
        {"hls-rendition-language"},
    ),
    "a map after the first segment": (a_map_after_the_first_segment, {"media-init-named"}),
    "keyframes in each other's time": (keyframes_in_each_others_time, {"hls-iframe-times"}),
    "no bandwidth": (changing(MASTER, "INF:BANDWIDTH=", "INF:X-WIDTH="), {"hls-attributes"}),
    "an unknown group": (changing(MASTER, "CAPTIONS=NONE", 'CAPTIONS="cc"'), {"hls-group"}),
    "an unused group": (another_rendition('GROUP-ID="b",NAME="B",LANGUAGE="de"'), {"hls-group-unused"}),
    "two of a name": (another_rendition('GROUP-ID="audio",NAME="Deutsch",LANGUAGE="de"'), {"hls-rendition-name"}),
    "no language": (changing(MASTER, 'LANGUAGE="de",', ""), {"hls-rendition-language"}),
    "no name": (changing(MASTER, 'NAME="Deutsch",', ""), {"hls-attributes"}),
    "a default that isn't chosen": (changing(MASTER, "AUTOSELECT=YES", "AUTOSELECT=NO"), {"hls-rendition-default"}),
    "two defaults": (
        another_rendition('GROUP-ID="audio",NAME="B",LANGUAGE="de",DEFAULT=YES'),
        {"hls-rendition-default"},
    ),
    "no channels": (changing(MASTER, ',CHANNELS="2"', ""), {"hls-channels"}),
    "no average": (changing(MASTER, ",AVERAGE-BANDWIDTH=", ",X-BANDWIDTH="), {"hls-average-bandwidth-declared"}),
    "not independent": (without_lines(MASTER, "#EXT-X-INDEPENDENT"), {"hls-independent-segments"}),
    "no keyframe playlist": (all_keyframe_playlists(), {"hls-iframes"}),
    "too long a segment": (changing(MEDIA, "#EXTINF:1.000", "#EXTINF:1.400"), {"hls-segment-duration"}),
    "too low a bandwidth": (
        changing(MASTER, "INF:BANDWIDTH=", "INF:BANDWIDTH=1000,X-WAS="),
        {"hls-bandwidth", "hls-average-bandwidth"},
    ),
    "too high a bandwidth": (changing(MASTER, "INF:BANDWIDTH=", "INF:BANDWIDTH=9"), {"hls-bandwidth-overstated"}),
    "a wrong average": (changing(MASTER, "AVERAGE-BANDWIDTH=", "AVERAGE-BANDWIDTH=1,X="), {"hls-average-bandwidth"}),
    "another codec": (changing(MASTER, 'CODECS="avc1.64', 'CODECS="avc1.4d'), {"hls-codecs"}),
    "a codec unsaid": (changing(MASTER, ",mp4a.40.2", ""), {"hls-codecs"}),
    "no codecs": (changing(MASTER, "CODECS=", "X-CODECS="), {"hls-codecs"}),
    "another size": (changing(MASTER, "RESOLUTION=480x270", "RESOLUTION=960x540"), {"hls-resolution"}),
    "no frame rate": (changing(MASTER, "FRAME-RATE=30.000,", ""), {"hls-frame-rate"}),
    "another frame rate": (changing(MASTER, "FRAME-RATE=30.000", "FRAME-RATE=29.970"), {"hls-frame-rate"}),
    "another range of light": (changing(MASTER, "VIDEO-RANGE=SDR", "VIDEO-RANGE=PQ"), {"hls-video-range"}),
    "no range of light": (changing(MASTER, "VIDEO-RANGE=SDR,", ""), {"hls-video-range-declared"}),
    "keyframes untold": (without_lines(KEYS, "#EXT-X-I-FRAMES-ONLY"), {"hls-iframes-only"}),
    "a keyframe cut": (changing(KEYS, "@84", "@85"), {"hls-iframe-ranges"}),
    "a keyframe shown too long": (changing(KEYS, "EXTINF:0.500", "EXTINF:0.620"), {"hls-iframe-times"}),
    "no variant": (
        both(without_lines(MASTER, "#EXT-X-STREAM-INF"), without_lines(MASTER, "v")),
        {"hls-variants", "hls-group-unused", "package-file-unreferenced"},
    ),
    "segments elsewhere": (one_segment_of_two, {"media-aligned"}),
    "pictures untold": (without_lines(IMAGES, "#EXT-X-IMAGES-ONLY"), {"hls-images-only"}),
    "another layout": (changing(IMAGES, "LAYOUT=3x1", "LAYOUT=1x3"), {"hls-tiles"}),
    "tiles too short": (changing(IMAGES, "DURATION=0.5", "DURATION=0.25"), {"hls-tiles"}),
    "thumbnails that end late": (
        both(changing(IMAGES, "EXTINF:1.500", "EXTINF:1.620"), changing(IMAGES, "DURATION=0.5", "DURATION=0.54")),
        {"hls-image-times"},
    ),
    "captions in no language": (
        changing(MASTER, 'captions",LANGUAGE="de"', 'captions"'),
        {"hls-rendition-language"},
    ),
    "session data of nothing": (changing(MASTER, 'URI="chapters.json"', 'X-URI="chapters.json"'), {"hls-session-data"}),
    "a chapter without a start": (changing("chapters.json", "start-time", "start"), {"hls-session-data"}),
    "chapters out of order": (
        changing("chapters.json", '"start-time": 0.0', '"start-time": 1.2'),
        {"hls-session-data"},
    ),
    "chapters that are no JSON": (writing("chapters.json", "[{"), {"hls-session-data"}),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_each_fault_is_found_by_its_rule_alone(name: str, folder: Path) -> None:
    break_it, expected = CASES[name]
    break_it(folder)

    assert broken_rules(folder) == expected
