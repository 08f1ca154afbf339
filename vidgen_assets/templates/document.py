"""The template's document: `template.yaml` read into frozen models, and refused where it is wrong.

Areas are fractions of the canvas (x, y, width, height); lengths and type sizes are hundredths of its short side, so one
document serves every size of an aspect. Checking a request's variables against it lives in `variables.py`.
"""

from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from vidgen_assets.clips.digest import Digest
from vidgen_assets.clips.errors import InputError
from vidgen_assets.clips.spec import Aspect
from vidgen_assets.templates.colours import is_hex_colour
from vidgen_assets.templates.easing import Easing

_DOCUMENT_NAME = "template.yaml"

Share = Annotated[float, Field(ge=0, le=1)]
Area = tuple[Share, Share, Share, Share]
Length = Annotated[float, Field(ge=0, le=100)]


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Described(Frozen):
    description: str
    required: bool = False


class TextVariable(_Described):
    type: Literal["text"]
    default: str = ""
    max_length: int = Field(ge=1, le=500)


class NumberVariable(_Described):
    type: Literal["number"]
    default: float
    minimum: float
    maximum: float


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


Variable = Annotated[
    TextVariable | NumberVariable | FlagVariable | ChoiceVariable | ColourVariable, Field(discriminator="type")
]

Role = Literal["brand", "headline", "supporting", "price", "old_price", "call_to_action"]
Element = Literal["plate", "picture", "brand", "headline", "supporting", "badge", "button"]


class TextStyle(Frozen):
    """Type of one role: `tracking` in em, `line_height` in sizes, at most `lines` lines."""

    font: str
    tracking: float = Field(default=0.0, ge=-0.1, le=0.5)
    line_height: float = Field(default=1.2, ge=0.8, le=2)
    lines: int = Field(default=1, ge=1, le=5)


class SizeRange(Frozen):
    largest: Length
    smallest: Length

    @model_validator(mode="after")
    def _smallest_is_smaller(self) -> Self:
        if self.smallest > self.largest:
            raise ValueError(f"smallest {self.smallest} is above largest {self.largest}")
        return self


class Gaps(Frozen):
    """Space above a part of the stack of words."""

    supporting: Length
    button: Length


class BadgePlace(Frozen):
    """A disc that touches the picture: its centre, and the diameters it may take to hold its price."""

    centre: tuple[Share, Share]
    smallest: Length
    largest: Length


class Layout(Frozen):
    """Where everything stands in one aspect. `words` holds headline, supporting line and button as one stack."""

    align: Literal["left", "centre"]
    anchor: Literal["top", "middle", "bottom"]
    brand: Area
    words: Area
    plate: Area
    picture: Area
    badge: BadgePlace
    gaps: Gaps
    sizes: dict[Role, SizeRange]


class Move(Frozen):
    """One element coming or going: when, how long, and from (or to) where."""

    at_s: float = Field(ge=0)
    for_s: float = Field(gt=0)
    easing: Easing
    rise: float = Field(default=0.0, ge=-50, le=50)
    scale: float = Field(default=1.0, gt=0, le=2)
    stagger_s: float = Field(default=0.0, ge=0)
    unmask: bool = False


class Idle(Frozen):
    """What moves while everything is in place: float and zoom of the picture, and the backdrop's pace."""

    float_height: Length
    float_period_s: float = Field(gt=0)
    zoom: float = Field(ge=1, le=1.5)
    backdrop_period_s: float = Field(gt=0)


class Animation(Frozen):
    """Entrances count from the first frame, exits towards the last. A clip shorter than `full_length_s` plays both
    proportionally faster."""

    full_length_s: float = Field(gt=0)
    shortest_s: float = Field(gt=0)
    longest_s: float = Field(gt=0)
    enter: dict[Element, Move]
    leave: dict[Element, Move]
    idle: Idle


class TemplateDocument(Frozen):
    """A template as its author wrote it."""

    name: str
    description: str
    fonts: dict[str, str]
    variables: dict[str, Variable]
    styles: dict[Role, TextStyle]
    layouts: dict[Aspect, Layout]
    animation: Animation

    @model_validator(mode="after")
    def _parts_belong_together(self) -> Self:
        strange = sorted({style.font for style in self.styles.values()} - set(self.fonts))
        if strange:
            raise ValueError(f"styles name the fonts {', '.join(strange)}, but fonts has {', '.join(self.fonts)}")
        return self


class Template(Frozen):
    """A document, its folder, and the digest of every file in it."""

    document: TemplateDocument
    folder: Path
    digest: Digest

    def font_path(self, font: str) -> Path:
        return self.folder / self.document.fonts[font]


def library_folder() -> Path:
    """Where the templates that ship live."""
    return Path(str(files("vidgen_assets.templates").joinpath("library")))


def library_names() -> tuple[str, ...]:
    return tuple(sorted(path.parent.name for path in library_folder().glob(f"*/{_DOCUMENT_NAME}")))


@cache
def load_template(name: str) -> Template:
    """The shipped template `name`. Raises `InputError` if there is none, or if its document is wrong."""
    if name not in library_names():
        raise InputError("there is no such template", field="template", value=name, allowed=library_names())
    return read_template(library_folder() / name)


def read_template(folder: Path) -> Template:
    """The template in `folder`. Raises `InputError` naming template, key, value and what is allowed."""
    raw = _read_yaml(folder)
    try:
        document = TemplateDocument.model_validate(raw)
    except ValidationError as error:
        raise _explained(folder.name, error) from None
    missing = [path for path in document.fonts.values() if not (folder / path).is_file()]
    if missing:
        raise InputError(
            f"template '{folder.name}' names font files that are not in its folder",
            field="fonts",
            value=", ".join(missing),
            remedy="Put the files there, or correct the paths.",
        )
    return Template(document=document, folder=folder, digest=digest_of_folder(folder))


def digest_of_folder(folder: Path) -> Digest:
    """Of every file's relative path and bytes."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return Digest.of_json({path.relative_to(folder).as_posix(): Digest.of_file(path) for path in paths})


def _read_yaml(folder: Path) -> Any:
    try:
        return yaml.safe_load((folder / _DOCUMENT_NAME).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise InputError(f"the document of template '{folder.name}' can't be read: {error}") from error


def _explained(template: str, error: ValidationError) -> InputError:
    """Every complaint in one error; field, value and what is allowed are those of the first."""
    complaints = error.errors(include_url=False)
    keys = [".".join(str(part) for part in complaint["loc"]) or "document" for complaint in complaints]
    listed = "; ".join(f"{key}: {complaint['msg']}" for key, complaint in zip(keys, complaints, strict=True))
    first = complaints[0]
    context = first.get("ctx", {})
    return InputError(
        f"the document of template '{template}' is wrong in {len(complaints)} place(s): {listed}",
        field=keys[0],
        value=first.get("input"),
        allowed=str(context.get("expected") or context.get("expected_tags") or first["msg"]),
        remedy=f"Correct {_DOCUMENT_NAME} in the template's folder.",
    )
