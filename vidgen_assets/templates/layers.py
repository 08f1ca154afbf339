"""What a document may put on the canvas: layers, the items of a stack, and how they come and go.

Areas are named in the document's layouts; lengths are hundredths of the canvas' short side. Colours are names: of a
colour variable, of the palette, or `#rrggbb`.
"""

from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from vidgen_assets.clips.frozen import Frozen
from vidgen_assets.clips.spec import Aspect
from vidgen_assets.templates.easing import Easing
from vidgen_assets.templates.wording import Wording

Share = Annotated[float, Field(ge=0, le=1)]
Length = Annotated[float, Field(ge=0, le=100)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
ColourName = Annotated[str, Field(pattern=r"^(#[0-9a-fA-F]{6}|[a-z][a-z0-9_]*)$")]
Point = tuple[Share, Share]
Area = tuple[Share, Share, Share, Share]
"""x, y, width, height, as shares of the canvas."""
Period = Annotated[float, Field(ge=0.1, le=3600)]
"""Seconds."""

BADGE_CHORD = 0.80
"""The share of a badge's diameter that its words may span."""


class Written(Frozen):
    """The base of what a document's author writes: frozen, without unknown keys, every number finite."""

    model_config = ConfigDict(allow_inf_nan=False)


class Align(StrEnum):
    """Of lines in their column. `start` is the left, or the right where the language runs from right to left."""

    START = "start"
    CENTRE = "centre"
    END = "end"


class Anchor(StrEnum):
    """Of a block in the height of its region."""

    TOP = "top"
    MIDDLE = "middle"
    BOTTOM = "bottom"


AlignByAspect = Align | dict[Aspect, Align]
AnchorByAspect = Anchor | dict[Aspect, Anchor]
LengthByAspect = Length | dict[Aspect, Length]


class Move(Written):
    """Coming or going: when, how long, and from (or to) where. `aside` is towards the end of the line."""

    at_s: float = Field(default=0.0, ge=0, le=600)
    for_s: float = Field(gt=0, le=60)
    easing: Easing = Easing.OUT_CUBIC
    rise: float = Field(default=0.0, ge=-100, le=100)
    aside: float = Field(default=0.0, ge=-100, le=100)
    scale: float = Field(default=1.0, gt=0, le=2)
    stagger_s: float = Field(default=0.0, ge=0, le=10)
    unmask: bool = False


class Moving(Written):
    """What every part may do. `when` names a variable: without a value for it, the part isn't there."""

    when: Name | None = None
    enter: Move | None = None
    leave: Move | None = None


class Form(StrEnum):
    RECT = "rect"
    ROUND = "round"
    PILL = "pill"
    DISC = "disc"
    ARCH = "arch"


class Shape(Moving):
    """A filled form; `shine` lights it from within, `shadow` is how dark its shadow is."""

    kind: Literal["shape"]
    region: Name
    form: Form = Form.RECT
    radius: Length = 3.0
    fill: tuple[ColourName, ...] = Field(min_length=1, max_length=2)
    """One colour, or two from top to bottom."""
    opacity: Share = 1.0
    most: Share | None = None
    """How strong it may be made where words on it can't be read otherwise."""
    fade: Literal["none", "up", "down"] = "none"
    """Towards which edge the opacity falls to nothing."""
    shine: bool = False
    shadow: Share = 0.0

    @model_validator(mode="after")
    def _grows_stronger(self) -> Self:
        if self.most is not None and self.most < self.opacity:
            raise ValueError(f"most ({self.most:g}) is how strong the shape may become, and less than its opacity")
        return self


class Picture(Moving):
    """A picture, or one after the other of a set. A cut-out stands in `region` on its own shadow; a photograph fills
    `frame` (the region itself, without one) through its form."""

    kind: Literal["picture"]
    source: Name
    region: Name
    frame: Name | None = None
    fit: Literal["contain", "cover"] = "cover"
    focus: Point = (0.5, 0.5)
    """The point of a photograph that stays in view."""
    form: Form = Form.RECT
    radius: Length = 3.0
    float_height: Length = 0.0
    float_period_s: Period = 3.6
    zoom: float = Field(default=1.0, ge=1, le=1.5)
    """How much nearer it is at the end."""
    first: int = Field(default=0, ge=0, le=200)
    """Which picture of a set the first repetition of its scene shows, from 0."""
    turns: int = Field(default=0, ge=0, le=20)
    """How often a set is shown in the scene, a picture passing into the next; 0 takes the picture of the repetition."""


class Text(Moving):
    """Words. `ink` is `loud` or `quiet`, which read on what lies under them, or a colour, which is held to that."""

    kind: Literal["text"]
    text: Wording
    style: Name
    ink: ColourName = "loud"
    struck: bool = False
    gap: LengthByAspect = 0.0
    """Space above it in a stack."""
    leads: bool = False
    """Whether the rest of a stack gives way for it to be large."""


class Pill(Moving):
    """A label on a pill that is as long as its words: a button with an arrow and a shadow, or a plain tag."""

    kind: Literal["pill"]
    text: Wording
    style: Name
    fill: ColourName
    button: bool = False
    gap: LengthByAspect = 0.0


class Rule(Moving):
    """A short line."""

    kind: Literal["rule"]
    width: Length
    height: Length
    fill: ColourName
    gap: LengthByAspect = 0.0


class Points(Moving):
    """A list variable, a line of its own for each, with a mark in front."""

    kind: Literal["points"]
    each: Name
    style: Name
    ink: ColourName = "loud"
    mark: ColourName
    gap: LengthByAspect = 0.0
    between: Length = 2.0


Item = Annotated[Text | Pill | Rule | Points, Field(discriminator="kind")]


class Stack(Written):
    """Items below each other in a region."""

    kind: Literal["stack"]
    region: Name
    align: AlignByAspect = Align.START
    anchor: AnchorByAspect = Anchor.TOP
    items: tuple[Item, ...] = Field(min_length=1)
    scrim: ColourName | None = None
    """A soft veil in this colour, as strong as the words need to be read over a picture."""

    @model_validator(mode="after")
    def _one_leads(self) -> Self:
        if sum(isinstance(item, Text) and item.leads for item in self.items) > 1:
            raise ValueError("one item of a stack may lead, and more than one does")
        return self


class Badge(Moving):
    """A disc as large as its words need, from `smallest` to `largest`, in the middle of its region."""

    kind: Literal["badge"]
    region: Name
    smallest: LengthByAspect
    largest: LengthByAspect
    fill: ColourName
    items: tuple[Text, ...] = Field(min_length=1, max_length=2)


class Brand(Moving):
    """A name with a small disc before it, in one line."""

    kind: Literal["brand"]
    region: Name
    text: Wording
    style: Name
    mark: ColourName
    align: AlignByAspect = Align.START
    ink: ColourName = "loud"
    scrim: ColourName | None = None


class Progress(Moving):
    """A bar that fills as the clip (or its scene) passes."""

    kind: Literal["progress"]
    region: Name
    fill: ColourName
    track: ColourName
    track_opacity: Share = 0.25


Layer = Annotated[Shape | Picture | Stack | Badge | Brand | Progress, Field(discriminator="kind")]


class Transition(Written):
    """How a scene takes over from the one before: `fade` through the ground, `dissolve` over it, `push`, `wipe`."""

    kind: Literal["fade", "dissolve", "push", "wipe"]
    for_s: float = Field(default=0.6, gt=0, le=5)
    easing: Easing = Easing.IN_OUT_CUBIC
