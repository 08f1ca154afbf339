"""The shard's score table held against a suite of expectations, with great_expectations.

Clip checks see one clip; this sees the table: nothing unscored, nothing twice, no outcome or stage out of the known
sets, every measurement a finite number. Import is slow (3 CPU s), so it happens when the check runs.
"""

import math
from typing import TYPE_CHECKING, Any

import polars as pl

from quality_checks.catalogue import REQUIRED
from vidgen_assets.clips.verdicts import Finding, Outcome

if TYPE_CHECKING:
    from great_expectations.core import ExpectationSuiteValidationResult


def examine_scores(table: pl.DataFrame) -> Finding:
    """Whether the table can be relied on; the reason names every expectation that isn't met."""
    measured = {"rows": float(table.height), "clips": float(table["clip_id"].n_unique())}
    if table.is_empty():
        return Finding(Outcome.PASS, "no clip of this shard was ever judged, so there is nothing to score", measured)
    if not all(math.isfinite(value) for value in table["value"].drop_nulls()):
        return Finding(Outcome.FAIL, "a measurement is not a finite number", measured)
    result = _validate(table)
    unmet = [_sentence(r) for r in result.results if not r.success]
    if unmet:
        return Finding(Outcome.FAIL, "; ".join(unmet), measured)
    return Finding(Outcome.PASS, f"{table.height} scores of {table['clip_id'].n_unique()} clips are sound", measured)


def _validate(table: pl.DataFrame) -> "ExpectationSuiteValidationResult":
    import great_expectations as gx
    import great_expectations.expectations as gxe

    context = gx.get_context(mode="ephemeral")
    context.enable_analytics(False)  # nobody's scores are anybody else's business
    context.variables.progress_bars = {"globally": False}  # pyright: ignore[reportAttributeAccessIssue]
    batch = (
        context.data_sources.add_pandas("scores")
        .add_dataframe_asset("shard")
        .add_batch_definition_whole_dataframe("all")
    )
    required = ("clip_id", "stage", "check", "check_version", "policy_version", "outcome", "digest", "reason")
    suite = gx.ExpectationSuite(
        "scores",
        expectations=[
            *(gxe.ExpectColumnValuesToNotBeNull(column=name) for name in required),
            gxe.ExpectColumnValuesToBeInSet(column="outcome", value_set=[o.value for o in Outcome]),
            gxe.ExpectColumnValuesToBeInSet(column="stage", value_set=list(REQUIRED)),
            gxe.ExpectColumnValuesToMatchRegex(column="digest", regex=r"^sha256:[0-9a-f]{64}$"),
            gxe.ExpectCompoundColumnsToBeUnique(
                column_list=["clip_id", "stage", "check", "check_version", "digest", "metric"],
                ignore_row_if="never",
            ),
        ],
    )
    return batch.get_batch({"dataframe": table.to_pandas()}).validate(suite)


def _sentence(result: Any) -> str:
    config = result.expectation_config
    columns = config.kwargs.get("column") or ", ".join(config.kwargs.get("column_list", []))
    count = result.result.get("unexpected_count", "some")
    return f"{config.type.replace('_', ' ')} ({columns}): {count} rows do not"
