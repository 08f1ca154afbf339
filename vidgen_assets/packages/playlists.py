"""HLS playlists as values that know their lines. What can't be read is reported here; the rest is judged elsewhere.

Own code, since a finding needs its line: the `m3u8` library forgets lines and takes wrong playlists without a word.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from vidgen_assets.packages.folder import CONTROL, TEXT, Folder
from vidgen_assets.packages.rule import Fault, Place, Rule, error, seen

MOST_SEGMENTS = 20_000
"""Of one track: eleven hours in segments of two seconds. Each costs a look into its boxes."""
MOST_SEGMENTS_OF_DASH = 100_000
"""Of all representations of a package: as many as it may have files."""
MOST_STREAMS = 1_000
"""Of one multivariant playlist: each is held against the members of its groups."""

HEADER = error(
    "hls-header",
    "RFC 8216bis 4.4.1.1",
    "A playlist's first line is #EXTM3U.",
    "Begin the file with the line #EXTM3U.",
)
SYNTAX = error(
    "hls-syntax",
    "RFC 8216bis 4.1, 4.2",
    "Tags, attribute lists, numbers and byte ranges are written as the specification says.",
    "Write the tag as the specification does.",
)
MIXED = error(
    "hls-playlist-kind",
    "RFC 8216bis 4.1",
    "A playlist is either a multivariant playlist or a media playlist: its tags are of one kind.",
    "Split it into two playlists.",
)
LIMIT = error(
    "package-limit",
    "vidgen",
    f"A track has at most {MOST_SEGMENTS} segments, all of DASH {MOST_SEGMENTS_OF_DASH}; a multivariant playlist at "
    f"most {MOST_STREAMS} streams, an MPD 20000 elements, 64 deep.",
    "Use longer segments, or validate the parts by themselves.",
)
RULES = (HEADER, SYNTAX, MIXED, LIMIT)

_ATTRIBUTE = re.compile(r'([A-Z0-9-]+)=("[^"]*"|[^",\s][^",]*)(?:,|$)')
_RANGE = re.compile(r"(\d{1,15})(?:@(\d{1,15}))?", re.ASCII)
_RESOLUTION = re.compile(r"(\d{1,6})x(\d{1,6})", re.ASCII)
_SEQUENCE = re.compile(r"\d{1,20}", re.ASCII)
_QUOTED = {
    *("URI", "GROUP-ID", "NAME", "LANGUAGE", "ASSOC-LANGUAGE", "CODECS", "SUPPLEMENTAL-CODECS", "AUDIO", "VIDEO"),
    *("SUBTITLES", "CHANNELS", "CHARACTERISTICS", "INSTREAM-ID", "DATA-ID", "VALUE", "BYTERANGE", "KEYFORMAT"),
    *("KEYFORMATVERSIONS", "STABLE-VARIANT-ID", "STABLE-RENDITION-ID", "PATHWAY-ID"),
}
_UNQUOTED = {
    *("BANDWIDTH", "AVERAGE-BANDWIDTH", "RESOLUTION", "FRAME-RATE", "TYPE", "DEFAULT", "AUTOSELECT", "FORCED"),
    *("HDCP-LEVEL", "VIDEO-RANGE", "SCORE", "METHOD", "IV", "LAYOUT", "DURATION"),
}
_STREAM_TAGS = {
    "EXT-X-MEDIA",
    "EXT-X-STREAM-INF",
    "EXT-X-I-FRAME-STREAM-INF",
    "EXT-X-IMAGE-STREAM-INF",
    "EXT-X-SESSION-DATA",
}
_MASTER_TAGS = {*_STREAM_TAGS, "EXT-X-SESSION-KEY", "EXT-X-CONTENT-STEERING"}
_TAGS_BESIDE = {"EXT-X-KEY", "EXT-X-SESSION-KEY", "EXT-X-PART", "EXT-X-PRELOAD-HINT"}
_SEQUENCE_TAGS = {"EXT-X-MEDIA-SEQUENCE", "EXT-X-DISCONTINUITY-SEQUENCE"}
_MEDIA_TAGS = {
    "EXTINF",
    "EXT-X-TARGETDURATION",
    "EXT-X-MEDIA-SEQUENCE",
    "EXT-X-DISCONTINUITY-SEQUENCE",
    "EXT-X-DISCONTINUITY",
    "EXT-X-ENDLIST",
    "EXT-X-PLAYLIST-TYPE",
    "EXT-X-I-FRAMES-ONLY",
    "EXT-X-IMAGES-ONLY",
    "EXT-X-BYTERANGE",
    "EXT-X-KEY",
    "EXT-X-MAP",
    "EXT-X-PART",
    "EXT-X-PRELOAD-HINT",
    "EXT-X-PROGRAM-DATE-TIME",
    "EXT-X-TILES",
}


@dataclass(frozen=True, slots=True)
class Attributes:
    """An attribute list. Quotes are off; a name that isn't there reads as None."""

    values: Mapping[str, str]
    line: int

    def get(self, name: str) -> str | None:
        return self.values.get(name)

    def number(self, name: str) -> float | None:
        """None for what isn't there, or is no number that is zero or more."""
        return decimal(self.values.get(name, ""))

    def size(self, name: str = "RESOLUTION") -> tuple[int, int] | None:
        """Width and height; None for what isn't there or reads otherwise."""
        found = _RESOLUTION.fullmatch(self.values.get(name, ""))
        return (int(found[1]), int(found[2])) if found else None


