"""Configured voices go first, files and packages that are missing are named, and what was said is remembered."""

import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from resources.cupboard import StoreCupboard
from resources.object_store import ObjectStore
from resources.speech.plugged import PluggedVoices, VoiceFile, read_voices
from resources.speech.studio import Studio
from vidgen_assets.clips.errors import CapacityError, InputError
from vidgen_assets.clips.speech import Spoken, Voice

BUILT_IN = Voice("built-in", "usual", "en", "built-in 1")


class Counting:
    """A built-in engine that counts what it's asked to say."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def voices(self) -> Sequence[Voice]:
        return [BUILT_IN]

    def voice_for(self, language: str, asked: str | None) -> Voice:
        return BUILT_IN

    def speak(self, text: str, voice: Voice, rate: float) -> Spoken:
        self.said.append(text)
        return Spoken(np.arange(5, dtype=np.int16), 8_000, ())


def a_cupboard() -> StoreCupboard:
    return StoreCupboard(ObjectStore("memory:///"))


def a_piper_voice(folder: Path) -> VoiceFile:
    model = folder / "anna.onnx"
    model.write_bytes(b"weights")
    return VoiceFile(engine="piper", model=model, licence="CC0-1.0")


def test_what_was_said_is_not_said_again() -> None:
    engine = Counting()
    studio = Studio(PluggedVoices({}), a_cupboard(), engine)
    first, second = (studio.speak("Hello.", BUILT_IN, 1.0) for _ in range(2))

    assert engine.said == ["Hello."]
    assert np.array_equal(first.samples, second.samples)


def test_a_configured_voice_speaks_its_language_and_the_built_in_one_the_others(tmp_path: Path) -> None:
    studio = Studio(PluggedVoices({"de": a_piper_voice(tmp_path)}), a_cupboard(), Counting())

    assert studio.voice_for("de-AT", None).name == "anna"
    assert studio.voice_for("de", None).licence == "CC0-1.0"
    assert studio.voice_for("en", None) == BUILT_IN


def test_piper_is_asked_without_noise_phrase_by_phrase(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = _recording_piper(monkeypatch)
    voices = PluggedVoices({"de": a_piper_voice(tmp_path)})
    spoken = voices.speak("Guten Tag. Wie geht es?", voices.voices()[0], 1.25)

    assert asked == [("Guten Tag. ", 0.8, 0.0), ("Wie geht es?", 0.8, 0.0)]
    assert [word.start for word in spoken.words] == [0, 6, 11, 15, 20]
    assert spoken.duration_s == pytest.approx(2.3, abs=0.05)  # two phrases of a second and a pause of 0.3


def test_kokoro_is_asked_for_its_voice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dict[str, Any]] = []

    class Kokoro:
        def __init__(self, model: str, voices: str) -> None: ...

        def create(self, text: str, **manner: Any) -> tuple[Any, int]:
            asked.append({"text": text, **manner})
            return np.full(24_000, 0.5, np.float32), 24_000

    monkeypatch.setitem(sys.modules, "kokoro_onnx", _module("kokoro_onnx", Kokoro=Kokoro))
    for name in ("model.onnx", "voices.bin"):
        (tmp_path / name).write_bytes(b"x")
    file = VoiceFile(
        engine="kokoro",
        model=tmp_path / "model.onnx",
        voices=tmp_path / "voices.bin",
        voice="jf_a",
        licence="Apache-2.0",
    )
    voices = PluggedVoices({"ja": file})

    assert voices.speak("こんにちは。", voices.voices()[0], 1.0).sample_rate_hz == 24_000
    assert asked == [{"text": "こんにちは。", "voice": "jf_a", "speed": 1.0, "lang": "ja"}]


def test_a_configured_engine_that_is_not_installed_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "piper", None)
    voices = PluggedVoices({"de": a_piper_voice(tmp_path)})

    with pytest.raises(CapacityError, match="piper-tts"):
        voices.speak("Guten Tag.", voices.voices()[0], 1.0)


def test_a_configured_voice_that_is_not_there_is_named(tmp_path: Path) -> None:
    missing = VoiceFile(engine="piper", model=tmp_path / "gone.onnx", licence="CC0-1.0")

    with pytest.raises(CapacityError, match=r"gone\.onnx"):
        PluggedVoices({"de": missing}).find("de", None)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("de: {engine: festival, model: x, licence: y}", "de.engine: Input should be 'piper' or 'kokoro'"),
        ("de: {engine: piper, licence: y}", "de.model: Field required"),
        ("- de", "Input should be a valid dictionary"),
        ("de: {", "can't be read as YAML"),
        ("", "Input should be a valid dictionary"),
        ("de: &a {engine: piper, model: x, licence: y}\nfr: *a", "uses an anchor or alias"),
    ],
)
def test_a_file_of_voices_that_says_something_else_is_refused(tmp_path: Path, text: str, why: str) -> None:
    file = tmp_path / "voices.yaml"
    file.write_text(text)
    with pytest.raises(InputError) as refused:
        read_voices(file)
    assert refused.value.field == "VIDGEN_SPEECH_VOICES"
    assert why in refused.value.found


def test_norwegian_is_a_language_in_a_file_of_voices(tmp_path: Path) -> None:
    file = tmp_path / "voices.yaml"
    file.write_text("no: {engine: piper, model: x.onnx, licence: CC0-1.0}\n")
    assert list(read_voices(file)) == ["no"]


def _recording_piper(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, float, float]]:
    asked: list[tuple[str, float, float]] = []

    class PiperVoice:
        config = SimpleNamespace(sample_rate=16_000)

        @classmethod
        def load(cls, model: str) -> "PiperVoice":
            return cls()

        def synthesize(self, text: str, manner: Any) -> list[Any]:
            asked.append((text, manner.length_scale, manner.noise_scale))
            return [SimpleNamespace(audio_int16_array=np.full(16_000, 9_000, np.int16))]

    module = _module("piper", PiperVoice=PiperVoice, SynthesisConfig=SimpleNamespace)
    monkeypatch.setitem(sys.modules, "piper", module)
    return asked


def _module(name: str, **members: Any) -> ModuleType:
    module = ModuleType(name)
    vars(module).update(members)
    return module
