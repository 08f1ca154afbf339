"""A prompt for a model that knows few words, here those of backdrops: what is read in it, what it is refused for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidgen_assets.clips.errors import InputError
from vidgen_assets.models.release import Vocabulary
from vidgen_assets.models.vocabulary import read, refuse_prompt
from vidgen_assets.training.release import vocabulary

BACKDROPS = vocabulary()


def refused(prompt: str, closed: Vocabulary = BACKDROPS) -> InputError:
    """The error, which must say everything an error can say."""
    with pytest.raises(InputError) as raised:
        refuse_prompt(prompt, closed, "backdrops-1")
    error = raised.value
    assert (error.field, error.value) == ("prompt", prompt)
    assert error.allowed
    assert error.remedy
    assert len(str(error)) < 1_000
    return error


def test_what_is_said_is_read_aspect_by_aspect() -> None:
    reading = read("Soft SILK fabric, in shades of sea green; drifting left – slowly!", BACKDROPS)
    assert reading.said == {"texture": ("fabric",), "palette": ("teal",), "motion": ("left",), "speed": ("slow",)}
    assert reading.wanted == {"texture": "fabric", "palette": "teal", "motion": "left", "speed": "slow"}
    assert (reading.coverage, reading.unknown) == (1.0, ())


def test_the_longest_phrase_counts_and_its_words_no_second_time() -> None:
    assert read("dusk purple to orange", BACKDROPS).said == {"palette": ("sunset",)}
    assert read("dusk, purple", BACKDROPS).said == {"palette": ("sunset", "violet")}
    assert read("sea green waves", BACKDROPS).said == {"palette": ("teal",), "texture": ("waves",)}


def test_a_value_said_twice_is_said_once() -> None:
    assert read("red waves, glowing coals, ember", BACKDROPS).said["palette"] == ("ember",)
    refuse_prompt("red waves, glowing coals, ember", BACKDROPS, "backdrops-1")


def test_what_is_contradicted_is_not_settled() -> None:
    reading = read("red and blue gradient", BACKDROPS)
    assert reading.said["palette"] == ("ember", "ocean")
    assert reading.wanted == {"texture": "gradient"}


@pytest.mark.parametrize(
    "prompt",
    [
        "red waves",
        "RED WAVES",
        "red\n\twaves",
        "«red», (waves)...",
        "red_waves",
        "red/waves",
        "waves " * 1_600 + "red",
        "a soft animated background of concentric rings in shades of gray",
    ],
)
def test_a_prompt_that_says_enough_is_taken(prompt: str) -> None:
    refuse_prompt(prompt, BACKDROPS, "backdrops-1")


def test_unknown_words_are_named_once_each_in_their_order_with_near_ones() -> None:
    error = refused("gradiant of turqoise, gradiant, xyzzy")
    assert error.found == (
        "backdrops-1 understands 20% of the prompt's words; it doesn't know gradiant, turqoise, xyzzy"
    )
    assert error.remedy == "Try gradient for gradiant; turquoise for turqoise."


def test_words_that_are_near_to_nothing_come_with_the_way_to_the_vocabulary() -> None:
    assert "vidgen models show" in (refused("red waves xyzzy").remedy or "")


def test_of_many_unknown_words_five_are_named() -> None:
    error = refused(" ".join(f"word{number}" for number in range(1_600)))
    assert error.found.endswith("it doesn't know word0, word1, word2, word3, word4 and 1595 more")


def test_one_unknown_word_among_many_is_not_rounded_away() -> None:
    assert (
        "understands 99% of the prompt's words; it doesn't know lantern"
        in refused("red waves " * 800 + "lantern").found
    )


def test_a_share_of_unknown_words_may_be_allowed_and_no_more() -> None:
    lenient = BACKDROPS.model_copy(update={"floor": 0.75})
    refuse_prompt("soft red waves elsewhere", lenient, "backdrops-1")
    assert "understands 50%" in refused("red waves elsewhere tomorrow", lenient).found


@pytest.mark.parametrize(
    "prompt",
    [
        "", " \n", "!?", "_", "，。", "🎬", "波打つ赤い絹", "красные волны", "أمواج حمراء", "ｒｅｄ waves",
        "r\u200bed waves", "rеd waves", "ré waves", "red waves 2", "красные red waves", "w" * 10_000,
    ],
)  # fmt: skip
def test_what_is_not_of_its_words_is_refused(prompt: str) -> None:
    """Empty, punctuation, other scripts, letters that only look alike (the e of the twelfth is Cyrillic)."""
    assert "understands" in refused(prompt).found


def test_two_values_of_one_aspect_are_refused_with_both() -> None:
    error = refused("red and blue gradient")
    assert error.found == "the prompt names more than one palette: ember, ocean"
    assert error.allowed == "one palette"
    assert "more than one motion: left, up" in refused("red waves drifting left, rising").found
    assert "more than one speed: slow, fast" in refused("red waves slowly, fast").found


@pytest.mark.parametrize(
    ("prompt", "aspect", "names"),
    [
        ("waves drifting left", "palette", "ember, ocean blue, forest green"),
        ("a soft blue background", "texture", "gradient, bokeh, aurora"),
        ("the and of a", "palette", "ember, ocean blue"),
    ],
)
def test_what_has_to_be_said_and_is_not_is_asked_for(prompt: str, aspect: str, names: str) -> None:
    error = refused(prompt)
    assert f"names no {aspect}" in error.found
    assert (error.allowed or "").startswith(names)
    assert aspect in (error.remedy or "")


def test_a_vocabulary_without_aspects_asks_for_known_words_alone() -> None:
    plain = Vocabulary(words=("Lamp", "glow"), floor=1.0)
    refuse_prompt("lamp GLOW", plain, "lamps-1")
    assert read("lamp glow", plain).said == {}
    assert refused("dim lamp", plain).field == "prompt"


@pytest.mark.parametrize(
    ("prompt", "loose", "hint"),
    [
        ("gold waves at sea", "sea", "deep sea blue for sea"),
        ("orange waves", "orange", "fiery red and orange for orange"),
        ("blue waves turning counterclockwise", "turning, counterclockwise", "turning clockwise for turning"),
        ("blue waves drifting left to right", "to, right", "drifting right for right"),
    ],
)
def test_a_word_outside_of_its_phrase_says_nothing(prompt: str, loose: str, hint: str) -> None:
    error = refused(prompt)
    assert f"alone, {loose} says nothing to it" in error.found
    assert hint in (error.remedy or "")


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(prompt: str) -> None:
    reading = read(prompt, BACKDROPS)
    assert 0 <= reading.coverage <= 1
    is_clear = reading.unknown == reading.loose == ()
    assert (reading.coverage == 1) == (is_clear and any(letter.isalnum() for letter in prompt))
    if not {"palette", "texture"} <= reading.wanted.keys():
        assert refused(prompt).field == "prompt"


@given(st.lists(st.sampled_from(BACKDROPS.words), min_size=1, max_size=40))
def test_known_words_are_known_in_any_order(chosen: list[str]) -> None:
    reading = read(" ".join(chosen), BACKDROPS)
    assert reading.unknown == ()
    assert (reading.coverage == 1) == (reading.loose == ())
    assert all(value in BACKDROPS.aspects[aspect] for aspect, values in reading.said.items() for value in values)
