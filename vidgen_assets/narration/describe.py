"""Where an audio description is heard: in the narration's pauses if all of it fits there, else over it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from vidgen_assets.clips.narration import Narration, Slot
from vidgen_assets.narration.narrate import Narrated
from vidgen_assets.narration.schedule import Placed
from vidgen_assets.narration.script import LEAD_IN_S

_AROUND_S = 0.25
"""Silence between the voices."""


@dataclass(frozen=True, slots=True)
class Described:
    """The description in the clip's time, and whether it is heard over the narration."""

    narrated: Narrated
    is_over_speech: bool


def describe(described: Narrated, narration: Narration | None) -> Described:
    """`described` moved into the pauses of `narration`, part by part and in order, or left as it is."""
    if narration is None or not any(slot.words for slot in narration.slots):
        return Described(described, False)
    starts = _starts([_length_s(place) for place in described.placed], pauses_of(narration))
    if starts is None:
        return Described(described, True)
    moved = [_moved(place, start_s) for place, start_s in zip(described.placed, starts, strict=True)]
    return Described(replace(described, placed=_touching(moved, narration.duration_s)), False)


def pauses_of(narration: Narration) -> list[tuple[float, float]]:
    """Stretches in which nobody speaks, seconds from and to, from the clip's lead-in to its end."""
    words = [word for slot in narration.slots for word in slot.words]
    edges = [(LEAD_IN_S, words[0].start_s)]
    edges += [(a.end_s, b.start_s) for a, b in pairwise(words)]
    edges.append((words[-1].end_s, narration.duration_s))
    return [(a + _AROUND_S, b - _AROUND_S) for a, b in edges if b - a > 2 * _AROUND_S]


def _starts(lengths_s: Sequence[float], pauses: Sequence[tuple[float, float]]) -> list[float] | None:
    """The earliest start for each length within the pauses, in order; None if they don't all fit."""
    starts: list[float] = []
    free = list(pauses)
    for length_s in lengths_s:
        while free and free[0][1] - free[0][0] < length_s:
            free.pop(0)
        if not free:
            return None
        begin, end = free[0]
        starts.append(begin)
        free[0] = (begin + length_s + _AROUND_S, end)
    return starts


def _length_s(place: Placed) -> float:
    return place.spoken.duration_s if place.spoken else 0.0


def _moved(place: Placed, start_s: float) -> Placed:
    by_s = start_s - place.sound_start_s
    words = tuple(
        word.model_copy(update={"start_s": round(word.start_s + by_s, 6), "end_s": round(word.end_s + by_s, 6)})
        for word in place.slot.words
    )
    return replace(place, slot=place.slot.model_copy(update={"words": words}), sound_start_s=round(start_s, 6))


def _touching(places: Sequence[Placed], duration_s: float) -> tuple[Placed, ...]:
    """Slots that touch: each ends where the next one's sound begins."""
    edges = [0.0, *(place.sound_start_s for place in places[1:]), duration_s]
    return tuple(
        replace(place, slot=_between(place.slot, start_s, end_s))
        for place, start_s, end_s in zip(places, edges, edges[1:], strict=False)
    )


def _between(slot: Slot, start_s: float, end_s: float) -> Slot:
    return slot.model_copy(update={"start_s": start_s, "end_s": end_s})
