"""What is trained on: looks, how they are put into words, and which combinations are kept for evaluation."""

import hashlib
import random
from functools import cache

import torch

from vidgen_assets.backdrops.vocabulary import ALL_LOOKS, ASPECTS, Look

_SENTENCES = (
    "{texture} {motion} {speed} , {palette} , {mood}",
    "{mood} {palette} {texture} {motion} {speed}",
    "a {mood} background of {texture} in {palette} , {motion} {speed}",
    "{palette} {texture} , {speed} {motion} , {mood} mood",
    "soft {texture} in shades of {palette} {motion} {speed} , {mood} atmosphere",
    "{speed} {motion} {palette} {texture} , {mood}",
)
"""Ways to say a look. Their own words are fillers of the vocabulary."""


def generator(*numbers: int | str) -> torch.Generator:
    """Random numbers that depend on `numbers` alone."""
    digest = hashlib.sha256("/".join(map(str, numbers)).encode()).digest()
    return torch.Generator().manual_seed(int.from_bytes(digest[:8], "big") >> 1)


@cache
def split(held_out: float) -> tuple[tuple[Look, ...], tuple[Look, ...]]:
    """The looks to train on, and those held out: whole combinations of palette, texture and motion."""

    def is_held_out(look: Look) -> bool:
        digest = hashlib.sha256(f"held out/{look.palette}/{look.texture}/{look.motion}".encode()).digest()
        return int.from_bytes(digest[:4], "big") < held_out * 2**32

    return (
        tuple(look for look in ALL_LOOKS if not is_held_out(look)),
        tuple(look for look in ALL_LOOKS if is_held_out(look)),
    )


def drawn_look(looks: tuple[Look, ...], dice: torch.Generator) -> Look:
    return looks[int(torch.randint(len(looks), (1,), generator=dice))]


def in_words(look: Look, dice: random.Random, silence: float = 0.1) -> str:
    """A prompt for the look. Motion, speed and mood are each left out with probability `silence`."""
    said = {aspect: dice.choice(values[getattr(look, aspect)]) for aspect, values in ASPECTS.items()}
    for aspect in ("motion", "speed", "mood"):
        if dice.random() < silence:
            said[aspect] = ""
    return " ".join(dice.choice(_SENTENCES).format(**said).split())


def plainly(look: Look) -> str:
    """The prompt for the look in each value's plain name."""
    said = {aspect: values[getattr(look, aspect)][0] for aspect, values in ASPECTS.items()}
    return _SENTENCES[0].format(**said).replace(" ,", ",")
