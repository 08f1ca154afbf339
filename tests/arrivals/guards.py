"""A guard for pictures, as a deployment would plug one in: it takes much red for a warning sign."""

from collections.abc import Mapping, Sequence

from vidgen_assets.clips.picture_guard import Picture


def redness(pictures: Sequence[Picture]) -> list[Mapping[str, float]]:
    return [{"red": float(p[..., 0].mean() > 200 > p[..., 1].mean()), "calm": 0.1} for p in pictures]


def fainting(pictures: Sequence[Picture]) -> list[Mapping[str, float]]:
    """Breaks at the sight of red, and sees all else."""
    if any(score["red"] for score in redness(pictures)):
        raise ValueError("that's too much")
    return [{"red": 0.0} for _ in pictures]


def unsure(pictures: Sequence[Picture]) -> list[Mapping[str, float]]:
    return [{"red": 0.6} for _ in pictures]


def forgetful(pictures: Sequence[Picture]) -> list[Mapping[str, float]]:
    return [{"red": 0.0} for _ in pictures[1:]]


def confused(pictures: Sequence[Picture]) -> list[Mapping[str, float]]:
    return [{"red": float("nan")} for _ in pictures]


def starving(pictures: Sequence[Picture]) -> list[Mapping[str, float]]:
    raise MemoryError("no room for the weights")