@dataclass(frozen=True, slots=True)
class Stream:
    """What a multivariant playlist offers under one tag: `uri` is None where the tag has none."""

    attributes: Attributes
    uri: str | None
    uri_line: int


@dataclass(frozen=True, slots=True)
class ByteRange:
    """`first` is None where the range goes on from the one before."""

    count: int
    first: int | None


@dataclass(frozen=True, slots=True)
class Map:
    uri: str
    line: int
    range: ByteRange | None = None


@dataclass(frozen=True, slots=True)
class Segment:
    uri: str
    line: int
    duration_s: float | None
    range: ByteRange | None = None
    map: Map | None = None
    tiles: Attributes | None = None
    is_discontinuous: bool = False
    key_line: int | None = None
    """Of the EXT-X-KEY that it's encrypted by; None for one that can be read."""


@dataclass(slots=True)
class Playlist:
    """Either kind. `tags` are those without a segment's or a stream's meaning, by name, with value and line."""

    file: str
    tags: dict[str, tuple[str, int]] = field(default_factory=dict)
    variants: list[Stream] = field(default_factory=list)
    media: list[Stream] = field(default_factory=list)
    iframes: list[Stream] = field(default_factory=list)
    images: list[Stream] = field(default_factory=list)
    session_data: list[Stream] = field(default_factory=list)
    segments: list[Segment] = field(default_factory=list)
    beside: list[str] = field(default_factory=list)
    """Addresses of what isn't looked into: keys, and parts of segments (low-latency HLS)."""
    kinds: set[str] = field(default_factory=set)
    has_decimals: bool = False

    @property
    def is_master(self) -> bool:
        return "master" in self.kinds

    def place(self, line: int | None = None) -> Place:
        return Place(self.file, line)

    def has(self, tag: str) -> bool:
        return tag in self.tags

    def integer(self, tag: str) -> int | None:
        """None for a tag that isn't there or holds no whole number."""
        value = self.tags.get(tag, ("", 0))[0]
        return int(value) if value.isascii() and value.isdigit() and len(value) < 16 else None


def decimal(text: str) -> float | None:
    """A number as playlists write them: digits with or without a point, zero or more."""
    if not re.fullmatch(r"\d{1,15}(\.\d{0,15})?|\.\d{1,15}", text, re.ASCII):
        return None
    return float(text)


