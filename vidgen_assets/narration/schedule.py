"""When each part is heard: slots from parts and the lengths of what was spoken.

Free, a clip lasts as long as its slots. In a clip of fixed length, what is left is shared evenly after the parts.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from vidgen_assets.clips.narration import Part, Slot, Word
from vidgen_assets.clips.speech import Spoken

_DIGITS = 6
"""Of a second: finer than a sample at 48 kHz (21 µs)."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A slot, and the sound in it with its first sample's time from the clip's start; None for a silence."""

    slot: Slot
    spoken: Spoken | None
    sound_start_s: float


def free_length_s(parts: Sequence[Part], spoken: Sequence[Spoken | None]) -> float:
    """How long the parts take when nothing presses them."""
    return sum(_slot_s(part, said) for part, said in zip(parts, spoken, strict=True))


def placed(parts: Sequence[Part], spoken: Sequence[Spoken | None], duration_s: float) -> tuple[Placed, ...]:
    """Touching slots from 0 to `duration_s`, which is at least `free_length_s`."""
    spare_s = max(0.0, duration_s - free_length_s(parts, spoken)) / max(1, len(parts))
    found: list[Placed] = []
    start_s = 0.0
    for number, (part, said) in enumerate(zip(parts, spoken, strict=True), start=1):
        is_last = number == len(parts)
        end_s = duration_s if is_last else round(start_s + _slot_s(part, said) + spare_s, _DIGITS)
        sound_start_s = round(start_s + part.before_s, _DIGITS)
        words = tuple(_moved(word, sound_start_s) for word in said.words) if said else ()
        slot = Slot(name=part.name, text=part.text, start_s=start_s, end_s=end_s, words=words)
        found.append(Placed(slot, said, sound_start_s))
        start_s = end_s
    return tuple(found)


def _slot_s(part: Part, said: Spoken | None) -> float:
    return max(part.least_s, part.before_s + (said.duration_s if said else 0.0) + part.after_s)


def _moved(word: Word, by_s: float) -> Word:
    return word.model_copy(
        update={"start_s": round(word.start_s + by_s, _DIGITS), "end_s": round(word.end_s + by_s, _DIGITS)}
    )
