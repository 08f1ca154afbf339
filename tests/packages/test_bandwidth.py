import random
import time
from collections.abc import Sequence

import pytest

from vidgen_assets.packages.bandwidth import peak_bitrate_bps


@pytest.mark.parametrize(
    ("sizes_bytes", "durations_s", "target_s", "peak_bps"),
    [
        ([1_000, 2_000, 1_000], [2.0, 2.0, 2.0], 2, 8_000),  # 16,000 bits in 2 s; two segments are longer than 3 s
        ([1_000, 1_000, 500], [2.0, 2.0, 0.5], 2, 4_800),  # 0.5 s is too short alone: 12,000 bits in 2.5 s
        ([300, 300, 300], [1.0, 1.0, 1.0], 2, 2_400),  # each alone; pairs and all three give the same
        ([100], [0.1], 2, 8_000),  # too short for any run: as a whole
        ([], [], 2, 0),
    ],
)
def test_the_peak_is_that_of_the_densest_run(
    sizes_bytes: list[int], durations_s: list[float], target_s: float, peak_bps: float
) -> None:
    assert peak_bitrate_bps(sizes_bytes, durations_s, target_s) == pytest.approx(peak_bps)


def every_run(sizes_bytes: Sequence[int], durations_s: Sequence[float], target_s: float) -> float:
    """The definition, word by word."""
    runs = [(first, end) for end in range(len(sizes_bytes) + 1) for first in range(end)]
    lengths_s = {run: sum(durations_s[slice(*run)]) for run in runs}
    allowed = [run for run in runs if 0.5 * target_s <= lengths_s[run] <= 1.5 * target_s]
    return max((sum(sizes_bytes[slice(*run)]) * 8 / lengths_s[run] for run in allowed), default=0.0)


@pytest.mark.parametrize("seed", range(30))
def test_no_run_is_overlooked(seed: int) -> None:
    chance = random.Random(seed)
    sizes_bytes = [chance.randrange(100_000) for _ in range(25)]
    durations_s = [chance.choice((0.5, 1.0, 2.0, 2.5)) for _ in sizes_bytes]
    target_s = chance.choice((1, 2, 4, 10))

    expected = pytest.approx(every_run(sizes_bytes, durations_s, target_s))
    assert peak_bitrate_bps(sizes_bytes, durations_s, target_s) == expected


@pytest.mark.parametrize("target_s", [2, 20_000, 999_999_999])
def test_a_day_of_segments_takes_no_minute(target_s: int) -> None:
    chance, began_s = random.Random(0), time.monotonic()
    peak_bitrate_bps([chance.randrange(1_000_000) for _ in range(20_000)], [2.0] * 20_000, target_s)

    assert time.monotonic() - began_s < 5
