"""Having a script spoken so that it fits: at the natural rate if it can be, faster by steps where the clip is short."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from vidgen_assets.clips.errors import InputError
from vidgen_assets.clips.narration import Narration, Part
from vidgen_assets.clips.soundtrack import SpokenBy
from vidgen_assets.clips.spec import LONGEST_CLIP_S
from vidgen_assets.clips.speech import FASTEST_RATE, SpeechEngine, Spoken, Voice
from vidgen_assets.narration.schedule import Placed, free_length_s, placed

RATES = (1.0, 1.05, 1.1, 1.15, 1.2, FASTEST_RATE)


@dataclass(frozen=True, slots=True)
class Narrated:
    """A script in a clip's time, with its sound."""

    placed: tuple[Placed, ...]
    voice: Voice
    rate: float

    @property
    def narration(self) -> Narration:
        slots = tuple(place.slot for place in self.placed)
        return Narration(language=self.voice.language, voice=self.voice.name, slots=slots)

    @property
    def spoken_by(self) -> SpokenBy:
        v = self.voice
        return SpokenBy(engine=v.engine, voice=v.name, fingerprint=v.fingerprint, licence=v.licence, rate=self.rate)


def narrate(
    parts: Sequence[Part], voice: Voice, engine: SpeechEngine, duration_s: Fraction, *, field: str = "script"
) -> Narrated:
    """`parts` spoken within `duration_s`, at the slowest of `RATES` at which they fit.

    Raises `InputError` naming `field` if they fit at none, and whatever `engine` raises.
    """
    length_s = 0.0
    for rate in RATES:
        if length_s and length_s / rate > float(duration_s) * 1.1:
            continue  # far too long at the natural rate: the steps between can't help
        spoken = speak_all(parts, voice, engine, rate)
        needed_s = free_length_s(parts, spoken)
        length_s = length_s or needed_s
        if needed_s <= duration_s:
            return Narrated(placed(parts, spoken, float(duration_s)), voice, rate)
    raise InputError(
        f"the text takes {length_s:.1f} s to say, and the clip lasts {float(duration_s):g} s",
        field=field,
        value="\n\n".join(part.text for part in parts if part.text),
        allowed=f"as much as can be said within the clip at {FASTEST_RATE:g} times the natural rate",
        remedy="Shorten it, give the clip more seconds, or write duration_s: auto.",
    )


def narrated_frame_count(parts: Sequence[Part], voice: Voice, engine: SpeechEngine, fps: Fraction) -> int:
    """Whole frames that `parts` take at the natural rate, rounded up.

    Raises `InputError` for more than a clip may last, and whatever `engine` raises.
    """
    needed_s = free_length_s(parts, speak_all(parts, voice, engine, 1.0))
    if needed_s > LONGEST_CLIP_S:
        raise InputError(
            f"the text takes {needed_s:.1f} s to say",
            field="script",
            value="\n\n".join(part.text for part in parts if part.text),
            allowed=f"up to {LONGEST_CLIP_S} s",
            remedy="Shorten it, or make two clips of it.",
        )
    return math.ceil(Fraction(needed_s).limit_denominator(1_000_000) * fps)


def speak_all(parts: Sequence[Part], voice: Voice, engine: SpeechEngine, rate: float) -> list[Spoken | None]:
    """The sound of each part, None for those without a text."""
    return [engine.speak(part.text, voice, rate) if part.text else None for part in parts]
