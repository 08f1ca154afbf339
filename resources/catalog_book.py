"""The catalog book: every registered version of every catalog, append-only, its rows by digest.

What a version is, and how the next one follows from the last, is planned in `vidgen_assets/catalogs/registration.py`.
"""

import json
from dataclasses import dataclass
from typing import Any

from resources.artifact_store import ArtifactStore
from resources.records import Records
from vidgen_assets.catalogs.catalog import CatalogRow
from vidgen_assets.catalogs.registration import CatalogVersion, read_rows_parquet, rows_parquet
from vidgen_assets.catalogs.shards import Assignments
from vidgen_assets.clips.digest import Digest, canonical_json


@dataclass(frozen=True, slots=True)
class ShardRows:
    """A shard's rows in the newest version of its catalog; references start from `base_uri`."""

    base_uri: str
    rows: tuple[CatalogRow, ...]


class CatalogBook:
    def __init__(self, records: Records, artifacts: ArtifactStore) -> None:
        self._records = records
        self._artifacts = artifacts

    def names(self) -> list[str]:
        return [series.rsplit("/", 1)[1] for series in self._records.series_below("catalogs")]

    def latest_number(self, name: str) -> int:
        """The number of the newest version, 0 if the catalog was never registered."""
        return max(self._records.numbers(_series(name)), default=0)

    def latest(self, name: str) -> CatalogVersion | None:
        return self._version(name, self._head(name))

    def registered_at(self, name: str) -> str | None:
        """When the newest version was registered, as ISO 8601; None if the catalog never was."""
        head = self._head(name)
        return head["recorded_at"] if head else None

    def numbered(self, name: str, number: int) -> CatalogVersion | None:
        """The version with this number, if there is one."""
        data = self._records.read(_series(name), number)
        return self._version(name, json.loads(data) if data else None)

    def shard_rows(self, name: str, shard: str) -> ShardRows | None:
        """The rows of one shard, or None if the catalog was never registered."""
        head = self._head(name)
        if head is None:
            return None
        return ShardRows(head["base_uri"], read_rows_parquet(self._artifacts.read(Digest(head["rows"])), shard))

    def append(self, version: CatalogVersion, *, recorded_at: str) -> int:
        """Record the next version; its number, from 1."""
        head = {
            "name": version.name,
            "content_digest": version.content_digest,
            "base_uri": version.base_uri,
            "assignments": version.assignments.to_json(),
            "rows": self._artifacts.put_bytes(rows_parquet(version)).digest,
            "recorded_at": recorded_at,
        }
        return self._records.append(_series(version.name), canonical_json(head))

    def _version(self, name: str, head: dict[str, Any] | None) -> CatalogVersion | None:
        if head is None:
            return None
        return CatalogVersion(
            name=name,
            content_digest=Digest(head["content_digest"]),
            base_uri=head["base_uri"],
            assignments=Assignments.from_json(head["assignments"]),
            rows=read_rows_parquet(self._artifacts.read(Digest(head["rows"]))),
        )

    def _head(self, name: str) -> dict[str, Any] | None:
        entry = self._records.latest(_series(name))
        return json.loads(entry.data) if entry else None


def _series(name: str) -> str:
    return f"catalogs/{name}"
