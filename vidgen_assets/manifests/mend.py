"""What shaka-packager 3.8 leaves out of its manifests, or gets wrong, put right.

It takes each segment's rate for the peak. A short last one counts for too much then, or, passed over, for nothing:
bandwidths came out 84 % above what a player meets, or 40 % below. They are measured here, as the standards define them.
Only `read_segments` reads files; the rest turns text into text.
"""

import math
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree as ET

from vidgen_assets.clips.captions import WEBVTT_FILE, Captions
from vidgen_assets.manifests.streams import MPD_FILE
from vidgen_assets.packages.bandwidth import peak_bitrate_bps
from vidgen_assets.packages.mpd import TRICK_MODE, seconds

_DASH_NAMESPACE = "urn:mpeg:dash:schema:mpd:2011"
DASH = f"{{{_DASH_NAMESPACE}}}"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_XML = '<?xml version="1.0" encoding="UTF-8"?>'
# EXT-X-MAP in a playlist that isn't all I-frames asks for version 6 (RFC 8216, section 7).
_HLS_VERSION = "#EXT-X-VERSION:6"
_SEGMENT = re.compile(r"^#EXTINF:([\d.]+),.*\n#EXT-X-BYTERANGE:(\d+)", re.MULTILINE)
_TARGET = re.compile(r"^#EXT-X-TARGETDURATION:(\d+)$", re.MULTILINE)
_RATES = r"BANDWIDTH=(\d+)(?:,AVERAGE-BANDWIDTH=\d+)?"
_VARIANT = re.compile(rf"^#EXT-X-STREAM-INF:{_RATES}(.*\n([^/\n]+)/)", re.MULTILINE)
_KEYFRAMES = re.compile(rf'^#EXT-X-I-FRAME-STREAM-INF:{_RATES}(.*URI="([^"\n]+)")', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Segments:
    """A track's segments in order, and the target duration of its playlist."""

    sizes_bytes: tuple[int, ...]
    durations_s: tuple[float, ...]
    target_s: float

    def peak_bps(self, over_s: float) -> float:
        return peak_bitrate_bps(self.sizes_bytes, self.durations_s, over_s)

    @property
    def average_bps(self) -> float:
        return sum(self.sizes_bytes) * 8 / sum(self.durations_s)


def read_segments(package: Path) -> dict[str, Segments]:
    """Of each track by the name of its folder, of keyframes by the path of their playlist.

    How long a segment lasts is taken from the MPD, which is exact: a playlist rounds to milliseconds, 2 % of a frame.
    """
    found: dict[str, Segments] = {}
    for template in ET.fromstring((package / MPD_FILE).read_bytes()).iter(f"{DASH}SegmentTemplate"):
        folder, durations_s = template.attrib["initialization"].split("/")[0], tuple(_durations_s(template))
        media, first = template.attrib["media"], int(template.get("startNumber", 1))
        files = [package / media.replace("$Number$", str(first + place)) for place in range(len(durations_s))]
        sizes_bytes, playlist = tuple(file.stat().st_size for file in files), package / folder / "media.m3u8"
        target_s = _target_s(playlist.read_text(encoding="utf-8")) if playlist.is_file() else max(durations_s)
        found[folder] = Segments(sizes_bytes, durations_s, target_s)
    for playlist in package.glob("*/iframes.m3u8"):
        text = playlist.read_text(encoding="utf-8")
        parts = _SEGMENT.findall(text)
        sizes_bytes, durations_s = tuple(int(size) for _, size in parts), tuple(float(length) for length, _ in parts)
        found[playlist.relative_to(package).as_posix()] = Segments(sizes_bytes, durations_s, _target_s(text))
    return found


def _durations_s(template: ET.Element) -> Iterator[float]:
    timescale = int(template.get("timescale", 1))
    for run in template.iter(f"{DASH}S"):
        yield from [int(run.attrib["d"]) / timescale] * (int(run.get("r", 0)) + 1)


def _target_s(playlist: str) -> float:
    target = _TARGET.search(playlist)
    return float(target[1]) if target else 1.0


def mended_master(
    text: str, segments: Mapping[str, Segments], sound_folders: Collection[str], additions: Sequence[str] = ()
) -> str:
    """The master playlist with a version, and with the measured bandwidths: of a variant those of its pictures and of
    its sound, the fastest of them, of keyframes their own. `additions` are lines for its end."""
    sounds = [segments[folder] for folder in sound_folders]

    def variant(found: re.Match[str]) -> str:
        pictures = segments[found[3]]
        over_s = pictures.target_s
        peak_bps = pictures.peak_bps(over_s) + max(sound.peak_bps(over_s) for sound in sounds)
        average_bps = pictures.average_bps + max(sound.average_bps for sound in sounds)
        return f"#EXT-X-STREAM-INF:{_said(peak_bps, average_bps)}{found[2]}"

    def keyframes(found: re.Match[str]) -> str:
        own = segments[found[3]]
        return f"#EXT-X-I-FRAME-STREAM-INF:{_said(own.peak_bps(own.target_s), own.average_bps)}{found[2]}"

    head, _, rest = text.partition("\n")
    mended = _KEYFRAMES.sub(keyframes, _VARIANT.sub(variant, f"{head}\n{_HLS_VERSION}\n{rest}"))
    return "\n".join([mended.rstrip("\n"), "", *additions, ""]) if additions else mended


def _said(peak_bps: float, average_bps: float) -> str:
    average = math.ceil(average_bps)
    return f"BANDWIDTH={max(average, math.ceil(peak_bps))},AVERAGE-BANDWIDTH={average}"


def first_master(text: str) -> str:
    """A master playlist of the variant with the lowest bandwidth alone: what can be played when little is there yet."""
    variants = list(_VARIANT.finditer(text))
    lowest = min(variants, key=lambda variant: int(variant[1]))
    lines = text.splitlines()
    dropped: set[int] = set()
    for number, line in enumerate(lines):
        if line.startswith("#EXT-X-I-FRAME-STREAM-INF") and f'URI="{lowest[3]}/' not in line:
            dropped.add(number)
        elif line.startswith("#EXT-X-STREAM-INF") and not lines[number + 1].startswith(f"{lowest[3]}/"):
            dropped |= {number, number + 1}
    kept = "\n".join(line for number, line in enumerate(lines) if number not in dropped)
    return f"{kept.rstrip()}\n"


def mended_mpd(
    text: str, segments: Mapping[str, Segments], fps: Fraction, captions: Captions | None = None,
    pictures: ET.Element | None = None, keyframe_rate: Fraction | None = None,
) -> str:  # fmt: skip
    """The MPD with measured bandwidths and plain frame rates, every video segment known to start with a keyframe,
    `captions` as one file, and a set of `pictures`.

    The packager writes the rate as the clock over the frame's ticks (`15360/512`) and says `startWithSAP` for sound
    only; without it a strict player may not switch at any segment. The rate of a set for scrubbing is `keyframe_rate`.
    """
    ET.register_namespace("", _DASH_NAMESPACE)
    ET.register_namespace("xsi", _XSI)
    root = ET.fromstring(text)
    for adaptation in root.iter(f"{DASH}AdaptationSet"):
        if adaptation.get("contentType") == "video":
            adaptation.set("startWithSAP", "1")
        is_scrubbed = any(own.get("schemeIdUri") == TRICK_MODE for own in adaptation.iter(f"{DASH}EssentialProperty"))
        for element in adaptation.iter():
            for name in {"frameRate", "maxFrameRate"}.intersection(element.keys()):
                element.set(name, str(keyframe_rate if is_scrubbed else fps))
    buffer_s = seconds(root.get("minBufferTime", "")) or 0.0
    for representation in root.iter(f"{DASH}Representation"):
        for template in representation.iter(f"{DASH}SegmentTemplate"):
            folder = template.attrib["initialization"].split("/")[0]
            representation.set("bandwidth", str(_bandwidth_bps(segments[folder], buffer_s)))
    additions = [_text_set(captions) if captions is not None else None, pictures]
    for addition in additions:
        if addition is not None and (period := root.find(f"{DASH}Period")) is not None:
            period.append(addition)
    ET.indent(root)
    return f"{_XML}\n{ET.tostring(root, encoding='unicode')}\n"


def _bandwidth_bps(own: Segments, buffer_s: float) -> int:
    """The peak over the time that a player buffers, or over the longest segment, where no run of them is as short."""
    longest_s = max(own.durations_s)
    return math.ceil(max(own.peak_bps(buffer_s), own.peak_bps(longest_s)))


def _text_set(captions: Captions) -> ET.Element:
    """A set of its own for the whole WebVTT file: every DASH player reads that."""
    text = ET.Element(
        f"{DASH}AdaptationSet", {"contentType": "text", "lang": captions.language, "mimeType": "text/vtt"}
    )
    ET.SubElement(text, f"{DASH}Role", {"schemeIdUri": "urn:mpeg:dash:role:2011", "value": "caption"})
    bandwidth_bps = max(1, sum(len(line) for cue in captions.cues for line in cue.lines))
    one = ET.SubElement(
        text, f"{DASH}Representation", {"id": f"captions-{captions.language}", "bandwidth": str(bandwidth_bps)}
    )
    ET.SubElement(one, f"{DASH}BaseURL").text = WEBVTT_FILE
    return text
