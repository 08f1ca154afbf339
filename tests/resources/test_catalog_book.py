"""The catalog book: versions follow each other, and a shard's rows are those of the newest."""

from dataclasses import replace
from pathlib import Path

import pytest

from resources.artifact_store import ArtifactStore
from resources.catalog_book import CatalogBook
from resources.object_store import ObjectStore
from resources.records import Records
from tests.builders import a_digest
from vidgen_assets.catalogs.catalog import CatalogRow, LoadedCatalog
from vidgen_assets.catalogs.registration import CatalogVersion, plan_registration
from vidgen_assets.clips.errors import ArtifactCorrupt, ErrorKind
from vidgen_assets.clips.ledger import Problem

NOW = "2026-11-22T12:00:00.000+00:00"


def a_version(*clip_ids: str, name: str = "shop") -> CatalogVersion:
    """Rows that are held: a version keeps them too, and they need no request."""
    problem = Problem(ErrorKind.INPUT, "no headline", field="headline")
    rows = tuple(CatalogRow(n, clip_id, None, (problem,), "{}") for n, clip_id in enumerate(clip_ids, start=2))
    return plan_registration(LoadedCatalog(name, a_digest(" ".join(clip_ids)), rows), None, "/catalogs")


@pytest.fixture
def objects() -> ObjectStore:
    return ObjectStore("memory:///")


@pytest.fixture
def artifacts(objects: ObjectStore, tmp_path: Path) -> ArtifactStore:
    return ArtifactStore(objects, cache=tmp_path)


@pytest.fixture
def book(objects: ObjectStore, artifacts: ArtifactStore) -> CatalogBook:
    return CatalogBook(Records(objects), artifacts)


def test_a_catalog_that_was_never_registered_is_none(book: CatalogBook) -> None:
    assert book.names() == []
    assert book.latest("shop") is None
    assert book.shard_rows("shop", "shop.g1.0000") is None


def test_a_version_comes_back_whole(book: CatalogBook) -> None:
    version = a_version("a", "b")
    assert book.append(version, recorded_at=NOW) == 1
    assert book.latest("shop") == version


def test_the_newest_version_counts_and_the_numbers_go_on(book: CatalogBook) -> None:
    book.append(a_version("a"), recorded_at=NOW)
    newest = replace(a_version("a", "b"), base_uri="/elsewhere")
    assert book.append(newest, recorded_at=NOW) == 2
    assert book.latest("shop") == newest
    [shard] = set(newest.assignments.shard_of.values())
    rows = book.shard_rows("shop", shard)
    assert rows.base_uri == "/elsewhere"
    assert [row.clip_id for row in rows.rows] == ["a", "b"]
    assert book.shard_rows("shop", "shop.g9.0000").rows == ()


def test_catalogs_are_found_by_name(book: CatalogBook) -> None:
    for name in ("spring", "autumn"):
        book.append(a_version("a", name=name), recorded_at=NOW)
    assert book.names() == ["autumn", "spring"]


def test_altered_rows_are_refused(book: CatalogBook, objects: ObjectStore) -> None:
    book.append(a_version("a"), recorded_at=NOW)
    [key] = objects.keys("artifacts")
    objects.put(key, b"altered")
    with pytest.raises(ArtifactCorrupt):
        book.latest("shop")
