"""Append-only sequences in the store: the ground that ledgers, verdicts and catalog versions stand on.

A series is a folder of numbered entries. Appending takes the next free number by an atomic create, so two
writers never overwrite each other and the order is the same for every reader. Entries are never changed.
"""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from resources.object_store import ObjectStore

_READERS = 16
_NAME = re.compile(r"[0-9]{8,}")


@dataclass(frozen=True, slots=True)
class Entry:
    number: int
    data: bytes


class Records:
    """Numbered, immutable entries by series, such as `ledger/frames/shop.g1.0000`."""

    def __init__(self, objects: ObjectStore) -> None:
        self._objects = objects
        self._next: dict[str, int] = {}

    def append(self, series: str, data: bytes) -> int:
        """Write the next entry and return its number, from 1."""
        number = self._next.get(series) or max(self.numbers(series), default=0) + 1
        while not self._objects.create(_key(series, number), data):
            number += 1
        self._next[series] = number + 1
        return number

    def numbers(self, series: str) -> list[int]:
        """The numbers of all entries, ascending."""
        prefix = f"records/{series}/"
        names = (key.removeprefix(prefix) for key in self._objects.keys(prefix.rstrip("/")))
        return sorted(int(name) for name in names if _NAME.fullmatch(name))  # a stray file is nobody's entry

    def read(self, series: str, number: int) -> bytes | None:
        return self._objects.get(_key(series, number))

    def latest(self, series: str) -> Entry | None:
        for number in reversed(self.numbers(series)):
            data = self.read(series, number)
            if data is not None:
                return Entry(number, data)
        return None

    def read_all(self, series: str) -> list[Entry]:
        """Every entry, oldest first. Reads side by side, since a remote store answers in tens of milliseconds."""
        numbers = self.numbers(series)
        if self._objects.root is not None or len(numbers) < 2:
            found = [self.read(series, n) for n in numbers]
        else:
            with ThreadPoolExecutor(min(_READERS, len(numbers))) as pool:
                found = list(pool.map(lambda n: self.read(series, n), numbers))
        return [Entry(n, data) for n, data in zip(numbers, found, strict=True) if data is not None]

    def series_below(self, prefix: str) -> list[str]:
        """The series whose names start with the folder `prefix`, sorted."""
        keys = self._objects.keys(f"records/{prefix}")
        return sorted({key.removeprefix("records/").rsplit("/", 1)[0] for key in keys})

    def newest_below(self, prefix: str) -> dict[str, int]:
        """The number of the newest entry of each series whose name starts with the folder `prefix`, by one listing."""
        newest: dict[str, int] = {}
        for key in self._objects.keys(f"records/{prefix}"):
            series, _, name = key.removeprefix("records/").rpartition("/")
            if _NAME.fullmatch(name):
                newest[series] = max(int(name), newest.get(series, 0))
        return newest


def _key(series: str, number: int) -> str:
    return f"records/{series}/{number:08d}"
