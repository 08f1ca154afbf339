"""What the commands print: tables for people, JSON for programs. Nothing is decided here."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from resources.deliveries import Delivery
from vidgen_assets.clips.verdicts import Verdict
from vidgen_assets.reports.estimate import Forecast, Plan
from vidgen_assets.reports.standing import Standing, State

_COLOUR = {State.RELEASED: "green", State.HELD: "yellow", State.FAILED: "red", State.WAITING: "dim"}
_PLAN_COLOUR = {Plan.GENERATE: "cyan", Plan.REUSE: "green", Plan.HOLD: "yellow"}


def counts(standings: Sequence[Standing]) -> dict[str, int]:
    found = Counter(s.state for s in standings)
    return {state.value: found[state] for state in State}


def status_json(standings: Sequence[Standing]) -> dict[str, Any]:
    """`{"clips": {"released": n, "held": n, "failed": n, "waiting": n}, "catalogs": {...}, "cost": {...}}`"""
    by_catalog: dict[str, list[Standing]] = {}
    for standing in standings:
        by_catalog.setdefault(standing.catalog, []).append(standing)
    return {
        "clips": counts(standings),
        "cost": _cost_json(standings),
        "catalogs": {
            name: {"clips": counts(own), "cost": _cost_json(own), "details": [standing_json(s) for s in own]}
            for name, own in by_catalog.items()
        },
    }


def standing_json(standing: Standing) -> dict[str, Any]:
    return {
        "clip_id": standing.clip_id,
        "catalog": standing.catalog,
        "shard": standing.shard,
        "state": standing.state.value,
        "stage": standing.stage,
        "why": standing.problem.to_json() if standing.problem else None,
        "cost": f"{standing.cost:f}",
        "trace_id": standing.trace_id,
        "release": standing.address.folder if standing.address else None,
        "digests": {mark.stage: mark.digest for mark in standing.marks},
        "provenance": {mark.stage: dict(mark.provenance) for mark in standing.marks if mark.provenance},
    }


def forecast_json(forecasts: Sequence[Forecast], currency: str) -> dict[str, Any]:
    found = Counter(f.plan for f in forecasts)
    return {
        "clips": {plan.value: found[plan] for plan in Plan},
        "price": {"amount": f"{sum((f.price for f in forecasts), Decimal(0)):f}", "currency": currency},
        "details": [
            {
                "clip_id": f.clip_id,
                "shard": f.shard,
                "plan": f.plan.value,
                "from_stage": f.from_stage,
                "price": f"{f.price:f}",
                "why": f.problem.to_json() if f.problem else None,
            }
            for f in forecasts
        ],
    }


def print_json(document: Mapping[str, Any]) -> None:
    print(json.dumps(document, indent=2, ensure_ascii=False))


def print_standings(standings: Sequence[Standing], console: Console) -> None:
    table = Table(box=None, pad_edge=False)
    for column in ("clip", "state", "stage", "cost", "why"):
        table.add_column(column, overflow="fold", no_wrap=column != "why")
    for s in standings:
        why = escape(str(s.problem)) if s.problem else ""
        cost = f"{s.cost:.5f}" if s.cost else "–"
        table.add_row(escape(s.clip_id), f"[{_COLOUR[s.state]}]{s.state.value}[/]", s.stage, cost, why)
    console.print(table)
    console.print(summary(standings))


def summary(standings: Sequence[Standing]) -> str:
    found = counts(standings)
    parts = [f"[{_COLOUR[State(name)]}]{count} {name}[/]" for name, count in found.items() if count]
    cost = _cost_json(standings)
    return f"{', '.join(parts) or 'no clips'}; {cost['amount']} {cost['currency']}"


def print_forecast(forecasts: Sequence[Forecast], currency: str, console: Console) -> None:
    table = Table(box=None, pad_edge=False)
    for column in ("clip", "plan", "from", "price", "why"):
        table.add_column(column, overflow="fold", no_wrap=column != "why")
    for f in forecasts:
        why = escape(str(f.problem)) if f.problem else ""
        price = f"{f.price:.5f}" if f.price else "–"
        table.add_row(escape(f.clip_id), f"[{_PLAN_COLOUR[f.plan]}]{f.plan.value}[/]", f.from_stage, price, why)
    console.print(table)
    total = sum((f.price for f in forecasts), Decimal(0))
    found = Counter(f.plan for f in forecasts)
    shown = ", ".join(f"{found[plan]} to {plan.value}" for plan in Plan)
    console.print(f"{shown}; at most {total:.5f} {currency}. Nothing was spent or written.")


def delivery_json(delivery: Delivery | None) -> dict[str, Any] | None:
    return {**asdict(delivery), "first_playable_s": delivery.first_playable_s} if delivery else None


def print_clip(
    standing: Standing, verdicts: Sequence[Verdict], delivery: Delivery | None, console: Console
) -> None:  # fmt: skip
    console.print(f"[bold]{escape(standing.clip_id)}[/] of {escape(standing.catalog)}, shard {standing.shard}")
    console.print(f"[{_COLOUR[standing.state]}]{standing.state.value}[/] {standing.stage}")
    if standing.problem:
        console.print(escape(str(standing.problem)))
    if standing.address:
        console.print(f"release: {standing.address.folder}")
    if delivery:
        console.print(f"first playable: {delivery.first_playable_s:.1f} s after its catalog was registered")
    for line in _made_by(standing):
        console.print(escape(line))
    marks = Table("stage", "status", "digest", "attempt", "cpu s", "cost", "run", box=None, pad_edge=False)
    for m in standing.marks:
        digest = m.digest.short if m.digest else ""
        marks.add_row(m.stage, m.status.value, digest, str(m.attempt), f"{m.cpu_s:.2f}", f"{m.cost:.6f}", m.run_id[:8])
    console.print(marks)
    table = Table("check", "outcome", "why", "policy", box=None, pad_edge=False)
    for v in verdicts:
        table.add_row(str(v.check), v.finding.outcome.value, escape(v.finding.reason), v.policy_version)
    console.print(table)


def _made_by(standing: Standing) -> list[str]:
    """Which release of a model did the stage's work, where, and from which step it went on. Nothing for templates."""
    lines: list[str] = []
    for mark in standing.marks:
        release, environment = mark.provenance.get("release"), mark.provenance.get("environment", {})
        if release is None:
            continue
        where = f" on {environment['device']} ({environment['instruction_set']})" if environment else ""
        step = mark.provenance.get("resumed_from_step")
        lines.append(f"{mark.stage} by {release}{where}{f', resumed from step {step}' if step else ''}")
    return lines


def _cost_json(standings: Sequence[Standing]) -> dict[str, str]:
    total = sum((s.cost for s in standings), Decimal(0))
    return {"amount": f"{total:f}", "currency": standings[0].currency if standings else "USD"}
