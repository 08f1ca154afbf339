"""Ledgers: every field survives Parquet, attempts are numbered, and an altered file is named, never followed."""

from dataclasses import fields, replace
from decimal import Decimal
from pathlib import Path
from random import Random

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from resources.ledgers import Attempt, Ledgers, to_table
from resources.object_store import ObjectStore
from resources.records import Records
from tests.builders import a_digest, a_row
from vidgen_assets.clips.artifact import Artifact, Form
from vidgen_assets.clips.digest import Digest
from vidgen_assets.clips.errors import ArtifactCorrupt, ErrorKind
from vidgen_assets.clips.ledger import LedgerRow, Problem, Status, Usage

SERIES = "ledger/frames/shop"
KEY = f"records/{SERIES}/00000001"

text = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
digests = st.binary(max_size=4).map(Digest.of_bytes)
counts = st.integers(0, 2**63 - 1)
seconds = st.floats(0, 1e9)
rows = st.builds(
    LedgerRow,
    clip_id=text,
    trace_id=text,
    status=st.sampled_from(Status),
    work_key=st.none() | digests,
    artifact=st.none() | st.builds(Artifact, digests, counts, st.sampled_from(Form)),
    inputs=st.dictionaries(text, digests, max_size=3),
    usage=st.builds(Usage, seconds, seconds, seconds, counts),
    cost=st.decimals(allow_nan=False, allow_infinity=False),
    currency=text,
    campaign=text,
    owner=text,
    customer=text,
    problem=st.none() | st.builds(Problem, st.sampled_from(ErrorKind), text, *(st.none() | text for _ in range(4))),
    tries=st.integers(0, 2**31 - 1),
    provenance=st.dictionaries(text, text | st.booleans() | st.none(), max_size=3),
)


@pytest.fixture
def objects() -> ObjectStore:
    return ObjectStore("memory:///")


@pytest.fixture
def ledgers(objects: ObjectStore) -> Ledgers:
    return Ledgers(Records(objects))


def append(ledgers: Ledgers, *written: LedgerRow, run_id: str = "run-1") -> Attempt:
    return ledgers.append("frames", "shop", written, run_id=run_id, recorded_at="2026-11-22T12:00:00.000+00:00")


@given(st.lists(rows, min_size=1, max_size=4))
def test_every_field_of_a_row_comes_back(written: list[LedgerRow]) -> None:
    ledgers = Ledgers(Records(ObjectStore("memory:///")))
    attempt = append(ledgers, *written)
    read = ledgers.latest("frames", "shop")
    assert read == attempt
    assert [str(row.cost) for row in read.rows] == [str(row.cost) for row in written]  # and no digit is lost


def test_the_property_above_speaks_of_every_field() -> None:
    plain = a_row()
    full = LedgerRow(
        clip_id="clip",
        trace_id="trace",
        status=Status.FAILED,
        work_key=a_digest("work"),
        artifact=Artifact(a_digest("artifact"), 3, Form.TREE),
        inputs={"prompts": a_digest("spec")},
        usage=Usage(1.5, 0.1, 0.2, 3),
        cost=Decimal("0.00000001"),
        currency="EUR",
        campaign="autumn",
        owner="studio",
        customer="lumen",
        problem=Problem(ErrorKind.CAPACITY, "full", "disk", "0", "1 GB", "Free some."),
        tries=2,
        provenance={"release": "tiny"},
    )
    unchanged = [f.name for f in fields(LedgerRow) if getattr(plain, f.name) == getattr(full, f.name)]
    assert not unchanged, "a field that is new here belongs in ledgers.py and in this file"
    attempt = append(Ledgers(Records(ObjectStore("memory:///"))), full)
    assert attempt.rows == (full,)


def test_attempts_are_numbered_and_the_newest_is_the_last(ledgers: Ledgers) -> None:
    assert ledgers.latest("frames", "shop") is None
    assert ledgers.latest_number("frames", "shop") == 0
    numbers = [append(ledgers, a_row(), run_id=f"run-{n}").number for n in (1, 2, 3)]
    assert numbers == [1, 2, 3]
    assert ledgers.latest_number("frames", "shop") == 3
    assert ledgers.latest("frames", "shop").run_id == "run-3"
    assert [attempt.run_id for attempt in ledgers.readable("frames", "shop")] == ["run-1", "run-2", "run-3"]


def test_a_damaged_attempt_is_left_out_of_reports_and_stops_nobody(tmp_path: Path) -> None:
    objects = ObjectStore(str(tmp_path))
    ledgers = Ledgers(Records(objects))
    for n in (1, 2, 3):
        append(ledgers, a_row(), run_id=f"run-{n}")
    objects.put("records/ledger/frames/shop/00000002", b"garbage")
    assert [attempt.run_id for attempt in ledgers.readable("frames", "shop")] == ["run-1", "run-3"]
    assert ledgers.latest("frames", "shop") is not None


