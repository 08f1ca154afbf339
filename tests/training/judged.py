"""Evaluations whose numbers are known: what the meters have seen is made up, and nothing is measured."""

from dataclasses import replace

from vidgen_assets.backdrops.vocabulary import TEXTURES, Look
from vidgen_assets.training.evaluation import Case, Evaluation, Seen
from vidgen_assets.training.lattice import Lattice

LOOK = Look("ocean", "waves", "left", "slow", "calm")
RIGHT = Seen("ocean", "waves", "left", "slow", "calm", 2.0)


def cases(count: int, **wrong: int) -> tuple[Case, ...]:
    """`count` cases; the first `wrong[aspect]` of the made clips miss that aspect."""
    other = {"palette": "rose", "texture": "paper", "motion": "right", "speed": "fast", "mood": "airy"}
    return tuple(
        Case(LOOK, "waves", at, replace(RIGHT, **{n: other[n] for n, many in wrong.items() if at < many}), RIGHT)
        for at in range(count)
    )


def an_evaluation(found: tuple[Case, ...], db: float = 33.0, excess: float = 0.5, diversity: float = 1.0) -> Evaluation:
    lattice = Lattice(excess, 0.25, 0.125, 0.0)
    return Evaluation(found, lattice, {**dict.fromkeys(TEXTURES, 40.0), "paper": db}, diversity)
