"""What an upload is, in terms that hold whatever wrote it: upright, with square pixels, counted from its first frame.

`read_facts` is pure: ffprobe's answer and the packets in, `Facts` out, or an `InputError` that says what is wrong
with the file and what would be taken instead.
"""

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from typing import Any

from vidgen_assets.arrivals.limits import CODECS, LIMITS
from vidgen_assets.arrivals.packets import Packets
from vidgen_assets.clips.digest import Digest, canonical_json
from vidgen_assets.clips.errors import InputError
from vidgen_assets.clips.frozen import Frozen

FACTS_FILE = "facts.json"
_STAGE = "arrival_probes"
_MOST_TAG_CHARACTERS = 2_000
_WORDS = ("title", "comment", "description", "synopsis", "artist", "album", "keywords", "show", "author", "copyright")
_INTERLACED = ("tt", "bb", "tb", "bt")
_HD_HEIGHT_PX = 720
_ADDRESS = re.compile(r" @ 0x[0-9a-f]+")  # of ffmpeg's contexts, another in each run


class Range(StrEnum):
    """The dynamic range that a video's levels stand for."""

    SDR = "sdr"
    PQ = "pq"  # SMPTE ST 2084: HDR10, HDR10+, most of Dolby Vision
    HLG = "hlg"  # ARIB STD-B67: BBC and NHK, phones


class Colour(Frozen):
    """How levels mean colours, in ffmpeg's words; what the file leaves unsaid is filled in as players do."""

    dynamic_range: Range
    matrix: str
    primaries: str
    transfer: str
    is_full_range: bool
    bit_depth: int


class Sample(Frozen):
    """A picture of a moment: of the frame at `frame_s`, which is decoded from `entry_s` on. All count from the first
    frame; `file` lies beside the facts."""

    moment_s: float
    frame_s: float
    entry_s: float
    file: str


class Facts(Frozen):
    """One upload. `width` and `height` are as it is to be shown: turned, pixels square, not rounded."""

    upload: Digest
    name: str
    size_bytes: int
    container: str
    stream_index: int
    codec: str
    coded_width: int
    coded_height: int
    width: int
    height: int
    rotation_deg: int
    pixel_aspect: str
    start_s: float
    """When the first frame comes, counted from the start of the file, where its sound may begin earlier."""
    duration_s: float
    declared_duration_s: float | None
    frame_count: int
    fps: float
    is_variable_rate: bool
    is_interlaced: bool
    colour: Colour
    audio_codec: str | None
    audio_streams: int
    words: Mapping[str, str]
    """What the uploader wrote and a viewer may read: the file's name, and tags such as the title."""
    asked_moments: int = 0
    samples: tuple[Sample, ...] = ()

    @property
    def step_s(self) -> float:
        """How long each moment stands for."""
        return self.duration_s / max(1, self.asked_moments)

    def write(self, folder: Path) -> None:
        (folder / FACTS_FILE).write_bytes(self.to_bytes())

    def to_bytes(self) -> bytes:
        return canonical_json(self.model_dump(mode="json"))

    @classmethod
    def read(cls, folder: Path) -> "Facts":
        return cls.model_validate_json((folder / FACTS_FILE).read_bytes())


def video_stream(probed: Mapping[str, Any]) -> dict[str, Any]:
    """The stream that is shown: the largest moving one. Raises `InputError` if there is none."""
    streams = [s for s in probed.get("streams", ()) if s.get("codec_type") == "video"]
    moving = [s for s in streams if not s.get("disposition", {}).get("attached_pic")]
    if not moving:
        sound = any(s.get("codec_type") == "audio" for s in probed.get("streams", ()))
        found = "the file has sound and no video" if sound else "the file has no video"
        raise _refused(found, "file", None, "a file with a video stream; a cover picture is none")
    return max(moving, key=lambda s: (int(s.get("width") or 0) * int(s.get("height") or 0), -int(s["index"])))


