"""The timeline: everything a compositor needs to draw a clip's frames, as frozen values and as JSON.

These are the latents of a template clip: places in pixels, times in frames, colours as hex, files by digest. How they
are found lives in `timeline.py`, how they are drawn in `compositor.py`.
"""

from typing import Annotated, Literal, Self

from pydantic import Base64Bytes, Field, PlainSerializer, ValidationError

from vidgen_assets.clips.digest import Digest, canonical_json
from vidgen_assets.clips.errors import PermanentError
from vidgen_assets.clips.frozen import Frozen
from vidgen_assets.clips.spec import Rate
from vidgen_assets.templates.easing import Easing
from vidgen_assets.templates.layers import Form

Number = Annotated[float, PlainSerializer(lambda value: round(value, 3), return_type=float)]
"""A length in pixels or a plain factor, kept to a thousandth."""
Exact = Annotated[float, PlainSerializer(lambda value: round(value, 7), return_type=float)]
Box = tuple[Number, Number, Number, Number]
"""x, y, width, height in pixels."""
HexColour = str
Look = Literal["drift", "bokeh", "silk", "streaks"]
"""What moves on a ground."""


class Movement(Frozen):
    """Coming or going from frame `first_frame`: from (or to) a place `rise_px` below and `aside_px` to the right, and
    `scale`, fading unless unmasked."""

    first_frame: int
    frames: int
    easing: Easing
    rise_px: Number = 0.0
    aside_px: Number = 0.0
    scale: Number = 1.0
    stagger_frames: Number = 0.0
    unmask: bool = False


class Motion(Frozen):
    enter: Movement | None = None
    leave: Movement | None = None


class Line(Frozen):
    text: str
    x: Number
    baseline: Number


class TextBlock(Frozen):
    """Lines of one style, which names its fonts; `tracking` is in em."""

    style: str
    size_px: Number
    tracking: Number
    colour: HexColour
    lines: tuple[Line, ...]
    struck: bool = False


class ShapePart(Frozen):
    kind: Literal["shape"] = "shape"
    form: Form
    box: Box
    radius_px: Number
    fill: tuple[HexColour, ...]
    opacity: tuple[Number, Number]
    """At the top and at the bottom."""
    most: tuple[Number, Number] | None = Field(default=None, exclude=True)
    """How strong it may be made for the words on it: asked before the timeline is done, and no part of it."""
    shine: bool
    shadow: Number
    motion: Motion


class PicturePart(Frozen):
    """A cut-out stands in `box`; a photograph fills `frame` through its form. A set is shown `turns` times from frame
    `first_frame` on for `frames` frames."""

    kind: Literal["picture"] = "picture"
    pictures: tuple[Digest, ...]
    box: Box
    frame: Box
    contain: bool
    focus: tuple[Number, Number]
    form: Form
    radius_px: Number
    motion: Motion
    float_px: Number
    float_turns: int
    zoom: Number
    turns: int
    first_frame: int
    frames: int


class WordsPart(Frozen):
    """A text block that moves on its own; its lines may follow each other."""

    kind: Literal["words"] = "words"
    block: TextBlock
    motion: Motion


class PillPart(Frozen):
    kind: Literal["pill"] = "pill"
    box: Box
    fill: HexColour
    label: TextBlock
    arrow: Box | None
    arrow_points_left: bool
    is_button: bool
    motion: Motion


class BadgePart(Frozen):
    kind: Literal["badge"] = "badge"
    centre: tuple[Number, Number]
    diameter: Number
    fill: HexColour
    blocks: tuple[TextBlock, ...]
    motion: Motion


class VeilPart(Frozen):
    """A soft veil behind words, so that they can be read on a picture."""

    kind: Literal["veil"] = "veil"
    box: Box
    soft_px: Number
    """How far it takes to fade out around the box."""
    colour: HexColour
    opacity: Number
    motion: Motion


class ProgressPart(Frozen):
    kind: Literal["progress"] = "progress"
    box: Box
    fill: HexColour
    track: HexColour
    track_opacity: Number
    from_right: bool
    first_frame: int
    frames: int
    motion: Motion


Part = Annotated[
    ShapePart | PicturePart | WordsPart | PillPart | BadgePart | VeilPart | ProgressPart, Field(discriminator="kind")
]


class Takeover(Frozen):
    """How a section takes over from the one before, from its own first frame on."""

    kind: Literal["fade", "dissolve", "push", "wipe"]
    frames: int
    easing: Easing


class Section(Frozen):
    """One scene: its parts are seen from `first_frame` on until the next section has taken over."""

    name: str
    first_frame: int
    frames: int
    takeover: Takeover | None
    parts: tuple[Part, ...]


class Backdrop(Frozen):
    """A moving ground. `calm` says how far the areas where words stand are held to the base colour (0..1)."""

    kind: Look
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

    The keys are as the model made them. `course` is how the scene moves from one key to the next, in pixels of the
    keys: to the right, down; growth and clockwise turn, as a plain factor and in radians.
    """

    kind: Literal["generated"] = "generated"
    base: HexColour
    keys: Base64Bytes
    key_count: int
    course: tuple[Exact, Exact, Exact, Exact]
    shift: tuple[Number, Number, Number] = (0.0, 0.0, 0.0)
    """What is added to red, green and blue, so that the scene has the brand's tone."""
    seed: int
    calm_boxes: tuple[Box, ...]
    calm: Number


class Timeline(Frozen):
    """A template clip, resolved. `recipe` is that of the resolution; the compositor has its own."""

    recipe: int
    template: str
    template_digest: Digest
    fonts_digest: Digest
    language: str
    width: int
    height: int
    fps: Rate
    frame_count: int
    backdrop: Annotated[Backdrop | GeneratedBackdrop, Field(discriminator="kind")]
    under: tuple[Part, ...]
    sections: tuple[Section, ...]
    over: tuple[Part, ...]

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
