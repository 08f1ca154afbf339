"""What `vidgen models compare` prints: each canary beside the active release of its family. Nothing is decided here."""

from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from vidgen_assets.models.canary import CanaryVerdict, Comparison
from vidgen_assets.reports.model_comparison import ReleaseComparison

_COLOUR = {CanaryVerdict.FREEZE: "red", CanaryVerdict.WATCH: "green"}


def comparison_json(found: Sequence[ReleaseComparison]) -> dict[str, Any]:
    """`{"canaries": [{"family": …, "canary_release": …, "verdict": "watch", …}, …]}`"""
    return {"canaries": [each.to_json() for each in found]}


def print_comparison(found: Sequence[ReleaseComparison], console: Console) -> None:
    if not found:
        console.print("no release is a canary")
        return
    table = Table(box=None, pad_edge=False)
    for column in ("release", "share", "refused", "evidence", "mean rank", "evidence", "verdict"):
        table.add_column(column, overflow="fold")
    for each in found:
        _add_rows(each, table)
    console.print(table)
    for each in found:
        console.print(escape(f"{each.canary.release.id}: {each.comparison.why}."))


def _add_rows(each: ReleaseComparison, table: Table) -> None:
    comparison, seen = each.comparison, each.comparison.tally
    refusals = _evidence(comparison.refusal_evidence, comparison.refusal_needed)
    quality = _evidence(comparison.quality_evidence, comparison.quality_needed)
    verdict = f"[{_COLOUR[comparison.verdict]}]{comparison.verdict.value}[/]"
    refused = f"{seen.canary_refused} of {seen.canary_clips}"
    share = f"{each.canary.share:.0%}"
    table.add_row(escape(each.canary.release.id), share, refused, refusals, _rank(comparison), quality, verdict)
    if each.baseline is None:
        table.add_row("  no active release", "", "", "", "", "", "")
    else:
        baseline = f"{seen.baseline_refused} of {seen.baseline_clips}"
        table.add_row(f"  against {escape(each.baseline.release.id)}", "", baseline, "", "", "", "")


def _rank(comparison: Comparison) -> str:
    """0.5 is as good as the baseline; 1 is worse than all of it."""
    return "–" if comparison.mean_rank is None else f"{comparison.mean_rank:.2f}"


def _evidence(found: float, needed: float) -> str:
    return f"{found:.3g} / {needed:.0f}"
