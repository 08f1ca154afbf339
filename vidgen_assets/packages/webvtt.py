"""WebVTT (W3C) as cues that know their lines: captions, chapters, and storyboards whose cues name parts of pictures."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from vidgen_assets.packages.folder import Folder
from vidgen_assets.packages.playlists import LIMIT
from vidgen_assets.packages.rule import Fault, Place, error, seen

_MOST_CUES = 50_000
_MOST_CUES_IN_ALL = 1_000_000
"""Of all segments that playlists name: a file of captions may be named for each segment."""

HEADER = error(
    "vtt-header",
    "W3C WebVTT 4.1; RFC 8216bis 3.1.4",
    "A WebVTT file begins with WEBVTT, alone or with a comment after a space, then an empty line.",
    "Begin the file with the line WEBVTT and an empty one.",
)
CUE = error(
    "vtt-cue",
    "W3C WebVTT 4.1, 4.3",
    "A cue is a line of times like 00:01.000 --> 00:02.500, its end after its start, then its text, with --> nowhere "
    "in it.",
    "Write the times with milliseconds, and an empty line between cues.",
)
ORDER = error(
    "vtt-order",
    "W3C WebVTT 4.1",
    "No cue starts before the one above it.",
    "Sort the cues by their starts.",
)
MAP = error(
    "vtt-timestamp-map",
    "RFC 8216bis 3.1.4",
    "X-TIMESTAMP-MAP reads LOCAL:TIME,MPEGTS:TICKS, of which 90000 are a second; where media begins elsewhere than at "
    "0, captions have it, and it leads there.",
    "Write X-TIMESTAMP-MAP=MPEGTS:TICKS,LOCAL:00:00:00.000 under WEBVTT, with the media's first time.",
)
RULES = (HEADER, CUE, ORDER, MAP)

_CLOCK = r"(?:(\d{2,9}):)?([0-5]\d):([0-5]\d)\.(\d{3})"
_TIMES = re.compile(rf"{_CLOCK}[ \t]+-->[ \t]+{_CLOCK}(?:[ \t]+(.*))?", re.ASCII)
_LOCAL = re.compile(_CLOCK, re.ASCII)


@dataclass(frozen=True, slots=True)
class Cue:
    """Shown from `start_s` to `end_s` of the file's own time."""

    start_s: float
    end_s: float
    text: str
    line: int


@dataclass(slots=True)
class Vtt:
    """`shift_s` is what X-TIMESTAMP-MAP adds to the file's times, None without one."""

    file: str
    cues: list[Cue] = field(default_factory=list)
    shift_s: float | None = None

    def place(self, line: int | None = None) -> Place:
        return Place(self.file, line)


class Captions:
    """The WebVTT files of a package, each read once, whoever names it."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self._read: dict[str, Vtt | None] = {}
        self._cues = 0

    def read(self, file: str) -> Vtt | None:
        """None, with the reason reported, for what is no WebVTT, and for cues over and over."""
        if file not in self._read:
            self._read[file] = _read_webvtt(self._folder, file)
        vtt = self._read[file]
        self._cues += len(vtt.cues) if vtt else 0
        if vtt and self._cues > _MOST_CUES_IN_ALL:
            found = f"with it, more than {_MOST_CUES_IN_ALL} cues are named"
            self._folder.report.add([LIMIT.broken(vtt.place(), found)])
            return None
        return vtt


def _read_webvtt(folder: Folder, file: str) -> Vtt | None:
    """None, with the reason reported, for what is no WebVTT. Wrong cues are reported and left out."""
    text = folder.text(file)
    if text is None:
        return None
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if not re.fullmatch(r"WEBVTT([ \t].*)?", lines[0]):
        folder.report.add([HEADER.broken(Place(file, 1), f"the first line is {seen(lines[0])}")])
        return None
    vtt = Vtt(file)
    folder.report.add(_read(vtt, lines))
    return vtt


def _read(vtt: Vtt, lines: list[str]) -> Iterator[Fault]:
    for first, block in _blocks(lines):
        if first == 1:
            yield from _head(vtt, block)
        elif not re.match(r"(NOTE|STYLE|REGION)([ \t]|$)", block[0]):
            yield from _cue(vtt, first, block)
        if len(vtt.cues) > _MOST_CUES:
            yield LIMIT.broken(vtt.place(first), f"it has more than {_MOST_CUES} cues")
            return


def _blocks(lines: list[str]) -> Iterator[tuple[int, list[str]]]:
    """Lines between empty ones, with the number of the first."""
    block: list[str] = []
    for number, line in enumerate([*lines, ""], start=1):
        if line.strip(" \t"):
            block.append(line)
        elif block:
            yield number - len(block), block
            block = []


def _head(vtt: Vtt, block: list[str]) -> Iterator[Fault]:
    for number, line in enumerate(block[1:], start=2):
        if "-->" in line:
            yield HEADER.broken(vtt.place(number), "cues begin without an empty line")
        name, _, value = line.partition("=")
        if name == "X-TIMESTAMP-MAP":
            parts = {name: rest for name, _, rest in (part.partition(":") for part in value.split(","))}
            local, ticks = _LOCAL.fullmatch(parts.get("LOCAL", "")), parts.get("MPEGTS", "")
            if local and ticks.isascii() and ticks.isdigit() and len(ticks) < 12:
                vtt.shift_s = int(ticks) / 90_000 - _seconds(local.groups())
            else:
                yield MAP.broken(vtt.place(number), f"it reads {seen(value)}")


def _cue(vtt: Vtt, first: int, block: list[str]) -> Iterator[Fault]:
    at = 0 if "-->" in block[0] else 1
    times = _TIMES.fullmatch(block[at].strip(" \t")) if at < len(block) else None
    if times is None:
        yield CUE.broken(
            vtt.place(first + min(at, len(block) - 1)), f"{seen(block[min(at, len(block) - 1)])} has no times"
        )
        return
    start_s, end_s = _seconds(times.groups()[:4]), _seconds(times.groups()[4:8])
    if end_s <= start_s:
        yield CUE.broken(vtt.place(first + at), f"it ends at {end_s:.3f} s, and starts at {start_s:.3f} s")
        return
    if any("-->" in line for line in block[at + 1 :]):
        yield CUE.broken(vtt.place(first + at), "its text holds -->")
    if vtt.cues and start_s < vtt.cues[-1].start_s:
        yield ORDER.broken(
            vtt.place(first + at), f"it starts at {start_s:.3f} s, after one of {vtt.cues[-1].start_s:.3f} s"
        )
    vtt.cues.append(Cue(start_s, end_s, "\n".join(block[at + 1 :]), first + at))


def _seconds(clock: tuple[str | None, ...]) -> float:
    hours, minutes, seconds, milliseconds = (int(part or 0) for part in clock)
    return hours * 3600 + minutes * 60 + seconds + milliseconds / 1000
