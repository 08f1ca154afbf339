"""Which release makes a clip that has no template: kept once chosen, by name, by class and tier, by share.

Pure: what was asked and where the releases stand in, a route with its reason out. The record of routes is
`resources/route_book.py`; rows with a template are `vidgen_assets/prompts/routing.py`'s.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from vidgen_assets.clips.errors import InputError
from vidgen_assets.clips.spec import Route
from vidgen_assets.models.families import takes_image
from vidgen_assets.models.registry import RegistryState, ReleaseStanding, Status
from vidgen_assets.models.release import ModelRelease

_POINT_BYTES = 6  # 48 bits: exact as a float


@dataclass(frozen=True, slots=True)
class Asked:
    """What decides a clip's route: its name, and what its row and its customer's tier say."""

    catalog: str
    clip_id: str
    model: str | None  # a release or a family, by name
    priority: str
    tier: str
    has_image: bool

    def to_json(self) -> dict[str, Any]:
        return {"model": self.model, "priority": self.priority, "tier": self.tier, "has_image": self.has_image}

    @classmethod
    def from_json(cls, catalog: str, clip_id: str, row: Mapping[str, Any]) -> "Asked":
        return cls(catalog, clip_id, row["model"], row["priority"], row["tier"], row["has_image"])


@dataclass(frozen=True, slots=True)
class RecordedRoute:
    """A clip's route as it was recorded, with what was asked then."""

    route: Route
    asked: Asked
    recorded_at: str  # ISO 8601, UTC

    def answers(self, asked: Asked) -> bool:
        """Whether the route still stands: another priority or tier is no reason to make a clip again."""
        return (self.asked.model, self.asked.has_image) == (asked.model, asked.has_image)


def choose_release(asked: Asked, state: RegistryState, *, previous: RecordedRoute | None) -> Route:
    """The route of a clip. A recorded one stays, whatever became of its release: if that is frozen, the gate holds
    the clip until a migration is recorded. Raises `InputError` if nothing can make the clip; it names what there is.
    """
    if previous is not None and previous.answers(asked):
        return previous.route
    if asked.model is not None and asked.model in state.releases:
        return _by_name(state.releases[asked.model], asked, state)
    if asked.model is None:
        return _in_family(_family_by_default(asked, state), asked, state)
    if not state.family(asked.model):
        raise _nothing("no such model release or family", asked, state)
    return _in_family(asked.model, asked, state)


_OF_OURS = ("shipped", "built-in")


def point_of(asked: Asked, family: str) -> float:
    """The clip's place in [0, 1) of the family's traffic: the same at every asking, evenly spread over clips."""
    name = f"{asked.catalog}/{asked.clip_id}/{family}"
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:_POINT_BYTES]) / 2 ** (8 * _POINT_BYTES)


def _by_name(standing: ReleaseStanding, asked: Asked, state: RegistryState) -> Route:
    if standing.status not in (Status.ACTIVE, Status.CANARY):
        raise _nothing(f"this release is {standing.status}: {standing.reason}", asked, state)
    if not _fits(standing.release, asked):
        raise _wrong_kind(asked, state)
    return _route(standing.release, "asked for by name")


def _in_family(family: str, asked: Asked, state: RegistryState) -> Route:
    point = point_of(asked, family)
    canary = next((c for start, c in _ranges(family, state) if start <= point < start + c.share), None)
    if canary is not None and _fits(canary.release, asked) and _may_have(canary.release, asked):
        return _route(canary.release, f"canary share {canary.share * 100:g} %: point {point:.3f}")
    active = state.active(family)
    if active is None:
        raise _nothing(f"the family {family} has no active release", asked, state)
    if not _fits(active.release, asked):
        raise _wrong_kind(asked, state)
    return _route(active.release, f"the active release of {family}: point {point:.3f}")


def _ranges(family: str, state: RegistryState) -> Iterator[tuple[float, ReleaseStanding]]:
    """The family's canaries in the order of registration, each with where its share begins.

    A canary keeps its range also for clips it may not have; they go to the active release, not to the next canary.
    """
    start = 0.0
    for standing in state.family(family):
        if standing.status is Status.CANARY:
            yield start, standing
            start += standing.share


def _family_by_default(asked: Asked, state: RegistryState) -> str:
    """That of the oldest active release that fits; one that comes with the project only where there is no other."""
    for standing in sorted(state.releases.values(), key=lambda standing: standing.release.source.kind in _OF_OURS):
        if standing.status is Status.ACTIVE and _fits(standing.release, asked):
            return standing.release.family
    raise _nothing("no active release makes such a clip", asked, state)


def _fits(release: ModelRelease, asked: Asked) -> bool:
    """A server takes clips with and without an image; a pipeline is for one kind."""
    return release.backend == "remote" or takes_image(release) == asked.has_image


def _may_have(release: ModelRelease, asked: Asked) -> bool:
    """Whether the canary is for clips of this class and tier. What is empty is for all."""
    only = release.eligibility
    return asked.priority in (only.priorities or (asked.priority,)) and asked.tier in (only.tiers or (asked.tier,))


def _route(release: ModelRelease, reason: str) -> Route:
    return Route(backend=release.backend, release=release.id, reason=reason)


def _usable(asked: Asked, state: RegistryState) -> str:
    """The families and releases that could make the clip, for an error's `allowed`."""
    usable = [
        s.release
        for s in state.releases.values()
        if s.status in (Status.ACTIVE, Status.CANARY) and _fits(s.release, asked)
    ]
    names = [*dict.fromkeys(release.family for release in usable), *(release.id for release in usable)]
    return ", ".join(names) or "none is registered for such a clip"


def _nothing(found: str, asked: Asked, state: RegistryState) -> InputError:
    remedy = "Name one of these, or leave `model` empty; `vidgen models list` shows all."
    if asked.model is None:
        remedy = "Name a template, or have a model registered (`vidgen models add`) and made active."
    allowed = _usable(asked, state)
    return InputError(found, clip_id=asked.clip_id, field="model", value=asked.model, allowed=allowed, remedy=remedy)


def _wrong_kind(asked: Asked, state: RegistryState) -> InputError:
    found = "the model makes clips from a prompt alone, and the row gives an image"
    if not asked.has_image:
        found = "the model begins with an image, and the row gives none"
    return _nothing(found, asked, state)
