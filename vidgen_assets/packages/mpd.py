"""An MPD as values: periods, sets and representations with the attributes they inherit and the segments they name."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from vidgen_assets.packages.folder import Folder
from vidgen_assets.packages.mpd_segments import Base, track_of
from vidgen_assets.packages.playlists import LIMIT
from vidgen_assets.packages.rule import Place, error, seen
from vidgen_assets.packages.tracks import Kind, Track
from vidgen_assets.packages.xml_reading import Element, Refused, TooMuch, read_xml

NAMESPACE = "urn:mpeg:dash:schema:mpd:2011"
TRICK_MODE = "http://dashif.org/guidelines/trickmode"
TILES = ("http://dashif.org/guidelines/thumbnail_tile", "http://dashif.org/thumbnail_tile")

XML = error(
    "dash-xml",
    "ISO/IEC 23009-1 5.2; XML 1.0",
    "An MPD is well-formed XML without a document type declaration.",
    "Write the MPD with an XML library, and take <!DOCTYPE> out.",
)
ROOT = error(
    "dash-root",
    "ISO/IEC 23009-1 5.3.1",
    f"The root is MPD in the namespace {NAMESPACE}, with one Period or more.",
    "Write the MPD by the schema.",
)
TIMES = error(
    "dash-durations",
    "ISO/IEC 23009-1 5.3.1.2; XML Schema Part 2, duration",
    "Durations are ISO 8601 like PT1M5.5S; a period starts where the one before ends.",
    "Write the duration as PTnHnMnS.",
)
RULES = (XML, ROOT, TIMES)

_OTHER_DURATIONS = ("minBufferTime", "maxSegmentDuration", "maxSubsegmentDuration", "timeShiftBufferDepth")
_DURATION = re.compile(r"P(?:(\d{1,6})D)?(?:T(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,12}(?:\.\d{1,12})?)S)?)?", re.ASCII)


@dataclass(slots=True)
class Representation:
    """`attributes` are its own over those of its set."""

    element: Element
    attributes: Mapping[str, str]
    place: Place
    track: Track

    def get(self, name: str) -> str | None:
        return self.attributes.get(name)

    def number(self, name: str) -> int | None:
        return whole(self.attributes.get(name))

    @property
    def size(self) -> tuple[int, int] | None:
        width, height = self.number("width"), self.number("height")
        return (width, height) if width and height else None


@dataclass(slots=True)
class AdaptationSet:
    element: Element
    place: Place
    representations: list[Representation] = field(default_factory=list)
    _properties: dict[tuple[str, ...], list[Element]] = field(default_factory=dict)
    """By their schemes; asked for once for each representation."""

    @property
    def kind(self) -> Kind | None:
        """By `contentType`, `mimeType` or the first representation's `mimeType`."""
        types = [self.element.get("contentType"), self.element.get("mimeType")]
        types += [r.get("mimeType") for r in self.representations[:1]]
        for value in types:
            main = (value or "").partition("/")[0]
            if value == "application/ttml+xml":
                return Kind.TEXT
            if main in tuple(Kind):
                return Kind(main)
        codecs = (self.representations[0].get("codecs") or "") if self.representations else ""
        return Kind.TEXT if codecs.startswith(("stpp", "wvtt")) else None

    def properties(self, *schemes: str) -> list[Element]:
        """Essential and supplemental properties of the schemes, here or in a representation."""
        if schemes not in self._properties:
            owners = [self.element, *(r.element for r in self.representations)]
            self._properties[schemes] = [
                each
                for owner in owners
                for name in ("EssentialProperty", "SupplementalProperty")
                for each in owner.all(name)
                if each.get("schemeIdUri") in schemes
            ]
        return self._properties[schemes]

    @property
    def is_trick_mode(self) -> bool:
        return bool(self.properties(TRICK_MODE))


@dataclass(slots=True)
class Period:
    start_s: float
    duration_s: float | None
    place: Place
    sets: list[AdaptationSet] = field(default_factory=list)


