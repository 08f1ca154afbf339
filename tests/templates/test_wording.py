"""Texts with places for variables."""

import pytest
from pydantic import TypeAdapter, ValidationError

from vidgen_assets.templates.wording import Wording, filled, names_in


def test_places_are_filled_and_what_is_missing_is_nothing() -> None:
    assert filled("{a}, {b} and {c}", {"a": "one", "b": 2.5}) == "one, 2.5 and"


@pytest.mark.parametrize(
    ("number", "shown"),
    [(1234567.0, "1234567"), (19.9, "19.9"), (100.0, "100"), (0.00001, "0.00001"), (-0.0, "0"), (1e15, "1" + "0" * 15)],
)
def test_numbers_are_written_in_full_without_a_power_of_ten(number: float, shown: str) -> None:
    assert filled("{a} km", {"a": number}) == f"{shown} km"


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("The wind turns", "The wind turns. More"),
        ("Will it rain?", "Will it rain? More"),
        ("It may not!", "It may not! More"),
        ("The wind turns.", "The wind turns. More"),
        ("And then…", "And then… More"),
        ("He said \u201cno!\u201d", "He said \u201cno!\u201d More"),
        ("Er sagte \u201eNein!\u201c", "Er sagte \u201eNein!\u201c More"),
        ("光とは何か？", "光とは何か？ More"),
        ("「はい。」", "「はい。」 More"),
        ("प्रकाश क्या है?", "प्रकाश क्या है? More"),
        ("लहर।", "लहर। More"),
        ("ما الضوء؟", "ما الضوء؟ More"),
        ("یہ روشنی ہے۔", "یہ روشنی ہے۔ More"),
        ("", "More"),
    ],
)
def test_a_sentence_has_one_mark_at_its_end(title: str, said: str) -> None:
    assert filled("{title}. {more}", {"title": title, "more": "More"}) == said


@pytest.mark.parametrize(
    ("wording", "values", "said"),
    [
        ("\u201c{a}.\u201d", {"a": "Who?"}, "\u201cWho?\u201d"),
        ("{a}{b}.", {"a": "Who", "b": ""}, "Who."),
        ("{a}{b}.", {"a": "Who?", "b": ""}, "Who?"),
        ("{shop}.example", {"shop": "Co."}, "Co..example"),
        ("{a}, {b}", {"a": "Who?", "b": "Me."}, "Who?, Me."),
        ("{a}?", {"a": "Who"}, "Who?"),
        ("Why? {a}.", {"a": "So"}, "Why? So."),
        ("{a}.", {"a": ""}, ""),
        (".", {}, "."),
    ],
)
def test_every_other_mark_stays(wording: str, values: dict[str, str], said: str) -> None:
    assert filled(wording, values) == said


def test_each_name_is_told_once() -> None:
    assert names_in("{a} {b} {a}") == ("a", "b")


@pytest.mark.parametrize("wrong", ["{", "}", "{A}", "{a b}", "{{a}}", "{a.b}", "{0}"])
def test_a_brace_that_is_no_place_is_refused(wrong: str) -> None:
    with pytest.raises(ValidationError, match="brace"):
        TypeAdapter(Wording).validate_python(wrong)
