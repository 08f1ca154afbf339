"""Signed statements in append-only series: what a deployment's key vouches for, one statement an entry.

Writing signs; reading verifies every time and says which entries nobody trusted wrote. What an untrusted entry means
is the reader's decision: publications forget what stands before it, the model registry stops.
"""

import json
from collections.abc import Mapping, Set
from dataclasses import dataclass
from typing import Any

from resources.keys import Signer
from resources.records import Records
from vidgen_assets.clips.digest import canonical_json
from vidgen_assets.clips.errors import PermanentError


@dataclass(frozen=True, slots=True)
class SignedEntry:
    """An entry by its number; `statement` is None if it can't be read, isn't signed by us, or is of another kind."""

    number: int
    statement: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Chain:
    """The statements in force, oldest first with their numbers, and how many entries the series has."""

    numbered: tuple[tuple[int, dict[str, Any]], ...]
    length: int


class SignedRecords:
    """Statements that have all of `fields`: a genuine one of another kind says nothing here."""

    def __init__(self, records: Records, signer: Signer, fields: Set[str]) -> None:
        self._records = records
        self._signer = signer
        self._fields = fields

    def append(self, series: str, statement: Mapping[str, Any]) -> int:
        """Sign and append; the entry's number."""
        signature = self._signer.sign(canonical_json(statement))
        entry = {"statement": statement, "key_id": self._signer.key_id, "signature": signature}
        return self._records.append(series, canonical_json(entry))

    def read_all(self, series: str) -> list[SignedEntry]:
        """Every entry, oldest first."""
        return [SignedEntry(entry.number, self._genuine(entry.data)) for entry in self._records.read_all(series)]

    def chain(self, series: str, *, remedy: str) -> "Chain":
        """The statements that were appended with `append_next`, each knowing all that stood before it.

        Raises `PermanentError` naming the record's key for an entry that is forged, unreadable or missing. An entry
        that another overtook between its reading and its writing is void, and so is a copy of an earlier one.
        """
        numbered: list[tuple[int, dict[str, Any]]] = []
        length = 0
        for length, entry in enumerate(self.read_all(series), start=1):
            if entry.number != length:
                raise untrusted(series, length, "the entry is missing", remedy)
            if entry.statement is None:
                raise untrusted(series, length, "the entry is unreadable, or no trusted key signed it", remedy)
            if entry.statement.get("after") == length - 1:
                numbered.append((length, entry.statement))
        return Chain(tuple(numbered), length)

    def append_next(self, series: str, statement: Mapping[str, Any], *, after: int) -> bool:
        """Append what was decided knowing the first `after` entries; False, and void, if others came between."""
        return self.append(series, {**statement, "after": after}) == after + 1

    def series_below(self, prefix: str) -> list[str]:
        return self._records.series_below(prefix)

    def _genuine(self, data: bytes) -> dict[str, Any] | None:
        try:
            row = json.loads(data)
            statement = row["statement"]
            genuine = self._signer.verifies(row["key_id"], row["signature"], canonical_json(statement))
            return statement if genuine and statement.keys() >= self._fields else None
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return None


def untrusted(series: str, number: int, found: str, remedy: str) -> PermanentError:
    """The error about an entry that can't be relied on."""
    return PermanentError(found, field="record", value=f"records/{series}/{number:08d}", remedy=remedy)
