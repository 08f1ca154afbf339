"""The light path's sensor and job: videos that appear in the folder of arrivals are taken in once each, a tray at a
time, and one run shows what is on the tray.

A file is taken when it stood unchanged for one tick, so that a half-copied one is never read; one that is moved in
whole is taken at the second tick that sees it. Which bytes were taken in before is in the book, not in the cursor: a
cursor that is lost costs reading the files again, and makes nothing twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import dagster as dg

from resources.arrival_book import Arrival, arrival_id
from resources.artifact_store import key_of
from resources.factory import Factory
from resources.workshop import Workshop
from vidgen_assets.arrivals.asset import ARRIVAL_STAGES, PROBES
from vidgen_assets.arrivals.facts import size_refusal
from vidgen_assets.arrivals.limits import LIMITS
from vidgen_assets.automation.sensors import Inbox
from vidgen_assets.clips.digest import Digest
from vidgen_assets.clips.errors import InputError
from vidgen_assets.deployment import ARRIVAL_NEEDS, LANE, fused_run_tags, run_tags
from vidgen_assets.partitions import TRAYS

MOST_ON_A_TRAY = 8
"""Uploads of one tick. More wait for the next: the first ones are shown while the others are still being read."""
_MOST_READ_A_TICK = LIMITS.most_bytes
"""Bytes whose digest is computed in one tick, at 0.5 GB/s or more: Dagster gives a tick a minute."""

_NAMES = tuple(stage.name for stage in ARRIVAL_STAGES)

take_in_arrivals = dg.define_asset_job(
    "take_in_arrivals",
    selection=dg.AssetSelection.assets(*_NAMES),
    description="Probes, guards and shows the uploads of one tray, in one process: no pod to wait for between steps.",
    executor_def=dg.in_process_executor,
    tags={
        **run_tags(_NAMES),
        **fused_run_tags(ARRIVAL_NEEDS),
        LANE: "light",
        "dagster/priority": "20",  # before the most urgent clip
        "vidgen/campaign": "arrivals",
    },
)


@dataclass
class Taken:
    """What became of the files that were due: a new tray, if any of them is new; trays of old that hold the others."""

    tray: str | None = None
    known: set[str] = field(default_factory=set)
    done: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)

    @property
    def trays(self) -> list[str]:
        return sorted(self.known | ({self.tray} if self.tray else set()))


def take(names: Sequence[str], shop: Workshop) -> Taken:
    """Take in the files that are due, as many as fit on a tray. Those that can't be read are refused with the reason,
    passing trouble leaves them due."""
    taken, read_bytes = Taken(), 0
    found: dict[Digest, Arrival] = {}
    for name in names:
        if len(found) >= MOST_ON_A_TRAY or read_bytes >= _MOST_READ_A_TICK:
            break
        try:
            arrival = _read(name, shop)
        except InputError as error:
            taken.refused[name] = str(error)
        else:
            read_bytes += arrival.size_bytes
            tray = shop.arrivals.tray_of(arrival.digest)
            if tray and not _was_lost(arrival.digest, tray, shop):
                taken.known.add(tray)
            else:
                found.setdefault(arrival.digest, arrival)
        taken.done.append(name)
    taken.tray = shop.arrivals.take(list(found.values())) if found else None
    return taken


@dg.sensor(
    job=take_in_arrivals,
    minimum_interval_seconds=10,
    description="Takes in videos that appear in the folder of arrivals, and has them probed, guarded and shown.",
)
def arrivals_folder(context: dg.SensorEvaluationContext, factory: Factory) -> dg.SensorResult:
    folder, shop = Inbox.from_cursor(context.cursor), factory.workshop()
    shop.guard.scores(())  # without one that can look, what is taken would only be held
    markers = shop.arrivals.waiting()
    taken = take(folder.due(markers), shop)
    for name in taken.done:
        folder.refused.pop(name, None)
        folder.taken[name] = markers[name]
    for name, reason in taken.refused.items():
        context.log.error(f"{name!r} is refused: {reason}")
        folder.refused[name] = reason
    trays = to_run(taken, shop)
    return dg.SensorResult(
        run_requests=[dg.RunRequest(run_key=tray, partition_key=tray) for tray in trays],  # the daemon runs a key once
        skip_reason=None if trays else _why_nothing(folder, markers),
        dynamic_partitions_requests=[TRAYS.build_add_request(trays)] if trays else [],
        cursor=folder.to_cursor(),
    )


def to_run(taken: Taken, shop: Workshop) -> list[str]:
    """The new tray, and older ones that were never run: a tick may have died between filling and asking."""
    return [t for t in taken.trays if t == taken.tray or not shop.ledgers.latest_number(PROBES.name, t)]


def _read(name: str, shop: Workshop) -> Arrival:
    """Raises `InputError` for a file that is too large, empty, or can't be read."""
    if not name.isprintable():  # bytes that are no UTF-8 aren't either
        allowed, remedy = "letters, digits, spaces and signs in UTF-8", "Give it another name."
        raise InputError(
            "the file's name can't be shown", field="file", value=ascii(name), allowed=allowed, remedy=remedy
        )
    with shop.arrivals.opened(name) as file:
        size_bytes = file.seek(0, 2)
    if refusal := size_refusal(size_bytes):
        raise refusal
    digest, size_bytes = shop.arrivals.digest_of(name)
    return Arrival(arrival_id(name, digest), name, digest, size_bytes, shop.now())


def _was_lost(digest: Digest, tray: str, shop: Workshop) -> bool:
    """Whether the tray's run found the file gone or changed, so that these bytes are in nobody's hands."""
    return bool(shop.ledgers.latest_number(PROBES.name, tray)) and not shop.objects.has(key_of(digest))


def _why_nothing(folder: Inbox, markers: dict[str, str]) -> str:
    refused = "".join(f" Refused: {name!r}: {reason}" for name, reason in folder.refused.items())
    return f"{len(markers)} files in the folder of arrivals, none of them new.{refused}"
