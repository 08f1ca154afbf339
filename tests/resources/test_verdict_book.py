"""The shelf of verdicts: the newest wins, and what can't be trusted takes everything before it along."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from resources.keys import Signer
from resources.object_store import ObjectStore
from resources.records import Records
from resources.verdict_book import Shelf, VerdictBook
from tests.builders import a_check, a_digest, a_signer, a_verdict
from vidgen_assets.clips.digest import canonical_json
from vidgen_assets.clips.verdicts import Finding, Outcome, Verdict

SERIES = "verdicts/frames/shop"
PASS = a_verdict()
FAIL = a_verdict(finding=Finding(Outcome.FAIL, "it flickers"), recorded_at="2026-11-22T13:00:00.000+00:00")
LATER_PASS = a_verdict(recorded_at="2026-11-22T14:00:00.000+00:00")
OTHER = a_verdict(digest=a_digest("other"), clip_id="clip-2")


@pytest.fixture
def signer(tmp_path: Path) -> Signer:
    return a_signer(tmp_path / "keys")


@pytest.fixture
def records() -> Records:
    return Records(ObjectStore("memory:///"))


@pytest.fixture
def book(records: Records, signer: Signer) -> VerdictBook:
    return VerdictBook(records, signer)


def record(book: VerdictBook, *verdicts: Verdict) -> None:
    for verdict in verdicts:
        book.record("frames", "shop", [verdict])


def answer(book: VerdictBook, verdict: Verdict = PASS) -> Verdict | None:
    return shelf(book).answer(verdict.digest, verdict.check, verdict.policy_version)


def shelf(book: VerdictBook) -> Shelf:
    return book.open("frames", "shop")


def test_a_verdict_comes_back_whole(book: VerdictBook) -> None:
    record(book, PASS)
    assert answer(book) == PASS
    assert shelf(book).distrusted == ()


def test_no_verdicts_are_no_entry(book: VerdictBook, records: Records) -> None:
    book.record("frames", "shop", [])
    assert records.numbers(SERIES) == []
    assert shelf(book).verdicts == {}


@pytest.mark.parametrize(
    "question",
    [
        a_verdict(digest=a_digest("other")),
        a_verdict(check=a_check(version=2)),
        a_verdict(check=a_check(name="another")),
        a_verdict(check=a_check(stage="encodes")),
        a_verdict(policy_version="p2"),
    ],
    ids=["digest", "version", "check", "stage", "policy"],
)
def test_a_verdict_answers_its_own_question_alone(book: VerdictBook, question: Verdict) -> None:
    record(book, PASS)
    assert answer(book, question) is None


def test_the_newest_wins(book: VerdictBook) -> None:
    record(book, PASS, FAIL)
    assert answer(book) == FAIL
    record(book, LATER_PASS)
    assert answer(book) == LATER_PASS


def test_another_shard_and_stage_have_books_of_their_own(book: VerdictBook) -> None:
    record(book, PASS)
    assert book.open("frames", "other").verdicts == {}
    assert book.open("encodes", "shop").verdicts == {}


def test_all_that_was_said_of_some_bytes(book: VerdictBook) -> None:
    judged_anew = replace(PASS, policy_version="p2")
    record(book, PASS, judged_anew, OTHER)
    assert shelf(book).about(PASS.digest) == [PASS, judged_anew]


def test_an_old_pass_put_back_after_a_refusal_does_not_pass(book: VerdictBook, records: Records) -> None:
    """Its signature is genuine; it just says nothing new."""
    record(book, PASS, FAIL)
    records.append(SERIES, records.read(SERIES, 1) or b"")
    assert answer(book) == FAIL
    assert shelf(book).distrusted == ()


def test_a_forged_entry_clears_what_stands_before_it_and_is_named(book: VerdictBook, records: Records) -> None:
    record(book, FAIL, OTHER)
    entry = json.loads(records.read(SERIES, 1) or b"")
    entry["verdicts"][0]["statement"]["outcome"] = "pass"
    records.append(SERIES, canonical_json(entry))
    assert shelf(book).verdicts == {}
    assert shelf(book).distrusted == (f"{SERIES}/3: 1 of 1 signatures do not verify",)


def test_what_is_recorded_after_a_forged_entry_counts(book: VerdictBook, records: Records) -> None:
    record(book, PASS)
    records.append(SERIES, b"garbage")
    record(book, OTHER, LATER_PASS)
    assert shelf(book).verdicts.keys() == {*_questions(book, OTHER, LATER_PASS)}
    assert len(shelf(book).distrusted) == 1


def test_genuine_verdicts_beside_a_forged_one_count(book: VerdictBook, records: Records) -> None:
    record(book, PASS, OTHER)
    first, second = (json.loads(e.data)["verdicts"][0] for e in records.read_all(SERIES))
    second["statement"]["clip_id"] = "clip-3"
    elsewhere = Records(ObjectStore("memory:///"))
    elsewhere.append(SERIES, canonical_json({"verdicts": [first, second]}))
    read = VerdictBook(elsewhere, book._signer).open("frames", "shop")
    assert list(read.verdicts.values()) == [PASS]
    assert "1 of 2" in read.distrusted[0]


@pytest.mark.parametrize(
    "garbage",
    [
        b"",
        b"\xff",
        b"{",
        b"[]",
        b"5",
        b'{"verdicts": 5}',
        b'{"verdicts": [5]}',
        b'{"verdicts": ["x"]}',
        b'{"verdicts": [{"key_id": []}]}',
        b'{"verdicts": [{"key_id": "k", "signature": 5, "statement": {}}]}',
        b'{"verdicts": [{"key_id": "k", "signature": "", "statement": {"n": 1e999}}]}',
        b"[" * 100_000,
    ],
    ids=lambda data: data[:40].decode(errors="replace"),
)
def test_an_entry_that_cannot_be_read_clears_what_stands_before_it(
    book: VerdictBook, records: Records, garbage: bytes
) -> None:
    record(book, PASS)
    records.append(SERIES, garbage)
    assert shelf(book).verdicts == {}
    assert len(shelf(book).distrusted) == 1


def test_a_strangers_verdict_counts_for_nothing(book: VerdictBook, records: Records, tmp_path: Path) -> None:
    record(VerdictBook(records, a_signer(tmp_path / "stranger")), PASS)
    assert shelf(book).verdicts == {}


def test_a_verdict_under_a_strangers_key_id_counts_for_nothing(
    book: VerdictBook, records: Records, signer: Signer, tmp_path: Path
) -> None:
    record(VerdictBook(records, replace(a_signer(tmp_path / "stranger"), key_id=signer.key_id)), PASS)
    assert shelf(book).verdicts == {}


def _questions(book: VerdictBook, *verdicts: Verdict):
    return [q for q, v in shelf(book).verdicts.items() if v in verdicts]
