"""What may be done to frames between the backend and the encoder, as data: the steps of a profile's `post`.

Steps run in the order they are written in. What each becomes in ffmpeg is in `frames/post/`; guide: docs/profiles.md.
"""

import math
from collections.abc import Sequence
from enum import StrEnum
from fractions import Fraction
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, Field, PositiveInt

from vidgen_assets.clips.cubes import read_cube
from vidgen_assets.clips.frozen import Frozen
from vidgen_assets.clips.spec import ClipSpec, Rate


class DenoiseStrength(StrEnum):
    NONE = "none"
    LIGHT = "light"
    MEDIUM = "medium"


class Motion(StrEnum):
    """How a frame between two others is made: blocks moved along their motion, or both laid over each other."""

    COMPENSATED = "compensated"
    BLEND = "blend"


class Mean(StrEnum):
    """The mean of the window's brightness that a frame is brought to, in ffmpeg's `deflicker`."""

    ARITHMETIC = "am"
    POWER = "pm"
    MEDIAN = "median"


class Grade(Frozen):
    """Colours through a 3D table: `lut` is the name of one that ships, or a `.cube` file in the profiles' folder.

    `strength` 0 keeps the frame's colours, 1 takes the table's. The default's table changes nothing.
    """

    step: Literal["grade"] = "grade"
    lut: Annotated[str, AfterValidator(lambda lut: (read_cube(lut), lut)[1])] = "neutral"
    strength: float = Field(default=1.0, ge=0, le=1, allow_inf_nan=False)


class Denoise(Frozen):
    """Noise averaged away within a frame and over the frames before it, where nothing moves."""

    step: Literal["denoise"] = "denoise"
    strength: DenoiseStrength = DenoiseStrength.LIGHT


class Deflicker(Frozen):
    """Each frame's brightness brought to the mean of the `size` frames around it."""

    step: Literal["deflicker"] = "deflicker"
    size: int = Field(default=5, ge=2, le=129)
    mean: Mean = Mean.POWER


class Interpolate(Frozen):
    """The model draws `from_fps` frames a second, the rest up to the clip's own rate is made from them.

    A clip of a template, and one that isn't faster than `from_fps`, is drawn at its own rate.
    """

    step: Literal["interpolate"] = "interpolate"
    from_fps: Rate = Field(gt=0)
    motion: Motion = Motion.COMPENSATED


class Sharpen(Frozen):
    """Edges made steeper; `amount` 0 does nothing, 0.3 is a crisp lens, above 1 shows rims."""

    step: Literal["sharpen"] = "sharpen"
    amount: float = Field(default=0.3, ge=0, le=1.5, allow_inf_nan=False)


class Upscale(Frozen):
    """The model draws with this short side, in pixels, and Lanczos enlarges to the canvas.

    A clip of a template, and one whose canvas isn't larger, is drawn at the canvas's size.
    """

    step: Literal["upscale"] = "upscale"
    from_short_side_px: PositiveInt = Field(multiple_of=2)


Step = Annotated[Grade | Denoise | Deflicker | Interpolate | Sharpen | Upscale, Field(discriminator="step")]

_REPAIRS = (Denoise, Deflicker)
# Noise that was sharpened, enlarged, or spread over frames made from others no longer looks like noise.
_SPOILING = (Interpolate, Sharpen, Upscale)

S = TypeVar("S", bound=Frozen)


def in_order(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """`steps` as they are. Raises `ValueError` for a step that stands there twice, or a repair that comes too late."""
    names = [step.step for step in steps]
    if twice := [name for name in dict.fromkeys(names) if names.count(name) > 1]:
        raise ValueError(f"{twice[0]} stands there twice; each step may stand there once")
    spoilt = ""
    for step in steps:
        if spoilt and isinstance(step, _REPAIRS):
            raise ValueError(f"{step.step} comes after {spoilt}, which spoils what it would repair; write it before")
        spoilt = spoilt or (step.step if isinstance(step, _SPOILING) else "")
    return steps


Post = Annotated[tuple[Step, ...], AfterValidator(in_order)]


def drawn_spec(spec: ClipSpec, steps: Sequence[Step]) -> ClipSpec:
    """The spec that the backend is given: fewer frames where `steps` make the rest, and smaller where they enlarge.

    The very same spec where nothing of that applies, and always for templates: they draw any frame at any size.
    """
    if spec.template is not None:
        return spec
    changes: dict[str, Any] = {}
    interpolate, upscale = _found(Interpolate, steps), _found(Upscale, steps)
    if interpolate and interpolate.from_fps < spec.fps:
        changes |= {"fps": interpolate.from_fps, "frame_count": drawn_count(spec, interpolate.from_fps)}
    if upscale and upscale.from_short_side_px < min(spec.width, spec.height):
        scale = Fraction(upscale.from_short_side_px, min(spec.width, spec.height))
        changes |= {"width": _even(spec.width * scale), "height": _even(spec.height * scale)}
    return spec.model_copy(update=changes) if changes else spec


def drawn_count(spec: ClipSpec, from_fps: Fraction) -> int:
    """The least number of frames at `from_fps` that still last when the clip's last frame begins."""
    return math.floor((spec.frame_count - 1) * from_fps / spec.fps) + 1


def _found(kind: type[S], steps: Sequence[Step]) -> S | None:
    return next((step for step in steps if isinstance(step, kind)), None)


def _even(length: Fraction) -> int:
    return max(2, 2 * round(length / 2))


def step_document(step: Step) -> dict[str, Any]:
    """JSON of exactly what decides the step's pixels: a table by its digest, not by its name."""
    document = step.model_dump(mode="json")
    return document | {"lut": str(read_cube(step.lut).digest)} if isinstance(step, Grade) else document
