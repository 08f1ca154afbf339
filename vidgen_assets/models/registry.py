"""How releases come and go: signed events, folded into where each release stands now.

Pure values; `resources/model_registry.py` keeps and verifies the events. An event is never changed or removed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from vidgen_assets.clips.errors import InputError
from vidgen_assets.models.release import ModelRelease

DEFAULT_TIER = "standard"


class Status(StrEnum):
    """A release's place in its family."""

    CANARY = "canary"  # gets its share of new clips, under watch
    ACTIVE = "active"  # gets all others; one at a time in a family
    FROZEN = "frozen"  # gets nothing, and its clips that aren't released are held
    RETIRED = "retired"  # gets nothing; what it made goes on


@dataclass(frozen=True, slots=True)
class ReleaseStanding:
    """A release, its status, its share of its family's new clips (0 to 1, for canaries), and why it is so."""

    release: ModelRelease
    status: Status
    share: float
    reason: str
    since: str  # ISO 8601, UTC


@dataclass(frozen=True, slots=True)
class RegistryState:
    """Every release by id, in the order of registration, and the customers' tiers."""

    releases: Mapping[str, ReleaseStanding] = field(default_factory=dict)
    tiers: Mapping[str, str] = field(default_factory=dict)

    def tier_of(self, customer: str) -> str:
        return self.tiers.get(customer, DEFAULT_TIER)

    def standing(self, release_id: str) -> ReleaseStanding:
        """Raises `InputError` for an id that was never registered."""
        found = self.releases.get(release_id)
        if found is None:
            raise InputError(
                "no such model release",
                field="model",
                value=release_id,
                allowed=sorted(self.releases) or "none is registered",
                remedy="See `vidgen models list`; `vidgen models add FILE` registers one.",
            )
        return found

    def family(self, name: str) -> list[ReleaseStanding]:
        return [standing for standing in self.releases.values() if standing.release.family == name]

    def active(self, family: str) -> ReleaseStanding | None:
        return next((s for s in self.family(family) if s.status is Status.ACTIVE), None)

    def canaries(self) -> list[ReleaseStanding]:
        return [standing for standing in self.releases.values() if standing.status is Status.CANARY]


class EventKind(StrEnum):
    REGISTERED = "registered"
    SET = "set"  # status and share
    TIER = "tier"


@dataclass(frozen=True, slots=True)
class Event:
    """One change. `what` is the release, the new status with its share, or a customer's tier."""

    kind: EventKind
    what: Mapping[str, Any]
    reason: str
    by: str
    recorded_at: str
    evidence: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind.value,
            "what": dict(self.what),
            "reason": self.reason,
            "by": self.by,
            "recorded_at": self.recorded_at,
            "evidence": dict(self.evidence),
        }

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> "Event":
        return cls(
            EventKind(row["kind"]), row["what"], row["reason"], row["by"], row["recorded_at"], row.get("evidence", {})
        )


def fold(events: Iterable[Event]) -> RegistryState:
    """Where every release stands after `events`."""
    state = RegistryState()
    for event in events:
        state = _after(state, event)
    return state


def _after(state: RegistryState, event: Event) -> RegistryState:
    if event.kind is EventKind.TIER:
        return replace(state, tiers={**state.tiers, event.what["customer"]: event.what["tier"]})
    if event.kind is EventKind.REGISTERED:
        release = ModelRelease.model_validate(event.what["release"])
    else:
        release = state.standing(event.what["release_id"]).release
    standing = ReleaseStanding(
        release, Status(event.what["status"]), float(event.what["share"]), event.reason, event.recorded_at
    )
    return replace(state, releases={**state.releases, release.id: standing})
