"""The route book: which release each generated clip was routed to, signed, a series for each clip.

A route is looked up before it is chosen, so a promotion moves no finished clip. A template clip's route follows from
its row alone and isn't recorded. Choosing is `vidgen_assets/models/routing.py`.
"""

from resources.keys import Signer
from resources.records import Records
from resources.signed_records import SignedRecords, untrusted
from vidgen_assets.clips.spec import Route
from vidgen_assets.models.routing import Asked, RecordedRoute

_REMEDY = "Put the entry back from a copy of the store, or the key it was signed with into keys/trusted."


class RouteBook:
    def __init__(self, records: Records, signer: Signer) -> None:
        self._records = SignedRecords(records, signer, {"catalog", "clip_id", "route", "asked", "recorded_at"})

    def current(self, catalog: str, clip_id: str) -> RecordedRoute | None:
        """The newest route of a clip. Raises `PermanentError` for an entry that can't be trusted."""
        return self._read(_series(catalog, clip_id))[0]

    def record(self, recorded: RecordedRoute) -> None:
        """From now on the clip has this route."""
        asked, route = recorded.asked, recorded.route
        series = _series(asked.catalog, asked.clip_id)
        statement = {
            "catalog": asked.catalog,
            "clip_id": asked.clip_id,
            "route": route.model_dump(mode="json"),
            "asked": asked.to_json(),
            "recorded_at": recorded.recorded_at,
        }
        while not self._records.append_next(series, statement, after=self._read(series)[1]):
            pass  # another run recorded at the same moment: an entry that it overtook is void

    def clips_of(self, release_id: str) -> list[tuple[str, str]]:
        """Catalog and id of every clip whose newest route leads to `release_id`, sorted."""
        newest = [self._read(series)[0] for series in self._records.series_below("routes")]
        return sorted((r.asked.catalog, r.asked.clip_id) for r in newest if r and r.route.release == release_id)

    def _read(self, series: str) -> tuple[RecordedRoute | None, int]:
        """The newest route in `series`, and how many entries that has."""
        chain = self._records.chain(series, remedy=_REMEDY)
        newest: RecordedRoute | None = None
        for number, row in chain.numbered:
            if series != _series(row["catalog"], row["clip_id"]):
                raise untrusted(series, number, "the entry is another clip's", _REMEDY)
            asked = Asked.from_json(row["catalog"], row["clip_id"], row["asked"])
            newest = RecordedRoute(Route.model_validate(row["route"]), asked, row["recorded_at"])
        return newest, chain.length


def _series(catalog: str, clip_id: str) -> str:
    return f"routes/{catalog}/{clip_id}"
