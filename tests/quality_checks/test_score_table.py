"""The shard's score table is refused for every way in which a table can be unreliable."""

import math
from typing import Any

import polars as pl
import pytest

from quality_checks.score_table import examine_scores
from tests.quality_checks.cards import all_verdicts
from vidgen_assets.clips.verdicts import Finding, Outcome
from vidgen_assets.qa_scores.table import score_table

SOUND = score_table(all_verdicts(finding=Finding(Outcome.PASS, "fine", {"share": 0.5})))


def with_cell(column: str, value: Any) -> pl.DataFrame:
    """`SOUND` with another value in the first row of `column`."""
    first = pl.int_range(pl.len()) == 0
    return SOUND.with_columns(pl.when(first).then(pl.lit(value, SOUND[column].dtype)).otherwise(column).alias(column))


def test_a_sound_table_passes() -> None:
    found = examine_scores(SOUND)
    assert found.outcome is Outcome.PASS, found.reason
    assert found.measurements == {"rows": SOUND.height, "clips": 1}


def test_a_table_of_refusals_is_as_sound_as_one_of_passes() -> None:
    """It's the scores that are judged here, not the clips."""
    assert examine_scores(with_cell("outcome", "fail")).outcome is Outcome.PASS


def test_nothing_to_score_is_no_fault() -> None:
    assert examine_scores(SOUND.clear()).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("column", "value", "says"),
    [
        ("outcome", "perhaps", "be in set (outcome): 1 rows"),
        ("stage", "rendering", "be in set (stage): 1 rows"),
        ("digest", "md5:0123", "match regex (digest): 1 rows"),
        *((column, None, f"not be null ({column}): 1 rows") for column in ("clip_id", "check", "reason", "outcome")),
    ],
)
def test_a_cell_out_of_its_set_is_refused_and_named(column: str, value: Any, says: str) -> None:
    found = examine_scores(with_cell(column, value))
    assert found.outcome is Outcome.FAIL
    assert says in found.reason


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_measurement_that_is_no_number_is_refused(value: float) -> None:
    found = examine_scores(with_cell("value", value))
    assert found.outcome is Outcome.FAIL
    assert found.reason == "a measurement is not a finite number"


@pytest.mark.parametrize("metric", ["share", None], ids=["a measurement", "a verdict without one"])
def test_the_same_score_twice_is_refused(metric: str | None) -> None:
    row = SOUND.head(1).with_columns(metric=pl.lit(metric, pl.String))
    found = examine_scores(pl.concat([SOUND.slice(1), row, row]))
    assert found.outcome is Outcome.FAIL
    assert "2 rows" in found.reason
