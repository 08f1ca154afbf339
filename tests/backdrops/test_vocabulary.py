"""Every look can be said, in many ways, and no way of saying one says another."""

import random
from itertools import pairwise, product

import pytest

from vidgen_assets.backdrops.vocabulary import ALL_LOOKS, ASPECTS, FILLERS, Look, words
from vidgen_assets.models.vocabulary import read
from vidgen_assets.training.material import drawn_look, generator, in_words, plainly
from vidgen_assets.training.release import vocabulary

VOCABULARY = vocabulary()
PHRASES = [
    (aspect, value, phrase)
    for aspect, values in ASPECTS.items()
    for value, phrases in values.items()
    for phrase in phrases
]


def settled(look: Look) -> dict[str, str]:
    return {aspect: getattr(look, aspect) for aspect in ASPECTS}


def test_no_phrase_is_said_of_two_values() -> None:
    said = [phrase for _, _, phrase in PHRASES]
    assert sorted(set(said)) == sorted(said)


@pytest.mark.parametrize(("aspect", "value", "phrase"), PHRASES)
def test_a_phrase_says_its_own_value_and_nothing_else(aspect: str, value: str, phrase: str) -> None:
    assert read(phrase, VOCABULARY).said == {aspect: (value,)}


def test_two_phrases_side_by_side_say_both_and_nothing_else() -> None:
    """No words of the end of one and the beginning of the next make a third."""
    wrong = [
        f"{one} {other}"
        for (aspect, value, one), (beside, second, other) in product(PHRASES, PHRASES)
        if aspect != beside and read(f"{one} {other}", VOCABULARY).said != {aspect: (value,), beside: (second,)}
    ]
    assert not wrong


def test_a_filler_says_nothing_before_or_after_a_phrase() -> None:
    wrong = [
        said
        for filler, (aspect, value, phrase) in product(FILLERS, PHRASES)
        for said in (f"{filler} {phrase}", f"{phrase} {filler}")
        if read(said, VOCABULARY).said != {aspect: (value,)}
    ]
    assert not wrong


def test_a_look_has_a_value_of_every_aspect() -> None:
    with pytest.raises(ValueError, match=r"The texture is 'lava'; allowed: gradient, bokeh"):
        Look("ember", "lava", "left", "slow", "calm")


def test_every_look_there_is_has_its_place() -> None:
    assert len(set(ALL_LOOKS)) == 9 * 9 * 8 * 3 * 3


def test_every_look_said_plainly_is_read_back() -> None:
    for look in ALL_LOOKS:
        reading = read(plainly(look), VOCABULARY)
        assert (reading.wanted, reading.unknown, reading.coverage) == (settled(look), (), 1.0), plainly(look)


def test_looks_in_all_sorts_of_words_are_read_back() -> None:
    dice = random.Random(20)
    prompts = {in_words(look, dice, silence=0): look for look in dice.choices(ALL_LOOKS, k=800)}
    for prompt, look in prompts.items():
        reading = read(prompt, VOCABULARY)
        assert (reading.wanted, reading.unknown) == (settled(look), ()), prompt
    assert len(prompts) > 750


def test_what_is_left_out_of_a_prompt_is_not_read_into_it() -> None:
    dice = random.Random(21)
    for look in dice.choices(ALL_LOOKS, k=200):
        prompt = in_words(look, dice, silence=1)
        assert read(prompt, VOCABULARY).wanted == {"palette": look.palette, "texture": look.texture}, prompt


def test_words_are_sorted_lower_case_and_of_letters_alone() -> None:
    """A reader that splits at everything else finds each as it stands here."""
    assert all(before < after for before, after in pairwise(words()))
    assert all(word.isalpha() and word.islower() for word in words())


def test_looks_are_drawn_from_all_of_those_given() -> None:
    dice = generator("drawn")
    looks = ALL_LOOKS[:5]
    assert {drawn_look(looks, dice) for _ in range(100)} == set(looks)
