"""Where the words stand: sizes, line breaks and places in pixels for one canvas, before colour and motion.

Texts that fit at no allowed size are all reported at once, with how much would fit. Places of pictures are the
document's own areas; `timeline.py` takes them from there.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from vidgen_assets.clips.errors import InputError
from vidgen_assets.clips.spec import Aspect, VariableValue
from vidgen_assets.templates.document import Area, Layout, Role, Template, TextStyle
from vidgen_assets.templates.lettering import Fitted, Typeface, block_height, fit

_BUTTON_HEIGHT, _BUTTON_PADDING, _ARROW_GAP, _ARROW_WIDTH = 2.75, 1.45, 0.62, 1.0  # in sizes of the label
_GIVING_WAY_STEPS = 4
_COMFORTABLE = 0.72  # a headline from this share of its largest size on needs nobody to give way
_BADGE_CHORD = 0.80  # share of the diameter that the price may span
_OLD_PRICE_CHORD = 0.62
_BADGE_GAP = 0.62  # between the two prices, in sizes of the old one


@dataclass(frozen=True, slots=True)
class PlacedText:
    """Lines with the left end of each baseline, in pixels."""

    role: Role
    size_px: float
    style: TextStyle
    lines: tuple[tuple[str, float, float], ...]


@dataclass(frozen=True, slots=True)
class PlacedButton:
    box: tuple[float, float, float, float]
    arrow: tuple[float, float, float, float]
    label: PlacedText


@dataclass(frozen=True, slots=True)
class PlacedBadge:
    centre: tuple[float, float]
    diameter: float
    price: PlacedText
    old_price: PlacedText | None


@dataclass(frozen=True, slots=True)
class PlacedCard:
    brand: PlacedText
    mark: tuple[float, float, float]  # centre x, centre y, radius
    headline: PlacedText
    supporting: PlacedText | None
    button: PlacedButton
    badge: PlacedBadge


@dataclass(frozen=True, slots=True)
class Setter:
    """Sets one request's texts on one canvas. `unit` is a hundredth of the short side, in pixels."""

    template: Template
    texts: Mapping[str, VariableValue]
    language: str
    aspect: Aspect
    width: int
    height: int

    @property
    def layout(self) -> Layout:
        return self.template.document.layouts[self.aspect]

    @property
    def unit(self) -> float:
        return min(self.width, self.height) / 100

    def box(self, area: Area) -> tuple[float, float, float, float]:
        x, y, width, height = area
        return (x * self.width, y * self.height, width * self.width, height * self.height)

    def text(self, role: Role) -> str:
        return str(self.texts.get(role, ""))

    def style(self, role: Role) -> TextStyle:
        return self.template.document.styles[role]

    def face(self, role: Role) -> Typeface:
        style = self.style(role)
        return Typeface(self.template.font_path(style.font), self.language, style.tracking)

    def fitted(
        self, role: Role, width: float, height: float, text: str | None = None, giving_way: float = 0.0
    ) -> Fitted | None:
        """`text` (or the role's own) at the largest size that fits, once the role has given way (0..1)."""
        style, largest, smallest = self.style(role), self.largest(role), self.smallest(role)
        return fit(
            self.face(role),
            self.text(role) if text is None else text,
            sizes=(largest + (smallest - largest) * giving_way, smallest),
            width=width,
            lines=style.lines,
            height=height,
            line_height=style.line_height,
        )

    def smallest(self, role: Role) -> float:
        return self.layout.sizes[role].smallest * self.unit

    def largest(self, role: Role) -> float:
        return self.layout.sizes[role].largest * self.unit

    def block_height(self, role: Role, fitted: Fitted) -> float:
        return block_height(self.face(role), len(fitted.lines), fitted.size, self.style(role).line_height)

    def placed(self, role: Role, fitted: Fitted, x: float, top: float, width: float, *, centred: bool) -> PlacedText:
        """`fitted` with the capitals of its first line at `top`, in a column from `x` of `width`."""
        face, style = self.face(role), self.style(role)
        baseline = top + face.metrics.cap_height * fitted.size
        lines = []
        for index, line in enumerate(fitted.lines):
            indent = (width - face.width(line) * fitted.size) / 2 if centred else 0.0
            lines.append((line, x + indent, baseline + index * style.line_height * fitted.size))
        return PlacedText(role, fitted.size, style, tuple(lines))


