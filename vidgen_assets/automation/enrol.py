"""Enrolling a catalog: its next version goes into the book, its shards become partitions.

The one way in, for the command line and for the inbox sensor. A file that can't be read raises before anything is
written; the same content a second time changes nothing.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from resources.workshop import Workshop
from vidgen_assets.catalogs.catalog import CatalogRow, judge
from vidgen_assets.catalogs.registration import CatalogVersion, changed_shards, plan_registration
from vidgen_assets.catalogs.source import CatalogSource
from vidgen_assets.clips.profiles import load_profiles
from vidgen_assets.clips.spec import Priority
from vidgen_assets.templates.document import library_names

_DAGSTER_PRIORITY = {Priority.INTERACTIVE: 10, Priority.STANDARD: 0, Priority.BATCH: -10}
_SEVERAL = "several"


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A catalog as it now stands in the book. `changed` are the shards whose clips differ from the version before."""

    version: CatalogVersion
    changed: frozenset[str]

    @property
    def shards(self) -> list[str]:
        return sorted(set(self.version.assignments.shard_of.values()))

    def rows(self, shard: str) -> list[CatalogRow]:
        shard_of = self.version.assignments.shard_of
        return [row for row in self.version.rows if shard_of[row.clip_id] == shard]


def plan_enrolment(source: CatalogSource, base_uri: str, shop: Workshop) -> tuple[CatalogVersion | None, Enrolment]:
    """The version before and the enrolment that would follow; writes nothing. Raises `InputError` for no catalog."""
    loaded = judge(
        source, templates=library_names(), profiles=load_profiles(), media_roots=shop.intake.allowed_prefixes
    )
    previous = shop.catalogs.latest(loaded.name)
    version = plan_registration(loaded, previous, base_uri)
    return previous, Enrolment(version, frozenset(changed_shards(previous, version)))


def enrol(source: CatalogSource, base_uri: str, shop: Workshop) -> Enrolment:
    """Record the catalog's next version, unless this is what the book holds already."""
    previous, enrolment = plan_enrolment(source, base_uri, shop)
    same = previous and (previous.content_digest, previous.base_uri) == (enrolment.version.content_digest, base_uri)
    if not same:
        shop.catalogs.append(enrolment.version, recorded_at=shop.now())
    return enrolment


def run_tags_of(enrolment: Enrolment, shard: str) -> Mapping[str, str]:
    """What a run of the shard is tagged with: attribution where it is one for all its clips, and its urgency."""
    requests = [row.request for row in enrolment.rows(shard) if row.request]
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
