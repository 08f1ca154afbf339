"""The score table has a row for each measurement, and one for a verdict that has none."""

import io

import polars as pl

from tests.builders import a_check, a_digest, a_verdict
from vidgen_assets.clips.verdicts import Finding, Outcome
from vidgen_assets.qa_scores.table import SCHEMA, score_table, to_parquet


def test_a_verdict_has_a_row_for_each_measurement() -> None:
    finding = Finding(Outcome.REVIEW, "dim", {"luma": 12.0, "share": 0.25})
    table = score_table([a_verdict(finding=finding)])
    assert table.to_dicts() == [
        {
            "clip_id": "clip-1",
            "stage": "frames",
            "check": "frames_are_fine",
            "check_version": 1,
            "policy_version": "p1",
            "outcome": "review",
            "metric": metric,
            "value": value,
            "digest": a_digest(),
            "reason": "dim",
        }
        for metric, value in (("luma", 12.0), ("share", 0.25))
    ]


def test_a_verdict_without_measurements_is_not_lost() -> None:
    (row,) = score_table([a_verdict(finding=Finding(Outcome.PASS, "fine"))]).to_dicts()
    assert (row["outcome"], row["metric"], row["value"]) == ("pass", None, None)


def test_the_order_of_verdicts_is_no_difference() -> None:
    found = [a_verdict(check=a_check(name=name), clip_id=clip) for name in ("b", "a") for clip in ("2", "1")]
    table = score_table(found)
    assert table.equals(score_table(found[::-1]))
    assert table.select("clip_id", "check").rows() == [("1", "a"), ("1", "b"), ("2", "a"), ("2", "b")]


def test_no_verdicts_are_an_empty_table_with_its_columns() -> None:
    assert score_table([]).schema == pl.Schema(SCHEMA)


def test_as_parquet_it_comes_back() -> None:
    table = score_table([a_verdict()])
    assert pl.read_parquet(io.BytesIO(to_parquet(table))).equals(table)