def read_facts(probed: Mapping[str, Any], packets: Packets, *, upload: Digest, name: str, size_bytes: int) -> Facts:
    """The facts, without samples. Raises `InputError` for what isn't taken in."""
    stream = video_stream(probed)
    for refusal in _refusals(stream, packets):
        raise refusal
    coded = int(stream["width"]), int(stream["height"])
    aspect, turned = _pixel_aspect(stream), _rotation_deg(stream)
    shown = (max(1, round(coded[0] * aspect)), coded[1])
    width, height = shown if turned % 180 == 0 else shown[::-1]
    sounds = [s for s in probed["streams"] if s.get("codec_type") == "audio"]
    return Facts(
        upload=upload,
        name=name,
        size_bytes=size_bytes,
        container=str(probed["format"]["format_name"]).split(",")[0],
        stream_index=int(stream["index"]),
        codec=stream["codec_name"],
        coded_width=coded[0],
        coded_height=coded[1],
        width=width,
        height=height,
        rotation_deg=turned,
        pixel_aspect=f"{aspect.numerator}:{aspect.denominator}",
        start_s=round(max(0.0, packets.start_s - float(probed["format"].get("start_time", 0))), 6),
        duration_s=round(packets.duration_s, 3),
        declared_duration_s=_declared_duration_s(stream, probed["format"], has_sound=bool(sounds)),
        frame_count=packets.frame_count,
        fps=round(packets.frame_count / packets.duration_s, 3),
        is_variable_rate=packets.is_variable_rate,
        is_interlaced=stream.get("field_order") in _INTERLACED,
        colour=_colour(stream),
        audio_codec=sounds[0].get("codec_name", "unknown") if sounds else None,
        audio_streams=len(sounds),
        words=dict(_words(name, probed)),
    )


def size_refusal(size_bytes: int) -> InputError | None:
    """Why a file of so many bytes isn't taken in, if it isn't."""
    if size_bytes == 0:
        return _refused("the file is empty", "size_bytes", 0, "a whole video")
    if size_bytes > LIMITS.most_bytes:
        return _refused("the file is too large", "size_bytes", size_bytes, f"at most {LIMITS.most_bytes} bytes")
    return None


def unreadable(said: str, first_bytes: bytes) -> InputError:
    """What is wrong with a file that ffprobe gave up on, in words its sender understands. `said` is ffprobe's."""
    if first_bytes.strip() and _is_text(first_bytes):
        found = "this is text, whatever its name says"
    elif "not on whitelist" in said:
        found = "this kind of file isn't taken"
    elif "moov atom not found" in said:
        found = "the video has no index (moov): it was cut off on its way, or it's no video"
    else:
        found = "this can't be read as a video"
    said = _ADDRESS.sub("", said)
    remedy = "Play it where it comes from, and send it again, whole. "
    return _refused(found, "file", None, "MP4, MOV, WebM, MKV, AVI, MPEG, TS, FLV, OGG, WMV, MXF", f"{remedy}({said})")


def _refusals(stream: Mapping[str, Any], packets: Packets) -> Iterator[InputError]:
    codec, width, height = stream.get("codec_name"), int(stream.get("width") or 0), int(stream.get("height") or 0)
    if codec not in CODECS:
        yield _refused("the video's codec isn't known here", "codec", codec or "unknown", ", ".join(CODECS))
    if not width or not height:
        yield _refused("the video doesn't say how large its pictures are", "size", f"{width}x{height}", "1x1 and up")
    if width * height > LIMITS.most_pixels or max(width, height) > LIMITS.longest_side_px:
        most = f"{LIMITS.most_pixels} pixels, {LIMITS.longest_side_px} on the longer side"
        yield _refused("the video's pictures are too large", "size", f"{width}x{height}", f"at most {most}")
    if not packets.frame_count:
        yield _refused("the video has no frames", "frames", 0, "at least one")
    elif packets.duration_s <= 0:
        yield _refused("the video's frames have no duration", "duration_s", 0, "more than 0 s")
    elif packets.duration_s > LIMITS.most_duration_s:
        most = f"at most {LIMITS.most_duration_s:g} s"
        yield _refused("the video is too long", "duration_s", round(packets.duration_s, 3), most)


