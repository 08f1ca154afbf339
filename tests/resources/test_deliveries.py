"""Notes on when a release could be played: the first one stays, and a spoilt one is none."""

from pathlib import Path

from resources.deliveries import Deliveries, Delivery
from resources.object_store import ObjectStore
from tests.builders import a_digest
from vidgen_assets.releases.address import Address

ADDRESS = Address("shop", "clip-1", a_digest("statement"))
NOTE = Delivery("2026-11-25T12:00:00.000+00:00", "2026-11-25T12:00:41.500+00:00", "2026-11-25T12:00:42.000+00:00")


def test_a_note_says_how_long_the_first_pictures_took(tmp_path: Path) -> None:
    deliveries = Deliveries(ObjectStore(str(tmp_path)))
    deliveries.note(ADDRESS, NOTE)
    found = deliveries.of(ADDRESS)
    assert found == NOTE
    assert found.first_playable_s == 41.5


def test_the_first_note_stays(tmp_path: Path) -> None:
    deliveries = Deliveries(ObjectStore(str(tmp_path)))
    deliveries.note(ADDRESS, NOTE)
    deliveries.note(ADDRESS, Delivery(NOTE.asked_at, NOTE.complete_at, NOTE.complete_at))
    assert deliveries.of(ADDRESS) == NOTE


def test_no_note_and_a_spoilt_note_are_none(tmp_path: Path) -> None:
    objects = ObjectStore(str(tmp_path))
    deliveries = Deliveries(objects)
    assert deliveries.of(ADDRESS) is None
    deliveries.note(ADDRESS, NOTE)
    (key,) = objects.keys("deliveries")
    for spoilt in (b"{", b'{"asked_at": "now"}', b"[]"):
        objects.put(key, spoilt)
        assert deliveries.of(ADDRESS) is None
