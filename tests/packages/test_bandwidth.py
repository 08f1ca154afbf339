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
