"""A request's variables are complete, typed and within limits, or every problem is named."""

import pytest

from tests.templates.cards import WORDS
from vidgen_assets.clips.errors import InputError
from vidgen_assets.clips.spec import VariableValue
from vidgen_assets.templates.document import load_template
from vidgen_assets.templates.variables import resolve_variables, variable_problems

DOCUMENT = load_template("product_card").document


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