def test_shards_of_a_stage_are_those_it_attempted(ledgers: Ledgers) -> None:
    for shard in ("b.g1.0001", "a.g1.0000"):
        ledgers.append("frames", shard, [a_row()], run_id="r", recorded_at="t")
    assert ledgers.shards("frames") == ["a.g1.0000", "b.g1.0001"]
    assert ledgers.shards("prompts") == []


def test_equal_rows_have_equal_digests_and_others_have_not(ledgers: Ledgers) -> None:
    one, same, other = append(ledgers, a_row()), append(ledgers, a_row()), append(ledgers, replace(a_row(), tries=1))
    assert one.digest == same.digest != other.digest


def test_a_report_finds_stage_shard_and_attempt_beside_each_row(ledgers: Ledgers) -> None:
    table = to_table(append(ledgers, a_row("a"), a_row("b")))
    assert table.select("stage", "shard", "attempt", "clip_id").rows() == [
        ("frames", "shop", 1, "a"),
        ("frames", "shop", 1, "b"),
    ]


def test_a_row_is_found_by_its_clip(ledgers: Ledgers) -> None:
    attempt = append(ledgers, a_row("a"), a_row("b"))
    assert attempt.row("b").clip_id == "b"
    assert attempt.row("c") is None


@pytest.mark.parametrize("data", [b"", b"PAR1", b"not parquet", b"PAR1" + b"\0" * 64 + b"PAR1"])
def test_a_ledger_that_cannot_be_read_says_what_to_do(ledgers: Ledgers, objects: ObjectStore, data: bytes) -> None:
    append(ledgers, a_row())
    objects.put(KEY, data)
    with pytest.raises(ArtifactCorrupt, match=r"attempt 1 .* Materialise frames for this shard again"):
        ledgers.latest("frames", "shop")


def test_after_an_unreadable_attempt_a_new_one_is_the_newest(ledgers: Ledgers, objects: ObjectStore) -> None:
    append(ledgers, a_row())
    objects.put(KEY, b"torn")
    append(ledgers, a_row(), run_id="run-2")
    assert ledgers.latest("frames", "shop").run_id == "run-2"


@pytest.mark.parametrize("column", ["clip_id", "run_id", "recorded_at", "inputs", "tries"])
def test_a_ledger_without_a_column_is_corrupt(
    ledgers: Ledgers, objects: ObjectStore, column: str, tmp_path: Path
) -> None:
    table = to_table(append(ledgers, a_row())).drop("stage", "shard", "attempt", column)
    table.write_parquet(tmp_path / "ledger")
    objects.put(KEY, tmp_path / "ledger")
    with pytest.raises(ArtifactCorrupt):
        ledgers.latest("frames", "shop")


@pytest.mark.parametrize(
    ("column", "value"),
    [("cost", "dear"), ("status", "done"), ("digest", "md5:1"), ("inputs", None), ("problem", "[]")],
)
def test_a_value_that_cannot_stand_there_is_corrupt(
    ledgers: Ledgers, objects: ObjectStore, column: str, value: str | None, tmp_path: Path
) -> None:
    table = to_table(append(ledgers, a_row())).with_columns(pl.lit(value).alias(column))
    table.write_parquet(tmp_path / "ledger")
    objects.put(KEY, tmp_path / "ledger")
    with pytest.raises(ArtifactCorrupt):
        ledgers.latest("frames", "shop")


def test_a_panic_of_the_parquet_reader_is_a_clear_error_too(ledgers: Ledgers, monkeypatch: pytest.MonkeyPatch) -> None:
    """About 1 in 400 ledgers with a flipped byte makes polars panic, which is no `Exception`."""
    append(ledgers, a_row())

    def panic(*_: object) -> None:
        raise pl.exceptions.PanicException("assertion failed: offset + length <= self.length")

    monkeypatch.setattr(pl, "read_parquet", panic)
    with pytest.raises(ArtifactCorrupt, match="offset"):
        ledgers.latest("frames", "shop")


def test_whatever_bytes_are_flipped_a_reader_gets_rows_or_a_clear_error(ledgers: Ledgers, objects: ObjectStore) -> None:
    """Parquet has no check of its own: altered rows may well be readable, and the publication's digest refuses them."""
    attempt = append(ledgers, *(a_row(f"clip-{n}") for n in range(5)))
    whole, random = objects.get(KEY) or b"", Random(7)
    for _ in range(150):
        data = bytearray(whole)
        data[random.randrange(len(data))] = random.randrange(256)
        objects.put(KEY, bytes(data))
        try:
            read = ledgers.latest("frames", "shop")
        except ArtifactCorrupt:
            continue
        assert (read.digest == attempt.digest) == (bytes(data) == whole)
