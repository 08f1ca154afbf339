"""A request's variables are complete, typed and within limits, or every problem is named."""

import pytest

from tests.templates.cards import WORDS
from vidgen_assets.clips.errors import InputError
from vidgen_assets.clips.spec import VariableValue
from vidgen_assets.templates.library import TemplateLibrary
from vidgen_assets.templates.variables import resolve_variables, variable_problems

DOCUMENT = TemplateLibrary().load("product_card").document


def test_defaults_stand_in_for_what_is_not_given() -> None:
    assert resolve_variables(DOCUMENT, WORDS)["mood"] == "deep"


def test_a_blank_cell_is_not_given() -> None:
    assert resolve_variables(DOCUMENT, {**WORDS, "mood": " ", "energy": ""})["energy"] == 0.6


@pytest.mark.parametrize(
    ("name", "given", "meant"),
    [
        ("energy", "0.25", 0.25),
        ("energy", 1, 1.0),
        ("plate", "false", False),
        ("plate", "Yes", True),
        ("ink", "#ABCDEF", "#abcdef"),
    ],
)
def test_cells_of_a_table_take_the_declared_type(name: str, given: VariableValue, meant: VariableValue) -> None:
    assert resolve_variables(DOCUMENT, {**WORDS, name: given})[name] == meant


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("price", ""),
        ("price", 129),
        ("headline", "x" * 61),
        ("headline", "two\nlines"),
        ("headline", "turned \u202e round"),
        ("energy", 1.01),
        ("energy", float("nan")),
        ("energy", "1e3"),
        ("energy", True),
        ("plate", "maybe"),
        ("plate", 1),
        ("mood", "loud"),
        ("mood", True),
        ("primary", "navy"),
        ("primary", 255),
        ("colour", "#ffffff"),
    ],
)
def test_a_wrong_value_is_refused_by_its_name(name: str, given: VariableValue) -> None:
    with pytest.raises(InputError) as caught:
        resolve_variables(DOCUMENT, {**WORDS, name: given})
    assert caught.value.field == f"variables.{name}"
    assert caught.value.allowed


def test_all_problems_are_found_in_one_pass() -> None:
    wrong = {"headline": "Fine", "mood": "loud", "energy": 7, "sparkle": "yes"}
    fields = [problem.field for problem in variable_problems(DOCUMENT, wrong)]
    assert fields == [
        "variables.sparkle",
        "variables.brand",
        "variables.price",
        "variables.call_to_action",
        "variables.mood",
        "variables.energy",
    ]
    with pytest.raises(InputError, match="6 variables of template 'product_card' are wrong"):
        resolve_variables(DOCUMENT, wrong)


@pytest.mark.parametrize("strange", ["\u2067", "\u202e", "\ufeff", "\x07", "\u2029", "\u200f"])
def test_controls_are_refused_with_their_name_and_place(strange: str) -> None:
    with pytest.raises(InputError) as caught:
        resolve_variables(DOCUMENT, {**WORDS, "headline": f"Li{strange}ght"})
    assert f"U+{ord(strange):04X}) at place 3" in caught.value.found


@pytest.mark.parametrize("hidden", ["fr\u200bee", "fr\u200cee", "\u200dfree", "свет\u200dло", "می\u200c\u200cخواهم"])
def test_joiners_that_only_hide_a_word_are_refused(hidden: str) -> None:
    with pytest.raises(InputError, match="formatting character"):
        resolve_variables(DOCUMENT, {**WORDS, "headline": hidden})


def test_a_heap_of_marks_on_one_letter_is_refused() -> None:
    assert resolve_variables(DOCUMENT, {**WORDS, "headline": "e" + "\u0301" * 6})
    with pytest.raises(InputError, match="more than 6 marks, the last of them at place 8"):
        resolve_variables(DOCUMENT, {**WORDS, "headline": "e" + "\u0301" * 7})


@pytest.mark.parametrize("unseen", ["\u00ad", " \u00ad\u00a0", "\u3000"])
def test_a_text_that_shows_nothing_is_missing(unseen: str) -> None:
    with pytest.raises(InputError, match="needs it"):
        resolve_variables(DOCUMENT, {**WORDS, "headline": unseen})


@pytest.mark.parametrize(
    "kept",
    ["光　まで", "10\u2009000", "1\u2007000", "می\u200cخواهم", "Donau\u00addampf", "20\u202f000", "ไทย\u200bไทย"],
)
def test_joiners_and_spaces_of_typesetters_are_kept(kept: str) -> None:
    assert resolve_variables(DOCUMENT, {**WORDS, "headline": kept})["headline"] == kept


NEWS = TemplateLibrary().load("news_summary").document
STORY = {"brand": "Post", "headline": "News", "pictures": ("a.jpg",)}


@pytest.mark.parametrize(
    "given", [("One.", "Two."), "One. | Two.", "One.\nTwo.", "\nOne.\n\nTwo.\n", "One.|Two.|", (" One. ", "Two.", "")]
)
def test_a_list_may_be_written_as_one_text(given: VariableValue) -> None:
    assert resolve_variables(NEWS, {**STORY, "points": given})["points"] == ("One.", "Two.")


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"points": ("x",) * 7}, "variables.points", "7 elements"),
        ({"points": ("fine", "x" * 111)}, "variables.points", "of element 2"),
        ({"points": ("fine", "turned \u202e")}, "variables.points", "of element 2"),
        ({"points": 7}, "variables.points", "no list"),
        ({"points": ()}, "variables.points", "needs it"),
        ({"points": ("", "\u00ad")}, "variables.points", "needs it"),
        ({"points": ("One.", "", "Three.")}, "variables.points", "element 2 of the list is blank"),
        ({"points": " | Two."}, "variables.points", "element 1 of the list is blank"),
        ({"points": ("One.",), "pictures": ("a.jpg", " ", "c.jpg")}, "variables.pictures", "element 2"),
        ({"points": ("One.",), "pictures": ()}, "variables.pictures", "needs it"),
        ({"points": ("One.",), "pictures": ("a.jpg",) * 8}, "variables.pictures", "8 pictures"),
        ({"points": ("One.",), "pictures": 3}, "variables.pictures", "no list"),
    ],
)
def test_a_wrong_list_is_refused(changes: dict[str, VariableValue], field: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        resolve_variables(NEWS, {**STORY, **changes})
    assert caught.value.field == field
    assert said in caught.value.found


LESSON = TemplateLibrary().load("lesson").document
CHAPTERS = {"course": "Light", "title": "Colour", "chapters": ("A", "B")}


def test_a_list_that_goes_on_after_the_scenes_it_is_shown_in_is_refused() -> None:
    assert resolve_variables(LESSON, {**CHAPTERS, "texts": ("a", "b")})["texts"] == ("a", "b")
    with pytest.raises(InputError, match="has 3 elements, and chapters, which it goes with, has 2") as caught:
        resolve_variables(LESSON, {**CHAPTERS, "texts": "a|b|c"})
    assert caught.value.field == "variables.texts"
    assert "variables.chapters" in str(caught.value.allowed)
