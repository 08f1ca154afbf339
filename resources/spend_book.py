"""What is spent at servers that charge: an append-only entry per submission, counted before the submission is made.

A day's entries are one series. An entry counts if the sum at its place still fits the budget it names, so two
processes that reserve at the same moment agree on which of them was too late, without a lock.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation

from resources.records import Records
from vidgen_assets.clips.digest import canonical_json
from vidgen_assets.clips.errors import CapacityError


@dataclass(frozen=True, slots=True)
class Reservation:
    """A fee that may be spent at a release, for the submission with this key, within the budget of its day."""

    release_id: str
    key: str
    fee: Decimal
    budget: Decimal | None  # per day, UTC; None has no limit


class SpendBook:
    """Fees of submissions, a series per release and day: `spend/RELEASE/2026-11-22`."""

    def __init__(self, records: Records, clock: Callable[[], datetime]) -> None:
        self._records = records
        self._clock = clock

    def reserve(self, wanted: Reservation) -> None:
        """Record the fee, once for a key and day. Raises `CapacityError` if it doesn't fit the day's budget.

        Failed jobs stay counted, though most servers don't charge for them: a limit errs on the safe side.
        """
        if wanted.fee == 0:
            return
        accepted = self._accepted(wanted.release_id)
        if wanted.key in accepted:
            return
        _refuse_excess(wanted, sum(accepted.values(), Decimal(0)))
        entry = {
            "key": wanted.key,
            "fee": str(wanted.fee),
            "budget": None if wanted.budget is None else str(wanted.budget),
            "recorded_at": self._now().isoformat(timespec="milliseconds"),
        }
        self._records.append(self._series(wanted.release_id), canonical_json(entry))
        accepted = self._accepted(wanted.release_id)
        if wanted.key not in accepted:  # another came in between
            _refuse_excess(wanted, sum(accepted.values(), Decimal(0)))

    def spent_today(self, release_id: str) -> Decimal:
        return sum(self._accepted(release_id).values(), Decimal(0))

    def _accepted(self, release_id: str) -> dict[str, Decimal]:
        """Today's fees by key, in the order of their entries, without those that came too late for the budget."""
        accepted: dict[str, Decimal] = {}
        for entry in self._records.read_all(self._series(release_id)):
            key, fee, budget = _parsed(entry.data)
            if budget is None or sum(accepted.values(), fee) <= budget:
                accepted.setdefault(key, fee)
        return accepted

    def _series(self, release_id: str) -> str:
        return f"spend/{release_id}/{self._now().date().isoformat()}"

    def _now(self) -> datetime:
        return self._clock().astimezone(UTC)


def _parsed(data: bytes) -> tuple[str, Decimal, Decimal | None]:
    """Raises `CapacityError` for an entry that can't be read: what was spent is unknown, so nothing more is."""
    try:
        row = json.loads(data)
        budget = row["budget"]
        return str(row["key"]), Decimal(row["fee"]), None if budget is None else Decimal(budget)
    except (ValueError, KeyError, TypeError, InvalidOperation, RecursionError) as error:
        remedy = "Restore the entry in the store's records/spend, or wait for the next day (UTC)."
        raise CapacityError("an entry of the spend book can't be read", field="spend", remedy=remedy) from error


def _refuse_excess(wanted: Reservation, spent: Decimal) -> None:
    if wanted.budget is not None and spent + wanted.fee > wanted.budget:
        raise CapacityError(
            f"the day's budget of {wanted.release_id} is used up: spent {spent}, this clip {wanted.fee}",
            field="budget_per_day",
            value=wanted.budget,
            allowed=f"{max(wanted.budget - spent, Decimal(0))} until midnight UTC",
            remedy="Run again tomorrow, or register a release with a higher budget_per_day.",
        )
