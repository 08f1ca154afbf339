"""The kinds of variables that a document may declare. `variables.py` holds values against them."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from vidgen_assets.templates.colours import is_hex_colour
from vidgen_assets.templates.layers import Written


class _Described(Written):
    description: str
    required: bool = False


class TextVariable(_Described):
    type: Literal["text"]
    default: str = ""
    max_length: int = Field(ge=1, le=2000)


class TextsVariable(_Described):
    """A list of texts."""

    type: Literal["texts"]
    default: tuple[str, ...] = ()
    max_length: int = Field(ge=1, le=2000)
    most: int = Field(ge=1, le=40)


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


Variable = Annotated[
    TextVariable | TextsVariable | NumberVariable | FlagVariable | ChoiceVariable | ColourVariable | PicturesVariable,
    Field(discriminator="type"),
]
