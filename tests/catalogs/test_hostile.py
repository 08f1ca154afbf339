"""A thousand damaged catalogs: an `InputError` or a judged catalog comes out, and every bad row is named."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.catalogs.mutations import CLIMBS, FORMS, Mutant, good_rows, mutant, written
from vidgen_assets.catalogs.catalog import LoadedCatalog, judge, load_catalog
from vidgen_assets.catalogs.source import CatalogSource, Form
from vidgen_assets.clips.digest import Digest
from vidgen_assets.clips.errors import ErrorKind, InputError

MUTANTS = 1000
BATCH = 50
_OPENED: list[str] = []
_LISTENING = [False]


@pytest.mark.parametrize("first", range(0, MUTANTS, BATCH))
def test_a_damaged_catalog_is_refused_or_judged_and_every_bad_row_is_named(first: int) -> None:
    for seed in range(first, first + BATCH):
        damaged = mutant(seed)
        outcome = _outcome(damaged)
        complaint = _complaint(damaged, outcome)
        assert not complaint, f"seed {seed}, {damaged.source.file}, {damaged.what}: {complaint}"


def _outcome(damaged: Mutant) -> LoadedCatalog | InputError:
    try:
        return judge(damaged.source, templates={"product_card"}, profiles={"standard"}, media_roots=["s3://media/"])
    except InputError as error:
        return error


def _complaint(damaged: Mutant, outcome: LoadedCatalog | InputError) -> str:
    """What is wrong with `outcome`, or nothing."""
    if isinstance(outcome, InputError):
        refused_rightly = damaged.refused or not damaged.is_known
        return "" if refused_rightly and len(str(outcome)) < 1500 else f"refused: {outcome}"
    if damaged.refused:
        return "came through"
    return _inconsistency(outcome) or (_misjudged(damaged, outcome) if damaged.is_known else "")


def _inconsistency(catalog: LoadedCatalog) -> str:
    ids = [row.clip_id for row in catalog.rows]
    if len(set(ids)) != len(ids):
        return "two rows go by one id"
    torn = [row.row_number for row in catalog.rows if (row.request is None) != bool(row.findings)]
    silent = [p for row in catalog.rows for p in row.findings if not (p.message and p.field and p.allowed and p.remedy)]
    alien = [p for row in catalog.rows for p in row.findings if p.kind is not ErrorKind.INPUT]
    unprintable = [p for row in catalog.rows for p in row.findings if not str(p).isprintable()]
    return f"{torn} {silent} {alien} {unprintable}" if torn or silent or alien or unprintable else ""


def _misjudged(damaged: Mutant, catalog: LoadedCatalog) -> str:
    held = {row.row_number for row in catalog.held}
    if held != {number for number, _ in damaged.bad}:
        return f"rows {held} are held, {damaged.bad} are bad"
    named = {(row.row_number, str(p.field)) for row in catalog.held for p in row.findings}
    missed = [
        (number, field)
        for number, field in damaged.bad
        if not any(n == number and (f == field or f.startswith(f"{field}.")) for n, f in named)
    ]
    return f"{missed} are not named among {named}" if missed else ""


@pytest.mark.parametrize("form", FORMS)
def test_an_undamaged_catalog_has_no_findings(form: Form) -> None:
    sound = Mutant(CatalogSource(f"shop.{form.value}", form, written(good_rows(), form)), "nothing")
    assert _complaint(sound, _outcome(sound)) == ""


@pytest.mark.parametrize("form", FORMS)
def test_judging_opens_the_catalog_and_its_sidecar_alone_and_changes_neither(form: Form, tmp_path: Path) -> None:
    rows = [{**row, "image": climb} for row, climb in zip(good_rows() * 3, CLIMBS, strict=False)]
    path = tmp_path / f"shop.{form.value}"
    path.write_bytes(written(rows, form))
    (tmp_path / "shop.defaults.yaml").write_text("owner: studio\n")
    before = {p: Digest.of_file(p) for p in tmp_path.iterdir()}
    load_catalog(path, templates={"product_card"}, profiles={"standard"})  # imports are done with here
    with _listening():
        catalog = load_catalog(path, templates={"product_card"}, profiles={"standard"})
    assert len(catalog.held) == len(rows)
    assert {Path(name) for name in _OPENED} <= set(before)
    assert {p: Digest.of_file(p) for p in tmp_path.iterdir()} == before


@contextmanager
def _listening() -> Iterator[None]:
    """Notes every file that Python opens meanwhile; an audit hook can't be removed, so it is told when to listen."""
    if not _OPENED and not _LISTENING[0]:
        sys.addaudithook(_note)
    _OPENED.clear()
    _LISTENING[0] = True
    try:
        yield
    finally:
        _LISTENING[0] = False


def _note(event: str, arguments: tuple[Any, ...]) -> None:
    if _LISTENING[0] and event == "open" and isinstance(arguments[0], str | Path):
        _OPENED.append(str(arguments[0]))
