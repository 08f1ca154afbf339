"""When a canary is worse than the release it may succeed: two bets, watched clip by clip, and what follows from them.

One bet is on refusals, one on quality; either freezes. Pure: `reports/model_comparison.py` reads the clips,
`automation/canaries.py` acts. The mathematics is in `evidence.py`, the numbers for people in
docs/operations/canaries.md.
"""

import itertools
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from vidgen_assets.models.evidence import SequentialRanks, rank_log_factor, refusal_log_evidence, upper_rate

_LARGEST_EXPONENT = 700.0  # of what a float holds


@dataclass(frozen=True, slots=True)
class CanaryPolicy:
    """How sure one must be, and of what. The alphas add up to the chance that a canary that is no worse is frozen.

    A sum, since the two bets and the baseline's bound are about the same clips: wealth of bets that see different
    things can't be averaged (Choe and Ramdas, Combining evidence across filtrations, 2024), chances of error can be
    added.
    """

    refusal_alpha: float = 0.004
    quality_alpha: float = 0.004
    baseline_alpha: float = 0.002  # that the baseline's own rate of refusals is above its bound
    # A model that refuses one clip in five more than its predecessor costs more than its betterment is worth.
    margin: float = 0.2
    # Of a thousand accepted baseline clips one may still be bad luck; below 2 % two refused clips would freeze.
    least_rate: float = 0.02
    # With fewer clips to compare with, a rank says little and the stake is lost to noise.
    least_baseline: int = 8
    # Nearly all, for speed: a clip below all others is worth 1.9. Drops of the mean rank to less than 0.6 escape it.
    bet: float = 0.9

    @property
    def alpha(self) -> float:
        return self.refusal_alpha + self.quality_alpha + self.baseline_alpha


POLICY = CanaryPolicy()


class CanaryVerdict(StrEnum):
    FREEZE = "freeze"
    WATCH = "watch"


@dataclass(frozen=True, slots=True)
class Trial:
    """One clip that was judged. `quality` is None where it came to none; more is better."""

    name: str  # catalog/clip
    is_canary: bool
    accepted: bool
    quality: float | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """What was seen so far."""

    canary_clips: int = 0
    canary_refused: int = 0
    baseline_clips: int = 0
    baseline_refused: int = 0
    ranks: int = 0  # canary clips that were ranked against enough of the baseline
    rank_sum: float = 0.0
    quality_log_evidence: float = 0.0

    def counting(self, trial: Trial) -> "Tally":
        refused = int(not trial.accepted)
        if trial.is_canary:
            return replace(self, canary_clips=self.canary_clips + 1, canary_refused=self.canary_refused + refused)
        return replace(self, baseline_clips=self.baseline_clips + 1, baseline_refused=self.baseline_refused + refused)

    def ranking(self, rank: float, bet: float) -> "Tally":
        return replace(
            self,
            ranks=self.ranks + 1,
            rank_sum=self.rank_sum + rank,
            quality_log_evidence=self.quality_log_evidence + rank_log_factor(rank, bet),
        )


@dataclass(frozen=True, slots=True)
class Comparison:
    """A canary against its baseline. Evidence is wealth: 1 is none; `needed` freezes."""

    verdict: CanaryVerdict
    why: str
    tally: Tally
    baseline_rate: float  # the highest rate of refusals that is still no worse than the baseline's
    refusal_evidence: float
    refusal_needed: float
    quality_evidence: float
    quality_needed: float
    mean_rank: float | None  # 1/2 is as good as the baseline, 1 is worse than all of it

    def to_json(self) -> dict[str, Any]:
        """For the registry's event, and for programs."""
        return {
            "verdict": self.verdict.value,
            "canary": {"clips": self.tally.canary_clips, "refused": self.tally.canary_refused},
            "baseline": {
                "clips": self.tally.baseline_clips,
                "refused": self.tally.baseline_refused,
                "rate_at_most": round(self.baseline_rate, 4),
            },
            "refusals": {"evidence": _shortened(self.refusal_evidence), "needed": self.refusal_needed},
            "quality": {
                "evidence": _shortened(self.quality_evidence),
                "needed": self.quality_needed,
                "clips": self.tally.ranks,
                "mean_rank": None if self.mean_rank is None else round(self.mean_rank, 4),
            },
        }


def watch(trials: Iterable[Trial], policy: CanaryPolicy = POLICY) -> Iterator[Tally]:
    """The tally after each of `trials`, which come in the order in which they were judged.

    Refusals are counted, so their order means nothing. A quality is ranked among those before it: bad canary clips say
    most while they are few, and what comes before `least_baseline` baseline clips says nothing.
    """
    tally, ranks = Tally(), SequentialRanks()
    ranked_baseline = 0
    for trial in trials:
        tally = tally.counting(trial)
        if trial.quality is not None:
            rank = ranks.enter(trial.name, trial.quality)
            ranked_baseline += not trial.is_canary
            if trial.is_canary and ranked_baseline >= policy.least_baseline:
                tally = tally.ranking(rank, policy.bet)
        yield tally


