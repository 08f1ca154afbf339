"""The inbox sensor: a catalog file that appears, or changes, is registered once and its changed shards are run.

A file is taken when it stood unchanged for one tick, so that a half-copied one is never read. What can't be read
is refused once, with the reason in the tick's log and in the cursor, and looked at again when it changes. Passing
trouble with one file leaves it due and the others taken.
"""

import json
from dataclasses import dataclass, field
from pathlib import PurePosixPath

import dagster as dg

from resources.factory import Factory
from resources.object_store import ObjectStore
from vidgen_assets.automation.enrol import Enrolment, enrol, run_tags_of
from vidgen_assets.automation.jobs import job_for, make_clip_at_once, make_clips
from vidgen_assets.catalogs.source import DEFAULTS_SUFFIX, FORM_BY_SUFFIX, CatalogSource, form_of
from vidgen_assets.clips.errors import VidgenError
from vidgen_assets.partitions import SHARDS


@dataclass
class Inbox:
    """What the sensor remembers of each file: the marker it saw last, the one it took, and why it refused it."""

    seen: dict[str, str] = field(default_factory=dict)
    taken: dict[str, str] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)

    @classmethod
    def from_cursor(cls, cursor: str | None) -> "Inbox":
        return cls(**json.loads(cursor)) if cursor else cls()

    def to_cursor(self) -> str:
        return json.dumps({"seen": self.seen, "taken": self.taken, "refused": self.refused}, sort_keys=True)

    def due(self, markers: dict[str, str]) -> list[str]:
        """The files to take now: as they were a tick ago, and not taken like this before."""
        due = [k for k, marker in markers.items() if self.seen.get(k) == marker and self.taken.get(k) != marker]
        self.seen = markers
        self.taken = {key: marker for key, marker in self.taken.items() if key in markers}
        self.refused = {key: reason for key, reason in self.refused.items() if key in markers}
        return sorted(due)


def catalog_markers(objects: ObjectStore) -> dict[str, str]:
    """Every catalog at the top of the inbox, with a marker that changes when it or its defaults do."""
    markers = objects.markers("")
    catalogs = [key for key in markers if "/" not in key and _is_catalog(key)]
    return {key: f"{markers[key]} {markers.get(_defaults_key(key), '')}" for key in catalogs}


def read_catalog(objects: ObjectStore, key: str) -> CatalogSource:
    """The catalog under `key` with the defaults beside it."""
    data = objects.get(key)
    if data is None:
        raise VidgenError("the file vanished while it was read", field="file", value=key)
    return CatalogSource(key, form_of(key), data, objects.get(_defaults_key(key)))


@dg.sensor(
    jobs=[make_clips, make_clip_at_once],
    minimum_interval_seconds=30,
    description="Registers catalogs that appear in the inbox and runs their changed shards.",
)
def catalog_inbox(context: dg.SensorEvaluationContext, factory: Factory) -> dg.SensorResult:
    if not factory.inbox:
        return dg.SensorResult(skip_reason="no inbox is configured")
    inbox, objects, shop = Inbox.from_cursor(context.cursor), ObjectStore(factory.inbox), factory.workshop()
    markers = catalog_markers(objects)
    requests: list[dg.RunRequest] = []
    new_keys: list[str] = []
    for key in inbox.due(markers):
        try:
            enrolment = enrol(read_catalog(objects, key), objects.base_uri, shop)
        except VidgenError as error:
            if error.kind.is_retriable:
                context.log.warning(f"{key} waits for the next tick: {error}")
                continue
            context.log.error(f"{key} is refused: {error}")
            inbox.refused[key] = str(error)
        else:
            inbox.refused.pop(key, None)
            requests += _requests(enrolment)
            new_keys += enrolment.shards
        inbox.taken[key] = markers[key]
    return dg.SensorResult(
        run_requests=requests,
        skip_reason=None if requests else _why_nothing(inbox, markers),
        dynamic_partitions_requests=[SHARDS.build_add_request(new_keys)] if new_keys else [],
        cursor=inbox.to_cursor(),
    )


def _requests(enrolment: Enrolment) -> list[dg.RunRequest]:
    """Keyed by the version's number, not its content: an edit that is taken back needs its shards to run again."""
    return [
        dg.RunRequest(
            run_key=f"{enrolment.version.name}:{enrolment.number}:{shard}",
            partition_key=shard,
            job_name=job_for(shard),
            tags=run_tags_of(enrolment, shard),
        )
        for shard in enrolment.shards
        if shard in enrolment.changed
    ]


def _why_nothing(inbox: Inbox, markers: dict[str, str]) -> str:
    refused = "".join(f" Refused: {key}: {reason}" for key, reason in inbox.refused.items())
    return f"{len(markers)} catalogs in the inbox, none of them new.{refused}"


def _is_catalog(key: str) -> bool:
    return PurePosixPath(key).suffix.lower() in FORM_BY_SUFFIX and not key.lower().endswith(DEFAULTS_SUFFIX)


def _defaults_key(key: str) -> str:
    return f"{PurePosixPath(key).stem}{DEFAULTS_SUFFIX}"
