"""Setting type on one canvas: sizes, line breaks and places in pixels, before colour and motion.

A text that fits at no allowed size is reported with how much would fit; `stacks.py` puts blocks below each other.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from vidgen_assets.clips.errors import InputError
from vidgen_assets.clips.spec import Aspect
from vidgen_assets.templates.bidi import is_right_to_left
from vidgen_assets.templates.captioning import outside
from vidgen_assets.templates.document import Layout, SizeRange, TextStyle
from vidgen_assets.templates.layers import Align
from vidgen_assets.templates.lettering import Fitted, Typeface, block_height, fit
from vidgen_assets.templates.library import Template
from vidgen_assets.templates.scene import Box
from vidgen_assets.templates.wording import names_in

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class SetText:
    """Lines with the left end of each baseline, in pixels."""

    style: str
    size_px: float
    lines: tuple[tuple[str, float, float], ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A text to be set: what it says, in which style, and which wording of the document it comes from."""

    text: str
    style: str
    wording: str

    @property
    def field(self) -> str:
        """The first variable it is made of, for errors."""
        names = names_in(self.wording)
        return f"variables.{names[0]}" if names else "template"


@dataclass(frozen=True, slots=True)
class Canvas:
    """One request's canvas. `unit` is a hundredth of the short side, in pixels; `band` is where captions are burnt in,
    if there are any: its top and bottom in pixels."""

    template: Template
    values: Mapping[str, Any]
    language: str
    aspect: Aspect
    width: int
    height: int
    band: tuple[float, float] | None = None

    @property
    def layout(self) -> Layout:
        found = self.template.document.layouts[self.aspect]
        return found.with_captions() if self.band else found

    @property
    def unit(self) -> float:
        return min(self.width, self.height) / 100

    @property
    def is_mirrored(self) -> bool:
        """Whether the language runs from right to left: the layout does, then, too."""
        return is_right_to_left("", self.language)

    def region(self, name: str) -> Box:
        """In pixels, mirrored where the language is."""
        x, y, width, height = self.layout.regions[name]
        left = 1 - x - width if self.is_mirrored else x
        return (left * self.width, y * self.height, width * self.width, height * self.height)

    def words_region(self, name: str) -> Box:
        """As `region`, without what burnt-in captions cover. Raises `InputError` if that is all of it."""
        box = self.region(name)
        left = outside(self.band, box) if self.band else box
        if not left[3]:
            raise self.no_room(name)
        return left

    def no_room(self, name: str) -> InputError:
        """For words whose place is covered by burnt-in captions."""
        return InputError(
            f"the words in {name} stand where this profile burns captions in",
            field="profile",
            allowed="a profile without burn_captions, or a template with room for captions",
            remedy=f"Choose another profile, or give the template's layout of {self.aspect.value} another place "
            f"for {name} under captioned.",
        )

    def clearance(self, y: float) -> float:
        """How far burnt-in captions are above or below `y`; negative within them."""
        return math.inf if self.band is None else max(self.band[0] - y, y - self.band[1])

    def here(self, value: "T | dict[Aspect, T]", usual: T) -> T:
        """A value that may differ from aspect to aspect."""
        if isinstance(value, dict):
            return cast("dict[Aspect, T]", value).get(self.aspect, usual)
        return value

    def style(self, name: str) -> TextStyle:
        return self.template.document.styles[name]

    def face(self, style: str) -> Typeface:
        found = self.style(style)
        return Typeface(self.template.fonts_of(found, self.language), self.language, found.tracking)

    def sizes(self, style: str) -> tuple[float, float]:
        """Largest and smallest, in pixels."""
        size = self.style(style).size
        found = size if isinstance(size, SizeRange) else size[self.aspect]
        return found.largest * self.unit, found.smallest * self.unit

    def fitted(
        self, wanted: Wanted, width: float, height: float, giving_way: float = 0.0, *, lines: int | None = None
    ) -> Fitted | InputError:
        """The text at the largest size that fits, once it has given way (0..1), in `lines` or as many as its style
        has."""
        most = lines or self.style(wanted.style).lines
        found = self._fit(wanted, wanted.text, width, height, most, giving_way)
        return found or self._too_long(wanted, width, height, most)

    def _fit(
        self, wanted: Wanted, text: str, width: float, height: float, lines: int, giving_way: float = 0.0
    ) -> Fitted | None:
        style, (largest, smallest) = self.style(wanted.style), self.sizes(wanted.style)
        return fit(
            self.face(wanted.style),
            text,
            sizes=(largest + (smallest - largest) * giving_way, smallest),
            width=width,
            lines=lines,
            height=height,
            line_height=style.line_height,
        )

    def height_of(self, style: str, fitted: Fitted) -> float:
        return block_height(self.face(style), len(fitted.lines), fitted.size, fitted.line_height)

    def cap_px(self, style: str, size_px: float) -> float:
        return self.face(style).metrics.cap_height * size_px

    def width_of(self, style: str, fitted: Fitted) -> float:
        return max(self.face(style).width(line) for line in fitted.lines) * fitted.size

    def placed(self, style: str, fitted: Fitted, x: float, top: float, width: float, align: Align) -> SetText:
        """`fitted` with the capitals of its first line at `top`, in a column from `x` of `width`."""
        face = self.face(style)
        baseline = top + face.metrics.cap_height * fitted.size
        lines = []
        for index, line in enumerate(fitted.lines):
            free = width - face.width(line) * fitted.size
            indent = free * self._side(align)
            lines.append((line, x + indent, baseline + index * fitted.line_height * fitted.size))
        return SetText(style, fitted.size, tuple(lines))

    def _side(self, align: Align) -> float:
        """Where lines stand in their column, 0 at the left to 1 at the right."""
        side = {Align.START: 0.0, Align.CENTRE: 0.5, Align.END: 1.0}[align]
        return 1 - side if self.is_mirrored else side

    def in_column(self, x: float, width: float, used: float, align: Align) -> float:
        """The left end of something `used` wide in a column."""
        return x + (width - used) * self._side(align)

    def without_glyphs(self, wanted: Wanted) -> InputError | None:
        missing = self.face(wanted.style).missing(wanted.text)
        if not missing:
            return None
        return InputError(
            f"no font has a glyph for {', '.join(f'{character!r} (U+{ord(character):04X})' for character in missing)}",
            field=wanted.field,
            value=wanted.text,
            allowed="scripts of the template's fonts and the library's (docs/templates.md lists them); no emoji",
            remedy="Write it otherwise, or add a font with these characters to the template.",
        )

    def _too_long(self, wanted: Wanted, width: float, height: float, lines: int) -> InputError:
        text = wanted.text
        low, high = 0, len(text)  # the length that fits, found by halving
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if self._fit(wanted, text[:middle], width, height, lines) else (low, middle - 1)
        return InputError(
            f"the text doesn't fit its place in {self.aspect.value} even at the smallest size: it has {len(text)} "
            f"characters, about {low} fit",
            field=wanted.field,
            value=text,
            allowed=f"about {low} characters in words that fit a line; a soft hyphen (U+00AD) lets a long word break",
            remedy="Shorten the text.",
        )


def joined(problems: list[InputError]) -> InputError:
    """All of them as one."""
    first = problems[0]
    if len(problems) == 1:
        return first
    listed = "; ".join(f"{problem.field}: {problem.found}" for problem in problems)
    return InputError(
        f"{len(problems)} texts can't be set: {listed}",
        field=first.field,
        value=first.value,
        allowed=first.allowed,
        remedy=first.remedy,
    )
