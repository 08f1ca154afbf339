"""The kinds of variables that a document may declare, their defaults within their own limits, and what a text may hold.

`variables.py` holds a request's values against them.
"""

import unicodedata
from collections.abc import Sequence
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from vidgen_assets.clips.spec import VariableValue
from vidgen_assets.templates.colours import is_hex_colour
from vidgen_assets.templates.layers import Written

_SOFT_HYPHEN = "\u00ad"
"""Typesetters use it. Controls of direction are refused."""
_JOINERS = "\u200b\u200c\u200d"
"""Allowed after a letter, mark or sign of a script that needs them: Persian, Hindi, Thai, Khmer and so on, emoji. In
Latin, Greek and Cyrillic they only hide a word from those who look for it."""
_FIRST_OF_OTHER_SCRIPTS = 0x0590
_MOST_MARKS = 6
"""On one letter. Vietnamese has two, pointed Hebrew with its accents up to four; more are drawn over other lines."""


class _Described(Written):
    description: str
    required: bool = False


class TextVariable(_Described):
    type: Literal["text"]
    default: str = ""
    max_length: int = Field(ge=1, le=2000)

    @model_validator(mode="after")
    def _default_is_within_its_limits(self) -> Self:
        if complaint := text_complaint(self.default, self.max_length):
            raise ValueError(f"of the default, {complaint}; it may be {text_limits(self.max_length)}")
        return self


class TextsVariable(_Described):
    """A list of texts."""

    type: Literal["texts"]
    default: tuple[str, ...] = ()
    max_length: int = Field(ge=1, le=2000)
    most: int = Field(ge=1, le=40)

    @model_validator(mode="after")
    def _default_is_within_its_limits(self) -> Self:
        if complaint := _list_complaint(self.default, self.most, self.max_length):
            allowed = f"up to {self.most} texts, each {text_limits(self.max_length)}, none of them blank"
            raise ValueError(f"of the default, {complaint}; it may be {allowed}")
        return self


class NumberVariable(_Described):
    type: Literal["number"]
    default: float
    minimum: float
    maximum: float

    @model_validator(mode="after")
    def _default_is_within_its_limits(self) -> Self:
        if not self.minimum <= self.default <= self.maximum:
            raise ValueError(f"the default {self.default:g} is not from {self.minimum:g} to {self.maximum:g}")
        return self


class FlagVariable(_Described):
    type: Literal["flag"]
    default: bool


class ChoiceVariable(_Described):
    type: Literal["choice"]
    default: str
    choices: tuple[str, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _default_is_a_choice(self) -> Self:
        if self.default not in self.choices:
            raise ValueError(f"the default {self.default!r} is none of the choices {', '.join(self.choices)}")
        return self


class ColourVariable(_Described):
    type: Literal["colour"]
    default: str

    @model_validator(mode="after")
    def _default_is_a_colour(self) -> Self:
        if not is_hex_colour(self.default):
            raise ValueError(f"the default {self.default!r} is no colour of the form #rrggbb")
        return self


class PicturesVariable(_Described):
    """Pictures by reference, in order."""

    type: Literal["pictures"]
    least: int = Field(default=0, ge=0, le=200)
    most: int = Field(ge=1, le=200)

    @model_validator(mode="after")
    def _least_is_not_above_most(self) -> Self:
        if self.least > self.most:
            raise ValueError(f"least ({self.least}) is above most ({self.most}); it may be 0 to {self.most}")
        return self


Variable = Annotated[
    TextVariable | TextsVariable | NumberVariable | FlagVariable | ChoiceVariable | ColourVariable | PicturesVariable,
    Field(discriminator="type"),
]


def text_complaint(value: VariableValue, max_length: int) -> str | None:
    """What is wrong with a text, or `None`."""
    if not isinstance(value, str):
        return "this is no text; write numbers the way they should appear, as a string"
    if len(value) > max_length:
        return f"the text has {len(value)} characters"
    strange = next((at for at in range(len(value)) if _is_strange(value, at)), None)
    if strange is not None:
        return f"the text has a control or formatting character (U+{ord(value[strange]):04X}) at place {strange + 1}"
    return _marks_complaint(value)


def element_complaint(texts: Sequence[str], max_length: int) -> str | None:
    """What is wrong with the first text of a list that has something wrong with it, or `None`."""
    complaints = ((number, text_complaint(text, max_length)) for number, text in enumerate(texts, 1))
    return next((f"of element {number}, {complaint}" for number, complaint in complaints if complaint), None)


def _list_complaint(texts: Sequence[str], most: int, max_length: int) -> str | None:
    from vidgen_assets.templates.lists import is_blank  # which knows the document that these are variables of

    if len(texts) > most:
        return f"the list has {len(texts)} elements"
    blank = next((number for number, text in enumerate(texts, 1) if is_blank(text)), None)
    return f"element {blank} is blank" if blank else element_complaint(texts, max_length)


def text_limits(max_length: int) -> str:
    """What a text may be, in words."""
    return f"text of at most {max_length} characters, in one line"


def _is_strange(text: str, at: int) -> bool:
    """Whether the character at an index can't be seen and has nothing to do there."""
    character = text[at]
    if character in _JOINERS:
        before = text[at - 1] if at else " "
        return ord(before) < _FIRST_OF_OTHER_SCRIPTS or unicodedata.category(before)[0] not in "LMS"
    return not character.isprintable() and character != _SOFT_HYPHEN and unicodedata.category(character) != "Zs"


def _marks_complaint(text: str) -> str | None:
    count = 0
    for at, character in enumerate(text):
        count = count + 1 if unicodedata.category(character) in ("Mn", "Me") else 0
        if count > _MOST_MARKS:
            return f"a letter has more than {_MOST_MARKS} marks, the last of them at place {at + 1}"
    return None