@dataclass(slots=True)
class Mpd:
    file: str
    root: Element
    duration_s: float | None
    periods: list[Period] = field(default_factory=list)

    def sets(self, kind: Kind) -> list[AdaptationSet]:
        return [s for period in self.periods for s in period.sets if s.kind is kind]

    def place(self, element: Element) -> Place:
        return Place(self.file, element.line, element.name)


def whole(text: str | None) -> int | None:
    """A whole number of zero or more; None for anything else."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 16 else None


def rate(text: str | None) -> Fraction | None:
    """`30`, `30000/1001`; None for anything else."""
    above, _, below = (text or "").partition("/")
    numbers = whole(above), whole(below or "1")
    return Fraction(numbers[0], numbers[1]) if numbers[0] and numbers[1] else None


def seconds(text: str) -> float | None:
    """An ISO 8601 duration without years and months; None for anything else."""
    parts = _DURATION.fullmatch(text)
    if not parts or not any(parts.groups()):
        return None
    days, hours, minutes, rest = (float(part or 0) for part in parts.groups())
    return days * 86_400 + hours * 3600 + minutes * 60 + rest


def read_mpd(folder: Folder, file: str) -> Mpd | None:
    """None, with the reason reported, for what is no MPD."""
    text = folder.text(file)
    if text is None:
        return None
    try:
        root = read_xml(text)
    except TooMuch as refused:
        folder.report.add([LIMIT.broken(Place(file, refused.line), str(refused))])
        return None
    except Refused as refused:
        folder.report.add([XML.broken(Place(file, refused.line), str(refused))])
        return None
    periods = root.all("Period")
    if root.name != "MPD" or root.namespace != NAMESPACE or not periods:
        found = f"the root is {seen(root.name)} of {seen(root.namespace)} with {len(periods)} periods"
        folder.report.add([ROOT.broken(Place(file, root.line), found)])
        return None
    return _Reader(folder, file, root).read(periods)


class _Reader:
    def __init__(self, folder: Folder, file: str, root: Element) -> None:
        self.folder = folder
        self.mpd = Mpd(file, root, None)
        self.mpd.duration_s = self._seconds(root, "mediaPresentationDuration")
        for name in _OTHER_DURATIONS:
            self._seconds(root, name)

    def read(self, periods: list[Element]) -> Mpd:
        end_s: float | None = 0.0
        for number, element in enumerate(periods):
            start_s = self._seconds(element, "start")
            if start_s is None:
                start_s = end_s or 0.0
            duration_s = self._seconds(element, "duration")
            if duration_s is None:
                following = self._seconds(periods[number + 1], "start") if number + 1 < len(periods) else None
                ends_s = following if number + 1 < len(periods) else self.mpd.duration_s
                duration_s = None if ends_s is None else ends_s - start_s
            if end_s is not None and abs(start_s - end_s) > 0.001:
                found = f"it starts at {start_s:.3f} s, and the time before ends at {end_s:.3f} s"
                self.folder.report.add([TIMES.broken(self.mpd.place(element), found)])
            end_s = None if duration_s is None else start_s + duration_s
            self.mpd.periods.append(self._period(element, start_s, duration_s))
        return self.mpd

    def _period(self, element: Element, start_s: float, duration_s: float | None) -> Period:
        period = Period(start_s, duration_s, self.mpd.place(element))
        base = Base(self.mpd.file, "").into(self.mpd.root).into(element)
        for node in element.all("AdaptationSet"):
            own = AdaptationSet(node, self._named(node))
            period.sets.append(own)
            for one in node.all("Representation"):
                attributes = {**node.attributes, **one.attributes}
                levels = [one, node, element]
                place = self._named(one)
                track = track_of(self.folder, place, base.into(node).into(one), levels, attributes, period_s=duration_s)
                own.representations.append(Representation(one, attributes, place, track))
        return period

    def _named(self, element: Element) -> Place:
        name = element.get("id")
        return Place(self.mpd.file, element.line, f"{element.name} {seen(name)}" if name else element.name)

    def _seconds(self, element: Element, name: str) -> float | None:
        text = element.get(name)
        if text is None:
            return None
        found = seconds(text)
        if found is None:
            self.folder.report.add([TIMES.broken(self.mpd.place(element), f"@{name} is {seen(text)}")])
        return found
