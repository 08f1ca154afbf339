"""`vidgen validate`: a folder of HLS and DASH, ours or another's, held against the specifications by named rules."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from vidgen_assets.clips.errors import InputError

if TYPE_CHECKING:
    from vidgen_assets.packages.rule import Fault, Report, Rule

console = Console()
FAULTY = 1


def validate(
    folder: Annotated[Path | None, typer.Argument(help="The folder that holds the playlists and the MPD.")] = None,
    rules: Annotated[
        bool, typer.Option("--rules", help="List every rule with what it demands; look at nothing.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs instead of text.")] = False,
) -> None:
    """Hold a streaming package against RFC 8216bis, Apple's authoring specification, DASH-IF, WebVTT and CMAF.

    Ends with 0 when no rule is broken but for warnings, 1 for errors, 2 if there is no such folder.
    """
    from vidgen_assets.cli.telling import print_json
    from vidgen_assets.packages.rulebook import RULES
    from vidgen_assets.packages.validate import validate as examine
    from vidgen_assets.releases.address import ENVELOPE

    if rules:
        _print_rules(RULES.values()) if not as_json else print_json({"rules": [_rule_json(r) for r in RULES.values()]})
        return
    if folder is None:
        raise InputError(
            "no folder is named", field="folder", allowed="vidgen validate DIR, or vidgen validate --rules"
        )
    report = examine(folder, beside=(ENVELOPE,))
    print_json(_report_json(report)) if as_json else _print(folder, report)
    if report.errors:
        raise typer.Exit(FAULTY)


def _print(folder: Path, report: "Report") -> None:
    from vidgen_assets.packages.rule import Severity

    for fault in (*report.errors, *report.warnings):
        console.print(_paragraph(fault), soft_wrap=True, highlight=False)
    for rule, count in report.left_out().items():
        console.print(f"and {count} more of {rule}", highlight=False)
    colour = "red" if report.errors else "green"
    counts = ", ".join(_counted(report.count(severity), severity.value) for severity in Severity)
    console.print(f"[{colour}]{counts}[/] in {escape(str(folder))}", soft_wrap=True, highlight=False)


def _sentence(text: str) -> str:
    return text if text.endswith(".") else f"{text}."


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def _paragraph(fault: "Fault") -> str:
    rule = fault.rule
    colour = "red" if rule.severity.value == "error" else "yellow"
    return (
        f"[{colour}]{rule.severity.value}[/] [bold]{rule.id}[/] {escape(str(fault.place))}\n"
        f"  {escape(fault.found)}\n"
        f"  {escape(f'Allowed: {_sentence(fault.allowed)} {rule.remedy}')} [dim]({escape(rule.source)})[/]"
    )


def _report_json(report: "Report") -> dict[str, Any]:
    """`{"is_valid": bool, "errors": [...], "warnings": [...], "left_out": {rule: n}, "measurements": {name: n}}`"""
    return {
        "is_valid": not report.errors,
        "errors": [fault.to_json() for fault in report.errors],
        "warnings": [fault.to_json() for fault in report.warnings],
        "left_out": report.left_out(),
        "measurements": report.measurements,
    }


def _rule_json(rule: "Rule") -> dict[str, str]:
    return {
        "rule": rule.id,
        "severity": rule.severity.value,
        "source": rule.source,
        "demands": rule.demands,
        "remedy": rule.remedy,
    }


def _print_rules(rules: Iterable["Rule"]) -> None:
    for rule in rules:
        console.print(f"[bold]{rule.id}[/] {rule.severity.value} [dim]({escape(rule.source)})[/]", highlight=False)
        console.print(f"  {escape(rule.demands)}", soft_wrap=True, highlight=False)
