"""Ledgers: one immutable Parquet file per attempt of a stage on a shard, one row per clip.

Attempts are numbered by the store itself, so "the newest" means the same to every reader. What a row says is in
`vidgen_assets/clips/ledger.py`; whether an attempt may be used is said by its publication (`publications.py`).
"""

import io
import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

import polars as pl

from resources.records import Records
from vidgen_assets.clips.artifact import Artifact
from vidgen_assets.clips.digest import Digest
from vidgen_assets.clips.errors import ArtifactCorrupt
from vidgen_assets.clips.ledger import LedgerRow, Problem, Status, Usage

_SCHEMA: dict[str, Any] = {
    "clip_id": pl.String,
    "trace_id": pl.String,
    "status": pl.String,
    "work_key": pl.String,
    "digest": pl.String,
    "size_bytes": pl.Int64,
    "form": pl.String,
    "inputs": pl.String,
    "wall_s": pl.Float64,
    "cpu_s": pl.Float64,
    "gpu_s": pl.Float64,
    "stored_bytes": pl.Int64,
    "cost": pl.String,
    "currency": pl.String,
    "campaign": pl.String,
    "owner": pl.String,
    "customer": pl.String,
    "problem": pl.String,
    "tries": pl.Int32,
    "provenance": pl.String,
    "run_id": pl.String,
    "recorded_at": pl.String,
}
# Flipping random bytes of a ledger (2026-11-22, polars 2.1) raises all of these. The panic of polars' reader is no
# `Exception`, and an altered file must not take the process along.
_UNREADABLE = (
    pl.exceptions.PolarsError,
    pl.exceptions.PanicException,
    OSError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,
    RecursionError,
)


logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt as it stands in the store. `digest` is that of the Parquet file: publications bind to it."""

    stage: str
    shard: str
    number: int
    digest: Digest
    run_id: str
    recorded_at: str
    rows: tuple[LedgerRow, ...]

    def row(self, clip_id: str) -> LedgerRow | None:
        return next((row for row in self.rows if row.clip_id == clip_id), None)


class Ledgers:
    def __init__(self, records: Records) -> None:
        self._records = records
        self._parsed = lru_cache(maxsize=64)(_parse)

    def append(self, stage: str, shard: str, rows: Sequence[LedgerRow], *, run_id: str, recorded_at: str) -> Attempt:
        """Write the next attempt."""
        data = _to_parquet(rows, run_id, recorded_at)
        number = self._records.append(_series(stage, shard), data)
        return Attempt(stage, shard, number, Digest.of_bytes(data), run_id, recorded_at, tuple(rows))

    def latest(self, stage: str, shard: str) -> Attempt | None:
        entry = self._records.latest(_series(stage, shard))
        return self._parsed(stage, shard, entry.number, entry.data) if entry else None

    def latest_number(self, stage: str, shard: str) -> int:
        """The number of the newest attempt, 0 if there was none."""
        return max(self._records.numbers(_series(stage, shard)), default=0)

    def readable(self, stage: str, shard: str) -> list[Attempt]:
        """Every attempt that can be read, oldest first: for reports, which one damaged file must not stop."""
        found: list[Attempt] = []
        for entry in self._records.read_all(_series(stage, shard)):
            try:
                found.append(self._parsed(stage, shard, entry.number, entry.data))
            except ArtifactCorrupt as error:
                logger.warning("left out of the report: %s", error)
        return found

    def shards(self, stage: str) -> list[str]:
        """The shards this stage has ever attempted."""
        return [series.rsplit("/", 1)[1] for series in self._records.series_below(f"ledger/{stage}")]


def _series(stage: str, shard: str) -> str:
    return f"ledger/{stage}/{shard}"


def _to_parquet(rows: Sequence[LedgerRow], run_id: str, recorded_at: str) -> bytes:
    table = pl.DataFrame([_to_record(r, run_id, recorded_at) for r in rows], schema=_SCHEMA)
    buffer = io.BytesIO()
    table.write_parquet(buffer)
    return buffer.getvalue()


def to_table(attempt: Attempt) -> pl.DataFrame:
    """The attempt as a table, for reports: the Parquet's columns with stage, shard and attempt before them."""
    table = pl.DataFrame([_to_record(r, attempt.run_id, attempt.recorded_at) for r in attempt.rows], schema=_SCHEMA)
    place = {"stage": attempt.stage, "shard": attempt.shard, "attempt": attempt.number}
    return table.select([pl.lit(value).alias(name) for name, value in place.items()] + [pl.all()])


def _to_record(row: LedgerRow, run_id: str, recorded_at: str) -> dict[str, Any]:
    return {
        "clip_id": row.clip_id,
        "trace_id": row.trace_id,
        "status": row.status.value,
        "work_key": row.work_key,
        "digest": row.digest,
        "size_bytes": row.artifact.size_bytes if row.artifact else None,
        "form": row.artifact.form.value if row.artifact else None,
        "inputs": json.dumps(row.inputs, sort_keys=True),
        "wall_s": row.usage.wall_s,
        "cpu_s": row.usage.cpu_s,
        "gpu_s": row.usage.gpu_s,
        "stored_bytes": row.usage.stored_bytes,
        "cost": str(row.cost),
        "currency": row.currency,
        "campaign": row.campaign,
        "owner": row.owner,
        "customer": row.customer,
        "problem": json.dumps(row.problem.to_json()) if row.problem else None,
        "tries": row.tries,
        "provenance": json.dumps(row.provenance, sort_keys=True),
        "run_id": run_id,
        "recorded_at": recorded_at,
    }


def _parse(stage: str, shard: str, number: int, data: bytes) -> Attempt:
    try:
        records = pl.read_parquet(io.BytesIO(data)).to_dicts()
        rows = tuple(_from_record(record) for record in records)
        run_id, recorded_at = (records[0]["run_id"], records[0]["recorded_at"]) if records else ("", "")
    except _UNREADABLE as error:
        raise ArtifactCorrupt(
            f"attempt {number} of the ledger can't be read: {error}",
            stage=stage,
            field="shard",
            value=shard,
            remedy=f"Materialise {stage} for this shard again: finished work is kept, and a new attempt is written.",
        ) from error
    return Attempt(stage, shard, number, Digest.of_bytes(data), run_id, recorded_at, rows)


def _from_record(record: dict[str, Any]) -> LedgerRow:
    return LedgerRow(
        clip_id=record["clip_id"],
        trace_id=record["trace_id"],
        status=Status(record["status"]),
        work_key=Digest(record["work_key"]) if record["work_key"] else None,
        artifact=Artifact.from_json(record) if record["digest"] else None,
        inputs={stage: Digest(digest) for stage, digest in json.loads(record["inputs"]).items()},
        usage=Usage(record["wall_s"], record["cpu_s"], record["gpu_s"], record["stored_bytes"]),
        cost=Decimal(record["cost"]),
        currency=record["currency"],
        campaign=record["campaign"],
        owner=record["owner"],
        customer=record["customer"],
        problem=Problem.from_json(json.loads(record["problem"])) if record["problem"] else None,
        tries=record["tries"],
        provenance=json.loads(record["provenance"]),
    )
