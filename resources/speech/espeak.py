"""espeak-ng, from the wheel `espeakng-loader`: over a hundred languages without a download, robotic and quick.

Each text is said in a process of its own (`espeak_child.py`): 50 ms to start, and neither a hang nor a crash of the
library reaches the shard. 150 times faster than real time (EPYC, 2026-11). GPL-3.0: see `docs/sound.md`.
"""

import importlib.util
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from resources.media_process import Ended, run_to_end
from resources.speech.listening import heard_words, trimmed
from vidgen_assets.clips.digest import Digest
from vidgen_assets.clips.errors import CapacityError, InputError, PermanentError
from vidgen_assets.clips.speech import Samples, Spoken, Voice
from vidgen_assets.clips.words import as_said, has_ideographs, words_of

ENGINE = "espeak"
# Measured over English, German, French, Russian and others: up to 16.9 characters a second with the pauses, so that
# captions at the words' own pace can be read (17 at most). The library's own default of 175 gives up to 19.7.
NATURAL_WORDS_PER_MINUTE = 150
# A net: the longest script that a row may hold, 10,000 characters, takes 6 s of processor.
_DEADLINE_S = 60.0
_CHILD = Path(__file__).with_name("espeak_child.py")
_USUAL = {"en": "en-us", "zh": "cmn", "zh-hk": "yue", "zh-hant-hk": "yue", "zh-mo": "yue", "pt": "pt-br"}
_MADE_UP = ("art/", "xextan")  # invented languages, and a test
_READS_IDEOGRAPHS = ("cmn", "yue", "hak")
_VARIANTS = frozenset({*(f"f{n}" for n in range(1, 6)), *(f"m{n}" for n in range(1, 9))})


@dataclass(frozen=True, slots=True)
class _Entry:
    """A voice of the library: our name for it, the name it is loaded by, the languages it speaks by priority."""

    name: str
    file: str
    languages: tuple[tuple[int, str], ...]


class Espeak:
    """Fills `SpeechEngine`. A voice may carry a variant: `en-us+f3` is a woman's, `de+m2` a man's."""

    def voices(self) -> Sequence[Voice]:
        return [self._voice(entry) for entry in self._entries]

    def voice_for(self, language: str, asked: str | None) -> Voice:
        usual = self._usual(language.lower())
        if asked is None:
            return self._voice(usual)
        name, _, variant = asked.lower().partition("+")
        entry = next((entry for entry in self._entries if entry.name == name), None)
        speaks = entry is not None and _shared_language(entry, usual)
        if entry is None or not speaks or (variant and variant not in _VARIANTS):
            raise InputError(
                f"{asked} is no voice for {language}",
                field="voice",
                value=asked,
                allowed=[e.name for e in self._entries if _shared_language(e, usual)],
                remedy="Choose one of these, with a variant if you like (+f1 to +f5, +m1 to +m8), or leave it empty.",
            )
        return self._voice(entry, variant)

    def speak(self, text: str, voice: Voice, rate: float) -> Spoken:
        entry = next(e for e in self._entries if e.name == voice.name.partition("+")[0])
        _refuse_unreadable(text, voice)
        variant = voice.name.partition("+")[2]
        ended = _run(
            {
                "text": as_said(text),
                "voice": f"{entry.file}+{variant}" if variant else entry.file,
                "words_per_minute": round(NATURAL_WORDS_PER_MINUTE * rate),
            }
        )
        head, samples = _answer(ended)
        samples, skipped = trimmed(samples, head["sample_rate_hz"])
        if not head["said"] or not len(samples):
            raise InputError(
                f"the voice {voice.name} reads nothing of this text aloud",
                field="script",
                value=text,
                allowed="letters, numbers and signs that the voice knows",
                remedy="Write what is to be said in words, or choose another voice.",
            )
        events = [(at, max(0, sample - skipped)) for at, sample in head["words"]]
        return Spoken(samples, head["sample_rate_hz"], heard_words(text, samples, head["sample_rate_hz"], events))

    def _usual(self, language: str) -> _Entry:
        """The voice of `language`, or of what is left of the tag without its last parts."""
        parts = language.split("-")
        for count in range(len(parts), 0, -1):
            tag = "-".join(parts[:count])
            tag = _USUAL.get(tag, tag)
            speaking = [(p, e) for e in self._entries for p, name in e.languages if name.lower() == tag]
            if speaking:
                return min(speaking, key=lambda found: found[0])[1]
        raise no_voice(language, sorted({voice.language.split("-")[0] for voice in self.voices()}))

    def _voice(self, entry: _Entry, variant: str = "") -> Voice:
        name = f"{entry.name}+{variant}" if variant else entry.name
        return Voice(ENGINE, name, entry.languages[0][1].lower(), f"{ENGINE} {self._build}", "GPL-3.0-or-later")

    @cached_property
    def _listing(self) -> dict[str, Any]:
        return _answer(_run({}))[0]

    @cached_property
    def _entries(self) -> tuple[_Entry, ...]:
        found = (
            _Entry(v["file"].rpartition("/")[2].lower(), v["file"], tuple((p, name) for p, name in v["languages"]))
            for v in self._listing["voices"]
            if not v["file"].startswith(_MADE_UP) and not v["name"].startswith(_MADE_UP)
        )
        return tuple(sorted(found, key=lambda entry: entry.name))

    @cached_property
    def _build(self) -> str:
        """Version, pace, and a digest of the library with its voices: whatever a sound depends on."""
        import espeakng_loader

        data = Path(espeakng_loader.get_data_path())
        files = [Path(espeakng_loader.get_library_path()), *sorted(p for p in data.rglob("*") if p.is_file())]
        digest = Digest.of_json([Digest.of_file(file) for file in files])
        return f"{self._listing['version']} {NATURAL_WORDS_PER_MINUTE} wpm {digest.short}"


