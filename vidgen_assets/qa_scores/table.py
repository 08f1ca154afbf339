"""The shard's score table: one row per clip, stage, check and measurement, whether the clip passed or not."""

import io
from collections.abc import Iterable
from typing import Any

import polars as pl

from vidgen_assets.clips.verdicts import Verdict

SCHEMA: dict[str, Any] = {
    "clip_id": pl.String,
    "stage": pl.String,
    "check": pl.String,
    "check_version": pl.Int32,
    "policy_version": pl.String,
    "outcome": pl.String,
    "metric": pl.String,
    "value": pl.Float64,
    "digest": pl.String,
    "reason": pl.String,
}


def score_table(verdicts: Iterable[Verdict]) -> pl.DataFrame:
    """A verdict without measurements has one row whose `metric` is null."""
    rows = [row for verdict in verdicts for row in _rows(verdict)]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row").sort("clip_id", "stage", "check", "metric")


def to_parquet(table: pl.DataFrame) -> bytes:
    buffer = io.BytesIO()
    table.write_parquet(buffer)
    return buffer.getvalue()


def _rows(verdict: Verdict) -> list[tuple[Any, ...]]:
    check, finding = verdict.check, verdict.finding
    measured: list[tuple[str | None, float | None]] = list(finding.measurements.items()) or [(None, None)]
    return [
        (
            verdict.clip_id,
            check.stage,
            check.name,
            check.version,
            verdict.policy_version,
            finding.outcome.value,
            name,
            value,
            str(verdict.digest),
            finding.reason,
        )
        for name, value in measured
    ]
