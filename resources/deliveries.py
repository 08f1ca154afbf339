"""When each release could be played: a note for every delivery, beside the releases and apart from their addresses.

It decides nothing; indicators are counted from it.
"""

import json
from dataclasses import asdict, dataclass
from datetime import datetime

from resources.object_store import ObjectStore
from vidgen_assets.clips.digest import canonical_json
from vidgen_assets.releases.address import Address


@dataclass(frozen=True, slots=True)
class Delivery:
    """Moments as ISO 8601. `asked_at` is when the newest version of the clip's catalog was registered."""

    asked_at: str
    first_playable_at: str
    complete_at: str

    @property
    def first_playable_s(self) -> float:
        """Seconds from the request to when its smallest rendition could be played."""
        return (_moment(self.first_playable_at) - _moment(self.asked_at)).total_seconds()


class Deliveries:
    def __init__(self, objects: ObjectStore) -> None:
        self._objects = objects

    def note(self, address: Address, delivery: Delivery) -> None:
        """The first note of an address stays."""
        self._objects.create(_key(address), canonical_json(asdict(delivery)))

    def of(self, address: Address) -> Delivery | None:
        """None for a release that was laid out before there were notes, and for a note that can't be read."""
        data = self._objects.get(_key(address))
        try:
            return Delivery(**json.loads(data)) if data else None
        except (ValueError, TypeError):
            return None


def _key(address: Address) -> str:
    return f"deliveries/{address.catalog}/{address.clip_id}/{address.statement.short}.json"


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
