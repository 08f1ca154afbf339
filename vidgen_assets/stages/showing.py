"""What a person sees of a shard in Dagster's UI: counts, the table of clips, a contact sheet, digests and cost."""

import base64
import logging
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import dagster as dg

from resources.artifact_store import key_of
from resources.ledgers import Attempt
from resources.workshop import Workshop
from vidgen_assets.clips.contact_sheet import contact_sheet
from vidgen_assets.clips.digest import Digest
from vidgen_assets.clips.errors import VidgenError
from vidgen_assets.clips.ledger import LedgerRow, Status
from vidgen_assets.clips.verdicts import Verdict
from vidgen_assets.stages.audit import ClaimResult
from vidgen_assets.stages.line import Report
from vidgen_assets.stages.stage import Stage

logger = logging.getLogger(__name__)

_MOST_PICTURES = 12
_MOST_WORST = 4
_LONGEST_WHY = 120
_MOST_ROWS = 200
_SHEET_WIDTH_PX = 960


def data_version(rows: Sequence[LedgerRow]) -> str:
    """Of what the shard holds now: the same artifacts give the same version, whoever made them and when."""
    return Digest.of_json({row.clip_id: str(row.digest) if row.digest else None for row in rows}).short


def materialisation_metadata(stage: Stage, report: Report, shop: Workshop) -> dict[str, Any]:
    rows = report.attempt.rows
    by_status = Counter(row.status for row in rows)
    cost = sum((row.cost for row in rows), Decimal(0))
    sheet = _sheet(stage, [row for row in rows if row.artifact][:_MOST_PICTURES], shop)
    return {
        **({"contact_sheet": sheet} if sheet else {}),
        **{status.value: by_status[status] for status in Status},
        "attempt": dg.MetadataValue.text(str(report.attempt.number)),  # as a number, Dagster would plot it
        "ledger": dg.MetadataValue.text(str(report.attempt.digest)),
        "ledger_file": dg.MetadataValue.path(_ledger_place(report.attempt, shop)),
        **_table_place(report, shop),
        "cost": dg.MetadataValue.text(f"{cost:f} {shop.prices.currency}"),
        "wall_s": round(sum(row.usage.wall_s for row in rows), 2),
        "cpu_s": round(sum(row.usage.cpu_s for row in rows), 2),
        "stored_bytes": sum(row.usage.stored_bytes for row in rows),
        "clips": dg.MetadataValue.table(_clip_table(rows)),
    }


def check_metadata(claim: ClaimResult, stage: Stage, report: Report, shop: Workshop) -> dict[str, Any]:
    """Why the claim holds or not. The attempt and ledger digest say what was judged: when an audit fails, Dagster
    attaches the result to the materialisation before."""
    shown: dict[str, Any] = {
        "attempt": dg.MetadataValue.text(str(report.attempt.number)),
        "ledger": dg.MetadataValue.text(str(report.attempt.digest)),
        "examined": claim.examined,
        "held": len(claim.failing),
        "without_verdict": len(claim.missing),
    }
    if claim.failing:
        shown["held_clips"] = dg.MetadataValue.table(_verdict_table(claim.failing))
        worst_first = sorted(claim.failing, key=lambda verdict: -verdict.finding.outcome.severity)
        digests = [verdict.digest for verdict in worst_first[:_MOST_WORST]]
        if sheet := _sheet(stage, [row for row in report.attempt.rows if row.digest in digests], shop):
            shown["worst"] = sheet
    return shown


def _table_place(report: Report, shop: Workshop) -> dict[str, Any]:
    if report.table is None:
        return {}
    digest = report.table.digest
    place = dg.MetadataValue.path(f"{shop.objects.url}/{key_of(digest)}")
    return {"table": dg.MetadataValue.text(str(digest)), "table_file": place}


def _ledger_place(attempt: Attempt, shop: Workshop) -> str:
    return f"{shop.objects.url}/records/ledger/{attempt.stage}/{attempt.shard}/{attempt.number:08d}"


def _clip_table(rows: Sequence[LedgerRow]) -> list[dg.TableRecord]:
    return [
        dg.TableRecord(
            {
                "clip": row.clip_id,
                "status": row.status.value,
                "digest": row.digest.short if row.digest else "",
                "wall_s": round(row.usage.wall_s, 2),
                "cpu_s": round(row.usage.cpu_s, 2),
                "cost": f"{row.cost:.8f}",
                "why": row.problem.message[:_LONGEST_WHY] if row.problem else "",
            }
        )
        for row in sorted(rows, key=lambda row: row.status.has_artifact)[:_MOST_ROWS]
    ]


def _verdict_table(verdicts: Sequence[Verdict]) -> list[dg.TableRecord]:
    return [
        dg.TableRecord(
            {
                "clip": verdict.clip_id,
                "outcome": verdict.finding.outcome.value,
                "why": verdict.finding.reason,
                "measured": ", ".join(f"{name}={value:g}" for name, value in verdict.finding.measurements.items()),
                "digest": verdict.digest.short,
            }
        )
        for verdict in verdicts[:_MOST_ROWS]
    ]


def _sheet(stage: Stage, rows: Sequence[LedgerRow], shop: Workshop) -> dg.MarkdownMetadataValue | None:
    """One picture per clip, inline. Without one that can't be read there is no sheet: showing must not stop work."""
    if stage.picture is None:
        return None
    pictures: list[tuple[str, bytes]] = []
    try:
        for row in rows:
            picture = stage.picture(row.artifact, shop) if row.artifact else None
            if picture:
                pictures.append((row.clip_id, picture))
        if not pictures:
            return None
        sheet = base64.b64encode(contact_sheet(pictures, 4, _SHEET_WIDTH_PX)).decode()
    except VidgenError:
        logger.warning("no contact sheet for %s", stage.name, exc_info=True)
        return None
    return dg.MetadataValue.md(f"![contact sheet](data:image/jpeg;base64,{sheet})")
