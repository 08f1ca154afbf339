"""The spend book lets through what the day's budget holds, and counts a submission once."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from resources.object_store import ObjectStore
from resources.records import Records
from resources.spend_book import Reservation, SpendBook
from tests.builders import NOON
from vidgen_assets.clips.digest import canonical_json
from vidgen_assets.clips.errors import CapacityError


@pytest.fixture
def records(tmp_path: Path) -> Records:
    return Records(ObjectStore(str(tmp_path)))


def a_book(records: Records, clock: Callable[[], datetime] = lambda: NOON) -> SpendBook:
    return SpendBook(records, clock)


def _wanted(key: str = "one", fee: str = "2", budget: str | None = "5") -> Reservation:
    return Reservation("served.1", key, Decimal(fee), None if budget is None else Decimal(budget))


def test_fees_add_up_until_the_budget_is_used_up(records: Records) -> None:
    book = a_book(records)
    book.reserve(_wanted("one"))
    book.reserve(_wanted("two"))
    with pytest.raises(CapacityError, match="spent 4, this clip 2") as caught:
        book.reserve(_wanted("three"))

    assert (caught.value.value, caught.value.allowed) == (Decimal(5), "1 until midnight UTC")
    assert a_book(records).spent_today("served.1") == 4


def test_the_same_submission_is_charged_once(records: Records) -> None:
    for _ in range(3):
        a_book(records).reserve(_wanted())
    assert a_book(records).spent_today("served.1") == 2


def test_a_new_day_has_its_own_budget(records: Records) -> None:
    a_book(records).reserve(_wanted("one", fee="5"))
    a_book(records, lambda: NOON + timedelta(hours=12)).reserve(_wanted("two", fee="5"))


def test_without_a_budget_fees_are_only_counted(records: Records) -> None:
    a_book(records).reserve(_wanted(fee="1000", budget=None))
    assert a_book(records).spent_today("served.1") == 1_000


def test_what_costs_nothing_is_not_written_down(records: Records) -> None:
    a_book(records).reserve(_wanted(fee="0"))
    assert records.series_below("spend") == []


def test_of_two_that_reserve_at_once_the_later_entry_gives_way(records: Records) -> None:
    book = a_book(records)
    book.reserve(_wanted("first", fee="3"))
    entry = {"key": "late", "fee": "3", "budget": "5", "recorded_at": NOON.isoformat()}
    records.append("spend/served.1/2026-11-22", canonical_json(entry))  # passed its own look before `first` was written

    assert book.spent_today("served.1") == 3


def test_an_unreadable_entry_stops_spending(records: Records) -> None:
    records.append("spend/served.1/2026-11-22", b"{}")
    with pytest.raises(CapacityError, match="can't be read"):
        a_book(records).reserve(_wanted())
