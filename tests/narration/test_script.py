"""What a clip speaks: its template's own words, its script, or nothing where the row wants no voice."""

from typing import Any

from tests.builders import a_spec
from vidgen_assets.clips.spec import NO_VOICE
from vidgen_assets.narration.script import spoken_parts
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
