"""The template's document: `template.yaml` as frozen values, its parts held against each other.

Reading a folder lives in `library.py`, the layers' kinds in `layers.py`, a request's variables in `variables.py`.
"""

from collections.abc import Iterator
from itertools import chain
from typing import Self

from pydantic import Field, model_validator

from vidgen_assets.clips.frozen import Frozen
from vidgen_assets.clips.spec import Aspect
from vidgen_assets.templates.agreement import disagreements
from vidgen_assets.templates.layers import (
    ColourName,
    Layer,
    Length,
    Name,
    Share,
    Transition,
)
from vidgen_assets.templates.variable_kinds import Variable
from vidgen_assets.templates.wording import Wording

_ROUNDING = 1e-6  # shares that are written in decimals


class SizeRange(Frozen):
    largest: Length
    smallest: Length

    @model_validator(mode="after")
    def _smallest_is_smaller(self) -> Self:
        if self.smallest > self.largest:
            raise ValueError(f"smallest {self.smallest} is above largest {self.largest}")
        return self


class TextStyle(Frozen):
    """Type of one kind of words: `tracking` in em, `line_height` in sizes, at most `lines` lines. Where the font has
    no glyph, those of `fallback` and then the library's own are asked."""

    font: Name
    fallback: tuple[Name, ...] = ()
    size: SizeRange | dict[Aspect, SizeRange]
    tracking: float = Field(default=0.0, ge=-0.1, le=0.5)
    line_height: float = Field(default=1.2, ge=0.8, le=2)
    lines: int = Field(default=1, ge=1, le=12)


class Layout(Frozen):
    """One aspect: how far words stay away from the edges (top, right, bottom, left), and where everything stands
    (x, y, width, height). All are shares of the canvas."""

    safe: tuple[Share, Share, Share, Share]
    regions: dict[Name, tuple[Share, Share, Share, Share]]

    @model_validator(mode="after")
    def _regions_are_on_the_canvas(self) -> Self:
        most = 1 + _ROUNDING
        out = [name for name, (x, y, w, h) in self.regions.items() if x + w > most or y + h > most or not w * h]
        if out:
            raise ValueError(f"the regions {', '.join(out)} are empty or reach over the canvas")
        return self

    def is_safe(self, region: str) -> bool:
        """Whether words in `region` stay away from the edges."""
        x, y, width, height = self.regions[region]
        top, right, bottom, left = self.safe
        return (
            x >= left - 1e-6 and y >= top - 1e-6 and x + width <= 1 - right + 1e-6 and y + height <= 1 - bottom + 1e-6
        )


class Ground(Frozen):
    """What is behind everything: light in the brand's colours, moving, or a generated scene in its place.

    `look` and `energy` are values or variables. Under the regions of `calm` it is held to its base colour as far as
    the words there need. `match` is how far a generated scene is drawn towards the brand's colours.
    """

    look: Wording = "drift"
    energy: Wording | Share = 0.6
    period_s: float = Field(default=9.0, gt=0)
    calm: tuple[Name, ...] = ()
    match: Share = 0.3


class Brandings(Frozen):
    """Which variables, or colours, are the brand's."""

    primary: ColourName = "primary"
    accent: ColourName = "accent"
    paper: ColourName = "paper"
    ink: ColourName = "ink"
    mood: Wording = "deep"
    """`deep` or `bright`."""


class Scene(Frozen):
    """A stretch of the clip. With `for_each`, one for every element of a list; list variables stand for that element.

    Free time is shared out by `share`. `narration` is what is said meanwhile, `chapter` the title of the chapter that
    players list here.
    """

    name: Name
    for_each: Name | None = None
    least_s: float = Field(default=1.0, gt=0, le=600)
    share: float = Field(default=1.0, ge=0, le=100)
    narration: Wording | None = None
    chapter: Wording | None = None
    transition: Transition | None = None
    layers: tuple[Layer, ...]


class Lengths(Frozen):
    """How long a clip may be. One shorter than `full_s` plays everything proportionally faster."""

    shortest_s: float = Field(gt=0)
    full_s: float = Field(gt=0)
    longest_s: float = Field(gt=0)


class TemplateDocument(Frozen):
    """A template as its author wrote it. `under` and `over` are there all the time, behind and before the scenes."""

    name: Name
    description: str
    needs_image: bool = False
    """Whether a row has to have a picture of its own, in the column `image`."""
    fonts: dict[Name, str]
    variables: dict[Name, Variable]
    brand: Brandings = Brandings()
    styles: dict[Name, TextStyle]
    layouts: dict[Aspect, Layout]
    lengths: Lengths
    ground: Ground
    under: tuple[Layer, ...] = ()
    scenes: tuple[Scene, ...] = Field(min_length=1)
    over: tuple[Layer, ...] = ()

    @model_validator(mode="after")
    def _parts_belong_together(self) -> Self:
        problems = [*disagreements(self)]
        if problems:
            raise ValueError("; ".join(problems))
        return self

    @property
    def layers(self) -> Iterator[Layer]:
        return chain(self.under, chain.from_iterable(scene.layers for scene in self.scenes), self.over)