def place_card(setter: Setter) -> PlacedCard:
    """All words of a card in their places. Raises one `InputError` naming every text that can't be set."""
    problems = _unset_glyphs(setter)
    if problems:
        raise _joined(problems)
    stack = _fit_stack(setter)
    badge = _fit_badge(setter)
    brand = _fit_brand(setter)
    problems = [outcome for outcome in (brand, stack, badge) if isinstance(outcome, InputError)]
    if isinstance(stack, InputError) or isinstance(badge, InputError) or isinstance(brand, InputError):
        raise _joined(problems)
    placed_brand, mark = _place_brand(setter, brand)
    headline, supporting, button = _place_stack(setter, stack)
    return PlacedCard(placed_brand, mark, headline, supporting, button, badge)


@dataclass(frozen=True, slots=True)
class _Stack:
    headline: Fitted
    supporting: Fitted | None
    label: Fitted
    height: float


def _fit_stack(setter: Setter) -> "_Stack | InputError":
    """The stack with the largest headline: the smaller texts give way step by step, but only as far as it gains."""
    best = _fit_stack_at(setter, 0.0)
    for step in range(_GIVING_WAY_STEPS + 1):
        stack = _fit_stack_at(setter, step / _GIVING_WAY_STEPS)
        if isinstance(stack, _Stack) and stack.headline.size >= _COMFORTABLE * setter.largest("headline"):
            return stack
        if isinstance(best, InputError) or _is_larger(stack, best):
            best = stack
    return best


def _is_larger(stack: "_Stack | InputError", best: _Stack) -> bool:
    return isinstance(stack, _Stack) and stack.headline.size > best.headline.size


def _fit_stack_at(setter: Setter, giving_way: float) -> "_Stack | InputError":
    """The headline in what the button and the supporting line leave, those two shrunk by `giving_way` (0..1)."""
    _, _, width, height = setter.box(setter.layout.words)
    around_label = 2 * _BUTTON_PADDING + _ARROW_GAP + _ARROW_WIDTH
    label_width = width - around_label * setter.largest("call_to_action")
    label = setter.fitted("call_to_action", label_width, height, giving_way=giving_way)
    if label is None:
        return _too_long(setter, "call_to_action", label_width, height)
    taken = setter.layout.gaps.button * setter.unit + _BUTTON_HEIGHT * label.size
    supporting = None
    if setter.text("supporting"):
        supporting = setter.fitted("supporting", width, height - taken, giving_way=giving_way)
        if supporting is None:
            return _too_long(setter, "supporting", width, height - taken)
        taken += setter.block_height("supporting", supporting) + setter.layout.gaps.supporting * setter.unit
    headline = setter.fitted("headline", width, height - taken)
    if headline is None:
        return _too_long(setter, "headline", width, height - taken)
    return _Stack(headline, supporting, label, taken + setter.block_height("headline", headline))


def _place_stack(setter: Setter, stack: _Stack) -> tuple[PlacedText, PlacedText | None, PlacedButton]:
    x, y, width, height = setter.box(setter.layout.words)
    top = y + {"top": 0.0, "middle": 0.5, "bottom": 1.0}[setter.layout.anchor] * (height - stack.height)
    centred = setter.layout.align == "centre"
    headline = setter.placed("headline", stack.headline, x, top, width, centred=centred)
    top += setter.block_height("headline", stack.headline)
    supporting = None
    if stack.supporting:
        top += setter.layout.gaps.supporting * setter.unit
        supporting = setter.placed("supporting", stack.supporting, x, top, width, centred=centred)
        top += setter.block_height("supporting", stack.supporting)
    return headline, supporting, _place_button(setter, stack.label, x, top, width, centred=centred)


def _place_button(
    setter: Setter, label: Fitted, x: float, above: float, width: float, *, centred: bool
) -> PlacedButton:
    size = label.size
    label_width = setter.face("call_to_action").width(label.lines[0]) * size
    box_width = label_width + (2 * _BUTTON_PADDING + _ARROW_GAP + _ARROW_WIDTH) * size
    box_height = _BUTTON_HEIGHT * size
    left = x + (width - box_width) / 2 if centred else x
    top = above + setter.layout.gaps.button * setter.unit
    cap = setter.face("call_to_action").metrics.cap_height * size
    text = setter.placed(
        "call_to_action", label, left + _BUTTON_PADDING * size, top + (box_height - cap) / 2, label_width, centred=False
    )
    arrow_x = left + (_BUTTON_PADDING + _ARROW_GAP) * size + label_width
    arrow = (arrow_x, top + (box_height - 0.72 * size) / 2, _ARROW_WIDTH * size, 0.72 * size)
    return PlacedButton((left, top, box_width, box_height), arrow, text)


