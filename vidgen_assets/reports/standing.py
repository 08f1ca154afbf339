"""Where every clip of every catalog stands: released, held, failed or waiting, and why. From the records alone."""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from resources.ledgers import Attempt
from resources.workshop import Workshop
from vidgen_assets.catalogs.catalog import CatalogRow
from vidgen_assets.clips.digest import Digest
from vidgen_assets.clips.errors import ErrorKind, InputError
from vidgen_assets.clips.ledger import LedgerRow, Problem, Status
from vidgen_assets.clips.verdicts import Verdict
from vidgen_assets.releases.address import ENVELOPE, Address

WALK = (
    "prompts", "soundtracks", "captions", "latents", "frames", "encodes", "manifests", "qa_scores", "releases",
)  # fmt: skip


class State(StrEnum):
    RELEASED = "released"
    HELD = "held"  # waits for a person
    FAILED = "failed"  # waits for a machine or a repair
    WAITING = "waiting"  # not worked on yet, or not to the end


@dataclass(frozen=True, slots=True)
class StageMark:
    """What the newest attempt of one stage holds for a clip."""

    stage: str
    status: Status
    digest: Digest | None
    cpu_s: float
    wall_s: float
    cost: Decimal
    attempt: int
    run_id: str
    provenance: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Standing:
    """One clip: its state, the furthest stage that is up to date, what it has cost over all attempts."""

    clip_id: str
    catalog: str
    shard: str
    state: State
    stage: str
    problem: Problem | None
    cost: Decimal
    currency: str
    trace_id: str = ""
    address: Address | None = None
    marks: tuple[StageMark, ...] = field(default=())


def standings(shop: Workshop, catalogs: Sequence[str] | None = None) -> list[Standing]:
    """Every clip of the named catalogs (by default all), in the order of their files."""
    return [
        standing
        for name in (shop.catalogs.names() if catalogs is None else catalogs)
        for standing in _of_catalog(name, shop)
    ]


def _of_catalog(name: str, shop: Workshop) -> list[Standing]:
    version = shop.catalogs.latest(name)
    if version is None:
        return []
    shards = {shard: _Shard(shard, shop) for shard in sorted(set(version.assignments.shard_of.values()))}
    in_file_order = sorted(version.rows, key=lambda row: row.row_number)
    return [_standing(row, name, shards[version.assignments.shard_of[row.clip_id]], shop) for row in in_file_order]


class _Shard:
    """The records of one shard, read once."""

    def __init__(self, shard: str, shop: Workshop) -> None:
        self.key = shard
        self.attempts = {stage: shop.ledgers.readable(stage, shard) for stage in WALK}
        self.newest: dict[str, Attempt] = {
            stage: found[-1]
            for stage, found in self.attempts.items()
            if found and found[-1].number == shop.ledgers.latest_number(stage, shard)  # not before a damaged one
        }
        self.rows: dict[str, Mapping[str, LedgerRow]] = {
            stage: {row.clip_id: row for row in attempt.rows} for stage, attempt in self.newest.items()
        }
        self.publications = {stage: shop.publications.of(attempt) for stage, attempt in self.newest.items()}

    def is_current(self, stage: str, row: LedgerRow) -> bool:
        """Whether the row was made from, or stopped for, what its upstream stages hold now.

        A clip that was stopped upstream is carried along without inputs; that is said where it was stopped.
        """
        if not row.inputs and stage != WALK[0]:
            return False
        return all(
            (now := self.rows.get(stage, {}).get(row.clip_id)) is not None and now.digest == digest
            for stage, digest in row.inputs.items()
        )

    def cost(self, clip_id: str) -> Decimal:
        rows = (row for found in self.attempts.values() for attempt in found for row in attempt.rows)
        return sum((row.cost for row in rows if row.clip_id == clip_id), Decimal(0))


