"""The peak bit rate of segments, as RFC 8216 (section 4.3.4.2) defines what BANDWIDTH must not fall short of."""

from collections.abc import Sequence


def peak_bitrate_bps(sizes_bytes: Sequence[int], durations_s: Sequence[float], target_s: float) -> float:
    """The highest rate of any contiguous run of segments that lasts 0.5 to 1.5 times `target_s`.

    A clip too short for any such run is measured as a whole.
    """
    rates = []
    for first in range(len(sizes_bytes)):
        size_bytes, length_s = 0, 0.0
        for segment_bytes, duration_s in zip(sizes_bytes[first:], durations_s[first:], strict=True):
            size_bytes, length_s = size_bytes + segment_bytes, length_s + duration_s
            if length_s > 1.5 * target_s:
                break
            if length_s >= 0.5 * target_s:
                rates.append(size_bytes * 8 / length_s)
    total_s = sum(durations_s)
    return max(rates, default=sum(sizes_bytes) * 8 / total_s if total_s else 0.0)