def weigh(trials: Iterable[Trial], policy: CanaryPolicy = POLICY) -> Comparison:
    """What `trials` say by now."""
    tally = Tally()
    for tally in watch(trials, policy):  # noqa: B007 - the last one is wanted
        pass
    return conclude(tally, policy)


def conclude(tally: Tally, policy: CanaryPolicy = POLICY) -> Comparison:
    """Freeze if either bet has won."""
    rate = _baseline_rate(tally, policy)
    refusals = _exp(refusal_log_evidence(tally.canary_refused, tally.canary_clips, rate=rate, margin=policy.margin))
    quality = _exp(tally.quality_log_evidence)
    needed = 1 / policy.refusal_alpha, 1 / policy.quality_alpha
    found = Comparison(
        verdict=CanaryVerdict.WATCH,
        why="",
        tally=tally,
        baseline_rate=rate,
        refusal_evidence=refusals,
        refusal_needed=needed[0],
        quality_evidence=quality,
        quality_needed=needed[1],
        mean_rank=tally.rank_sum / tally.ranks if tally.ranks else None,
    )
    against = [*_against_acceptance(found), *_against_quality(found)]
    if against:
        return replace(found, verdict=CanaryVerdict.FREEZE, why="; ".join(against))
    return replace(found, why=_nothing_against(found, policy))


def refused_clips_to_freeze(baseline_clips: int, baseline_refused: int = 0, policy: CanaryPolicy = POLICY) -> int:
    """After how many canary clips, all refused and none with a quality, the canary is frozen."""
    before = Tally(baseline_clips=baseline_clips, baseline_refused=baseline_refused)
    if _baseline_rate(before, policy) >= 1:
        raise ValueError("no number of refusals freezes against a baseline without an accepted clip")
    tallies = (replace(before, canary_clips=n, canary_refused=n) for n in itertools.count(1))
    return next(t.canary_clips for t in tallies if conclude(t, policy).verdict is CanaryVerdict.FREEZE)


def worst_clips_to_freeze(baseline_clips: int, policy: CanaryPolicy = POLICY) -> int | None:
    """After how many canary clips, all accepted and all worse than every baseline clip, the canary is frozen at the
    latest: each is better than the canary's before it. None if so few baseline clips never suffice."""
    trials = itertools.chain(
        (Trial(f"baseline {n}", False, True, 1.0) for n in range(baseline_clips)),
        (Trial(f"canary {n}", True, True, -1 / (n + 1)) for n in range(baseline_clips)),
    )
    tallies = (t for t in watch(trials, policy) if conclude(t, policy).verdict is CanaryVerdict.FREEZE)
    return next((t.canary_clips for t in tallies), None)


def _baseline_rate(tally: Tally, policy: CanaryPolicy) -> float:
    return max(policy.least_rate, upper_rate(tally.baseline_refused, tally.baseline_clips, policy.baseline_alpha))


def _against_acceptance(found: Comparison) -> list[str]:
    if found.refusal_evidence < found.refusal_needed:
        return []
    seen = found.tally
    return [
        f"{seen.canary_refused} of its {seen.canary_clips} clips were refused, where "
        f"{seen.baseline_refused} of the baseline's {seen.baseline_clips} were "
        f"(evidence {found.refusal_evidence:.3g}, {found.refusal_needed:.0f} needed)"
    ]


def _against_quality(found: Comparison) -> list[str]:
    if found.quality_evidence < found.quality_needed:
        return []
    return [
        f"{found.tally.ranks} of its clips are worse than {found.mean_rank:.0%} of all before them, on average "
        f"(evidence {found.quality_evidence:.3g}, {found.quality_needed:.0f} needed)"
    ]


def _nothing_against(found: Comparison, policy: CanaryPolicy) -> str:
    seen = found.tally
    if not seen.canary_clips:
        return "none of its clips was judged yet"
    if not seen.baseline_clips:
        return f"{seen.canary_clips} of its clips were judged, and none of the baseline's to compare them with"
    quality = f"{found.quality_evidence:.3g} of {found.quality_needed:.0f}"
    if not seen.ranks:
        quality = f"none before {policy.least_baseline} baseline clips"
    return (
        f"{seen.canary_refused} of its {seen.canary_clips} clips refused, {seen.baseline_refused} of the baseline's "
        f"{seen.baseline_clips}; evidence from refusals {found.refusal_evidence:.3g} of {found.refusal_needed:.0f}, "
        f"from quality {quality}"
    )


def _exp(logarithm: float) -> float:
    return math.exp(min(logarithm, _LARGEST_EXPONENT))


def _shortened(evidence: float) -> float:
    return float(f"{evidence:.4g}")
