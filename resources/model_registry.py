"""The model registry: which releases there are and what each may do, as signed events that only ever grow.

An entry is one change, with all of its events. Safety fails closed: if any entry is missing, unreadable or forged,
nothing is said about any release, and clips that need one are held. The rules are `vidgen_assets/models/`.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from resources.keys import Signer
from resources.records import Records
from resources.signed_records import SignedRecords, untrusted
from vidgen_assets.clips.errors import InputError
from vidgen_assets.models.lifecycle import (
    Plan,
    Stamp,
    plan_freeze,
    plan_promotion,
    plan_registration,
    plan_rollback,
    plan_status,
    plan_tier,
)
from vidgen_assets.models.registry import Event, RegistryState, Status, fold
from vidgen_assets.models.release import ModelRelease

SERIES = "models"
_REMEDY = (
    "Put the entry back from a copy of the store, or the key it was signed with into keys/trusted; until then clips "
    "that need a model are held."
)


class ModelRegistry:
    def __init__(self, records: Records, signer: Signer) -> None:
        self._records = SignedRecords(records, signer, {"model_events"})
        self._known: dict[str, ModelRelease] = {}

    def register(
        self, release: ModelRelease, *, status: Status, share: float, reason: str, by: str, recorded_at: str
    ) -> None:
        """Add a release. The same content under the same id is no change; `share` counts for canaries.

        Raises `InputError` for a release that can't be run as it says, an id that stands for other content, or a
        second active release in a family.
        """
        stamp = Stamp(reason, by, recorded_at)
        self._change(lambda past: plan_registration(release, fold(past), stamp, status=status, share=share))

    def set_status(
        self,
        release_id: str,
        status: Status,
        *,
        share: float,
        reason: str,
        by: str,
        recorded_at: str,
        evidence: Mapping[str, Any] | None = None,
    ) -> None:
        """Change one release. Raises `InputError` for an unknown id, or a second active release in its family."""
        stamp = Stamp(reason, by, recorded_at, evidence or {})
        self._change(lambda past: plan_status(release_id, fold(past), stamp, status=status, share=share))

    def promote(self, release_id: str, stamp: Stamp) -> None:
        """Make a canary the active release of its family; the one before it is retired in the same entry."""
        self._change(lambda past: plan_promotion(release_id, fold(past), stamp))

    def freeze(self, release_id: str, stamp: Stamp) -> None:
        """Stop a release; its clips that aren't released are held from the next question to the gate on."""
        self._change(lambda past: plan_freeze(release_id, fold(past), stamp))

    def rollback(self, release_id: str, stamp: Stamp) -> str | None:
        """Freeze a release and, if it was the active one, restore the one before it; the id of that one."""
        plan = self._change(lambda past: plan_rollback(release_id, past, stamp))
        restored = [event.what["release_id"] for event in plan if event.what["status"] == Status.ACTIVE]
        return restored[0] if restored else None

    def set_tier(self, customer: str, tier: str, *, by: str, recorded_at: str) -> None:
        """What `customer`'s clips count as from now on; canaries may be for some tiers only."""
        stamp = Stamp(f"{customer} is of tier {tier}", by, recorded_at)
        self._change(lambda _: plan_tier(customer, tier, stamp))

    def events(self) -> list[Event]:
        """Every change so far, oldest first. Raises `PermanentError` naming an entry that can't be trusted."""
        return self._read()[0]

    def state(self) -> RegistryState:
        """Where every release stands now. Raises as `events` does."""
        return fold(self.events())

    def release(self, release_id: str) -> ModelRelease:
        """A registered release, whatever its status. Raises `InputError` for an id that there isn't.

        An id stands for one content for ever, so it is read once.
        """
        if release_id not in self._known:
            self._known[release_id] = self.state().standing(release_id).release
        return self._known[release_id]

    def suspended(self) -> dict[str, str]:
        """The releases that are frozen, each with the reason. Raises as `events` does."""
        return {
            release_id: standing.reason
            for release_id, standing in self.state().releases.items()
            if standing.status is Status.FROZEN
        }

    def _change(self, plan_after: Callable[[Sequence[Event]], Plan]) -> Plan:
        """Record what follows from the events so far; if another change comes between, it is planned anew."""
        while True:
            past, length = self._read()
            plan = plan_after(past)
            statement = {"model_events": [event.to_json() for event in plan]}
            if not plan or self._records.append_next(SERIES, statement, after=length):
                return plan

    def _read(self) -> tuple[list[Event], int]:
        chain = self._records.chain(SERIES, remedy=_REMEDY)
        return [event for number, statement in chain.numbered for event in _events(number, statement)], chain.length


def _events(number: int, statement: Mapping[str, Any]) -> Plan:
    try:
        plan = tuple(Event.from_json(row) for row in statement["model_events"])
        fold(event for event in plan if "release" in event.what)  # a release that this edition can't read
        return plan
    except (ValueError, KeyError, TypeError, InputError) as error:
        found = f"the entry is of another edition of this software: {error}"
        raise untrusted(SERIES, number, found, _REMEDY) from error
