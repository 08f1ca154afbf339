"""Rows as they were written to rows as the contract reads them, and good rows to `ClipRequest`s.

An empty cell takes the sidecar's default, then the built-in one. Text is trimmed and brought to Unicode's NFC;
nothing else is mended: what is wrong is reported.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import polars as pl

from vidgen_assets.catalogs.columns import (
    AS_LONG_AS_SPOKEN,
    BUILT_IN_DEFAULTS,
    COLUMNS,
    ROW_NUMBER,
    VARIABLE_PREFIX,
    refuse_unknown,
)
from vidgen_assets.catalogs.records import cell_text
from vidgen_assets.catalogs.source import CatalogSource, utf8
from vidgen_assets.catalogs.variables import read_variables
from vidgen_assets.clips.errors import InputError
from vidgen_assets.clips.plain_yaml import load_plain
from vidgen_assets.clips.spec import Aspect, ClipRequest, Priority, Use, VariableValue

_BETWEEN_CODES = re.compile(r"[ ,]+")
_WHOLE_NUMBERS = ("seed", "fps")  # spreadsheets write 30 as 30.0


@dataclass(frozen=True, slots=True)
class Defaults:
    """What stands in for an empty cell; `variables` for a variable that a row does not give."""

    cells: Mapping[str, str] = field(default_factory=lambda: dict(BUILT_IN_DEFAULTS))
    variables: Mapping[str, VariableValue] = field(default_factory=dict)


def read_defaults(source: CatalogSource) -> Defaults:
    """The sidecar's defaults over the built-in ones. Raises `InputError` about the sidecar."""
    if source.defaults is None:
        return Defaults()
    file = source.defaults_file
    document = load_plain(utf8(source.defaults, file), file)
    if not isinstance(document, dict):
        raise InputError(f"{file} is not a mapping", field="defaults", remedy="Write column: value, one a line.")
    refuse_unknown(list(document), file)
    if "id" in document:
        raise InputError(f"{file} gives every clip one id", field="id", remedy="Remove id from the defaults.")
    columns = {
        name: value for name, value in document.items() if not name.startswith("variables") and value is not None
    }
    try:
        cells = {name: cell_text(value) or "" for name, value in columns.items()}
        variables = _default_variables(document)
    except UnicodeEncodeError as error:
        raise InputError(f"{file} holds half a character (a lone surrogate)", field="defaults") from error
    return Defaults({**BUILT_IN_DEFAULTS, **cells}, variables)


def _default_variables(document: Mapping[str, Any]) -> dict[str, VariableValue]:
    named = {name: cell_text(value) for name, value in document.items() if name.startswith(VARIABLE_PREFIX)}
    return read_variables(cell_text(document.get("variables")), {k: v for k, v in named.items() if v is not None})


def normalise(rows: pl.DataFrame, defaults: Defaults) -> pl.DataFrame:
    """Every column of the contract, trimmed, in NFC, null where nothing was written and no default stands in."""
    text = [_tidy(name) for name in rows.columns if name != ROW_NUMBER]
    absent = [pl.lit(None, dtype=pl.String).alias(name) for name in COLUMNS if name not in rows.columns]
    filled = [pl.col(name).fill_null(pl.lit(default)) for name, default in defaults.cells.items()]
    return rows.lazy().select(ROW_NUMBER, *text, *absent).with_columns(filled).collect()


def _tidy(name: str) -> pl.Expr:
    cell = pl.col(name).str.strip_chars()
    if name in _WHOLE_NUMBERS:
        cell = cell.str.replace(r"^([0-9]+)\.0+$", "$1")
    return pl.when(cell.str.len_bytes() > 0).then(cell.str.normalize("NFC")).alias(name)


def variables_of(row: Mapping[str, Any], defaults: Defaults) -> dict[str, VariableValue]:
    """The variables a row gives, over the catalog's. Raises `InputError` if they are no variables."""
    columns = {name: cell for name, cell in row.items() if name.startswith(VARIABLE_PREFIX) and cell is not None}
    return {**defaults.variables, **read_variables(row["variables"], columns)}


def to_request(row: Mapping[str, Any], variables: dict[str, VariableValue]) -> ClipRequest:
    """A row that obeys the contract, as a request."""
    return ClipRequest(
        clip_id=row["id"],
        prompt=row["prompt"],
        template=row["template"],
        backdrop=row["backdrop"],
        variables=variables,
        script=row["script"],
        voice=row["voice"],
        audio_description=row["audio_description"],
        language=row["language"],
        image=row["image"],
        audio=row["audio"],
        model=row["model"],
        use=Use(row["use"]),
        territories=tuple(sorted(set(_BETWEEN_CODES.split(row["territories"])))),
        duration_s=None if row["duration_s"] == AS_LONG_AS_SPOKEN else Decimal(row["duration_s"]),
        fps=row["fps"],
        aspect=Aspect(row["aspect"]),
        seed=None if row["seed"] is None else int(row["seed"]),
        profile=row["profile"],
        priority=Priority(row["priority"]),
        campaign=row["campaign"],
        owner=row["owner"],
        customer=row["customer"],
    )
