"""Texts with places for variables."""

import pytest
from pydantic import TypeAdapter, ValidationError

from vidgen_assets.templates.wording import Wording, filled, names_in


def test_places_are_filled_and_what_is_missing_is_nothing() -> None:
    assert filled("{a}, {b} and {c}", {"a": "one", "b": 2.5}) == "one, 2.5 and"


def test_each_name_is_told_once() -> None:
    assert names_in("{a} {b} {a}") == ("a", "b")


@pytest.mark.parametrize("wrong", ["{", "}", "{A}", "{a b}", "{{a}}", "{a.b}", "{0}"])
def test_a_brace_that_is_no_place_is_refused(wrong: str) -> None:
    with pytest.raises(ValidationError, match="brace"):
        TypeAdapter(Wording).validate_python(wrong)
