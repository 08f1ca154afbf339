"""Where every upload stands: ready to be shown, held, failed or waiting, and why. From the records alone.

An upload is ready if all that shows it passed the gate: one part that is held holds the whole of it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from quality_checks.thresholds import THRESHOLDS
from resources.arrival_book import Arrival
from resources.workshop import Workshop
from vidgen_assets.arrivals.asset import ARRIVAL_STAGES, PROBES
from vidgen_assets.arrivals.facts import FACTS_FILE, Facts, size_refusal
from vidgen_assets.clips.artifact import Artifact
from vidgen_assets.clips.errors import ArtifactCorrupt, AuditPending, GateClosed, InputError
from vidgen_assets.clips.ledger import Problem, Status


class ArrivalState(StrEnum):
    READY = "ready"
    HELD = "held"  # refused, or waits for a person
    FAILED = "failed"  # waits for a machine or a repair
    WAITING = "waiting"  # not worked on yet, or not to the end


@dataclass(frozen=True, slots=True)
class ArrivalStanding:
    """One upload. `artifacts` by asset are there once it's ready."""

    arrival_id: str
    name: str
    tray: str | None
    state: ArrivalState
    problem: Problem | None = None
    digest: str | None = None
    arrived_at: str | None = None
    artifacts: Mapping[str, Artifact] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        return {
            "arrival_id": self.arrival_id,
            "name": self.name,
            "tray": self.tray,
            "state": self.state.value,
            "why": self.problem.to_json() if self.problem else None,
            "digest": self.digest,
            "arrived_at": self.arrived_at,
            "artifacts": {asset: artifact.to_json() for asset, artifact in self.artifacts.items()},
        }


def arrival_standings(shop: Workshop) -> list[ArrivalStanding]:
    """Every upload that was taken in, the oldest first; then the files in the folder that never will be."""
    return [s for tray in shop.arrivals.trays() for s in _on_tray(tray, shop)] + list(_turned_away(shop))


def find_arrival(wanted: str, shop: Workshop) -> ArrivalStanding:
    """The newest upload with this id, or of this file's name. Raises `InputError` if there is none."""
    found = [s for s in arrival_standings(shop) if wanted in (s.arrival_id, s.name)]
    if not found:
        remedy = "`vidgen arrivals list` shows all."
        raise InputError("no such upload", field="arrival", value=wanted, remedy=remedy)
    return found[-1]


def lay_out(standing: ArrivalStanding, out: Path, shop: Workshop) -> list[Path]:
    """Copy what shows an upload into the folder `out`, its facts beside it; the files. Raises `InputError` for one that
    isn't ready."""
    if standing.state is not ArrivalState.READY:
        why = f": {standing.problem}" if standing.problem else ""
        found = f"the upload is {standing.state.value}{why}"
        raise InputError(found, field="arrival", value=standing.arrival_id, allowed="uploads that are ready")
    out.mkdir(parents=True, exist_ok=True)
    for stage in ARRIVAL_STAGES[1:]:
        shop.artifacts.check_out(standing.artifacts[stage.name], out)
    probe = shop.artifacts.listing(standing.artifacts[PROBES.name].digest)
    facts = Facts.model_validate_json(shop.artifacts.read(probe[FACTS_FILE].digest))
    (out / FACTS_FILE).write_bytes(facts.model_copy(update={"samples": ()}).to_bytes())
    return sorted(path for path in out.iterdir() if path.is_file())


def _on_tray(tray: str, shop: Workshop) -> Iterator[ArrivalStanding]:
    arrivals: tuple[Arrival, ...] = ()
    try:
        arrivals = shop.arrivals.on_tray(tray) or ()
        found = _gated(tray, shop)
    except ArtifactCorrupt as error:
        yield ArrivalStanding(tray, "", tray, ArrivalState.FAILED, Problem.of(error))
        return
    except (GateClosed, AuditPending) as error:
        found = {arrival.arrival_id: (ArrivalState.WAITING, Problem.of(error), {}) for arrival in arrivals}
    for arrival in arrivals:
        state, problem, artifacts = found.get(arrival.arrival_id, (ArrivalState.WAITING, None, {}))
        yield _standing(arrival, tray, state, problem, artifacts)


_Found = tuple[ArrivalState, Problem | None, Mapping[str, Artifact]]


def _gated(tray: str, shop: Workshop) -> dict[str, _Found]:
    """What the gate says of each upload on the tray, asked for all of its assets at once."""
    through = shop.gate.let_through(tray, [stage.requirement(THRESHOLDS.policy_version) for stage in ARRIVAL_STAGES])
    found: dict[str, _Found] = {p.row.clip_id: (ArrivalState.READY, None, p.artifacts) for p in through.passed}
    for held in through.held:
        state = ArrivalState.FAILED if held.status is Status.FAILED else ArrivalState.HELD
        found[held.row.clip_id] = (state, _for_its_sender(held.problem), {})
    return found


def _for_its_sender(problem: Problem) -> Problem:
    """The gate speaks of rows and recipes, which who sends a video has none of."""
    if problem.field != "verdict" or problem.value is None:
        return problem
    return Problem(problem.kind, problem.message, remedy="Send another version of it.")


def _standing(
    arrival: Arrival, tray: str, state: ArrivalState, problem: Problem | None, artifacts: Mapping[str, Artifact]
) -> ArrivalStanding:
    digest, at = str(arrival.digest), arrival.arrived_at
    return ArrivalStanding(arrival.arrival_id, arrival.name, tray, state, problem, digest, at, artifacts)


def _turned_away(shop: Workshop) -> Iterator[ArrivalStanding]:
    """Files that are refused by their size: nobody reads them, so they are on no tray."""
    for name, marker in shop.arrivals.waiting().items():
        if refusal := size_refusal(int(marker.split()[0])):
            yield ArrivalStanding("", name, None, ArrivalState.HELD, Problem.of(refusal))
