"""Taking a model release back: freeze it, restore the one before it, and move its clips that aren't released.

Clips that are out stay out. Running the shards again is left to whoever asked: the command line says which, a sensor
requests them.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from resources.workshop import Workshop
from vidgen_assets.clips.errors import InputError
from vidgen_assets.clips.ledger import Problem
from vidgen_assets.models.lifecycle import Stamp
from vidgen_assets.models.registry import RegistryState
from vidgen_assets.models.routing import RecordedRoute, choose_release
from vidgen_assets.reports.standing import Standing, State, standings


@dataclass(frozen=True, slots=True)
class Moved:
    """A clip with its new release, or with why it stays where it is."""

    catalog: str
    clip_id: str
    shard: str
    release: str | None
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class RolledBack:
    """What a rollback did. `restored` is the release that is active again, if one is."""

    release_id: str
    restored: str | None
    clips: tuple[Moved, ...]

    @property
    def shards(self) -> tuple[str, ...]:
        """The shards to run, so that the moved clips are made."""
        return tuple(sorted({moved.shard for moved in self.clips if moved.release}))


def roll_back(release_id: str, shop: Workshop, *, reason: str, by: str) -> RolledBack:
    """Freeze first, then move: what happens in between is held. Raises `InputError` for an unknown release.

    Doing it again moves what was not moved yet, so an interrupted rollback is simply repeated.
    """
    restored = shop.models.rollback(release_id, Stamp(reason, by, shop.now()))
    state = shop.models.state()
    unreleased = _unreleased(shop.routes.clips_of(release_id), shop)
    return RolledBack(release_id, restored, tuple(_move(s, release_id, state, shop, reason) for s in unreleased))


def _unreleased(clips: Iterable[tuple[str, str]], shop: Workshop) -> list[Standing]:
    """Where those of `clips` stand that their catalogs still have and that aren't released."""
    wanted = set(clips)
    known = set(shop.catalogs.names())
    everywhere = standings(shop, sorted({catalog for catalog, _ in wanted} & known))
    return [s for s in everywhere if (s.catalog, s.clip_id) in wanted and s.state is not State.RELEASED]


def _move(standing: Standing, release_id: str, state: RegistryState, shop: Workshop, reason: str) -> Moved:
    recorded = shop.routes.current(standing.catalog, standing.clip_id)
    if recorded is None:
        raise LookupError(f"{standing.catalog}/{standing.clip_id} has no recorded route")
    try:
        route = choose_release(recorded.asked, state, previous=None)
    except InputError as error:
        return Moved(standing.catalog, standing.clip_id, standing.shard, None, Problem.of(error))
    why = f"moved from {release_id} ({reason}): {route.reason}"
    moved = route.model_copy(update={"reason": why})
    shop.routes.record(RecordedRoute(moved, recorded.asked, shop.now()))
    return Moved(standing.catalog, standing.clip_id, standing.shard, route.release)
