"""A thousand ways to damage a catalog, each from a seed; where the damage is known, so is the row and the field."""

import csv
import io
import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import polars as pl
import yaml

from vidgen_assets.catalogs.source import CatalogSource, Form

Rows = list[dict[str, Any]]
FORMS = tuple(Form)
HOSTILE = ("c\x00", "c\u202eevil", "\u200bc", "c\x1b[31m", "c\u2066", "c\x7f", "c\ufeffc", "c\u2028c")
CLIMBS = (
    "../secret.png", "/etc/passwd", "a/../../b.png", "..\\..\\b.png", "C:\\b.png", "file:///etc/passwd", "~/.ssh/id",
    "a//b.png", "./a.png", "s3://elsewhere/a.png", "http://localhost/a.png", "a/..", "img/\x00.png",
    "img/\u202egnp.exe", "s3://media/../other/a.png", "s3://media/%2e%2e/a.png", "\\\\host\\share\\a.png",
)  # fmt: skip
NO_NUMBERS = (
    "nan",
    "inf",
    "-inf",
    "1e309",
    "9" * 400,
    "five",
    "0x10",
    "-1",
    "1_0",
    "٣",
    "6,5",
    "",
    "  ",
    "true",
    "6 s",
)
RAW_VALUES = (float("nan"), float("inf"), 10**30, -1, [], {}, [1], {"a": 1}, True, "x" * 20_000)


@dataclass(frozen=True, slots=True)
class Mutant:
    """A damaged catalog. `bad` are the cells known to be wrong; `refused` if no row may come out; else unknown."""

    source: CatalogSource
    what: str
    bad: tuple[tuple[int, str], ...] = ()
    refused: bool = False
    is_known: bool = True


def good_rows() -> Rows:
    return [
        {
            "id": f"clip-{n}",
            "prompt": f"a lamp number {n} on an oak table, warm light",
            "template": "product_card",
            "variables.price": f"{n}9.90 €",
            "image": f"pictures/lamp_{n}.png",
            "duration_s": "6.5",
            "seed": str(n),
            "campaign": "spring",
            "owner": "studio",
            "customer": "lumen",
        }
        for n in range(1, 7)
    ]


def written(rows: Rows, form: Form) -> bytes:
    """`rows` in `form`; a row without a key has an empty cell."""
    columns = list(dict.fromkeys(key for row in rows for key in row))
    match form:
        case Form.CSV:
            text = io.StringIO(newline="")
            writer = csv.DictWriter(text, columns, restval="")
            writer.writeheader()
            writer.writerows(rows)
            return text.getvalue().encode()
        case Form.JSONL:
            return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()
        case Form.YAML:
            return yaml.safe_dump(rows, allow_unicode=True, sort_keys=False).encode()
        case Form.PARQUET:
            file = io.BytesIO()
            cells = {c: [None if row.get(c) is None else str(row[c]) for row in rows] for c in columns}
            pl.DataFrame(cells, schema=dict.fromkeys(columns, pl.String())).write_parquet(file)
            return file.getvalue()


def mutant(seed: int) -> Mutant:
    """The damaged catalog of `seed`."""
    rng = random.Random(seed)
    form = FORMS[seed % len(FORMS)]
    return rng.choice(_MUTATIONS)(rng, form)


def _source(form: Form, data: bytes) -> CatalogSource:
    return CatalogSource(f"shop.{form.value}", form, data)


def _cell(column: str, values: tuple[Any, ...]) -> Callable[[random.Random, Form], Mutant]:
    def mutate(rng: random.Random, form: Form) -> Mutant:
        rows = good_rows()
        bad = sorted(rng.sample(range(1, 7), rng.randint(1, 3)))
        found = {number: rng.choice(values) for number in bad}
        for number, value in found.items():
            rows[number - 1][column] = value
        return Mutant(_source(form, written(rows, form)), f"{column} = {found}"[:200], tuple((n, column) for n in bad))

    return mutate


def _raw_cell(rng: random.Random, form: Form) -> Mutant:
    column = rng.choice(("duration_s", "campaign", "id", "aspect", "fps"))
    return _cell(column, tuple(v for v in RAW_VALUES if not (column in ("campaign", "id") and _is_name(v))))(rng, form)


def _is_name(value: Any) -> bool:
    """Whether a value, written as text, is a usable tag or id."""
    return isinstance(value, bool | int | float) or value in ([], {}, [1], {"a": 1})


def _repeated_id(rng: random.Random, form: Form) -> Mutant:
    rows = good_rows()
    first, second = sorted(rng.sample(range(1, 7), 2))
    rows[second - 1]["id"] = rows[first - 1]["id"].upper() if rng.random() < 0.5 else rows[first - 1]["id"]
    return Mutant(_source(form, written(rows, form)), "repeated id", ((second, "id"),))


