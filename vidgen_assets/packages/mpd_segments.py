"""Where a representation's segments are: templates by number and by time, lists, one file with an index.

Addressing is inherited: attributes of the period's, the set's and the representation's element, innermost first.
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from vidgen_assets.packages.bmff import Index, NotMedia, is_webm, read_index
from vidgen_assets.packages.folder import Bytes, Folder
from vidgen_assets.packages.playlists import LIMIT, MOST_SEGMENTS, MOST_SEGMENTS_OF_DASH
from vidgen_assets.packages.rule import Place, error, seen
from vidgen_assets.packages.tracks import Piece, Track
from vidgen_assets.packages.xml_reading import Element

ADDRESSING = error(
    "dash-segments",
    "ISO/IEC 23009-1 5.3.9",
    "Each representation says where its segments are: a template, a list, an index or one file, in whole numbers.",
    "Give SegmentTemplate, SegmentList or SegmentBase with the attributes that the standard asks for.",
)
TEMPLATE = error(
    "dash-template",
    "ISO/IEC 23009-1 5.3.9.4.4",
    "Templates hold $RepresentationID$, $Number$, $Time$, $Bandwidth$, with a width like %05d, and $$; media one of "
    "$Number$ and $Time$.",
    "Correct the identifier.",
)
INDEX = error(
    "dash-index",
    "ISO/IEC 23009-1 5.3.9.2; ISO/IEC 14496-12 8.16.3",
    "An index range holds a segment index (sidx) whose segments fill the rest of the file.",
    "Write the range, or the index, again.",
)
RULES = (ADDRESSING, TEMPLATE, INDEX)

_IDENTIFIER = re.compile(r"\$([A-Za-z]*)(?:%0(\d{1,2})d)?\$")
_BYTES = re.compile(r"(\d{1,15})-(\d{1,15})", re.ASCII)
_ROUNDING_S = 0.001
"""The MPD's duration is written with a few decimals: what begins so late in it isn't a segment more."""
_KINDS = ("SegmentTemplate", "SegmentList", "SegmentBase")


@dataclass(frozen=True, slots=True)
class Base:
    """The address that others are relative to, itself relative to the MPD."""

    file: str
    address: str

    def into(self, element: Element) -> "Base":
        """Within `element`, by its first BaseURL."""
        found = element.first("BaseURL")
        return Base(self.file, self.join(found.text.strip())) if found else self

    def join(self, address: str) -> str:
        folder, slash, _ = self.address.rpartition("/")
        is_absolute = address.startswith("/") or re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", address)
        return address if is_absolute else f"{folder}{slash}{address}"


class _Wrong(ValueError):
    """The addressing can't be followed; what's wrong."""


def track_of(
    folder: Folder,
    place: Place,
    base: Base,
    levels: Sequence[Element],
    attributes: Mapping[str, str],
    *,
    period_s: float | None,
) -> Track:
    """The track that a representation describes; with no pieces, and the reason reported, if it can't be followed.

    `levels` are the representation, its set and its period.
    """
    addressing = _Addressing(folder, place, base, attributes, period_s)
    try:
        return addressing.track(levels)
    except _Wrong as wrong:
        folder.report.add([ADDRESSING.broken(place, str(wrong))])
    return Track(place, ())


class _Addressing:
    def __init__(
        self, folder: Folder, place: Place, base: Base, attributes: Mapping[str, str], period_s: float | None
    ) -> None:
        self.folder, self.place, self.base, self.period_s = folder, place, base, period_s
        self.values = {"RepresentationID": attributes.get("id", ""), "Bandwidth": attributes.get("bandwidth", "")}
        self.settings: dict[str, str] = {}

    def track(self, levels: Sequence[Element]) -> Track:
        kind = next((kind for level in levels for kind in _KINDS if level.first(kind)), None)
        nodes = [node for level in levels if kind and (node := level.first(kind))]
        self.settings = {name: value for node in reversed(nodes) for name, value in node.attributes.items()}
        if kind is None and not self.base.address:
            raise _Wrong("it names no segments")
        if kind is None:
            return Track(self.place, (Piece(self.place, self._part(self.base.address), self.period_s),))
        init, has_init = self._init(nodes)
        timescale = self._whole("timescale", 1)
        if not timescale:
            raise _Wrong("its timescale is 0")
        offset_s = self._whole("presentationTimeOffset", 0) / timescale
        if kind == "SegmentBase":
            pieces = self._indexed()
        else:
            timeline = next((found for node in nodes if (found := node.first("SegmentTimeline"))), None)
            times = self._timeline(timeline, timescale, offset_s) if timeline else self._even(timescale)
            pieces = self._listed(nodes, times) if kind == "SegmentList" else self._templated(times)
        return Track(self.place, tuple(pieces), init, has_init, offset_s)

    def _init(self, nodes: Sequence[Element]) -> tuple[Bytes | None, bool]:
        if template := self.settings.get("initialization"):
            return self._part(self.base.join(self._filled(template, {}))), True
        named = next((found for node in nodes if (found := node.first("Initialization"))), None)
        if named is None:
            return None, False
        address = self.base.join(named.get("sourceURL") or "") if named.get("sourceURL") else self.base.address
        return self._part(address, named.get("range")), True

    def _timeline(self, timeline: Element, timescale: int, offset_s: float) -> list["_Time"]:
        """Raises `_Wrong` for an entry that isn't in whole numbers."""
        times: list[_Time] = []
        ticks, entries = 0, timeline.all("S")
        for number, entry in enumerate(entries):
            ticks = self._whole("t", ticks, entry)
            duration, repeats = self._whole("d", 0, entry), entry.get("r") or "0"
            if not duration:
                raise _Wrong(f"line {entry.line}: S has no duration")
            if repeats == "-1":
                end = self._whole("t", 0, entries[number + 1]) if number + 1 < len(entries) else None
                if end is None:
                    end = math.ceil(((self.period_s or 0.0) + offset_s) * timescale)
                count = max(1, math.ceil((end - ticks) / duration))
            elif repeats.isascii() and repeats.isdigit() and len(repeats) < 9:
                count = int(repeats) + 1
            else:
                raise _Wrong(f"line {entry.line}: S repeats {seen(repeats)} times")
            if self._is_too_many(count, len(times)):
                break
            for _ in range(count):
                times.append(_Time(ticks, ticks / timescale - offset_s, duration / timescale))
                ticks += duration
        return times

    def _even(self, timescale: int) -> list["_Time"]:
        """By `@duration`: as many as fill the period; a list without one is a single segment."""
        duration = self._whole("duration", 0)
        if not duration:
            return [_Time(0, 0.0, self.period_s)] if "media" not in self.settings else []
        if self.period_s is None:
            raise _Wrong("neither the MPD nor the period says how long it lasts")
        length_s = duration / timescale
        count = max(1, math.ceil((self.period_s - _ROUNDING_S) / length_s))
        if self._is_too_many(count):
            return []
        lengths = [min(length_s, self.period_s - n * length_s) for n in range(count)]
        return [_Time(n * duration, n * length_s, lasts, is_average=True) for n, lasts in enumerate(lengths)]

    def _templated(self, times: Sequence["_Time"]) -> Iterator[Piece]:
        template = self.settings.get("media")
        if template is None or not times:
            raise _Wrong("its SegmentTemplate has no media, or neither a timeline nor a duration")
        names = {name for name, _ in _IDENTIFIER.findall(template)}
        if not names & {"Number", "Time"} or {"Number", "Time"} <= names:
            self.folder.report.add([TEMPLATE.broken(self.place, f"media is {seen(template)}")])
            return
        first = self._whole("startNumber", 1)
        for number, time in enumerate(times, start=first):
            address = self._filled(template, {"Number": number, "Time": time.ticks})
            yield time.piece(self.place, self._part(self.base.join(address)))

    def _listed(self, nodes: Sequence[Element], times: Sequence["_Time"]) -> Iterator[Piece]:
        """Sound in segments of an average duration may spill over the period's end: a last segment begins there."""
        urls = next((found for node in nodes if (found := node.all("SegmentURL"))), [])
        if len(urls) == len(times) + 1 and times and times[-1].is_average:
            last = times[-1]
            length_s = self._whole("duration", 0) / self._whole("timescale", 1)
            times = [*times[:-1], replace(last, duration_s=length_s), _Time(0, last.start_s + length_s, None)]
        if len(urls) != len(times):
            for url in urls:
                self.folder.mention(self.place.file, self.base.join(url.get("media") or ""))
            raise _Wrong(f"its list has {len(urls)} segments, and its times make {len(times)}")
        for url, time in zip(urls, times, strict=True):
            address = self.base.join(url.get("media") or "") if url.get("media") else self.base.address
            place = Place(self.place.file, url.line, self.place.part)
            yield time.piece(place, self._part(address, url.get("mediaRange"), place))

    def _indexed(self) -> list[Piece]:
        """One file with a segment index; without `@indexRange`, and in WebM, the file is one segment."""
        whole = self._part(self.base.address)
        if whole is None:
            return [Piece(self.place, None, self.period_s)]
        part = self._part(self.base.address, self.settings.get("indexRange")) if "indexRange" in self.settings else None
        if part is None:
            return [Piece(self.place, whole, self.period_s)]
        try:
            if is_webm(self.folder.read(Bytes(whole.file, 0, min(4, self.folder.length(whole))))):
                return [Piece(self.place, whole, self.period_s)]
            index = read_index(self.folder, part)
        except (NotMedia, OSError) as wrong:
            self.folder.report.add([INDEX.broken(self.place, str(wrong))])
            return [Piece(self.place, whole, self.period_s)]
        return self._by_index(index, whole)

    def _by_index(self, index: Index, whole: Bytes) -> list[Piece]:
        if self._is_too_many(len(index.segments)):
            return [Piece(self.place, whole, self.period_s)]
        size, at, pieces = self.folder.sizes[whole.file], index.first_byte, list[Piece]()
        start_s = index.start_s - self._whole("presentationTimeOffset", 0) / self._whole("timescale", 1)
        for count, duration_s in index.segments:
            if at + count > size:
                break
            pieces.append(Piece(self.place, Bytes(whole.file, at, count), duration_s, start_s))
            at, start_s = at + count, start_s + duration_s
        if at != size or len(pieces) != len(index.segments):
            found = f"its index ends at byte {index.first_byte + sum(n for n, _ in index.segments)} of {size}"
            self.folder.report.add([INDEX.broken(self.place, found)])
        return pieces

    def _part(self, address: str, span: str | None = None, place: Place | None = None) -> Bytes | None:
        """Raises `_Wrong` for a range that isn't FIRST-LAST."""
        where = place or self.place
        if span is None:
            return self.folder.part(where, address)
        found = _BYTES.fullmatch(span)
        if not found:
            raise _Wrong(f"the range {seen(span)} is not FIRST-LAST")
        return self.folder.part(where, address, int(found[1]), int(found[2]) - int(found[1]) + 1)

    def _filled(self, template: str, values: Mapping[str, int]) -> str:
        def value(found: re.Match[str]) -> str:
            name, width = found[1], found[2]
            if not name:
                return "$"
            if name in values:
                return f"{values[name]:0{int(width or 1)}d}"
            if name in self.values:
                return self.values[name].zfill(int(width or 0))
            self.folder.report.add([TEMPLATE.broken(self.place, f"{seen(template)} holds {seen(found[0])}")])
            return found[0]

        if template.count("$") % 2:
            self.folder.report.add([TEMPLATE.broken(self.place, f"{seen(template)} has a single $")])
        return _IDENTIFIER.sub(value, template)

    def _whole(self, name: str, default: int, element: Element | None = None) -> int:
        """Raises `_Wrong` for what is no whole number."""
        text = (element.attributes if element else self.settings).get(name)
        if text is None:
            return default
        if not (text.isascii() and text.isdigit() and len(text) < 16):
            raise _Wrong(f"@{name} is {seen(text)}, no whole number")
        return int(text)

    def _is_too_many(self, count: int, before: int = 0) -> bool:
        """Of `count` segments after those `before` of the same track; it's reported if they are."""
        if before + count > MOST_SEGMENTS:
            self.folder.report.add([LIMIT.broken(self.place, f"it has {before + count} segments")])
            return True
        self.folder.dash_segments += count
        if self.folder.dash_segments > MOST_SEGMENTS_OF_DASH:
            self.folder.report.add(
                [LIMIT.broken(self.place, "it has more segments than are read, with those before it")]
            )
        return self.folder.dash_segments > MOST_SEGMENTS_OF_DASH


@dataclass(frozen=True, slots=True)
class _Time:
    """`ticks` is what $Time$ stands for; `start_s` counts from the period's start."""

    ticks: int
    start_s: float
    duration_s: float | None
    is_average: bool = False

    def piece(self, place: Place, part: Bytes | None) -> Piece:
        return Piece(place, part, self.duration_s, self.start_s, self.is_average)
