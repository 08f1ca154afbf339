"""The contract: what every cell of a row must be, as pandera checks over whole columns.

All cells are text here, and all rules are asked of all rows in one pass. A rule's words are its error message.
Import this module inside a function: pandera takes 0.6 s of processor to load.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

import pandera.polars as pa
import polars as pl
from pandera.api.polars.types import PolarsData
from pandera.config import ValidationDepth, config_context

from vidgen_assets.catalogs.characters import UNPRINTABLE_IN_LINE, UNPRINTABLE_IN_NAME, UNPRINTABLE_IN_TEXT
from vidgen_assets.catalogs.columns import AS_LONG_AS_SPOKEN, REQUIRED, ROW_NUMBER, VARIABLE_PREFIX
from vidgen_assets.catalogs.findings import RowFinding
from vidgen_assets.catalogs.references import Roots
from vidgen_assets.clips.errors import PermanentError
from vidgen_assets.clips.spec import (
    LANGUAGE_TAG,
    LANGUAGES_ALLOWED,
    LONGEST_CLIP_S,
    NO_VOICE,
    SHORTEST_CLIP_S,
    WORLDWIDE,
    Aspect,
    Priority,
    Use,
)

MAX_FIELD_CHARS = 10_000
MAX_TAG_CHARS = 100
MAX_REFERENCE_CHARS = 500
MAX_SEED = 2**53 - 1  # the largest integer that JSON carries exactly (RFC 8785), and so the largest a digest can bind
FRAME_RATES = ("8", "12", "15", "16", "24", "25", "30", "50", "60", "24000/1001", "30000/1001", "60000/1001")

_ID = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,119}$"
_RESERVED_ID = r"(?i)^row-[0-9]+$"
_VOICE = r"^[A-Za-z0-9][A-Za-z0-9_.+-]{0,79}$"
_MODEL = r"^[a-z0-9][a-z0-9._-]{0,79}$"
_TERRITORIES = rf"^({WORLDWIDE}|[A-Z]{{2}}([ ,]+[A-Z]{{2}})*)$"

Predicate = Callable[[pl.Expr], pl.Expr]


@dataclass(frozen=True, slots=True)
class Rule:
    """One claim about one column: `holds` maps the column to booleans, null where it is not asked."""

    column: str
    name: str
    holds: Predicate
    message: str
    allowed: str
    remedy: str
    asks_empty_cells: bool = False

    def check(self) -> pa.Check:
        return pa.Check(self._holds_in, name=self.name, ignore_na=False)

    def _holds_in(self, data: PolarsData) -> pl.LazyFrame:
        return data.lazyframe.select(self.holds(pl.col(data.key)).fill_null(True).alias(data.key))


def broken_rules(
    rows: pl.DataFrame, file: str, *, templates: Collection[str], profiles: Collection[str], roots: Roots
) -> list[RowFinding]:
    """Every broken rule of every row, in the order of the rows. `rows` are normalised text beside `ROW_NUMBER`."""
    given = [name for name in rows.columns if name != ROW_NUMBER]
    empty = {name for name in given if rows[name].null_count() == rows.height}
    rules = {
        (rule.column, rule.name): rule
        for rule in all_rules(given, templates, profiles, roots)
        if rule.asks_empty_cells or rule.column not in empty
    }
    schema = pa.DataFrameSchema(
        {
            name: pa.Column(pl.String, [r.check() for r in rules.values() if r.column == name], nullable=True)
            for name in dict.fromkeys(column for column, _ in rules)
        }
    )
    try:
        # Said here, since an environment variable could switch validation off or down to the schema alone.
        with config_context(validation_enabled=True, validation_depth=ValidationDepth.SCHEMA_AND_DATA):
            schema.validate(rows, lazy=True)
    except pa.errors.SchemaErrors as broken:
        return list(_findings(broken.failure_cases, rows, rules, file))
    return []


def _findings(
    cases: pl.DataFrame, rows: pl.DataFrame, rules: dict[tuple[str, str], Rule], file: str
) -> Iterator[RowFinding]:
    cells = {name: rows[name] for name in rows.columns}
    for column, name, index in cases.select("column", "check", "index").sort("index", maintain_order=True).iter_rows():
        if index is None:  # pandera reports a check that raised as one more failure; that is a fault of ours
            raise PermanentError(f"the rule '{name}' could not be asked of column {column}")
        rule = rules[column, name]
        number = cells[ROW_NUMBER][index]
        yield RowFinding(
            file, number, column, cells[column][index], f"{column} {rule.message}", rule.allowed, rule.remedy
        )


def all_rules(
    columns: Collection[str], templates: Collection[str], profiles: Collection[str], roots: Roots
) -> Iterator[Rule]:
    """The contract for a file with `columns`."""
    yield from _presence_rules()
    yield from _id_rules()
    yield from _text_rules()
    yield from _number_rules()
    yield from _model_rules()
    for column in ("image", "audio"):
        yield from _reference_rules(column, roots)
    for column in ("campaign", "owner", "customer"):
        yield _short_line(column, MAX_TAG_CHARS, UNPRINTABLE_IN_NAME)
    for column in columns:
        if column.startswith(VARIABLE_PREFIX):
            yield _short_line(column, MAX_FIELD_CHARS, UNPRINTABLE_IN_TEXT)
    yield _one_of(
        "template",
        templates,
        "is no template of the library",
        "Choose one of the templates, or add yours to the library.",
    )
    yield _one_of("profile", profiles, "is no output profile", "Choose one of the profiles.")
    yield _one_of(
        "aspect", list(Aspect), "is no aspect ratio the factory makes", "Write width and height with a colon."
    )
    yield _one_of("priority", list(Priority), "is no priority", "Say how soon somebody waits for the clip.")


def _presence_rules() -> Iterator[Rule]:
    for column in REQUIRED:
        remedy = "Fill the cell, or give a value for the whole catalog in its .defaults.yaml."
        yield Rule(column, f"{column} is given", lambda cell: cell.is_not_null(), "is empty", "a value", remedy, True)
    yield Rule(
        "prompt",
        "prompt or template is given",
        lambda cell: cell.is_not_null() | pl.col("template").is_not_null(),
        "is empty, and so is template",
        "a prompt, a template, or both",
        "Name a template, or describe the clip in a prompt.",
        asks_empty_cells=True,
    )


def _id_rules() -> Iterator[Rule]:
    allowed = "1 to 120 of A-Z a-z 0-9 . _ - without '..', not 'row-' and a number"
    remedy = "Give the clip an id of its own, such as an article number."
    well_formed: Predicate = lambda cell: (  # noqa: E731 -- named because a second rule builds on it
        cell.str.contains(_ID) & ~cell.str.contains("..", literal=True) & ~cell.str.contains(_RESERVED_ID)
    )
    yield Rule("id", "id is well formed", well_formed, "is no usable id", allowed, remedy)
    yield Rule(
        "id",
        "id is unique",
        lambda cell: cell.is_null() | cell.str.to_lowercase().is_first_distinct(),
        "repeats the id of an earlier row",
        "ids that differ by more than upper and lower case",
        remedy,
    )


def _text_rules() -> Iterator[Rule]:
    yield _short_line("prompt", MAX_FIELD_CHARS, UNPRINTABLE_IN_LINE)
    yield _short_line("backdrop", MAX_FIELD_CHARS, UNPRINTABLE_IN_LINE)
    yield Rule(
        "backdrop",
        "backdrop stands behind a template",
        lambda cell: cell.is_null() | pl.col("template").is_not_null(),
        "is given without a template",
        "a prompt for the scene behind a template's layers",
        "Name a template, or move the text to prompt for a clip that is the scene alone.",
    )
    yield _short_line("variables", MAX_FIELD_CHARS, UNPRINTABLE_IN_TEXT)
    spoken = f"up to {MAX_FIELD_CHARS:,} printable characters, tabs and line breaks"
    for column in ("script", "audio_description"):
        yield _text(column, MAX_FIELD_CHARS, UNPRINTABLE_IN_TEXT, spoken)
    yield Rule(
        "voice",
        "voice is a name",
        lambda cell: cell.str.contains(_VOICE),
        "is no name of a voice",
        "1 to 80 of A-Z a-z 0-9 . _ + -",
        f"See `vidgen voices`, leave it empty for the language's usual voice, or write {NO_VOICE} for nobody.",
    )
    yield from map(_nothing_to_speak, ("script", "audio_description"))
    yield Rule(
        "language",
        "language is a tag",
        lambda cell: cell.str.contains(LANGUAGE_TAG),
        "is no language tag",
        LANGUAGES_ALLOWED,
        "Write the language in lower case and the region in upper case.",
    )


def _number_rules() -> Iterator[Rule]:
    yield Rule(
        "duration_s",
        "duration is in range",
        lambda cell: (
            (cell == AS_LONG_AS_SPOKEN)
            | (cell.str.contains(r"^[0-9]{1,2}(\.[0-9]{1,6})?$") & _between(cell, SHORTEST_CLIP_S, LONGEST_CLIP_S))
        ),
        "is no duration the factory makes",
        f"a decimal number from {SHORTEST_CLIP_S} to {LONGEST_CLIP_S} seconds, or {AS_LONG_AS_SPOKEN}",
        "Write seconds with a decimal point and without a unit: 6.5.",
    )
    yield Rule(
        "duration_s",
        "duration is known without a voice",
        lambda cell: (cell != AS_LONG_AS_SPOKEN) | (pl.col("voice").fill_null("") != NO_VOICE),
        f"is to follow a narration, and voice is {NO_VOICE}",
        f"seconds where voice is {NO_VOICE}",
        "Write the clip's length in seconds, or name a voice.",
    )
    yield Rule(
        "seed",
        "seed is in range",
        lambda cell: cell.str.contains(r"^[0-9]{1,16}$") & _between(cell, 0, MAX_SEED),
        "is no seed",
        f"a whole number from 0 to {MAX_SEED}",
        "Leave it empty to have one derived from catalog and id.",
    )
    remedy = "Write a rate of the NTSC family as a fraction: 30000/1001 for 29.97."
    yield _one_of("fps", FRAME_RATES, "is no frame rate the factory makes", remedy)


def _model_rules() -> Iterator[Rule]:
    """Whether there is such a release is asked when the clip is routed: releases come and go, a catalog stays."""
    yield Rule(
        "model",
        "model is a name",
        lambda cell: cell.str.contains(_MODEL),
        "is no name of a release or a family",
        "1 to 80 of a-z 0-9 . _ -, beginning with a letter or digit",
        "See `vidgen models list`, or leave it empty.",
    )
    yield Rule(
        "territories",
        "territories are codes",
        lambda cell: cell.str.contains(_TERRITORIES),
        "are no territories",
        f"{WORLDWIDE}, or codes of ISO 3166-1 with two capital letters, separated by spaces or commas: AT DE CH",
        "Name the countries that the clip is shown in.",
    )
    yield _one_of("use", list(Use), "is no use", "Say what the clip is made for.")


def _reference_rules(column: str, roots: Roots) -> Iterator[Rule]:
    yield Rule(
        column,
        f"{column} stays inside",
        lambda cell: _fits(cell, MAX_REFERENCE_CHARS) & ~cell.str.contains(UNPRINTABLE_IN_NAME) & roots.admit(cell),
        "is no reference inside of the allowed places",
        roots.allowed,
        "Put the file beside the catalog and name it from there; absolute paths, '..' and backslashes are refused.",
    )


def _nothing_to_speak(column: str) -> Rule:
    """A row that wants silence and words at once is asked which of the two it means."""
    return Rule(
        "voice",
        f"voice speaks the {column}",
        lambda cell: (cell != NO_VOICE) | pl.col(column).is_null(),
        f"is {NO_VOICE}, and {column} is there to be spoken",
        f"a name of `vidgen voices`, or {NO_VOICE} without a script and an audio description",
        f"Leave {column} empty, or name a voice.",
    )


def _short_line(column: str, limit: int, refused: str) -> Rule:
    return _text(column, limit, refused, f"one line of up to {limit:,} printable characters")


def _text(column: str, limit: int, refused: str, allowed: str) -> Rule:
    return Rule(
        column,
        f"{column} is printable",
        lambda cell: _fits(cell, limit) & ~cell.str.contains(refused),
        "holds control characters or is too long",
        allowed,
        "Retype or shorten the text.",
    )


def _one_of(column: str, names: Collection[str], message: str, remedy: str) -> Rule:
    known = sorted(names) if column in ("template", "profile") else list(names)
    return Rule(
        column,
        f"{column} is known",
        lambda cell: cell.is_in(pl.Series(known, dtype=pl.String).implode()),
        message,
        ", ".join(known),
        remedy,
    )


def _fits(cell: pl.Expr, limit: int) -> pl.Expr:
    return cell.str.len_chars() <= limit


def _between(cell: pl.Expr, least: float, most: float) -> pl.Expr:
    """Null, and so not asked, where the cell is null; false where it is no number."""
    number = cell.cast(pl.Int64 if isinstance(least, int) else pl.Float64, strict=False)
    return cell.is_null() | number.is_between(least, most).fill_null(False)