def _missing_column(rng: random.Random, form: Form) -> Mutant:
    column = rng.choice(("id", "duration_s", "campaign", "owner", "customer"))
    rows = [{key: value for key, value in row.items() if key != column} for row in good_rows()]
    return Mutant(_source(form, written(rows, form)), f"without {column}", refused=True)


def _unknown_column(rng: random.Random, form: Form) -> Mutant:
    name = rng.choice(("promt", "Duration", "variables.BAD", "sku", "variables."))
    rows = good_rows()
    if form in (Form.CSV, Form.PARQUET):
        rows[0][name] = "x"
        return Mutant(_source(form, written(rows, form)), f"column {name}", refused=True)
    number = rng.randint(1, 6)
    rows[number - 1][name] = "x"
    return Mutant(_source(form, written(rows, form)), f"column {name}", ((number, name),))


def _many_faults(rng: random.Random, form: Form) -> Mutant:
    rows = good_rows()
    faults = {"id": "../x", "duration_s": "1e3", "image": "../x.png", "owner": "", "variables": "[1]", "aspect": "16x9"}
    number = rng.randint(1, 6)
    rows[number - 1] |= faults
    return Mutant(_source(form, written(rows, form)), "six faults in a row", tuple((number, f) for f in faults))


def _encoded(rng: random.Random, form: Form) -> Mutant:
    data = written(good_rows(), form)
    if form is Form.PARQUET:
        return Mutant(_source(form, data[: rng.randrange(len(data))]), "cut Parquet", refused=True)
    encoding = rng.choice(("utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "utf-8-sig"))
    mutated = data.decode().encode(encoding)
    return Mutant(_source(form, mutated), encoding, refused=encoding != "utf-8-sig")


def _bytes(rng: random.Random, form: Form) -> Mutant:
    data = bytearray(written(good_rows(), form))
    for _ in range(rng.choice((1, 1, 2, 8, 64))):
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    return Mutant(_source(form, bytes(data)), "bits flipped", is_known=False)


def _spliced(rng: random.Random, form: Form) -> Mutant:
    data = written(good_rows(), form)
    at = rng.randrange(len(data))
    junk = rng.choice(
        (b"\x00" * 9, b'"', b"'", b"\n\n\n", b",,,,,,,,,,,,,,", b"\xff", b"[" * 5000, b"{", b"&a *a", b"\r")
    )
    return Mutant(_source(form, data[:at] + junk + data[at:]), f"spliced {junk[:9]!r}", is_known=False)


def _cut(rng: random.Random, form: Form) -> Mutant:
    data = written(good_rows(), form)
    return Mutant(_source(form, data[: rng.randrange(len(data))]), "cut", is_known=False)


def _disguised(rng: random.Random, form: Form) -> Mutant:
    other = rng.choice([f for f in FORMS if f is not form])
    return Mutant(_source(form, written(good_rows(), other)), f"{other} called {form}", is_known=False)


def _noise(rng: random.Random, form: Form) -> Mutant:
    return Mutant(_source(form, rng.randbytes(rng.choice((0, 1, 7, 3000)))), "noise", is_known=False)


_MUTATIONS: tuple[Callable[[random.Random, Form], Mutant], ...] = (
    _cell("duration_s", NO_NUMBERS),
    _cell("seed", (*(n for n in NO_NUMBERS if n.strip()), "9007199254740992")),
    _cell("fps", ("29.97", "0", "120", "nan", "30/0", "fast")),
    _cell("image", CLIMBS),
    _cell("id", ("", "../x", "a..b", "-a", "a b", "ü", "row-3", "a/b", "x" * 121, *HOSTILE)),
    _cell("campaign", ("", " ", "x" * 101, *HOSTILE)),
    _cell("prompt", ("x" * 10_001, "a\x00b", "a\u202eb", "a\nb")),
    _cell("template", ("no_such", "../product_card", "PRODUCT_CARD")),
    _cell("variables", ("{", "[1]", '{"a": NaN}', '{"a": 1e999}', '{"A": 1}', '{"a": [1]}', "1")),
    _cell("aspect", ("16x9", "4:3", "16:9:1", "wide")),
    _cell("priority", ("urgent", "BATCH", "0")),
    _raw_cell,
    _repeated_id,
    _missing_column,
    _unknown_column,
    _many_faults,
    _encoded,
    _encoded,
    _bytes,
    _bytes,
    _bytes,
    _spliced,
    _spliced,
    _cut,
    _disguised,
    _noise,
)  # fmt: skip
