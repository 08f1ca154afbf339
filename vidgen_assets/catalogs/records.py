"""JSON lines and YAML: rows that bring their own keys, gathered into columns of text.

A line that is no JSON object, or a key nobody reads, is that row's fault and not the file's. Numbers keep the digits
they were written with (`19.90` stays `19.90`). The loader of YAML lives in `clips/plain_yaml.py`.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import polars as pl

from vidgen_assets.catalogs.columns import ALLOWED_COLUMNS, ROW_NUMBER, VARIABLE_PREFIX, is_known, suggestion
from vidgen_assets.catalogs.findings import RowFinding
from vidgen_assets.catalogs.source import CatalogSource, utf8
from vidgen_assets.clips.errors import InputError, shorten
from vidgen_assets.clips.plain_yaml import load_plain

MAX_ROWS = 1_000_000
MAX_VARIABLE_COLUMNS = 200
UNREADABLE = "row"
"""The field of a finding about a row as a whole; other rules are not asked about such a row."""


@dataclass(slots=True)
class Records:
    """Rows as they come in, column by column. A row without a cell has null there."""

    file: str
    columns: dict[str, dict[int, str]] = field(default_factory=dict)
    numbers: list[int] = field(default_factory=list)
    findings: list[RowFinding] = field(default_factory=list)

    def add(self, number: int, row: Any) -> None:
        """Take in row `number`, whatever it turned out to be. Raises `InputError` if there are too many."""
        if not isinstance(row, Mapping):
            self.add_unreadable(number, repr(row), "is not a mapping of columns to values")
            return
        self._count(number)
        for key, value in row.items():
            self._add_cell(number, key, value)

    def add_unreadable(self, number: int, found: str, message: str) -> None:
        """Take in row `number`, of which nothing can be used but that it is there."""
        self._count(number)
        remedy = "Write one object with the columns as keys for each row."
        self.findings.append(RowFinding(self.file, number, UNREADABLE, found, message, "one object a row", remedy))

    def _count(self, number: int) -> None:
        self.numbers.append(number)
        if len(self.numbers) > MAX_ROWS:
            raise InputError(f"{self.file} has too many rows", field="rows", allowed=f"at most {MAX_ROWS:,}")

    def _add_cell(self, number: int, key: str, value: Any) -> None:
        try:
            text = cell_text(value)
        except UnicodeEncodeError:
            self._fault(number, key, None, "holds half a character (a lone surrogate)", "Unicode text", "Retype it.")
            return
        if not is_known(key):
            self._fault(number, key, text, "is not a column", ALLOWED_COLUMNS, suggestion(key))
        elif text is not None:
            self.columns.setdefault(key, {})[number] = text

    def _fault(self, number: int, key: str, value: str | None, message: str, allowed: str, remedy: str) -> None:
        name = shorten(key, 40).strip("'")
        self.findings.append(RowFinding(self.file, number, name, value, f"{name} {message}", allowed, remedy))

    def frame(self) -> pl.DataFrame:
        """The rows as a table of text beside `ROW_NUMBER`."""
        variables = sum(name.startswith(VARIABLE_PREFIX) for name in self.columns)
        if variables > MAX_VARIABLE_COLUMNS:
            raise InputError(
                f"{self.file} names {variables} different variables",
                field="columns",
                allowed=f"at most {MAX_VARIABLE_COLUMNS}",
                remedy="Give each row its own in one object called variables.",
            )
        cells = {name: [column.get(n) for n in self.numbers] for name, column in self.columns.items()}
        schema = {ROW_NUMBER: pl.UInt32(), **{name: pl.String() for name in cells}}
        return pl.DataFrame({ROW_NUMBER: self.numbers, **cells}, schema=schema)


def cell_text(value: Any) -> str | None:
    """A JSON or YAML value as a cell. Raises `UnicodeEncodeError` if it can't be written in UTF-8."""
    match value:
        case None:
            return None
        case bool():
            return "true" if value else "false"
        case str():
            text = value
        case list() | dict():
            text = json.dumps(value, default=float, ensure_ascii=False)
        case _:
            text = str(value)
    if not text.isascii():
        text.encode()
    return text


def jsonl_records(source: CatalogSource) -> Records:
    """One row per line; blank lines count as lines and are no rows."""
    records = Records(source.file)
    lines = pl.scan_lines(utf8(source.data, source.file).encode()).collect().to_series()
    for number, line in enumerate(lines, start=1):
        if not line or line.isspace():
            continue
        try:
            row = _json_object(line)
        except (ValueError, RecursionError, ArithmeticError) as error:
            reason = "a number is out of range" if isinstance(error, ArithmeticError) else shorten(str(error))
            records.add_unreadable(number, line, f"is not a JSON object: {reason}")
        else:
            records.add(number, row)
    return records


def _json_object(line: str) -> Any:
    return json.loads(line, parse_float=Decimal, object_pairs_hook=_without_repeats)


def _without_repeats(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for key, value in pairs:
        if key in row:
            raise ValueError(f"{key} is given twice")
        row[key] = value
    return row


def yaml_records(source: CatalogSource) -> Records:
    """The rows of a list, or of `rows:`. Raises `InputError` for any other document."""
    document = load_plain(utf8(source.data, source.file), source.file)
    rows = document.get("rows") if isinstance(document, dict) and set(document) == {"rows"} else document
    if not isinstance(rows, list):
        raise InputError(
            f"{source.file} is not a list of rows",
            field="rows",
            allowed="a list of rows, or rows: with such a list",
            remedy=f"Defaults go into {source.defaults_file}.",
        )
    records = Records(source.file)
    for number, row in enumerate(rows, start=1):
        records.add(number, row)
    return records
