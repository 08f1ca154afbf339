"""The route book: a clip's newest route, signed; nobody else's, and no old one put back."""

import json
from pathlib import Path

import pytest

from resources.object_store import ObjectStore
from resources.records import Records
from resources.route_book import RouteBook
from tests.builders import a_signer
from vidgen_assets.clips.digest import canonical_json
from vidgen_assets.clips.errors import PermanentError
from vidgen_assets.clips.spec import Route
from vidgen_assets.models.routing import Asked, RecordedRoute

LAMP = "routes/shop/lamp"


def a_route(clip_id: str = "lamp", release: str = "one", catalog: str = "shop") -> RecordedRoute:
    asked = Asked(catalog, clip_id, None, "standard", "standard", False)
    return RecordedRoute(Route(backend="diffusion", release=release, reason="because"), asked, "12:00")


@pytest.fixture
def records() -> Records:
    return Records(ObjectStore("memory:///"))


@pytest.fixture
def book(records: Records, tmp_path: Path) -> RouteBook:
    return RouteBook(records, a_signer(tmp_path / "keys"))


def test_a_clips_newest_route_is_its_route(book: RouteBook) -> None:
    assert book.current("shop", "lamp") is None
    for release in ("one", "two", "one"):
        book.record(a_route(release=release))
        assert book.current("shop", "lamp") == a_route(release=release)
    assert book.current("shop", "mug") is None


def test_the_clips_of_a_release_are_those_whose_newest_route_leads_to_it(book: RouteBook) -> None:
    for recorded in (a_route("lamp"), a_route("mug"), a_route("lamp", catalog="bar"), a_route("mug", "two")):
        book.record(recorded)
    assert book.clips_of("one") == [("bar", "lamp"), ("shop", "lamp")]
    assert book.clips_of("two") == [("shop", "mug")]


def test_an_old_route_put_back_is_void(book: RouteBook, records: Records) -> None:
    book.record(a_route(release="one"))
    book.record(a_route(release="two"))
    records.append(LAMP, records.read(LAMP, 1) or b"")
    assert book.current("shop", "lamp") == a_route(release="two")
    book.record(a_route(release="three"))
    assert book.current("shop", "lamp") == a_route(release="three")


def test_a_forged_route_is_named(book: RouteBook, records: Records) -> None:
    book.record(a_route())
    entry = json.loads(records.read(LAMP, 1) or b"")
    entry["statement"]["route"]["release"] = "two"
    records.append(LAMP, canonical_json(entry))
    with pytest.raises(PermanentError, match="no trusted key") as refused:
        book.current("shop", "lamp")
    assert refused.value.value == f"records/{LAMP}/00000002"


def test_another_clips_route_does_not_count(book: RouteBook, records: Records) -> None:
    book.record(a_route("mug"))
    records.append(LAMP, records.read("routes/shop/mug", 1) or b"")
    with pytest.raises(PermanentError, match="another clip's"):
        book.current("shop", "lamp")
