"""What may follow what in a release's life, planned as events: registered, promoted, frozen, rolled back.

Pure: from the state (and for a rollback the events so far) to the events that belong together.
`resources/model_registry.py` signs a plan as one entry, so whoever folds the record up to any entry finds a family
with its old active release or with its new one, never with both and never, between the two, with none.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from vidgen_assets.clips.errors import InputError
from vidgen_assets.models.registration import check_release, differences
from vidgen_assets.models.registry import Event, EventKind, RegistryState, ReleaseStanding, Status, fold
from vidgen_assets.models.release import ModelRelease

Plan = tuple[Event, ...]
"""Events that are recorded together; none at all if there is nothing to change."""

_AT_REGISTRATION = (Status.CANARY, Status.ACTIVE)


@dataclass(frozen=True, slots=True)
class Stamp:
    """Why, by whom, when (ISO 8601, UTC), and on what measurements a change was made."""

    reason: str
    by: str
    recorded_at: str
    evidence: Mapping[str, Any] = field(default_factory=dict)


def plan_registration(
    release: ModelRelease, state: RegistryState, stamp: Stamp, *, status: Status, share: float
) -> Plan:
    """`release` as a canary, or as the first active one of its family; known content is no change.

    Raises `InputError` for a release that can't be, an id that stands for other content, or a second active one.
    """
    known = state.releases.get(release.id)
    if known is not None:
        _refuse_other_content(known.release, release)
        return ()
    if status not in _AT_REGISTRATION:
        remedy = "Register it as a canary; share 0 keeps it out of use except by name."
        raise InputError(
            "a release doesn't begin so", field="status", value=status, allowed=_AT_REGISTRATION, remedy=remedy
        )
    check_release(release)
    _refuse_second_active(release, status, state)
    what = {
        "release": release.model_dump(mode="json"),
        "status": status.value,
        "share": _checked_share(release, status, share, state),
    }
    return (Event(EventKind.REGISTERED, what, stamp.reason, stamp.by, stamp.recorded_at, stamp.evidence),)


def plan_status(release_id: str, state: RegistryState, stamp: Stamp, *, status: Status, share: float) -> Plan:
    """One release's new status and share. Raises `InputError` for an unknown id or a second active release."""
    standing = state.standing(release_id)
    _refuse_second_active(standing.release, status, state)
    return (_set(release_id, status, _checked_share(standing.release, status, share, state), stamp),)


def plan_promotion(release_id: str, state: RegistryState, stamp: Stamp) -> Plan:
    """The canary becomes active, and the release that was active is retired."""
    standing = state.standing(release_id)
    if standing.status is not Status.CANARY:
        remedy = "Make it a canary first, so that it is watched before it gets everything."
        raise InputError(
            "only a canary is promoted", field="status", value=standing.status, allowed=Status.CANARY, remedy=remedy
        )
    former = state.active(standing.release.family)
    retired = [_set(former.release.id, Status.RETIRED, 0.0, stamp)] if former else []
    return (*retired, _set(release_id, Status.ACTIVE, 0.0, stamp))


def plan_freeze(release_id: str, state: RegistryState, stamp: Stamp) -> Plan:
    """The release gets nothing more, and its clips that aren't released are held."""
    is_frozen = state.standing(release_id).status is Status.FROZEN
    return () if is_frozen else (_set(release_id, Status.FROZEN, 0.0, stamp),)


def plan_rollback(release_id: str, events: Sequence[Event], stamp: Stamp) -> Plan:
    """The release is frozen; if it was the last of its family to be active, the one before it is active again."""
    state = fold(events)
    standing = state.standing(release_id)
    before = None if state.active(standing.release.family) not in (None, standing) else _active_before(standing, events)
    restored = () if before is None else (_set(before, Status.ACTIVE, 0.0, stamp),)
    return (*plan_freeze(release_id, state, stamp), *restored)


def plan_tier(customer: str, tier: str, stamp: Stamp) -> Plan:
    """The tier that a customer's clips count as from now on."""
    for name, text in (("customer", customer), ("tier", tier)):
        if not text.strip():
            raise InputError(f"the {name} is empty", field=name, allowed="a name", remedy="Write it out.")
    what = {"customer": customer, "tier": tier}
    return (Event(EventKind.TIER, what, stamp.reason, stamp.by, stamp.recorded_at, stamp.evidence),)


def _active_before(standing: ReleaseStanding, events: Sequence[Event]) -> str | None:
    """The release that was active in the family before `standing` was; None if that one never was, or was the first.

    A release that has been frozen since is passed over: it was stopped for a reason of its own.
    """
    state, order = fold(events), list(_actives(standing.release.family, events))
    if not order or order[-1] != standing.release.id:
        return None
    return next(
        (
            release_id
            for release_id in reversed(order)
            if release_id != standing.release.id and state.releases[release_id].status is not Status.FROZEN
        ),
        None,
    )


def _actives(family: str, events: Iterable[Event]) -> Iterable[str]:
    """The ids of the family's releases in the order in which they became active."""
    members: set[str] = set()
    for event in events:
        if event.kind is EventKind.TIER:
            continue
        release = event.what.get("release", {})
        release_id = event.what.get("release_id") or release["id"]
        if release.get("family") == family:
            members.add(release_id)
        if release_id in members and event.what["status"] == Status.ACTIVE:
            yield release_id


def _set(release_id: str, status: Status, share: float, stamp: Stamp) -> Event:
    what = {"release_id": release_id, "status": status.value, "share": share}
    return Event(EventKind.SET, what, stamp.reason, stamp.by, stamp.recorded_at, stamp.evidence)


def _checked_share(release: ModelRelease, status: Status, share: float, state: RegistryState) -> float:
    """A canary's share; other releases have none, whatever was said."""
    if status is not Status.CANARY:
        return 0.0
    others = sum(s.share for s in state.canaries() if s.release.family == release.family and s.release.id != release.id)
    if not 0 <= share <= 1 or others + share > 1:
        allowed = f"0 to {1 - others:g}, since other canaries of {release.family} have {others:g}"
        raise InputError("no such share", field="share", value=share, allowed=allowed, remedy="Lower it.")
    return share


def _refuse_other_content(known: ModelRelease, release: ModelRelease) -> None:
    if found := differences(known, release):
        raise InputError(
            f"this id stands for another content already: {'; '.join(found[:5])}",
            field="id",
            value=release.id,
            allowed="one content for an id, for ever",
            remedy="Register it under a new id.",
        )


def _refuse_second_active(release: ModelRelease, status: Status, state: RegistryState) -> None:
    active = state.active(release.family)
    if status is Status.ACTIVE and active is not None and active.release.id != release.id:
        raise InputError(
            f"{release.family} has an active release: {active.release.id}",
            field="status",
            value=status,
            allowed=Status.CANARY,
            remedy="Register it as a canary, and promote it with `vidgen models promote` when it has proved itself.",
        )
