"""The real engine: the same samples each time, a time for every word, and no text that stops it."""

import json

import numpy as np
import pytest

from resources.speech import espeak
from resources.speech.espeak import Espeak
from vidgen_assets.clips.errors import CapacityError, InputError
from vidgen_assets.clips.words import words_of

ENGINE = Espeak()
ENGLISH = ENGINE.voice_for("en", None)


def test_the_same_text_gives_the_same_samples() -> None:
    first, second = (ENGINE.speak("Fast fizzing shoes.", ENGLISH, 1.0) for _ in range(2))

    assert np.array_equal(first.samples, second.samples)
    assert first.words == second.words


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "It is 3,500 of the best, Dr. Smith's — isn't it? A 😀 smile for €5 & more."),
        ("de-AT", "Ein schöner Tag für den Kauf von 25 Äpfeln."),
        ("zh-Hans-CN", "今天天气很好。我们去公园吧！"),
        ("ar", "مرحبا بالعالم"),
        ("th", "รองเท้าวิ่งใหม่ ของเราเบามาก"),
        ("en", "ze\u200bro wi\u200ddth \u200fmarks <speak>[[h@]]</speak>"),
    ],
)
def test_every_word_has_a_time_in_order_and_within_the_sound(language: str, text: str) -> None:
    spoken = ENGINE.speak(text, ENGINE.voice_for(language, None), 1.0)

    assert [(word.start, word.end) for word in spoken.words] == words_of(text)
    edges = [edge for word in spoken.words for edge in (word.start_s, word.end_s)]
    assert edges == sorted(edges)
    assert edges[-1] <= spoken.duration_s


def test_a_faster_rate_is_shorter() -> None:
    natural, fast = (ENGINE.speak("Light that knows what time it is.", ENGLISH, rate) for rate in (1.0, 1.25))

    assert 0.72 < fast.duration_s / natural.duration_s < 0.9


@pytest.mark.parametrize("text", ["😀 👩‍👩‍👧‍👦", "\u200b\u200d\u200f", "— … !"])
def test_a_text_without_words_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="nothing to say"):
        ENGINE.speak(text, ENGLISH, 1.0)


def test_characters_that_the_voice_cannot_read_are_refused() -> None:
    with pytest.raises(InputError, match="can't read Chinese characters"):
        ENGINE.speak("新しい靴", ENGINE.voice_for("ja", None), 1.0)


def test_a_text_of_signs_that_the_voice_skips_is_the_script_s_fault() -> None:
    with pytest.raises(InputError, match="the voice en-us reads nothing of this text") as refused:
        ENGINE.speak("①②", ENGLISH, 1.0)
    assert (refused.value.field, refused.value.value) == ("script", "①②")


def test_ten_thousand_characters_are_spoken() -> None:
    spoken = ENGINE.speak("word " * 2_000, ENGLISH, 1.0)

    assert len(spoken.words) == 2_000
    assert spoken.duration_s > 300


def test_languages_find_their_usual_voice() -> None:
    found = {tag: ENGINE.voice_for(tag, None).name for tag in ("en", "de-AT", "zh-Hant-HK", "pt", "no")}

    assert found == {"en": "en-us", "de-AT": "de", "zh-Hant-HK": "yue", "pt": "pt-br", "no": "nb"}


@pytest.mark.parametrize(
    ("language", "asked", "field"), [("tlh", None, "language"), ("en", "de", "voice"), ("en", "en-us+x", "voice")]
)
def test_voices_that_are_not_there_are_named_with_those_that_are(language: str, asked: str | None, field: str) -> None:
    with pytest.raises(InputError) as refused:
        ENGINE.voice_for(language, asked)
    assert refused.value.field == field
    assert "en" in (refused.value.allowed or "")


def test_a_missing_engine_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(espeak.importlib.util, "find_spec", lambda name: None)

    with pytest.raises(CapacityError, match=r"vidgen\[speech\]"):
        Espeak().voices()


def test_the_child_lists_voices_as_json() -> None:
    ended = espeak._run({})

    assert json.loads(ended.stdout.partition(b"\n")[0])["version"].startswith("1.")
