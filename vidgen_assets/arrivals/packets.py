"""An upload's packets, undecoded: how long it really is, how even its frames come, where it can be entered.

A header promises; what stands here was read to the file's end.
"""

import bisect
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from vidgen_assets.arrivals.limits import LIMITS
from vidgen_assets.clips.errors import InputError

_UNEVEN_S = 0.002  # containers that keep milliseconds round to them
_UNEVEN_SHARE = 0.1
_MOST_UNEVEN_FRAMES = 0.02  # a dropped frame here and there is no variable rate


@dataclass(frozen=True, slots=True)
class Packets:
    """One video stream's packets in the order they are shown; times are seconds from the first of them, which the
    file has at `start_s`."""

    times_s: tuple[float, ...]
    key_times_s: tuple[float, ...]
    last_duration_s: float
    start_s: float = 0.0
    untimed: int = 0
    """Packets whose time isn't written: in MPEG programme streams and AVI, every other one or all."""

    @property
    def frame_count(self) -> int:
        return len(self.times_s) + self.untimed

    @property
    def duration_s(self) -> float:
        """From the first frame's start to the last one's end."""
        return self.times_s[-1] + self.last_duration_s if self.times_s else 0.0

    @property
    def is_variable_rate(self) -> bool:
        """Whether more than a few frames stand for another time than most, as far as all times are known."""
        gaps = [after - before for before, after in pairwise(self.times_s)]
        if len(gaps) < 2 or self.untimed:
            return False
        usual = median(gaps)
        uneven = sum(abs(gap - usual) > max(_UNEVEN_S, usual * _UNEVEN_SHARE) for gap in gaps)
        return uneven > max(1.0, _MOST_UNEVEN_FRAMES * len(gaps))

    def entry_before(self, moment_s: float) -> float:
        """The time of the last picture at or before `moment_s` that can be decoded by itself; 0 if there is none."""
        return _last_until(self.key_times_s, moment_s)

    def shown_at(self, moment_s: float) -> float:
        """The time of the frame that is seen at `moment_s`."""
        return _last_until(self.times_s, moment_s)


def _last_until(times_s: tuple[float, ...], moment_s: float) -> float:
    place = bisect.bisect_right(times_s, moment_s)
    return times_s[place - 1] if place else 0.0


def read_packets(lines: Iterable[str]) -> Packets:
    """Packets from ffprobe's lines `pts_time,dts_time,duration_time,flags`. Those that are to be dropped don't count.
    Raises `InputError` for more than are taken in."""
    shown: list[tuple[float, float, bool]] = []
    stored: list[tuple[float, float, bool]] = []
    count = 0
    for line in lines:
        pts, dts, duration, flags = (*line.strip().split(","), "", "", "")[:4]
        if not flags or "D" in flags:
            continue
        count += 1
        for text, found in ((pts, shown), (dts, stored)):
            if (time_s := _seconds(text)) is not None:
                found.append((time_s, _seconds(duration) or 0.0, "K" in flags))
        if count > LIMITS.most_packets:
            raise InputError(
                "the video has too many frames",
                field="frames",
                value=f"over {LIMITS.most_packets}",
                allowed=f"at most {LIMITS.most_packets}",
                remedy="Cut it, or send it in parts.",
            )
    # AVI has the times of decoding alone; where some packets have those of showing, the two don't mix.
    return _counted_from_the_first(sorted(shown or stored), count)


def _counted_from_the_first(found: list[tuple[float, float, bool]], count: int) -> Packets:
    start_s = found[0][0] if found else 0.0
    times_s = tuple(time_s - start_s for time_s, _, _ in found)
    keys_s = tuple(time_s - start_s for time_s, _, is_key in found if is_key)
    return Packets(times_s, keys_s, _last_duration(found), start_s, count - len(found))


def lines_of(pieces: Iterable[bytes]) -> Iterator[str]:
    """The lines in an output that comes in pieces."""
    rest = b""
    for piece in pieces:
        *whole, rest = (rest + piece).split(b"\n")
        yield from (line.decode("ascii", "replace") for line in whole)
    if rest:
        yield rest.decode("ascii", "replace")


def _last_duration(found: list[tuple[float, float, bool]]) -> float:
    """As it is given, else as long as the frame before it stood; one frame alone stands for a 25th of a second."""
    if not found:
        return 0.0
    if found[-1][1] > 0:
        return found[-1][1]
    return found[-1][0] - found[-2][0] if len(found) > 1 else 0.04


def _seconds(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:  # `N/A`
        return None
