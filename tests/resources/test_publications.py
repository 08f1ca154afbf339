"""Publications bind an attempt by its number and the digest of its ledger."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from resources.keys import Signer
from resources.ledgers import Attempt, Ledgers
from resources.object_store import ObjectStore
from resources.publications import Publications
from resources.records import Records
from resources.verdict_book import VerdictBook
from tests.builders import a_digest, a_row, a_signer, a_verdict
from vidgen_assets.clips.digest import canonical_json

SERIES = "publications/frames/shop"


@pytest.fixture
def signer(tmp_path: Path) -> Signer:
    return a_signer(tmp_path / "keys")


@pytest.fixture
def records() -> Records:
    return Records(ObjectStore("memory:///"))


@pytest.fixture
def publications(records: Records, signer: Signer) -> Publications:
    return Publications(records, signer)


@pytest.fixture
def attempt(records: Records) -> Attempt:
    return Ledgers(records).append("frames", "shop", [a_row()], run_id="run-1", recorded_at="12:00")


def publish(publications: Publications, attempt: Attempt, is_fit: bool = True, at: str = "12:01") -> None:
    publications.publish(attempt, is_fit=is_fit, reason="as it is", policy_version="p1", recorded_at=at)


def test_an_attempt_is_unpublished_until_it_is_published(publications: Publications, attempt: Attempt) -> None:
    assert publications.of(attempt) is None
    publish(publications, attempt)
    found = publications.of(attempt)
    assert (found.attempt, found.ledger_digest, found.is_fit, found.reason) == (1, attempt.digest, True, "as it is")


@pytest.mark.parametrize(
    "change",
    [{"digest": a_digest("edited")}, {"number": 2}, {"shard": "other"}, {"stage": "encodes"}],
    ids=["ledger", "number", "shard", "stage"],
)
def test_a_publication_is_of_its_own_attempt_alone(
    publications: Publications, records: Records, attempt: Attempt, change: dict[str, str]
) -> None:
    publish(publications, attempt)
    other = replace(attempt, **change)
    entry = records.read(SERIES, 1) or b""
    records.append(f"publications/{other.stage}/{other.shard}", entry)  # copied to where it would be looked for
    assert publications.of(other) is None


def test_the_newest_counts(publications: Publications, attempt: Attempt) -> None:
    publish(publications, attempt, is_fit=True)
    publish(publications, attempt, is_fit=False, at="12:02")
    assert not publications.of(attempt).is_fit
    publish(publications, attempt, is_fit=True, at="12:03")
    assert publications.of(attempt).is_fit


def test_an_old_publication_put_back_after_it_was_overruled_does_not_count(
    publications: Publications, records: Records, attempt: Attempt
) -> None:
    publish(publications, attempt, is_fit=True)
    publish(publications, attempt, is_fit=False, at="12:02")
    records.append(SERIES, records.read(SERIES, 1) or b"")
    assert not publications.of(attempt).is_fit


def test_an_edited_publication_does_not_count_and_neither_does_what_stands_before_it(
    publications: Publications, records: Records, attempt: Attempt
) -> None:
    publish(publications, attempt, is_fit=True)
    publish(publications, attempt, is_fit=False, at="12:02")
    entry = json.loads(records.read(SERIES, 2) or b"")
    entry["statement"]["is_fit"] = True
    records.append(SERIES, canonical_json(entry))
    records.append(SERIES, records.read(SERIES, 1) or b"")
    assert publications.of(attempt) is None
    publish(publications, attempt, is_fit=True, at="12:04")
    assert publications.of(attempt).is_fit


def test_a_strangers_publication_does_not_count(
    publications: Publications, records: Records, attempt: Attempt, tmp_path: Path
) -> None:
    publish(Publications(records, a_signer(tmp_path / "stranger")), attempt)
    assert publications.of(attempt) is None


def test_a_genuine_statement_of_another_kind_is_no_publication(
    publications: Publications, records: Records, signer: Signer, attempt: Attempt
) -> None:
    VerdictBook(records, signer).record("frames", "shop", [a_verdict()])
    verdict = json.loads(records.read("verdicts/frames/shop", 1) or b"")["verdicts"][0]
    records.append(SERIES, canonical_json(verdict))
    assert publications.of(attempt) is None


@pytest.mark.parametrize("garbage", [b"", b"{", b"\xff", b"[]", b"5", b'{"statement": {}}', b"[" * 100_000])
def test_an_entry_that_cannot_be_read_clears_what_stands_before_it(
    publications: Publications, records: Records, attempt: Attempt, garbage: bytes
) -> None:
    publish(publications, attempt)
    records.append(SERIES, garbage)
    assert publications.of(attempt) is None
    publish(publications, attempt, at="12:04")
    assert publications.of(attempt).is_fit