def _fit_badge(setter: Setter) -> PlacedBadge | InputError:
    """The smallest disc that holds the price at its largest size, or the largest disc with the price shrunk."""
    place = setter.layout.badge
    price_face, largest = setter.face("price"), setter.layout.sizes["price"].largest
    wanted = price_face.width(setter.text("price")) * largest / _BADGE_CHORD
    diameter = min(place.largest, max(place.smallest, wanted)) * setter.unit
    price = setter.fitted("price", diameter * _BADGE_CHORD, diameter)
    if price is None:
        return _too_long(setter, "price", diameter * _BADGE_CHORD, diameter)
    old = None
    if setter.text("old_price"):
        old = setter.fitted("old_price", diameter * _OLD_PRICE_CHORD, diameter)
        if old is None:
            return _too_long(setter, "old_price", diameter * _OLD_PRICE_CHORD, diameter)
    return _place_badge(setter, price, old, diameter)


def _place_badge(setter: Setter, price: Fitted, old: Fitted | None, diameter: float) -> PlacedBadge:
    across, down = setter.layout.badge.centre
    centre = (across * setter.width, down * setter.height)
    left = centre[0] - diameter / 2
    height = price_height = setter.block_height("price", price)
    if old:
        height += setter.block_height("old_price", old) + _BADGE_GAP * old.size
    # With two lines the pair rides a little high: the wide price belongs near the disc's middle.
    top = centre[1] - height / 2 - (0.10 * price.size if old else 0.0)
    placed_old = setter.placed("old_price", old, left, top, diameter, centred=True) if old else None
    placed_price = setter.placed("price", price, left, top + height - price_height, diameter, centred=True)
    return PlacedBadge(centre, diameter, placed_price, placed_old)


def _fit_brand(setter: Setter) -> Fitted | InputError:
    _, _, width, height = setter.box(setter.layout.brand)
    room = width - 1.2 * setter.smallest("brand")
    return setter.fitted("brand", room, height) or _too_long(setter, "brand", room, height)


def _place_brand(setter: Setter, fitted: Fitted) -> tuple[PlacedText, tuple[float, float, float]]:
    """The name with its disc to the left, both centred as one where the layout is."""
    x, y, width, height = setter.box(setter.layout.brand)
    radius, gap = 0.30 * fitted.size, 0.36 * fitted.size
    name_width = setter.face("brand").width(fitted.lines[0]) * fitted.size
    if setter.layout.align == "centre":
        x += (width - name_width - 2 * radius - gap) / 2
    cap = setter.face("brand").metrics.cap_height * fitted.size
    top = y + (height - cap) / 2
    name = setter.placed("brand", fitted, x + 2 * radius + gap, top, name_width, centred=False)
    return name, (x + radius, top + cap / 2, radius)


def _unset_glyphs(setter: Setter) -> list[InputError]:
    missing: dict[Role, str] = {
        role: setter.face(role).missing(setter.text(role)) for role in setter.template.document.styles
    }
    return [
        InputError(
            f"the template's fonts have no glyph for {', '.join(repr(character) for character in characters)}",
            field=f"variables.{role}",
            value=setter.text(role),
            allowed="Latin, Greek and Cyrillic letters, figures and common signs",
        )
        for role, characters in missing.items()
        if characters
    ]


def _too_long(setter: Setter, role: Role, width: float, height: float) -> InputError:
    text = setter.text(role)
    fitting = next((n for n in range(len(text) - 1, 0, -1) if setter.fitted(role, width, height, text[:n])), 0)
    return InputError(
        f"the text doesn't fit its place in {setter.aspect.value} even at the smallest size: it has {len(text)} "
        f"characters, about {fitting} fit",
        field=f"variables.{role}",
        value=text,
        allowed=f"about {fitting} characters in words that fit a line; a soft hyphen (U+00AD) lets a long word break",
        remedy="Shorten the text.",
    )


def _joined(problems: list[InputError]) -> InputError:
    if len(problems) == 1:
        return problems[0]
    first = problems[0]
    listed = "; ".join(f"{problem.field}: {problem.found}" for problem in problems)
    return InputError(
        f"{len(problems)} texts can't be set: {listed}",
        field=first.field,
        value=first.value,
        allowed=first.allowed,
        remedy=first.remedy,
    )
