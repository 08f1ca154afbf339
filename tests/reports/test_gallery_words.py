"""Numbers as the gallery writes them."""

from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction

import pytest

from vidgen_assets.reports.gallery.words import moment, money, number, plain, running_time, seconds, size


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        ("0", "USD 0.00"),
        ("0.00012345", "USD 0.00012"),
        ("0.0099", "USD 0.0099"),
        ("0.00000050", "USD 0.00000050"),
        ("0.125", "USD 0.13"),
        ("1234.5", "USD 1,234.50"),
    ],
)
def test_money_below_a_cent_keeps_two_digits(amount: str, shown: str) -> None:
    assert money(Decimal(amount), "USD") == shown


@pytest.mark.parametrize(
    ("value", "shown"), [(0, "0 s"), (0.416, "0.42 s"), (5, "5 s"), (Fraction(25, 2), "12.5 s"), (1640.4, "1,640 s")]
)
def test_seconds_have_three_digits(value: float, shown: str) -> None:
    assert seconds(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"), [(0, "0:00"), (Fraction(1, 3), "0:01"), (65, "1:05"), (3723, "1:02:03"), (59.6, "1:00")]
)
def test_running_times_read_as_a_player_shows_them(value: float, shown: str) -> None:
    assert running_time(value) == shown


@pytest.mark.parametrize(
    ("count_bytes", "shown"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (12_345, "12 kB"),
        (3_400_000, "3.4 MB"),
        (5_000_000_000_000, "5000 GB"),
    ],
)
def test_sizes_are_decimal(count_bytes: int, shown: str) -> None:
    assert size(count_bytes) == shown


def test_measurements_have_four_digits_and_no_exponent() -> None:
    assert [number(value) for value in (0.0, 0.0123456, 95.128, 41.0)] == ["0", "0.01235", "95.13", "41"]
    assert number(2566829.4) == "2,566,829"


def test_names_become_words() -> None:
    assert plain("frames_do_not_flicker") == "frames do not flicker"
    assert plain("vmaf_mean") == "VMAF mean"


def test_moments_name_their_zone() -> None:
    assert moment(datetime(2026, 11, 2, 9, 5, tzinfo=UTC)) == "2 November 2026, 09:05 UTC"
