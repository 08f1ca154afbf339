"""How each canary fares against its family's active release, from the records alone.

What became of a clip is `model_outcomes.py`'s; what that says of a release is reckoned in `models/canary.py`; the
sensor that acts on it is `automation/canaries.py`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from resources.workshop import Workshop
from vidgen_assets.models.canary import POLICY, CanaryPolicy, Comparison, Trial, weigh
from vidgen_assets.models.registry import RegistryState, ReleaseStanding
from vidgen_assets.reports.model_outcomes import Outcome, outcomes


@dataclass(frozen=True, slots=True)
class ReleaseComparison:
    """A canary, the active release of its family (None if there is none), and what their clips say."""

    canary: ReleaseStanding
    baseline: ReleaseStanding | None
    comparison: Comparison

    def to_json(self) -> dict[str, Any]:
        return {
            "family": self.canary.release.family,
            "canary_release": self.canary.release.id,
            "baseline_release": self.baseline.release.id if self.baseline else None,
            "share": self.canary.share,
            "why": self.comparison.why,
            **self.comparison.to_json(),
        }


def compare(shop: Workshop, policy: CanaryPolicy = POLICY) -> list[ReleaseComparison]:
    """Every canary in the order of registration. Without one, no clip is looked at. Raises what the registry raises."""
    state = shop.models.state()
    canaries = state.canaries()
    found = outcomes(shop) if canaries else []
    return [_compared(canary, state, found, policy) for canary in canaries]


def trials(canary: str, baseline: str | None, found: Iterable[Outcome]) -> list[Trial]:
    """The clips of both that are judged, in the order in which they speak.

    Like is compared with like: the baseline's clips count in catalogs where the canary has some, from when it has. So
    what was said once is only ever added to.
    """
    judged = [each for each in found if each.accepted is not None and each.release in (canary, baseline)]
    since: dict[str, str] = {}
    for each in judged:
        if each.release == canary:
            since[each.catalog] = min(each.recorded_at, since.get(each.catalog, each.recorded_at))
    heard = [each for each in judged if each.catalog in since]
    heard.sort(key=lambda o: (max(o.recorded_at, since[o.catalog]), o.release == canary, o.name))
    return [Trial(each.name, each.release == canary, bool(each.accepted), each.quality) for each in heard]


def _compared(
    canary: ReleaseStanding, state: RegistryState, found: Sequence[Outcome], policy: CanaryPolicy
) -> ReleaseComparison:
    baseline = state.active(canary.release.family)
    seen = trials(canary.release.id, baseline.release.id if baseline else None, found)
    return ReleaseComparison(canary, baseline, weigh(seen, policy))
