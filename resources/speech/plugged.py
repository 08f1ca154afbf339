"""Voices of other engines, as a deployment's file names them: which engine speaks which language with which files.

The file is YAML, a language to a voice; `VIDGEN_SPEECH_VOICES` is its path. Nothing is imported or read before a row
needs the voice.
"""

import importlib
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import TypeAdapter, ValidationError

from resources.speech.listening import spoken_in_phrases
from vidgen_assets.clips.digest import Digest
from vidgen_assets.clips.errors import CapacityError, InputError
from vidgen_assets.clips.frozen import Frozen
from vidgen_assets.clips.plain_yaml import load_plain
from vidgen_assets.clips.speech import Samples, Spoken, Voice

_PACE_VERSION = 1
"""Raise it when phrases are cut, paused or timed otherwise: part of fingerprints."""

Say = Callable[[str, float], tuple[Samples, int]]


class VoiceFile(Frozen):
    """A voice as configured: for Piper the model; for Kokoro also the file of voices and one voice's name in it."""

    engine: Literal["piper", "kokoro"]
    model: Path
    voices: Path | None = None
    voice: str | None = None
    licence: str
    """Under which the voice may be used, such as `CC-BY-4.0`; it is kept with every soundtrack."""

    @property
    def name(self) -> str:
        return self.voice or self.model.stem.lower()

    @property
    def files(self) -> tuple[Path, ...]:
        return (self.model,) if self.voices is None else (self.model, self.voices)


def read_voices(path: Path) -> dict[str, VoiceFile]:
    """Language to voice. Raises `InputError` for a file that isn't there or says something else."""
    try:
        return TypeAdapter(dict[str, VoiceFile]).validate_python(
            load_plain(path.read_text(encoding="utf-8"), path.name)
        )
    except ValidationError as error:
        wrong = (".".join(map(str, one["loc"])) + f": {one['msg']}" for one in error.errors(include_url=False))
        raise _unusable("; ".join(wrong), path) from error
    except InputError as error:
        raise _unusable(error.found, path) from error
    except (OSError, UnicodeDecodeError) as error:
        raise _unusable(str(error), path) from error


def _unusable(why: str, path: Path) -> InputError:
    return InputError(
        f"the file of voices can't be used: {why.lstrip(': ')}",
        field="VIDGEN_SPEECH_VOICES",
        value=path,
        allowed="YAML such as `de: {engine: piper, model: /voices/de.onnx, licence: CC0-1.0}`",
        remedy="See docs/sound.md, or leave the setting empty.",
    )


class PluggedVoices:
    """The configured voices. Fills `SpeechEngine` but for languages it doesn't have, which it answers with None."""

    def __init__(self, voices: Mapping[str, VoiceFile], load: Callable[[VoiceFile, str], Say] | None = None) -> None:
        self._voices = {language.lower(): voice for language, voice in voices.items()}
        self._load, self._loaded = load or _load, dict[str, Say]()

    def voices(self) -> Sequence[Voice]:
        return [self._voice(language) for language in sorted(self._voices)]

    def find(self, language: str, asked: str | None) -> Voice | None:
        """The voice for `language` or what is left of the tag; with `asked`, only if it is called so."""
        parts = language.lower().split("-")
        for count in range(len(parts), 0, -1):
            tag = "-".join(parts[:count])
            if tag in self._voices and asked in (None, self._voices[tag].name):
                return self._voice(tag)
        return None

    def speaks(self, voice: Voice) -> bool:
        return voice.language in self._voices and self._voices[voice.language].name == voice.name

    def speak(self, text: str, voice: Voice, rate: float) -> Spoken:
        if voice.language not in self._loaded:
            self._loaded[voice.language] = self._load(self._voices[voice.language], voice.language)
        say = self._loaded[voice.language]
        return spoken_in_phrases(text, lambda phrase: say(phrase, rate))

    def _voice(self, language: str) -> Voice:
        file = self._voices[language]
        return Voice(
            file.engine,
            file.name,
            language,
            f"{file.engine} {_PACE_VERSION} {_digest(file.files, file.name)}",
            file.licence,
        )


@cache
def _digest(files: tuple[Path, ...], voice: str) -> str:
    """Of a voice's files and name. Raises `CapacityError` for one that isn't there."""
    missing = [str(file) for file in files if not file.is_file()]
    if missing:
        found = f"a configured voice isn't there: {', '.join(missing)}"
        remedy = "Mount or copy the file there, or mend the file that VIDGEN_SPEECH_VOICES names."
        raise CapacityError(found, field="voice", value=voice, remedy=remedy)
    return Digest.of_json([voice, *(Digest.of_file(file) for file in files)]).short


def _load(voice: VoiceFile, language: str) -> Say:
    if voice.engine == "piper":
        from resources.speech.piper import load_piper

        return load_piper(voice.model)
    from resources.speech.kokoro import load_kokoro

    if voice.voices is None or voice.voice is None:
        remedy = "Add `voices: FILE` and `voice: NAME` to it."
        raise InputError("a voice of Kokoro needs a file of voices and a name", field="voice", remedy=remedy)
    return load_kokoro(voice.model, voice.voices, voice.voice, language)


def plug_in(module: str, package: str) -> Any:
    """The module of an engine that is no dependency of ours. Raises `CapacityError` where it isn't installed."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        remedy = f"Install it (pip install {package}), or take its voices out of the configuration."
        raise CapacityError(f"a voice is configured whose engine, {package}, isn't installed", remedy=remedy) from error
