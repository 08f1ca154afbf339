"""Bytes to a table of text: one row per row of the file, every cell a string, numbered from 1.

Cells stay text so that one bad cell never costs the file; what they mean is for `contract.py` to say. Whatever the
parsers raise for a file that can't be a table becomes one `InputError` here. JSON and YAML are read in `records.py`.
"""

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import polars as pl

from vidgen_assets.catalogs.columns import ROW_NUMBER, refuse_unknown
from vidgen_assets.catalogs.findings import RowFinding
from vidgen_assets.catalogs.records import MAX_ROWS, Records, jsonl_records, yaml_records
from vidgen_assets.catalogs.source import CatalogSource, Form, utf8
from vidgen_assets.clips.errors import InputError, shorten

MAX_COLUMNS = 500
_OVERFLOW = "more cells than the header"


@dataclass(frozen=True, slots=True)
class RawTable:
    """The rows of a catalog as text, beside `ROW_NUMBER`; `findings` are about rows that could not be read whole."""

    rows: pl.DataFrame
    findings: tuple[RowFinding, ...] = ()


def read_table(source: CatalogSource) -> RawTable:
    """The table in `source`. Raises `InputError`, and nothing else, if there is none."""
    with _as_input_error(source.file):
        match source.form:
            case Form.CSV:
                table = _read_csv(source)
            case Form.PARQUET:
                table = RawTable(_read_parquet(source))
            case Form.JSONL:
                table = _of_records(jsonl_records(source))
            case Form.YAML:
                table = _of_records(yaml_records(source))
    if table.rows.is_empty():
        raise InputError(f"{source.file} holds no rows", field="rows", remedy="Add a row for each clip.")
    return table


@contextmanager
def _as_input_error(file: str) -> Iterator[None]:
    """What polars raises for damaged files, its panics on damaged Parquet included, as one `InputError`."""
    try:
        yield
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, UnicodeDecodeError) as error:
        reason = str(error).strip().split("\n")[0] or type(error).__name__
        raise InputError(
            f"{file} can't be read as a table: {shorten(reason, 200)}",
            field="file",
            remedy="The file is damaged or not what its suffix says; export it again.",
        ) from error


def _read_csv(source: CatalogSource) -> RawTable:
    text = utf8(source.data, source.file)
    columns = _header(text, source.file)
    refuse_unknown(columns, source.file)
    _refuse_open_quote(text, source.file)
    scan = pl.scan_csv(
        text.encode(),
        has_header=False,
        skip_rows=1,
        # One column more than the header has catches the first cell too many; further ones are cut.
        schema=dict.fromkeys((*columns, _OVERFLOW), pl.String()),
        missing_columns="insert",
        truncate_ragged_lines=True,
        row_index_name=ROW_NUMBER,
        row_index_offset=1,
    )
    rows = _bounded(scan, source.file).filter(~pl.all_horizontal(pl.exclude(ROW_NUMBER).is_null()))
    overflowing = rows.filter(pl.col(_OVERFLOW).is_not_null())
    findings = (_overflow(source.file, *row) for row in overflowing.select(ROW_NUMBER, _OVERFLOW).iter_rows())
    return RawTable(rows.drop(_OVERFLOW), tuple(findings))


def _header(text: str, file: str) -> list[str]:
    """The names in the first line. Raises `InputError` if it is empty, names one column twice, or far too many."""
    try:
        names = [name.strip() for name in next(csv.reader(io.StringIO(text[: 1 << 20], newline=""), strict=True), [])]
    except csv.Error as error:
        raise InputError(f"{file} has no readable header: {error}", field="header", remedy=_HEADER_REMEDY) from error
    while names and not names[-1]:
        names.pop()
    twice = sorted({name for name in names if names.count(name) > 1}) if len(names) <= MAX_COLUMNS else []
    if not names or twice or len(names) > MAX_COLUMNS:
        found = f"names {', '.join(map(repr, twice))} twice" if twice else f"has {len(names)} columns in its first line"
        raise InputError(f"{file} {found}", field="header", allowed=f"1 to {MAX_COLUMNS}", remedy=_HEADER_REMEDY)
    return names


_HEADER_REMEDY = "The first line of a CSV file names each column once, separated by commas."


def _refuse_open_quote(text: str, file: str) -> None:
    """An odd number of quotation marks means that a cell swallows the rows after it."""
    if text.count('"') % 2:
        odd = next(number for number, line in enumerate(text.split("\n"), 1) if line.count('"') % 2)
        raise InputError(
            f"{file} has a quotation mark that is never closed; line {odd} is the first with an odd number of them",
            field="file",
            remedy='Put the cell in quotation marks and double those inside of it: "a 24"" screen".',
        )


def _overflow(file: str, row_number: int, cell: str) -> RowFinding:
    return RowFinding(
        file,
        row_number,
        field="row",
        value=cell,
        message="has more cells than the header has columns",
        allowed="one cell for each column",
        remedy="Put text that holds a comma in quotation marks.",
    )


def _read_parquet(source: CatalogSource) -> pl.DataFrame:
    scan = pl.scan_parquet(source.data)
    schema = scan.collect_schema()
    refuse_unknown(schema.names(), source.file)
    if len(schema) > MAX_COLUMNS:
        raise InputError(f"{source.file} has {len(schema)} columns", field="columns", allowed=f"at most {MAX_COLUMNS}")
    cells = [_as_text(name, dtype, source.file) for name, dtype in schema.items()]
    return _bounded(scan.select(cells), source.file).with_row_index(ROW_NUMBER, offset=1)


def _as_text(name: str, dtype: pl.DataType, file: str) -> pl.Expr:
    if name == "variables" and isinstance(dtype, pl.Struct):
        return pl.col(name).struct.json_encode()
    if dtype.is_nested() or isinstance(dtype, pl.Binary | pl.Object):
        raise InputError(
            f"{file} has a column of a type that can't be read",
            field=name,
            value=str(dtype),
            allowed="text, numbers, booleans; a struct for variables",
            remedy="Write the column as text.",
        )
    return pl.col(name).cast(pl.String)


def _bounded(scan: pl.LazyFrame, file: str) -> pl.DataFrame:
    rows = scan.head(MAX_ROWS + 1).collect()
    if rows.height > MAX_ROWS:
        raise InputError(f"{file} has too many rows", field="rows", allowed=f"at most {MAX_ROWS:,}", remedy="Split it.")
    return rows


def _of_records(records: Records) -> RawTable:
    return RawTable(records.frame(), tuple(records.findings))
