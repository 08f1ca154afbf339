"""The peak bit rate of segments, as RFC 8216 (section 4.3.4.2) defines what BANDWIDTH must not fall short of."""

from collections import deque
from collections.abc import Sequence
from itertools import accumulate

_ROUNDING = 1e-9
"""Of a run's length, so that one of exactly 1.5 target durations counts however its parts were rounded."""


def peak_bitrate_bps(sizes_bytes: Sequence[int], durations_s: Sequence[float], target_s: float) -> float:
    """The highest rate of any contiguous run of segments that lasts 0.5 to 1.5 times `target_s`.

    A clip too short for any such run is measured as a whole.
    """
    ends_s = [0.0, *accumulate(max(0.0, duration_s) for duration_s in durations_s)]
    ends_bits = [0, *accumulate(size_bytes * 8 for size_bytes in sizes_bytes)]
    shortest_s, longest_s = 0.5 * target_s * (1 - _ROUNDING), 1.5 * target_s * (1 + _ROUNDING)
    first, end = 0, len(sizes_bytes)
    peak_bps = -1.0
    while run := _densest(ends_bits, ends_s, shortest_s, longest_s, max(0.0, peak_bps)):
        rate_bps = (ends_bits[run[1]] - ends_bits[run[0]]) / (ends_s[run[1]] - ends_s[run[0]])
        if rate_bps <= peak_bps:
            break
        (first, end), peak_bps = run, rate_bps
    length_s = sum(durations_s[first:end])  # of this run alone: its differences are rounded
    return sum(sizes_bytes[first:end]) * 8 / length_s if length_s else 0.0


def _densest(
    ends_bits: Sequence[int], ends_s: Sequence[float], shortest_s: float, longest_s: float, rate_bps: float
) -> tuple[int, int] | None:
    """The run of an allowed length that has most bits over those that come at `rate_bps`; None if no run is allowed.

    Once that run's own rate is no higher, there is none (Dinkelbach): a few looks are enough. Each looks at every
    segment once, with the runs' possible starts in a queue whose least stands first.
    """
    over = [bits - rate_bps * end_s for bits, end_s in zip(ends_bits, ends_s, strict=True)]
    starts, following = deque[int](), 0
    best: tuple[int, int] | None = None
    for end in range(1, len(ends_s)):
        while following < end and ends_s[end] - ends_s[following] >= shortest_s:
            while starts and over[starts[-1]] >= over[following]:
                starts.pop()
            starts.append(following)
            following += 1
        while starts and ends_s[end] - ends_s[starts[0]] > longest_s:
            starts.popleft()
        if starts and (best is None or over[end] - over[starts[0]] > over[best[1]] - over[best[0]]):
            best = starts[0], end
    return best