def _standing(row: CatalogRow, catalog: str, shard: _Shard, shop: Workshop) -> Standing:
    state, stage, problem = _state(row, shard)
    marks = tuple(_marks(row.clip_id, shard))
    released = shard.rows.get("releases", {}).get(row.clip_id)
    address = Address(catalog, row.clip_id, released.digest) if released and released.digest else None
    if state is State.RELEASED and address and not shop.objects.has(f"{address.folder}/{ENVELOPE}"):
        state = State.WAITING  # published, and its delivery was interrupted
    return Standing(
        clip_id=row.clip_id,
        catalog=catalog,
        shard=shard.key,
        state=state,
        stage=stage,
        problem=problem,
        cost=shard.cost(row.clip_id),
        currency=shop.prices.currency,
        trace_id=next((rows[row.clip_id].trace_id for rows in shard.rows.values() if row.clip_id in rows), ""),
        address=address if state is State.RELEASED else None,
        marks=marks,
    )


def _state(row: CatalogRow, shard: _Shard) -> tuple[State, str, Problem | None]:
    rows = [(stage, shard.rows.get(stage, {}).get(row.clip_id)) for stage in WALK]
    current = [(stage, found) for stage, found in rows if found is not None and shard.is_current(stage, found)]
    for stage, found in current:  # where it was stopped first
        if not found.status.has_artifact:
            return State.HELD if found.status is Status.HELD else State.FAILED, stage, found.problem
    for stage, _ in reversed(current):
        publication = shard.publications.get(stage)
        if publication is not None and not publication.is_fit:
            return State.FAILED, stage, _unfit(stage, publication.reason)
        done = stage == "releases" and publication is not None
        return (State.RELEASED if done else State.WAITING), stage, None
    return State.WAITING, "", None


def _unfit(stage: str, reason: str) -> Problem:
    remedy = f"See the checks of {stage} for this shard."
    return Problem(ErrorKind.POLICY, f"the shard is not fit at {stage}: {reason}", remedy=remedy)


def _marks(clip_id: str, shard: _Shard) -> list[StageMark]:
    marks: list[StageMark] = []
    for stage, attempt in shard.newest.items():
        row = shard.rows[stage].get(clip_id)
        if row is not None:
            cost = sum((r.cost for a in shard.attempts[stage] for r in a.rows if r.clip_id == clip_id), Decimal(0))
            cpu_s = sum(r.usage.cpu_s for a in shard.attempts[stage] for r in a.rows if r.clip_id == clip_id)
            wall_s = sum(r.usage.wall_s for a in shard.attempts[stage] for r in a.rows if r.clip_id == clip_id)
            marks.append(
                StageMark(
                    stage, row.status, row.digest, cpu_s, wall_s, cost, attempt.number, attempt.run_id, row.provenance
                )
            )
    return marks


def find_clip(name: str, shop: Workshop) -> Standing:
    """The clip called `CLIP` or `CATALOG/CLIP`. Raises `InputError` if there is none, or more than one."""
    catalog, _, clip_id = name.rpartition("/")
    everywhere = standings(shop, [catalog] if catalog else None)
    found = [standing for standing in everywhere if standing.clip_id == clip_id]
    if len(found) == 1:
        return found[0]
    if found:
        allowed = [f"{s.catalog}/{s.clip_id}" for s in found]
        raise InputError("several catalogs have this clip", field="clip", value=name, allowed=allowed)
    close = difflib.get_close_matches(clip_id, [s.clip_id for s in everywhere], 3) or "none is close to it"
    raise InputError("no such clip", field="clip", value=name, allowed=close, remedy="See `vidgen status`.")


def verdicts_on(standing: Standing, shop: Workshop) -> list[Verdict]:
    """Every genuine verdict on what the clip consists of now, in the order of its walk."""
    return [
        verdict
        for mark in standing.marks
        if mark.digest
        for verdict in shop.verdicts.open(mark.stage, standing.shard).about(mark.digest)
    ]
