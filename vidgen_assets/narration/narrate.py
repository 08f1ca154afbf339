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
_FAR_TOO_LONG = 1.1
"""Silences aren't shortened and speech isn't exactly by the rate, so a text a little over may fit all the same."""
_ROUNDING_S = 1e-6
"""A sum of parts may come out a hair above the frames that were counted from it."""


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
    clip_s, natural_s, says_all = float(duration_s), 0.0, True
    for rate in RATES:
        if natural_s / rate > clip_s * _FAR_TOO_LONG:
            continue  # far too long at the natural rate: the steps between can't help
        most_s = clip_s if natural_s else clip_s * _FAR_TOO_LONG * FASTEST_RATE
        spoken, needed_s = speak_all(parts, voice, engine, rate, most_s, field=field)
        if not natural_s:
            natural_s, says_all = needed_s, _says_all(parts, spoken)
        if needed_s <= clip_s + _ROUNDING_S:
            return Narrated(placed(parts, spoken, clip_s), voice, rate)
    raise InputError(
        f"the text takes {_told(natural_s, says_all)} to say, and the clip lasts {clip_s:g} s",
        field=field,
        value="\n\n".join(part.text for part in parts if part.text),
        allowed=f"as much as can be said within the clip at {FASTEST_RATE:g} times the natural rate",
        remedy="Shorten it, give the clip more seconds, or write duration_s: auto.",
    )


def narrated_frame_count(parts: Sequence[Part], voice: Voice, engine: SpeechEngine, fps: Fraction) -> int:
    """Whole frames that `parts` take at the natural rate, rounded up.

    Raises `InputError` for more than a clip may last, and whatever `engine` raises.
    """
    spoken, needed_s = speak_all(parts, voice, engine, 1.0, LONGEST_CLIP_S)
    if needed_s > LONGEST_CLIP_S:
        raise InputError(
            f"the text takes {_told(needed_s, _says_all(parts, spoken))} to say",
            field="script",
            value="\n\n".join(part.text for part in parts if part.text),
            allowed=f"up to {LONGEST_CLIP_S} s",
            remedy="Shorten it, or make two clips of it.",
        )
    return math.ceil(Fraction(needed_s).limit_denominator(1_000_000) * fps)


def speak_all(
    parts: Sequence[Part], voice: Voice, engine: SpeechEngine, rate: float, most_s: float, *, field: str = "script"
) -> tuple[list[Spoken | None], float]:
    """The sound of each part, None for those without a text, and the seconds that all take.

    Nothing more is spoken once they are known to take more than `most_s`: hundreds of short paragraphs are a minute of
    work. The seconds are those of what was spoken and of all silences then.
    """
    spoken: list[Spoken | None] = [None] * len(parts)
    needed_s = free_length_s(parts, spoken)
    for number, part in enumerate(parts):
        if part.text and needed_s <= most_s + _ROUNDING_S:
            spoken[number] = _spoken(part.text, voice, engine, rate, field)
            needed_s = free_length_s(parts, spoken)
    return spoken, needed_s


def _spoken(text: str, voice: Voice, engine: SpeechEngine, rate: float, field: str) -> Spoken:
    """An engine doesn't know which of the row's texts it says: what it says of the script is told of `field`."""
    try:
        return engine.speak(text, voice, rate)
    except InputError as error:
        if error.field == "script":
            error.field = field
        raise


def _says_all(parts: Sequence[Part], spoken: Sequence[Spoken | None]) -> bool:
    return all(said is not None for part, said in zip(parts, spoken, strict=True) if part.text)


def _told(needed_s: float, says_all: bool) -> str:
    return f"{needed_s:.1f} s" if says_all else f"more than {needed_s:.1f} s"
