"""Enrolling a catalog: its next version goes into the book, its shards become partitions.

The one way in, for the command line and for the inbox sensor. A file that can't be read raises before anything is
written; the same content a second time changes nothing.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from resources.workshop import Workshop
from vidgen_assets.catalogs.catalog import CatalogRow, judge
from vidgen_assets.catalogs.registration import CatalogVersion, changed_shards, plan_registration
from vidgen_assets.catalogs.source import CatalogSource
from vidgen_assets.clips.profiles import load_profiles
from vidgen_assets.clips.spec import Priority

_DAGSTER_PRIORITY = {Priority.INTERACTIVE: 10, Priority.STANDARD: 0, Priority.BATCH: -10}
_SEVERAL = "several"


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A version of a catalog and its number in the book, from 1.

    `changed` are the shards whose clips differ from the version before.
    """

    version: CatalogVersion
    number: int
    is_recorded: bool
    changed: frozenset[str]
    rows_of: Mapping[str, Sequence[CatalogRow]]

    @classmethod
    def of(
        cls, version: CatalogVersion, before: CatalogVersion | None, number: int, *, is_recorded: bool
    ) -> "Enrolment":
        rows_of: defaultdict[str, list[CatalogRow]] = defaultdict(list)
        for row in version.rows:
            rows_of[version.assignments.shard_of[row.clip_id]].append(row)
        return cls(version, number, is_recorded, frozenset(changed_shards(before, version)), dict(rows_of))

    @property
    def shards(self) -> list[str]:
        return sorted(self.rows_of)


def plan_enrolment(source: CatalogSource, base_uri: str, shop: Workshop) -> Enrolment:
    """The enrolment that would follow; writes nothing. Raises `InputError` for no catalog.

    What the book holds already is enrolled as it was then, with the same number and the same changes: whoever
    recorded it may have been stopped before the runs were requested.
    """
    loaded = judge(
        source, templates=shop.templates.names(), profiles=load_profiles(), media_roots=shop.intake.allowed_prefixes
    )
    number = shop.catalogs.latest_number(loaded.name)
    newest = shop.catalogs.numbered(loaded.name, number)
    planned = Enrolment.of(plan_registration(loaded, newest, base_uri), newest, number + 1, is_recorded=False)
    if newest and not planned.changed and _source_of(newest) == _source_of(planned.version):
        return Enrolment.of(newest, shop.catalogs.numbered(loaded.name, number - 1), number, is_recorded=True)
    return planned


def enrol(source: CatalogSource, base_uri: str, shop: Workshop) -> Enrolment:
    """Record the catalog's next version, unless this is what the book holds already."""
    planned = plan_enrolment(source, base_uri, shop)
    if planned.is_recorded:
        return planned
    number = shop.catalogs.append(planned.version, recorded_at=shop.now())
    return replace(planned, number=number, is_recorded=True)


def _source_of(version: CatalogVersion) -> tuple[str, str]:
    return version.content_digest, version.base_uri


def run_tags_of(enrolment: Enrolment, shard: str) -> Mapping[str, str]:
    """What a run of the shard is tagged with: attribution where it is one for all its clips, and its urgency."""
    requests = [row.request for row in enrolment.rows_of[shard] if row.request]
    most_urgent = max((_DAGSTER_PRIORITY[r.priority] for r in requests), default=0)
    return {
        "vidgen/catalog": enrolment.version.name,
        "vidgen/campaign": _the_one([r.campaign for r in requests]),
        "vidgen/owner": _the_one([r.owner for r in requests]),
        "vidgen/customer": _the_one([r.customer for r in requests]),
        "dagster/priority": str(most_urgent),
    }


def _the_one(values: list[str]) -> str:
    found = Counter(values)
    return next(iter(found)) if len(found) == 1 else _SEVERAL if found else "none"
