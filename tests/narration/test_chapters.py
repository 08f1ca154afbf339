"""Which chapters a clip has: its template's scenes name them, its narration or its length says when they begin."""

from fractions import Fraction
from typing import Any

import pytest

from tests.builders import a_spec
from vidgen_assets.clips.narration import Narration, Slot
from vidgen_assets.clips.spec import ClipSpec
from vidgen_assets.narration.chapters import chaptered_by, chapters_of
from vidgen_assets.narration.script import spoken_parts
from vidgen_assets.templates.library import TemplateLibrary

LESSON = {"course": "Baking", "title": "Bread", "chapters": ["Flour  and water", "Rest"], "texts": ["One.", "Two."]}


@pytest.fixture(scope="module")
def library() -> TemplateLibrary:
    return TemplateLibrary()


def a_lesson(**changes: Any) -> ClipSpec:
    values: dict[str, Any] = {"template": "lesson", "variables": LESSON, "frame_count": 600, "fps": Fraction(30)}
    return a_spec(**{**values, **changes})


def test_a_lesson_has_a_chapter_for_its_title_each_step_and_the_recap(library: TemplateLibrary) -> None:
    found = chapters_of(a_lesson(variables={**LESSON, "recap": "What to remember"}), library, None)
    assert [chapter.title for chapter in found] == ["Bread", "Flour and water", "Rest", "What to remember"]
    assert found[0].start_s == 0
    assert chaptered_by(a_lesson(), library) == library.load("lesson").digest
    assert found[-1].end_s == 20
    assert [chapter.end_s for chapter in found[:-1]] == [chapter.start_s for chapter in found[1:]]


def test_chapters_begin_with_what_is_said_of_them(library: TemplateLibrary) -> None:
    ends = [4.0, 9.0, 15.0, 20.0]
    slots = [
        Slot(name=f"s{n}", text="", start_s=start, end_s=end)
        for n, (start, end) in enumerate(zip([0.0, *ends], ends, strict=False))
    ]
    said = Narration(language="en", voice="v", slots=tuple(slots))
    lesson = a_lesson(variables={**LESSON, "recap": "What to remember"})
    assert [chapter.start_s for chapter in chapters_of(lesson, library, said)] == [0, 4, 9, 15]


def test_a_recap_without_a_heading_belongs_to_the_last_step_and_says_nothing(library: TemplateLibrary) -> None:
    lesson = a_lesson(language="hi")
    assert [chapter.title for chapter in chapters_of(lesson, library, None)] == ["Bread", "Flour and water", "Rest"]
    assert [part.text for part in spoken_parts(lesson, library)] == [
        "Bread.",
        "Flour  and water. One.",
        "Rest. Two.",
        "",
    ]


@pytest.mark.parametrize(
    ("title", "chapter", "said"),
    [
        ("What is light?", "Is it a wave?", ["What is light? So.", "Is it a wave? Yes."]),
        ("प्रकाश क्या है?", "लहर।", ["प्रकाश क्या है? So.", "लहर। Yes."]),
    ],
)
def test_a_title_that_is_a_sentence_is_said_with_its_own_mark_alone(
    library: TemplateLibrary, title: str, chapter: str, said: list[str]
) -> None:
    variables = {"course": "C", "title": title, "intro": "So.", "chapters": [chapter], "texts": ["Yes."]}
    assert [part.text for part in spoken_parts(a_lesson(variables=variables), library)][:2] == said


def test_other_clips_have_none(library: TemplateLibrary) -> None:
    assert chapters_of(a_spec(template=None, prompt="waves"), library, None) == ()
    card = a_spec(variables={"headline": "A lamp", "price": "1"})
    assert card.template == "product_card"
    assert chaptered_by(card, library) is None
    assert chapters_of(card, library, None) == ()
