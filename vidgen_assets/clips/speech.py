"""What a room may ask of a speech engine. Engines live in `resources/speech/`; what is spoken when, in `narration/`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from vidgen_assets.clips.narration import Word

Samples = NDArray[np.int16]
"""Mono, at the sample rate that stands beside them."""

FASTEST_RATE = 1.25
"""Speech is made faster than natural only to fit a clip, and never by more than this."""


@dataclass(frozen=True, slots=True)
class Voice:
    """A voice of one engine. `fingerprint` changes whenever the same text would sound otherwise: it is part of keys."""

    engine: str
    name: str
    language: str
    """BCP 47, lower case: what the voice speaks."""
    fingerprint: str
    licence: str = ""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A text as it was said. `words` are in order, by offsets into the text as it was given, in seconds from the
    first sample; there is one for every word of the text (`clips/words.py` says what a word is)."""

    samples: Samples
    sample_rate_hz: int
    words: tuple[Word, ...]

    @property
    def duration_s(self) -> float:
        return len(self.samples) / self.sample_rate_hz


class SpeechEngine(Protocol):
    """Says texts. The same text, voice and rate give the same samples."""

    def voices(self) -> Sequence[Voice]:
        """Every voice that can be asked for, by language. Raises `CapacityError` where the engine isn't installed."""
        ...

    def voice_for(self, language: str, asked: str | None) -> Voice:
        """The voice called `asked`, or the usual one of `language` (BCP 47).

        Raises `InputError` if there is none, or if it speaks another language; `CapacityError` as `voices`.
        """
        ...

    def speak(self, text: str, voice: Voice, rate: float) -> Spoken:
        """Say `text` at `rate` (1 is natural, up to `FASTEST_RATE`), silence at both ends cut off.

        Raises `InputError` for a text that holds nothing to say, or that the voice can't read.
        """
        ...
