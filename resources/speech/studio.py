"""Who speaks: a configured voice where there is one for the language, else espeak-ng; and what was said is remembered.

Speaking again costs seconds for a long script, and two stages need the same sound (`prompts` its length, `soundtracks`
its samples), so it is laid into the cupboard. Losing it there costs that time again.
"""

import json
from collections.abc import Sequence

import numpy as np

from resources.speech.espeak import Espeak
from resources.speech.plugged import PluggedVoices
from vidgen_assets.clips.digest import Digest, canonical_json
from vidgen_assets.clips.errors import CapacityError
from vidgen_assets.clips.generation import Cupboard
from vidgen_assets.clips.narration import Word
from vidgen_assets.clips.speech import SpeechEngine, Spoken, Voice

_FORM_VERSION = 1


class Studio:
    """Fills `SpeechEngine` with all voices of a deployment."""

    def __init__(self, plugged: PluggedVoices, cupboard: Cupboard, built_in: SpeechEngine | None = None) -> None:
        self._plugged, self._cupboard, self._built_in = plugged, cupboard, built_in or Espeak()

    def voices(self) -> Sequence[Voice]:
        plugged = list(self._plugged.voices())
        try:
            return [*plugged, *self._built_in.voices()]
        except CapacityError:
            if plugged:
                return plugged
            raise

    def voice_for(self, language: str, asked: str | None) -> Voice:
        return self._plugged.find(language, asked) or self._built_in.voice_for(language, asked)

    def speak(self, text: str, voice: Voice, rate: float) -> Spoken:
        name = _drawer(text, voice, rate)
        kept = self._cupboard.get(name)
        if kept is not None:
            return _unpacked(kept)
        engine = self._plugged if self._plugged.speaks(voice) else self._built_in
        spoken = engine.speak(text, voice, rate)
        self._cupboard.put(name, _packed(spoken))
        return spoken


def _drawer(text: str, voice: Voice, rate: float) -> str:
    said = {"form": _FORM_VERSION, "text": text, "voice": voice.name, "engine": voice.fingerprint, "rate": rate}
    return f"speech/{Digest.of_json(said).hex}"


def _packed(spoken: Spoken) -> bytes:
    words = [[w.start, w.end, w.start_s, w.end_s] for w in spoken.words]
    head = canonical_json({"sample_rate_hz": spoken.sample_rate_hz, "words": words})
    return head + b"\n" + spoken.samples.astype("<i2").tobytes()


def _unpacked(data: bytes) -> Spoken:
    head, _, samples = data.partition(b"\n")
    said = json.loads(head)
    words = tuple(Word(start=a, end=b, start_s=c, end_s=d) for a, b, c, d in said["words"])
    return Spoken(np.frombuffer(samples, dtype="<i2").astype(np.int16), said["sample_rate_hz"], words)