def no_voice(language: str, languages: Sequence[str]) -> InputError:
    """The refusal of a text in a language that nobody here speaks."""
    return InputError(
        "no voice speaks this language",
        field="language",
        value=language,
        allowed=languages,
        remedy="Give the narration as a recording in `audio`, or have a voice configured (docs/sound.md).",
    )


def _shared_language(entry: _Entry, usual: _Entry) -> bool:
    ours = {name.split("-")[0].lower() for _, name in entry.languages}
    return bool(ours & {name.split("-")[0].lower() for _, name in usual.languages})


def _refuse_unreadable(text: str, voice: Voice) -> None:
    if not words_of(text):
        raise InputError(
            "there is nothing to say",
            field="script",
            value=text,
            allowed="a text with words or numbers",
            remedy="Write what is to be said, or leave the cell empty.",
        )
    if has_ideographs(text) and voice.language.split("-")[0] not in _READS_IDEOGRAPHS:
        raise InputError(
            f"the voice {voice.name} can't read Chinese characters",
            field="script",
            value=text,
            allowed="the letters of the voice's language; Japanese in kana alone",
            remedy="Set the row's language, write the text in kana, or have another engine configured (docs/sound.md).",
        )


def _run(request: dict[str, Any]) -> Ended:
    if importlib.util.find_spec("espeakng_loader") is None:
        remedy = "Install it: pip install 'vidgen[speech]'; or configure other voices (docs/sound.md)."
        raise CapacityError("a row needs narration and there is no speech engine here", remedy=remedy)
    command = [sys.executable, "-I", str(_CHILD)]
    return run_to_end(command, deadline_s=_DEADLINE_S, stdin=[json.dumps(request).encode()])


def _answer(ended: Ended) -> tuple[dict[str, Any], Samples]:
    if ended.returncode != 0 or ended.missed_deadline:
        how = f"did not end within {_DEADLINE_S:g} s" if ended.missed_deadline else f"ended with {ended.returncode}"
        remedy = "Change the text, or give the narration as a recording in `audio`."
        raise PermanentError(f"espeak-ng {how}: {ended.stderr_tail.strip()[-300:]}", field="script", remedy=remedy)
    head, _, samples = ended.stdout.partition(b"\n")
    return json.loads(head), np.frombuffer(samples, dtype=np.int16)