def _refused(found: str, field: str, value: Any, allowed: str, remedy: str | None = None) -> InputError:
    remedy = remedy or "Send another version of it."
    return InputError(found, stage=_STAGE, field=field, value=value, allowed=allowed, remedy=remedy)


def _is_text(data: bytes) -> bool:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        text = data[: error.start].decode("utf-8")
        if len(data) - error.start > 3:  # not just a letter that the piece cuts in two
            return False
    return all(c.isprintable() or c.isspace() for c in text)


def _rotation_deg(stream: Mapping[str, Any]) -> int:
    """Clockwise, in quarter turns: what a player does before it shows the picture."""
    matrices = [side["rotation"] for side in stream.get("side_data_list", ()) if "rotation" in side]
    return round(-float(matrices[0]) / 90) * 90 % 360 if matrices else 0


def _pixel_aspect(stream: Mapping[str, Any]) -> Fraction:
    """A pixel's width over its height; 1 where the file doesn't say, or says what nobody can have meant."""
    ratio = _ratio(str(stream.get("sample_aspect_ratio", "")).replace(":", "/"))
    return ratio if ratio and Fraction(1, 10) <= ratio <= 10 else Fraction(1)


def _ratio(text: str) -> Fraction | None:
    try:
        return Fraction(text) or None
    except (ValueError, ZeroDivisionError):
        return None


def _declared_duration_s(stream: Mapping[str, Any], container: Mapping[str, Any], *, has_sound: bool) -> float | None:
    """How long the file says that its video is. Of a container with sound the whole says nothing of the video."""
    said = [stream.get("duration"), stream.get("tags", {}).get("DURATION")]
    if not has_sound:
        said.append(container.get("duration"))
    found = [seconds for text in said if text and (seconds := _clock_s(str(text)))]
    return round(found[0], 3) if found else None


def _clock_s(text: str) -> float | None:
    """Seconds of `12.5` or of `00:00:12.500000000`."""
    try:
        parts = [float(part) for part in text.split(":")]
    except ValueError:
        return None
    return sum(part * 60**place for place, part in enumerate(reversed(parts)))


def _colour(stream: Mapping[str, Any]) -> Colour:
    transfer = stream.get("color_transfer", "unknown")
    dynamic_range = {"smpte2084": Range.PQ, "arib-std-b67": Range.HLG}.get(transfer, Range.SDR)
    is_hd = max(int(stream["height"]), int(stream["width"]) * 9 // 16) >= _HD_HEIGHT_PX
    usual = "bt2020" if dynamic_range is not Range.SDR else "bt709" if is_hd else "bt601"
    matrix, primaries = stream.get("color_space", "unknown"), stream.get("color_primaries", "unknown")
    pixels = str(stream.get("pix_fmt", ""))
    return Colour(
        dynamic_range=dynamic_range,
        matrix=_MATRICES.get(matrix, usual),
        primaries="bt2020" if dynamic_range is not Range.SDR and primaries == "unknown" else primaries,
        transfer=transfer,
        is_full_range=stream.get("color_range") == "pc" or pixels.startswith("yuvj"),
        bit_depth=next((bits for bits in (16, 14, 12, 10) if f"{bits}le" in pixels or f"{bits}be" in pixels), 8),
    )


_MATRICES = {
    "bt709": "bt709",
    "smpte170m": "bt601",
    "bt470bg": "bt601",
    "bt2020nc": "bt2020",
    "smpte240m": "smpte240m",
    "fcc": "fcc",
}
"""ffprobe's names of matrices as the scaler has them."""


def _words(name: str, probed: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield "name", name
    holders = [("", probed["format"]), *((f"stream {s['index']} ", s) for s in probed["streams"])]
    for where, holder in holders:
        tags = {str(key).lower(): str(value) for key, value in holder.get("tags", {}).items()}
        for tag in _WORDS:
            if text := tags.get(tag, "").strip():
                yield f"{where}{tag}", text[:_MOST_TAG_CHARACTERS]
