"""The template's document: `template.yaml` as frozen values, its parts held against each other.

Reading a folder lives in `library.py`, the layers' kinds in `layers.py`, a request's variables in `variables.py`.
"""

from collections.abc import Iterator
from itertools import chain
from typing import Annotated, Self

from pydantic import Field, model_validator

from vidgen_assets.clips.spec import Aspect
from vidgen_assets.templates.agreement import disagreements
from vidgen_assets.templates.layers import (
    Area,
    ColourName,
    Layer,
    Name,
    Period,
    Share,
    Transition,
    Written,
)
from vidgen_assets.templates.variable_kinds import Variable
from vidgen_assets.templates.wording import Wording

_ROUNDING = 1e-6  # shares that are written in decimals


Size = Annotated[float, Field(ge=0.1, le=100)]


class SizeRange(Written):
    largest: Size
    smallest: Size

    @model_validator(mode="after")
    def _smallest_is_smaller(self) -> Self:
        if self.smallest > self.largest:
            raise ValueError(f"smallest {self.smallest} is above largest {self.largest}")
        return self


class TextStyle(Written):
    """Type of one kind of words: `tracking` in em, `line_height` in sizes, at most `lines` lines. Where the font has
    no glyph, those of `fallback` and then the library's own are asked."""

    font: Name
    fallback: tuple[Name, ...] = ()
    size: SizeRange | dict[Aspect, SizeRange]
    tracking: float = Field(default=0.0, ge=-0.1, le=0.5)
    line_height: float = Field(default=1.2, ge=0.8, le=2)
    lines: int = Field(default=1, ge=1, le=12)


class Layout(Written):
    """One aspect: how far words stay away from the edges (top, right, bottom, left), and where everything stands
    (x, y, width, height). All are shares of the canvas.

    Those of `captioned` take the place of the regions of the same name in a clip that captions are burnt into.
    """

    safe: tuple[Share, Share, Share, Share]
    regions: dict[Name, Area]
    captioned: dict[Name, Area] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _regions_are_on_the_canvas(self) -> Self:
        most = 1 + _ROUNDING
        every = (*self.regions.items(), *self.captioned.items())
        out = [name for name, (x, y, w, h) in every if x + w > most or y + h > most or not w * h]
        if out:
            raise ValueError(f"the regions {', '.join(out)} are empty or reach over the canvas")
        if unknown := [name for name in self.captioned if name not in self.regions]:
            raise ValueError(f"captioned has {', '.join(unknown)}, which is none of the regions")
        return self

    def with_captions(self) -> Self:
        """The layout of a clip that captions are burnt into."""
        return self.model_copy(update={"regions": {**self.regions, **self.captioned}})

    def is_safe(self, area: Area) -> bool:
        """Whether words in `area` stay away from the edges."""
        x, y, width, height = area
        top, right, bottom, left = self.safe
        return (
            x >= left - _ROUNDING
            and y >= top - _ROUNDING
            and x + width <= 1 - right + _ROUNDING
            and y + height <= 1 - bottom + _ROUNDING
        )


class Ground(Written):
    """What is behind everything: light in the brand's colours, moving, or a generated scene in its place.

    `look` is `drift`, `bokeh`, `silk`, `streaks`, or a variable that chooses among them, `energy` a value or a variable
    of type number from 0 to 1. Under the regions of `calm` it is held to its base colour as far as
    the words there need. `match` is how far a generated scene is drawn towards the brand's colours.
    """

    look: Wording = "drift"
    energy: Wording | Share = 0.6
    period_s: Period = 9.0
    calm: tuple[Name, ...] = ()
    match: Share = 0.3


class Brandings(Written):
    """Which variables, or colours, are the brand's."""

    primary: ColourName = "primary"
    accent: ColourName = "accent"
    paper: ColourName = "paper"
    ink: ColourName = "ink"
    mood: Wording = "deep"
    """`deep`, `bright`, or a variable that chooses between them."""


class Scene(Written):
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


class Lengths(Written):
    """How long a clip may be. One shorter than `full_s` plays everything proportionally faster."""

    shortest_s: float = Field(gt=0)
    full_s: float = Field(gt=0)
    longest_s: float = Field(gt=0)

    @model_validator(mode="after")
    def _rise(self) -> Self:
        if not self.shortest_s <= self.full_s <= self.longest_s:
            raise ValueError(
                f"shortest_s {self.shortest_s:g}, full_s {self.full_s:g} and longest_s {self.longest_s:g} don't rise"
            )
        return self


class TemplateDocument(Written):
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
