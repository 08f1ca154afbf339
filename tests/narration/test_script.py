"""What a clip speaks: its template's own words, its script, or nothing where the row wants no voice."""

from typing import Any

import pytest

from tests.builders import a_spec
from vidgen_assets.clips.errors import InputError
from vidgen_assets.clips.spec import NO_VOICE
from vidgen_assets.narration.script import parts_of, spoken_parts
from vidgen_assets.templates.library import TemplateLibrary

NEWS: dict[str, Any] = {
    "template": "news_summary",
    "variables": {"brand": "Post", "headline": "It opens", "points": ("One.",), "pictures": ("a.png",)},
}


def texts_of(**changes: Any) -> list[str]:
    return [part.text for part in spoken_parts(a_spec(**changes), TemplateLibrary())]


def test_a_template_that_speaks_says_its_own_words() -> None:
    assert texts_of(**NEWS) == ["It opens.", "One.", ""]


def test_without_a_voice_a_template_that_speaks_says_nothing() -> None:
    assert texts_of(**NEWS, voice=NO_VOICE) == []


def test_a_row_that_names_a_voice_is_spoken_by_it() -> None:
    assert texts_of(**NEWS, voice="en-us+f3") == ["It opens.", "One.", ""]


@pytest.mark.parametrize("mark", ["\u0301", "\u200d", "\u09be", "\U000e0067"])
def test_a_letter_under_a_heap_of_marks_is_refused_before_it_is_divided(mark: str) -> None:
    """Dividing a text of 4,000 of them would take 40 s."""
    with pytest.raises(InputError, match="more than 8 marks, the last of them at place 16") as refused:
        texts_of(template=None, prompt="A lamp", script="Hello a" + mark * 4_000)
    assert refused.value.field == "script"
    with pytest.raises(InputError) as refused:
        parts_of("a" + mark * 4_000, field="audio_description")
    assert refused.value.field == "audio_description"


@pytest.mark.parametrize(
    "tall",
    [
        "\u0f67\u0f90\u0fb5\u0fa8\u0fb3\u0fba\u0fbc\u0fbb\u0f82",
        "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "👩\U0001f3fd\u200d❤\ufe0f\u200d👩",
    ],
)
def test_the_tallest_letters_and_longest_emoji_there_are_pass(tall: str) -> None:
    assert [part.text for part in parts_of(tall)] == [tall]
