"""A worse canary is frozen soon, one that is no worse hardly ever, however often one looks."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from vidgen_assets.models.canary import (
    POLICY,
    CanaryPolicy,
    CanaryVerdict,
    Tally,
    Trial,
    conclude,
    refused_clips_to_freeze,
    watch,
    weigh,
    worst_clips_to_freeze,
)

CANARIES = 1_000
"""In each of seven settings: several thousand together."""

Quality = Callable[[random.Random], float]


@dataclass(frozen=True, slots=True)
class Maker:
    """A release as chance makes it."""

    refusal_rate: float
    quality: Quality

    def clip(self, name: str, *, is_canary: bool, dice: random.Random) -> Trial:
        return Trial(name, is_canary, dice.random() >= self.refusal_rate, self.quality(dice))


def plain(dice: random.Random) -> float:
    return dice.gauss(0.5, 0.2)


def with_ties(dice: random.Random) -> float:
    """Headrooms come in few steps: most clips have no black and no reversals."""
    return dice.choice([1.0, 1.0, 1.0, 0.5, 0.0, -1.0])


def baseline(clips: int, *, refused: int = 0) -> list[Trial]:
    return [Trial(f"baseline {n}", False, n >= refused, 0.5 + n / 1_000) for n in range(clips)]


def canary(clips: int, *, refused: int = 0, quality: float | None = None) -> list[Trial]:
    return [Trial(f"canary {n}", True, n >= refused, quality) for n in range(clips)]


def history(old: Maker, new: Maker, *, clips: int, share: float, dice: random.Random) -> Iterator[Trial]:
    for n in range(clips):
        is_canary = dice.random() < share
        yield (new if is_canary else old).clip(str(n), is_canary=is_canary, dice=dice)


def is_ever_frozen(trials: Iterator[Trial]) -> bool:
    """By somebody who looks after each canary clip, and would stop at the first that is enough."""
    seen = 0
    for tally in watch(trials):
        if tally.canary_clips > seen and conclude(tally).verdict is CanaryVerdict.FREEZE:
            return True
        seen = tally.canary_clips
    return False


def frozen_of(canaries: int, old: Maker, new: Maker, *, clips: int, share: float) -> int:
    dice = random.Random(20_261_124)
    return sum(is_ever_frozen(history(old, new, clips=clips, share=share, dice=dice)) for _ in range(canaries))


@pytest.mark.parametrize("quality", [plain, with_ties])
@pytest.mark.parametrize("rate", [0.0, 0.1, 0.4])
def test_an_equal_release_is_rarely_frozen_however_often_one_looks(rate: float, quality: Quality) -> None:
    same = Maker(rate, quality)
    assert frozen_of(CANARIES, same, same, clips=90, share=0.4) <= POLICY.alpha * CANARIES


def test_an_equal_release_is_rarely_frozen_in_the_long_run_either() -> None:
    same = Maker(0.05, plain)
    assert frozen_of(200, same, same, clips=1_000, share=0.3) <= POLICY.alpha * 200


def test_a_better_release_is_frozen_even_more_rarely() -> None:
    better = Maker(0.05, lambda dice: dice.gauss(0.6, 0.2))
    assert frozen_of(CANARIES, Maker(0.2, plain), better, clips=90, share=0.4) == 0


def test_a_worse_release_is_found_without_being_damaged() -> None:
    """Half of those that refuse a third, where one in twenty was refused, are frozen within 50 clips, and half of
    those that are worse by a standard deviation of quality within 25: here of 120."""
    old = Maker(0.05, plain)
    assert frozen_of(200, old, Maker(0.33, plain), clips=400, share=0.3) >= 0.95 * 200
    assert frozen_of(200, old, Maker(0.05, lambda dice: dice.gauss(0.3, 0.2)), clips=400, share=0.3) >= 0.95 * 200


@pytest.mark.parametrize(("clips", "until_frozen"), [(10, 18), (30, 10), (100, 5), (500, 3)])
def test_a_release_of_refused_clips_is_frozen_within(clips: int, until_frozen: int) -> None:
    assert refused_clips_to_freeze(clips) == until_frozen
    assert weigh(baseline(clips) + canary(until_frozen, refused=until_frozen)).verdict is CanaryVerdict.FREEZE
    assert weigh(baseline(clips) + canary(until_frozen - 1, refused=until_frozen - 1)).verdict is CanaryVerdict.WATCH


@pytest.mark.parametrize(("clips", "until_frozen"), [(20, 16), (30, 12), (100, 10), (1_000, 9)])
def test_a_release_of_the_worst_quality_is_frozen_within(clips: int, until_frozen: int) -> None:
    assert worst_clips_to_freeze(clips) == until_frozen
    found = weigh(baseline(clips) + canary(until_frozen, quality=-1.0))
    assert found.verdict is CanaryVerdict.FREEZE
    assert found.tally.canary_refused == 0
    assert "quality" not in found.why
    assert "worse than" in found.why


def test_two_refused_clips_never_freeze() -> None:
    assert refused_clips_to_freeze(1_000_000) == 3


def test_a_baseline_that_is_refused_itself_excuses_the_canary() -> None:
    assert refused_clips_to_freeze(100, 10) > refused_clips_to_freeze(100)
    assert weigh(baseline(20, refused=20) + canary(20, refused=20)).verdict is CanaryVerdict.WATCH
    with pytest.raises(ValueError, match="without an accepted clip"):
        refused_clips_to_freeze(20, 20)


def test_without_a_baseline_there_is_no_evidence() -> None:
    found = weigh(canary(50, refused=50, quality=-9.0))
    assert found.verdict is CanaryVerdict.WATCH
    assert (found.refusal_evidence, found.quality_evidence, found.mean_rank) == (1, 1, None)
    assert found.why == "50 of its clips were judged, and none of the baseline's to compare them with"


def test_few_baseline_clips_give_no_evidence_of_quality() -> None:
    assert weigh(baseline(7) + canary(50, quality=-9.0)).quality_evidence == 1
    assert worst_clips_to_freeze(7) is None
    assert weigh(baseline(8) + canary(1, quality=-9.0)).quality_evidence > 1


def test_each_refusal_and_each_baseline_clip_adds_evidence() -> None:
    def evidence(refused: int, clips: int) -> float:
        return weigh(baseline(clips) + canary(10, refused=refused)).refusal_evidence

    assert all(evidence(n, 50) < evidence(n + 1, 50) for n in range(10))
    assert evidence(10, 50) < evidence(10, 60)


def test_the_worse_the_newest_clip_the_more_evidence() -> None:
    def evidence(quality: float) -> float:
        return weigh([*baseline(50), *canary(1, quality=quality)]).quality_evidence

    found = [evidence(quality) for quality in (0.56, 0.54, 0.52, 0.50, 0.48)]
    assert found == sorted(found)
    assert found[0] < 1 < found[-1]


def test_the_order_of_refusals_means_nothing() -> None:
    trials = baseline(50, refused=5) + canary(10, refused=4)
    turned = trials[::-1]
    assert weigh(trials).refusal_evidence == weigh(turned).refusal_evidence


def test_the_order_of_qualities_means_something() -> None:
    """The same bad clips say less of a canary when the baseline comes after them."""
    old, new = baseline(30), canary(5, quality=-1.0)
    assert weigh(old + new).quality_evidence > weigh(old[:10] + new + old[10:]).quality_evidence > 1
    assert weigh(new + old).quality_evidence == 1


def test_the_json_has_the_numbers_of_the_sentence() -> None:
    found = weigh(baseline(100) + canary(5, refused=5, quality=-1.0))
    assert found.why.startswith("5 of its 5 clips were refused, where 0 of the baseline's 100 were (evidence ")
    told = found.to_json()
    assert told["verdict"] == "freeze"
    assert told["canary"] == {"clips": 5, "refused": 5}
    assert told["baseline"] == {"clips": 100, "refused": 0, "rate_at_most": 0.0869}
    assert told["refusals"]["needed"] == 250
    assert told["quality"]["clips"] == 5


def test_watching_says_what_is_missing() -> None:
    assert weigh([]).why == "none of its clips was judged yet"
    early = weigh(baseline(4) + canary(2, quality=0.1)).why
    assert early.endswith("from quality none before 8 baseline clips")
    assert weigh(baseline(9) + canary(2, quality=0.1)).why.endswith("of 250")


def test_endless_evidence_is_still_a_number() -> None:
    tally = Tally(100_000, 100_000, baseline_clips=1_000, ranks=1, quality_log_evidence=1e6)
    found = conclude(tally)
    assert found.verdict is CanaryVerdict.FREEZE
    assert 0 < found.refusal_evidence < float("inf")
    assert 0 < found.quality_evidence < float("inf")


def test_the_chances_of_error_add_up_to_one_percent() -> None:
    assert CanaryPolicy().alpha == pytest.approx(0.01)
