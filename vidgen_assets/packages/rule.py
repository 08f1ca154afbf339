"""What a rule is, what breaking one looks like, and the report that gathers it.

Each rule stands beside the code that holds packages against it; `rulebook.py` lists them all.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import PurePosixPath

from vidgen_assets.clips.errors import shorten

MOST_FAULTS_OF_A_RULE = 20
"""Kept of one rule in one package; the rest is counted. A playlist of a million wrong lines is one mistake."""
_LONGEST_VALUE = 160


class Severity(StrEnum):
    """An error breaks a demand that players rely on; a warning is a recommendation that wasn't followed."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Place:
    """A file of the package, by its path from the root with slashes; a line of it, or a part in words."""

    file: str
    line: int | None = None
    part: str | None = None

    def __str__(self) -> str:
        file = shorten(PurePosixPath(self.file))  # a path, and no quoted value
        where = f"{file}:{self.line}" if self.line else file
        return f"{where} {self.part}" if self.part else where


@dataclass(frozen=True, slots=True)
class Rule:
    """A demand by a name that stays, with the specification and section that it comes from."""

    id: str
    severity: Severity
    source: str
    demands: str
    remedy: str

    def broken(self, place: Place, found: str, allowed: str | None = None) -> "Fault":
        """By what was `found` at `place`; `allowed` is what would have been right there, the demand by default."""
        return Fault(self, place, found, allowed or self.demands)


@dataclass(frozen=True, slots=True)
class Fault:
    """One place where a package breaks a rule."""

    rule: Rule
    place: Place
    found: str
    allowed: str

    def __str__(self) -> str:
        return f"{self.rule.id} at {self.place}: {self.found}"

    def to_json(self) -> dict[str, object]:
        return {
            "rule": self.rule.id,
            "severity": self.rule.severity.value,
            "source": self.rule.source,
            "file": self.place.file,
            "line": self.place.line,
            "part": self.place.part,
            "found": self.found,
            "allowed": self.allowed,
            "remedy": self.rule.remedy,
        }


def error(rule_id: str, source: str, demands: str, remedy: str) -> Rule:
    return Rule(rule_id, Severity.ERROR, source, demands, remedy)


def warning(rule_id: str, source: str, demands: str, remedy: str) -> Rule:
    return Rule(rule_id, Severity.WARNING, source, demands, remedy)


@dataclass(slots=True)
class Report:
    """Every fault that was found, at most `MOST_FAULTS_OF_A_RULE` of each rule, and what was measured."""

    faults: list[Fault] = field(default_factory=list)
    counts: Counter[Rule] = field(default_factory=Counter)
    """How many of each rule, listed or not."""
    measurements: dict[str, float] = field(default_factory=dict)

    def add(self, faults: Iterable[Fault]) -> None:
        for fault in faults:
            is_listed = self.counts[fault.rule] < MOST_FAULTS_OF_A_RULE
            if is_listed and fault in self.faults:
                continue  # both manifests name the file
            self.counts[fault.rule] += 1
            if is_listed:
                self.faults.append(fault)

    @property
    def errors(self) -> list[Fault]:
        return [fault for fault in self.faults if fault.rule.severity is Severity.ERROR]

    @property
    def warnings(self) -> list[Fault]:
        return [fault for fault in self.faults if fault.rule.severity is Severity.WARNING]

    def count(self, severity: Severity) -> int:
        """Of all faults, listed or not."""
        return sum(count for rule, count in self.counts.items() if rule.severity is severity)

    def left_out(self) -> dict[str, int]:
        """Rule to the number of its faults that aren't listed."""
        most = MOST_FAULTS_OF_A_RULE
        return {rule.id: count - most for rule, count in self.counts.items() if count > most}


def seen(value: str) -> str:
    """A value out of a file as it may be shown: short, on one line, without control characters."""
    return shorten(value, _LONGEST_VALUE)
