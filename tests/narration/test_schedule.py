"""Slots touch, slack is shared evenly, and a text that doesn't fit is spoken faster, or refused."""

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import pytest

from vidgen_assets.clips.errors import InputError
from vidgen_assets.clips.narration import Part, Word
from vidgen_assets.clips.speech import Spoken, Voice
from vidgen_assets.narration.narrate import narrate, narrated_frame_count
from vidgen_assets.narration.schedule import placed
from vidgen_assets.narration.script import parts_of

VOICE = Voice("metronome", "tick", "en", "metronome 1")


class Metronome:
    """Takes a second for every word at the natural rate."""

    texts_said = 0

    def voices(self) -> Sequence[Voice]:
        return [VOICE]

    def voice_for(self, language: str, asked: str | None) -> Voice:
        return VOICE

    def speak(self, text: str, voice: Voice, rate: float) -> Spoken:
        self.texts_said += 1
        count = len(text.split())
        samples = np.full(round(count * 1000 / rate), 5000, np.int16)
        return Spoken(samples, 1000, (Word(start=0, end=len(text), start_s=0.0, end_s=count / rate),))


def test_paragraphs_become_parts_with_a_lead_in_pauses_and_a_tail() -> None:
    parts = parts_of("One.\n\n \nTwo\nlines.\n\nThree.")

    assert [part.text for part in parts] == ["One.", "Two\nlines.", "Three."]
    assert [(part.before_s, part.after_s) for part in parts] == [(0.4, 0.5), (0.0, 0.5), (0.0, 0.8)]


def test_a_free_clip_lasts_as_long_as_its_slots_rounded_up_to_a_frame() -> None:
    # 0.4 + 1 + 0.5, and 2 + 0.8: 4.7 s are 117.5 frames at 25
    assert narrated_frame_count(parts_of("One.\n\nTwo words."), VOICE, Metronome(), Fraction(25)) == 118


def test_slack_is_shared_evenly_after_the_parts() -> None:
    # 6.7 s are 2 more than is needed: one after each part
    found = narrate(parts_of("One.\n\nTwo words."), VOICE, Metronome(), Fraction("6.7"))

    assert [(place.slot.start_s, place.slot.end_s) for place in found.placed] == [(0.0, 2.9), (2.9, 6.7)]
    assert [place.sound_start_s for place in found.placed] == [0.4, 2.9]
    assert found.placed[1].slot.words[0].start_s == 2.9
    assert found.rate == 1.0


def test_a_text_that_is_a_little_long_is_spoken_faster() -> None:
    # 10 words: 11.2 s at the natural rate; at 1.15 they are 8.7 + 1.2, and 10 s are enough
    assert narrate(parts_of("word " * 10), VOICE, Metronome(), Fraction(10)).rate == 1.15


def test_a_text_that_is_far_too_long_is_refused_with_both_lengths() -> None:
    with pytest.raises(InputError, match=r"takes 21\.2 s to say, and the clip lasts 10 s") as refused:
        narrate(parts_of("word " * 20), VOICE, Metronome(), Fraction(10))
    assert refused.value.field == "script"


def test_no_more_is_spoken_than_tells_that_a_text_is_too_long() -> None:
    """40 paragraphs of a word: 0.4 s, 39 silences of 0.5 and one of 0.8 are 20.7 s; 300 have 150.7 s of silences."""
    paragraphs = parts_of("Word.\n\n" * 40)
    engine = Metronome()
    with pytest.raises(InputError, match=r"takes more than 27\.7 s to say, and the clip lasts 20 s"):
        narrate(paragraphs, VOICE, engine, Fraction(20))
    assert engine.texts_said == 7  # 27.5 s might be said in 20 s at 1.25 times the rate, or a little above

    engine = Metronome()
    with pytest.raises(InputError, match=r"takes more than 150\.7 s to say"):
        narrated_frame_count(parts_of("Word.\n\n" * 300), VOICE, engine, Fraction(25))
    assert engine.texts_said == 0


@pytest.mark.parametrize("count", [1, 12])
def test_a_clip_as_long_as_its_narration_is_spoken_at_the_natural_rate(count: int) -> None:
    """As floats, 0.4 + 12 + 0.8 s are a hair above the 396 frames that are counted from them."""
    parts = parts_of("word " * count)
    frames = narrated_frame_count(parts, VOICE, Metronome(), Fraction(30))

    assert narrate(parts, VOICE, Metronome(), Fraction(frames, 30)).rate == 1.0


def test_a_text_that_cannot_be_said_is_told_of_its_own_field() -> None:
    class Mute(Metronome):
        def speak(self, text: str, voice: Voice, rate: float) -> Spoken:
            raise InputError("there is nothing to say", field="script", value=text)

    with pytest.raises(InputError) as refused:
        narrate(parts_of("…"), VOICE, Mute(), Fraction(10), field="audio_description")
    assert refused.value.field == "audio_description"


def test_no_clip_lasts_longer_than_a_clip_may() -> None:
    with pytest.raises(InputError, match=r"takes 81\.2 s"):
        narrated_frame_count(parts_of("word " * 80), VOICE, Metronome(), Fraction(25))


def test_a_part_without_a_text_is_a_silence_of_its_own_length() -> None:
    (place,) = placed([Part(name="pause", least_s=2.0)], [None], 2.0)

    assert (place.slot.end_s, place.slot.words, place.spoken) == (2.0, (), None)
