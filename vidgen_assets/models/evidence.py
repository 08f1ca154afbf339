"""Evidence that grows clip by clip and may be looked at after each one: the mathematics under `canary.py`.

An e-process is the wealth of a bet against "the canary is no worse": it starts with 1 and isn't expected to grow while
that is true, so the chance that it ever reaches 1/alpha is at most alpha, whenever one stops (Ville, Étude critique de
la notion de collectif, 1939; Shafer, Testing by betting, JRSS A 184, 2021).
"""

import bisect
import hashlib
import math
from functools import lru_cache

_HALVINGS = 40  # a rate to 1e-12


@lru_cache(maxsize=65_536)
def upper_rate(refused: int, clips: int, alpha: float) -> float:
    """The upper end, in (0, 1], of a confidence sequence for the rate behind `refused` of `clips`.

    With probability 1 - alpha it's above the true rate for every number of clips at once, so it may be computed anew
    with each. It holds the rates whose likelihood isn't 1/alpha times below that of the Jeffreys mixture (Robbins,
    Statistical methods related to the law of the iterated logarithm, Ann. Math. Stat. 41, 1970).
    """
    if refused == clips:
        return 1.0
    mixture = _log_beta(refused + 0.5, clips - refused + 0.5) - _log_beta(0.5, 0.5)
    least_log_likelihood = mixture + math.log(alpha)
    held, out = refused / clips, 1.0
    for _ in range(_HALVINGS):
        middle = (held + out) / 2
        if _log_likelihood(refused, clips, middle) > least_log_likelihood:
            held = middle
        else:
            out = middle
    return out


def refusal_log_evidence(refused: int, clips: int, *, rate: float, margin: float) -> float:
    """Natural logarithm of the likelihood ratio of a rate raised by `margin` to `rate`, the highest that is no worse.

    Wald's sequential probability ratio (Ann. Math. Stat. 16, 1945). For any true rate up to `rate` it's an e-process,
    and it falls as `rate` rises, so an upper bound of the rate can be put in for the rate itself. The raised rate
    stays below 1; a rate of 1 can't be exceeded and gives no evidence.
    """
    if rate >= 1:
        return 0.0
    raised = rate + min(margin, (1 - rate) / 2)
    return refused * math.log(raised / rate) + (clips - refused) * math.log((1 - raised) / (1 - rate))


class SequentialRanks:
    """Where each quality falls among all that came before it, of either release.

    If the canary's qualities are drawn as the baseline's are, these ranks are independent and uniform, whatever the
    distribution and however few the clips; that is what makes a bet on them fair (Vovk, Testing for concept shift
    online, 2020). Ranks among a fixed baseline wouldn't be: its sampling error repeats itself in each of them. Ties are
    broken by a digest of the name, which is as good as a coin and falls the same way each time.
    """

    def __init__(self) -> None:
        self._seen: list[tuple[float, bytes]] = []

    def enter(self, name: str, quality: float) -> float:
        """The share of qualities better than this one, itself counted half: in (0, 1), 1/2 on average."""
        key = (quality, hashlib.sha256(name.encode()).digest())
        place = bisect.bisect(self._seen, key)
        better = len(self._seen) - place
        self._seen.insert(place, key)
        return (better + 0.5) / len(self._seen)


def rank_log_factor(rank: float, bet: float) -> float:
    """What a rank does to the logarithm of the wealth: `bet`, in [0, 1), of it is staked on a rank above 1/2
    (Waudby-Smith and Ramdas, Estimating means of bounded random variables by betting, JRSS B 86, 2024)."""
    return math.log(1 + bet * (2 * rank - 1))


def _log_beta(a: float, b: float) -> float:
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)


def _log_likelihood(refused: int, clips: int, rate: float) -> float:
    hits = refused * math.log(rate) if refused else 0.0
    return hits + (clips - refused) * math.log1p(-rate)
