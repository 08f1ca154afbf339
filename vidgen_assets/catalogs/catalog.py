"""A whole catalog: every row with its request, or with what is wrong with it.

One file in, one frozen value out. A file that can't be read raises a single `InputError` and changes nothing; a bad
row is held beside the good ones. Registering the value is `registration.py`.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl

from vidgen_assets.catalogs.columns import ROW_NUMBER, refuse_missing
from vidgen_assets.catalogs.findings import RowFinding
from vidgen_assets.catalogs.normalise import Defaults, normalise, read_defaults, to_request, variables_of
from vidgen_assets.catalogs.read import RawTable, read_table
from vidgen_assets.catalogs.records import UNREADABLE
from vidgen_assets.catalogs.references import Roots
from vidgen_assets.catalogs.source import CatalogSource, read_source
from vidgen_assets.clips.digest import Digest
from vidgen_assets.clips.errors import InputError
from vidgen_assets.clips.ledger import Problem
from vidgen_assets.clips.spec import ClipRequest

MAX_NAME_CHARS = 50
MAX_RECORDED_CHARS = 1_000
"""As much of each cell as written goes into the record of the row; the request holds what was understood."""


@dataclass(frozen=True, slots=True)
class CatalogRow:
    """One row. `request` is there exactly if `findings` is empty; `raw` is the row as written, as JSON.

    A row without a usable id of its own goes by `row-<number>`; so does every repetition of an id but the first.
    """

    row_number: int
    clip_id: str
    request: ClipRequest | None
    findings: tuple[Problem, ...]
    raw: str

    @property
    def is_held(self) -> bool:
        return self.request is None


@dataclass(frozen=True, slots=True)
class LoadedCatalog:
    """A catalog file, read and judged. `name` is a safe part of a partition key."""

    name: str
    content_digest: Digest
    rows: tuple[CatalogRow, ...]

    @property
    def held(self) -> tuple[CatalogRow, ...]:
        return tuple(row for row in self.rows if row.is_held)


def load_catalog(
    path: Path, *, templates: Collection[str], profiles: Collection[str], media_roots: Collection[str] = ()
) -> LoadedCatalog:
    """Read the catalog at `path` and the `<stem>.defaults.yaml` beside it.

    `media_roots` are object-store prefixes that references may lie under, besides the catalog's own folder.
    Raises `InputError`, and nothing else, for a file that is no catalog.
    """
    return judge(read_source(path), templates=templates, profiles=profiles, media_roots=media_roots)


def judge(
    source: CatalogSource, *, templates: Collection[str], profiles: Collection[str], media_roots: Collection[str] = ()
) -> LoadedCatalog:
    """The catalog in `source`, wherever its bytes came from. Raises as `load_catalog` does."""
    from vidgen_assets.catalogs.contract import broken_rules  # pandera: 0.6 s of processor

    roots = Roots(media_roots)
    name = catalog_name(source.file, source.folder)
    defaults = read_defaults(source)
    table = read_table(source)
    refuse_missing({*table.rows.columns, *defaults.cells}, source.file)
    rows = normalise(table.rows, defaults)
    unreadable = [finding.row_number for finding in table.findings if finding.field == UNREADABLE]
    judged = rows.filter(~pl.col(ROW_NUMBER).is_in(unreadable))
    broken = broken_rules(judged, source.file, templates=templates, profiles=profiles, roots=roots)
    findings = _by_row((*table.findings, *broken))
    return LoadedCatalog(name, source.content_digest, tuple(_rows(source.file, table, rows, findings, defaults)))


def catalog_name(file: str, folder: str = "") -> str:
    """What partition keys begin with: lower-case letters, digits, `_` and `-` of the file's stem.

    A file called just `catalog` goes by the name of its folder. Raises `InputError` if nothing usable is left.
    """
    stem = Path(file).stem
    stem = folder if stem.lower() == "catalog" and folder else stem
    plain = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode().lower()
    name = re.sub(r"[^a-z0-9_]+", "-", plain).strip("-_")[:MAX_NAME_CHARS].rstrip("-_")
    if not name:
        allowed = "a name with letters or digits of ASCII"
        raise InputError("a catalog's file name names the catalog", field="file", value=file, allowed=allowed)
    return name


def _by_row(findings: Collection[RowFinding]) -> Mapping[int, list[RowFinding]]:
    by_row: defaultdict[int, list[RowFinding]] = defaultdict(list)
    for finding in findings:
        by_row[finding.row_number].append(finding)
    return by_row


def _rows(
    file: str, table: RawTable, rows: pl.DataFrame, findings: Mapping[int, list[RowFinding]], defaults: Defaults
) -> Iterator[CatalogRow]:
    for cells, raw in zip(rows.iter_rows(named=True), _raw(table.rows), strict=True):
        number = cells[ROW_NUMBER]
        found, variables = list(findings.get(number, ())), {}
        try:
            variables = variables_of(cells, defaults)
        except InputError as error:
            found.append(_about_variables(file, number, error))
        clip_id = _clip_id(number, cells, found)
        request = None if found else to_request(cells, variables)
        yield CatalogRow(number, clip_id, request, tuple(replace(f, clip_id=clip_id).problem() for f in found), raw)


def _clip_id(number: int, cells: Mapping[str, Any], found: list[RowFinding]) -> str:
    own: str | None = cells["id"]
    unusable = own is None or any(finding.field in ("id", UNREADABLE) for finding in found)
    return f"row-{number}" if own is None or unusable else own


def _about_variables(file: str, number: int, error: InputError) -> RowFinding:
    value = None if error.value is None else str(error.value)
    field, allowed, remedy = error.field or "variables", error.allowed or "", error.remedy or ""
    return RowFinding(file, number, field, value, f"{field} {error.found}", allowed, remedy)


def _raw(rows: pl.DataFrame) -> pl.Series:
    cells = [pl.col(name).str.slice(0, MAX_RECORDED_CHARS) for name in rows.columns if name != ROW_NUMBER]
    return rows.select(pl.struct(cells or [pl.lit(None).alias("row")]).struct.json_encode().alias("raw")).to_series()
