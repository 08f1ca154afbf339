"""The timeline: everything a compositor needs to draw a clip's frames, as frozen values and as JSON.

These are the latents of a template clip: places in pixels, times in frames, colours as hex, files by digest. How they
are found lives in `timeline.py`, how they are drawn in `compositor.py`.
"""

from typing import Annotated, Literal, Self

from pydantic import Base64Bytes, Field, PlainSerializer, ValidationError

from vidgen_assets.clips.digest import Digest, canonical_json
from vidgen_assets.clips.errors import PermanentError
from vidgen_assets.clips.spec import Rate
from vidgen_assets.templates.document import Frozen
from vidgen_assets.templates.easing import Easing

Number = Annotated[float, PlainSerializer(lambda value: round(value, 3), return_type=float)]
"""A length in pixels or a plain factor, kept to a thousandth."""
Exact = Annotated[float, PlainSerializer(lambda value: round(value, 7), return_type=float)]
Box = tuple[Number, Number, Number, Number]
"""x, y, width, height in pixels."""
HexColour = str


class Movement(Frozen):
    """Coming or going between two frames: from (or to) `rise_px` below and `scale`, fading unless unmasked."""

    first_frame: int
    frames: int
    easing: Easing
    rise_px: Number = 0.0
    scale: Number = 1.0
    stagger_frames: Number = 0.0
    unmask: bool = False


class Motion(Frozen):
    enter: Movement
    leave: Movement


class Line(Frozen):
    text: str
    x: Number
    baseline: Number


class TextBlock(Frozen):
    """Lines of one style. `font` is a key of the template's fonts; `tracking` is in em."""

    font: str
    size_px: Number
    tracking: Number
    colour: HexColour
    lines: tuple[Line, ...]
    struck: bool = False


class Plate(Frozen):
    """An arch: round at the top, soft corners at the bottom, a vertical gradient."""

    box: Box
    colours: tuple[HexColour, HexColour]
    motion: Motion


class Picture(Frozen):
    """The customer's picture. A cut-out stands in `box`; a photograph without alpha fills `frame`."""

    digest: Digest
    box: Box
    frame: Box
    motion: Motion
    float_px: Number
    float_turns: int
    zoom: Number


class Words(Frozen):
    """A text block that moves on its own."""

    block: TextBlock
    motion: Motion


class Badge(Frozen):
    centre: tuple[Number, Number]
    diameter: Number
    fill: HexColour
    price: TextBlock
    old_price: TextBlock | None
    motion: Motion


class Button(Frozen):
    box: Box
    fill: HexColour
    label: TextBlock
    arrow: Box
    motion: Motion


class Mark(Frozen):
    """The small disc beside the brand's name."""

    centre: tuple[Number, Number]
    radius: Number
    fill: HexColour


class Backdrop(Frozen):
    """A moving ground. `calm` says how far the areas where words stand are held to the base colour (0..1)."""

    kind: Literal["drift", "bokeh", "silk", "streaks"]
    base: HexColour
    glows: tuple[HexColour, HexColour, HexColour, HexColour]
    spark: HexColour
    seed: int
    turns: int
    energy: Number
    calm_boxes: tuple[Box, ...]
    calm: Number


class GeneratedBackdrop(Frozen):
    """A moving ground made of a model's pictures (`generated.py`), which come as evenly spaced keys of the clip.

    `course` is how the scene moves from one key to the next, in pixels of the keys: to the right, down; growth and
    clockwise turn, as a plain factor and in radians.
    """

    kind: Literal["generated"] = "generated"
    base: HexColour
    keys: Base64Bytes
    key_count: int
    course: tuple[Exact, Exact, Exact, Exact]
    seed: int
    calm_boxes: tuple[Box, ...]
    calm: Number


class Timeline(Frozen):
    """A template clip, resolved. `recipe` is that of the resolution; the compositor has its own."""

    recipe: int
    template: str
    template_digest: Digest
    language: str
    width: int
    height: int
    fps: Rate
    frame_count: int
    backdrop: Annotated[Backdrop | GeneratedBackdrop, Field(discriminator="kind")]
    plate: Plate | None
    picture: Picture
    brand: Words
    mark: Mark
    headline: Words
    supporting: Words | None
    badge: Badge
    button: Button

    def to_bytes(self) -> bytes:
        return canonical_json(self.model_dump(mode="json"))

    @classmethod
    def of_bytes(cls, data: bytes) -> Self:
        """Raises `PermanentError` if the bytes are no timeline of this edition."""
        try:
            return cls.model_validate_json(data)
        except ValidationError as error:
            raise PermanentError(
                f"these latents are no timeline this edition can draw: {error.error_count()} field(s) are wrong",
                remedy="Make the clip's latents again.",
            ) from error
