"""The price book: usage in, money out, worked by hand."""

from decimal import Decimal
from fractions import Fraction

import pytest

from vidgen_assets.clips.ledger import Usage
from vidgen_assets.clips.prices import Estimate, PriceBook, load_price_book

BOOK = PriceBook(
    version="test",
    currency="USD",
    cpu_second=Decimal("0.00001"),
    gpu_second=Decimal("0.001"),
    stored_gib_month=Decimal("0.02"),
    stored_months=12,
    estimate=Estimate(
        template_cpu_s_per_video_s=3.0,
        model_gpu_s_per_video_s=20.0,
        model_cpu_s_per_video_s=2.0,
        stored_bytes_per_video_s=1000,
    ),
)


@pytest.mark.parametrize(
    ("usage", "price"),
    [
        (Usage(), "0"),
        (Usage(wall_s=100.0), "0"),  # waiting is free
        (Usage(cpu_s=10.0), "0.0001"),
        (Usage(gpu_s=2.5), "0.0025"),
        (Usage(stored_bytes=1 << 30), "0.24"),  # a GiB for 12 months at 0.02
        (Usage(cpu_s=1.0, gpu_s=1.0, stored_bytes=1 << 29), "0.12101"),
    ],
)
def test_a_price_is_what_was_consumed_times_what_it_costs(usage: Usage, price: str) -> None:
    assert BOOK.price(usage) == Decimal(price)


def test_money_has_eight_places() -> None:
    assert BOOK.price(Usage(cpu_s=1 / 3)).as_tuple().exponent == -8


def test_an_estimate_grows_with_the_duration() -> None:
    assert BOOK.estimate.usage(Fraction(5, 2)) == Usage(cpu_s=7.5, stored_bytes=2500)


def test_the_book_that_ships_can_price() -> None:
    book = load_price_book()
    assert load_price_book() is book
    assert book.price(Usage(cpu_s=1.0)) > 0
    assert book.gpu_second > book.cpu_second