class Playlists:
    """The playlists of a package, each read once, whoever names it."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self._read: dict[str, Playlist | None] = {}

    def read(self, file: str) -> Playlist | None:
        """None, with the reason reported, for what is no playlist at all."""
        if file not in self._read:
            self._read[file] = _read_playlist(self._folder, file)
        return self._read[file]


def _read_playlist(folder: Folder, file: str) -> Playlist | None:
    text = folder.text(file)
    if text is None:
        return None
    lines = text.replace("\r\n", "\n").split("\n")
    if lines[0].rstrip() != "#EXTM3U":
        found = "a byte order mark" if text.startswith("\ufeff") else seen(lines[0])
        rule = TEXT if text.startswith("\ufeff") else HEADER
        folder.report.add([rule.broken(Place(file, 1), f"the first line is {found}")])
        if text.lstrip("\ufeff")[:7] != "#EXTM3U":
            return None
    lines[0] = lines[0].removeprefix("\ufeff")
    reader = _Reader(Playlist(file))
    for number, line in enumerate(lines, start=1):
        reader.take(line.strip(" \t\r"), number)
        if reader.has_too_much(number):
            break
    folder.report.add(reader.ended())
    return reader.playlist


class _Reader:
    """Takes one line after the other and keeps what the next address will mean."""

    def __init__(self, playlist: Playlist) -> None:
        self.playlist, self.faults = playlist, list[Fault]()
        self._stream: Attributes | None = None
        self._map: Map | None = None
        self._key_line: int | None = None
        self._streams = 0
        self._mixed_line: int | None = None
        self._begin_segment()

    def _begin_segment(self) -> None:
        self._duration_s: float | None = None
        self._range: ByteRange | None = None
        self._tiles: Attributes | None = None
        self._is_discontinuous = False

    def take(self, line: str, number: int) -> None:
        if CONTROL.search(line):
            self._fault(number, f"{seen(line)} holds control characters", TEXT)
        elif line.startswith("#EXT"):
            name, _, value = line[1:].partition(":")
            self._tag(name, value, number)
        elif line and not line.startswith("#"):
            self._address(line, number)

    def has_too_much(self, number: int) -> bool:
        """Whether reading ends here, which is reported."""
        segments = len(self.playlist.segments)
        if segments > MOST_SEGMENTS:
            self._fault(number, f"it has more than {MOST_SEGMENTS} segments", LIMIT)
        elif self._streams > MOST_STREAMS:
            self._fault(number, f"it has more than {MOST_STREAMS} streams", LIMIT)
        return segments > MOST_SEGMENTS or self._streams > MOST_STREAMS

    def ended(self) -> list[Fault]:
        if self._stream is not None:
            self._fault(self._stream.line, "EXT-X-STREAM-INF is followed by no address")
        if self._mixed_line:
            self._fault(self._mixed_line, "it has tags of both kinds", MIXED)
        return self.faults

    def _address(self, uri: str, number: int) -> None:
        if self._stream is not None:
            self.playlist.variants.append(Stream(self._stream, uri, number))
            self._stream = None
        elif self.playlist.is_master:
            self._fault(number, f"{seen(uri)} belongs to no EXT-X-STREAM-INF")
        else:
            self.playlist.segments.append(
                Segment(
                    uri,
                    number,
                    self._duration_s,
                    self._range,
                    self._map,
                    self._tiles,
                    self._is_discontinuous,
                    self._key_line,
                )
            )
            self._begin_segment()

    def _tag(self, name: str, value: str, number: int) -> None:
        kind = "master" if name in _MASTER_TAGS else "media" if name in _MEDIA_TAGS else None
        if kind:
            self.playlist.kinds.add(kind)
            if len(self.playlist.kinds) == 2 and self._mixed_line is None:
                self._mixed_line = number
        if name in _STREAM_TAGS:
            self._stream_tag(name, value, number)
        elif name == "EXTINF":
            self._extinf(value, number)
        elif name == "EXT-X-BYTERANGE":
            self._range = self._byte_range(value, number)
        elif name == "EXT-X-MAP":
            self._map_tag(value, number)
        elif name in _TAGS_BESIDE:
            self._beside_tag(name, value, number)
        elif name == "EXT-X-TILES":
            self._tiles = self._attributes(value, number)
        elif name == "EXT-X-DISCONTINUITY":
            self._is_discontinuous = True
        elif name in self.playlist.tags and name in ("EXT-X-TARGETDURATION", "EXT-X-VERSION", "EXT-X-PLAYLIST-TYPE"):
            self._fault(number, f"{name} stands there twice")
        else:
            self.playlist.tags[name] = (value, number)
            if name in _SEQUENCE_TAGS and not _SEQUENCE.fullmatch(value):
                self._fault(number, f"{name} is {seen(value)}, no whole number of zero or more")

    def _stream_tag(self, name: str, value: str, number: int) -> None:
        attributes = self._attributes(value, number)
        self._streams += 1
        if name == "EXT-X-STREAM-INF":
            if self._stream is not None:
                self._fault(self._stream.line, "EXT-X-STREAM-INF is followed by no address")
            self._stream = attributes
            return
        streams = {
            "EXT-X-MEDIA": self.playlist.media,
            "EXT-X-I-FRAME-STREAM-INF": self.playlist.iframes,
            "EXT-X-IMAGE-STREAM-INF": self.playlist.images,
            "EXT-X-SESSION-DATA": self.playlist.session_data,
        }
        streams[name].append(Stream(attributes, attributes.get("URI"), number))

    def _extinf(self, value: str, number: int) -> None:
        text = value.partition(",")[0].strip()
        self._duration_s = decimal(text)
        self.playlist.has_decimals |= "." in text
        if self._duration_s is None:
            self._fault(number, f"EXTINF of {seen(text)} is no duration in seconds")
        elif "," not in value:
            self._fault(number, "EXTINF has no comma after its duration")

    def _byte_range(self, value: str, number: int) -> ByteRange | None:
        found = _RANGE.fullmatch(value)
        if not found or not int(found[1]):
            self._fault(number, f"a byte range reads LENGTH@START, not {seen(value)}")
            return None
        return ByteRange(int(found[1]), int(found[2]) if found[2] else None)

    def _map_tag(self, value: str, number: int) -> None:
        attributes = self._attributes(value, number)
        uri, part = attributes.get("URI"), attributes.get("BYTERANGE")
        if uri is None:
            self._fault(number, "EXT-X-MAP has no URI")
        else:
            self._map = Map(uri, number, self._byte_range(part, number) if part else None)

    def _beside_tag(self, name: str, value: str, number: int) -> None:
        attributes = self._attributes(value, number)
        if name == "EXT-X-KEY":
            self._key_line = None if attributes.get("METHOD") == "NONE" else number
        if uri := attributes.get("URI"):
            self.playlist.beside.append(uri)

    def _attributes(self, value: str, number: int) -> Attributes:
        values, end = dict[str, str](), 0
        while found := _ATTRIBUTE.match(value, end):
            if found[1] in values:
                self._fault(number, f"attribute {found[1]} stands there twice")
            self._quotes(found[1], found[2], number)
            values[found[1]], end = found[2].strip('"'), found.end()
        if end < len(value) or value.endswith(","):
            self._fault(number, f'{seen(value[end:])} is no attribute: NAME=VALUE or NAME="VALUE", with commas between')
        return Attributes(values, number)

    def _quotes(self, name: str, value: str, number: int) -> None:
        """RFC 8216bis 4.2: quoted strings have quotes, numbers and words from a list have none."""
        is_quoted, value_seen = value.startswith('"'), seen(value.strip('"'))
        if is_quoted and name in _UNQUOTED:
            self._fault(number, f"{name} is {value_seen} in quotes", allowed=f"{name}=VALUE, without quotes")
        elif not is_quoted and (name in _QUOTED or (name == "CLOSED-CAPTIONS" and value != "NONE")):
            self._fault(number, f"{name} is {value_seen} without quotes", allowed=f'{name}="VALUE"')

    def _fault(self, number: int, found: str, rule: Rule = SYNTAX, allowed: str | None = None) -> None:
        self.faults.append(rule.broken(self.playlist.place(number), found, allowed))
