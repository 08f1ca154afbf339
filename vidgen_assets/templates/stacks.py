"""Stacks: items below each other in a region, the largest that fit together.

One item may lead: the others then give way step by step, as far as it gains from it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from vidgen_assets.clips.errors import InputError
from vidgen_assets.templates.breaking import leading_of
from vidgen_assets.templates.layers import Align, Anchor, Item, Pill, Points, Rule, Stack, Text
from vidgen_assets.templates.lettering import Fitted, balanced_lines
from vidgen_assets.templates.scene import Box
from vidgen_assets.templates.setting import Canvas, SetText, Wanted, joined
from vidgen_assets.templates.wording import filled

_PILL_HEIGHT, _PILL_PADDING, _ARROW_GAP, _ARROW_WIDTH, _ARROW_HEIGHT = 2.75, 1.45, 0.62, 1.0, 0.72  # in sizes
_TAG_HEIGHT, _TAG_PADDING = 2.2, 0.95
_POINT_INDENT, _POINT_RADIUS = 1.05, 0.19
_GIVING_WAY_STEPS = 4
_COMFORTABLE = 0.72  # a leading text from this share of its largest size on needs nobody to give way


@dataclass(frozen=True, slots=True)
class PlacedText:
    item: Text
    text: SetText


@dataclass(frozen=True, slots=True)
class PlacedPill:
    item: Pill
    box: Box
    label: SetText
    arrow: Box | None


@dataclass(frozen=True, slots=True)
class PlacedRule:
    item: Rule
    box: Box


@dataclass(frozen=True, slots=True)
class PlacedPoint:
    """One element of a list: its words, and the middle and radius of its mark."""

    item: Points
    index: int
    text: SetText
    mark: tuple[float, float, float]


Placed = PlacedText | PlacedPill | PlacedRule | PlacedPoint


@dataclass(frozen=True, slots=True)
class _Sized:
    """An item at a size: its height, and what was set for it."""

    item: Item
    gap: float
    height: float
    fitted: tuple[Fitted, ...] = ()


@dataclass(frozen=True, slots=True)
class StackSetter:
    """Sets the stack's items with the variables of one scene."""

    canvas: Canvas
    stack: Stack
    values: Mapping[str, Any]

    def place(self) -> tuple[Placed, ...]:
        """Every item that is there, in its place. Raises one `InputError` for all that can't be set."""
        items = [item for item in self.stack.items if self._is_there(item)]
        problems = [p for item in items for w in self._wanted(item) if (p := self.canvas.without_glyphs(w))]
        if problems:
            raise joined(problems)
        sized = self._best(items)
        if isinstance(sized, InputError):
            raise sized
        return self._placed(sized)

    @property
    def box(self) -> Box:
        return self.canvas.words_region(self.stack.region)

    @property
    def align(self) -> Align:
        return self.canvas.here(self.stack.align, Align.START)

    def _is_there(self, item: Item) -> bool:
        if item.when is not None and not self.values.get(item.when):
            return False
        return isinstance(item, Rule) or bool(self._wanted(item))

    def _wanted(self, item: Item) -> tuple[Wanted, ...]:
        match item:
            case Rule():
                return ()
            case Points():
                texts = self.values.get(item.each) or ()
                return tuple(Wanted(text, item.style, f"{{{item.each}}}") for text in texts)
            case _:
                text = filled(item.text, self.values)
                return (Wanted(text, item.style, item.text),) if text else ()

    def _best(self, items: Sequence[Item]) -> "tuple[_Sized, ...] | InputError":
        leader = next((item for item in items if isinstance(item, Text) and item.leads), None)
        best: tuple[_Sized, ...] | InputError | None = None
        for step in range(_GIVING_WAY_STEPS + 1):
            sized = self._sized(items, leader, step / _GIVING_WAY_STEPS)
            if isinstance(sized, InputError):
                best = best or sized
                continue
            if leader is None or _size_of(sized, leader) >= _COMFORTABLE * self.canvas.sizes(leader.style)[0]:
                return sized
            if best is None or isinstance(best, InputError) or _size_of(sized, leader) > _size_of(best, leader):
                best = sized
        return best if best is not None else ()

    def _sized(self, items: Sequence[Item], leader: Text | None, giving_way: float) -> tuple[_Sized, ...] | InputError:
        """All items at once; the one that leads gets what the others leave."""
        room = self.box[3]
        others: dict[int, _Sized] = {}
        for index, item in enumerate(items):
            if item is not leader:
                sized = self._one(item, room, giving_way, is_first=index == 0)
                if isinstance(sized, InputError):
                    return self._crowded_out(items, item, room) or sized
                others[index], room = sized, room - sized.gap - sized.height
        if leader is None:
            wanted = [w for item in items for w in self._wanted(item)]
            if room < -0.5 and wanted:
                longest = max(wanted, key=lambda w: len(w.text))
                return _too_much(longest, self.box, len(items), room)
            return tuple(others.values())
        at = items.index(leader)
        led = self._one(leader, room, 0.0, is_first=at == 0)
        if isinstance(led, InputError):
            return self._crowded_out(items, leader, room) or led
        return tuple(led if index == at else others[index] for index in range(len(items)))

    def _crowded_out(self, items: Sequence[Item], item: Item, room: float) -> InputError | None:
        """Whether `item` was left less than a line of its smallest size: then the longest other text is to be
        shortened, not this one."""
        if isinstance(item, Rule):
            return None
        line = self.canvas.cap_px(item.style, self.canvas.sizes(item.style)[1])
        left = room - line - (self.canvas.here(item.gap, 0.0) * self.canvas.unit if item is not items[0] else 0.0)
        others = [wanted for other in items if other is not item for wanted in self._wanted(other)]
        if left >= 0 or not others:
            return None
        return _too_much(max(others, key=lambda w: len(w.text)), self.box, len(others) + 1, left)

    def _one(self, item: Item, room: float, giving_way: float, *, is_first: bool) -> _Sized | InputError:
        gap = 0.0 if is_first else self.canvas.here(item.gap, 0.0) * self.canvas.unit
        match item:
            case Rule():
                return _Sized(item, gap, item.height * self.canvas.unit)
            case Points():
                return self._points(item, gap, room - gap, giving_way)
            case Pill():
                return self._pill(item, gap, room - gap, giving_way)
            case Text():
                (wanted,) = self._wanted(item)
                fitted = self.canvas.fitted(wanted, self.box[2], max(1.0, room - gap), giving_way)
                if isinstance(fitted, InputError):
                    return fitted
                return _Sized(item, gap, self.canvas.height_of(item.style, fitted), (fitted,))

    def _pill(self, item: Pill, gap: float, room: float, giving_way: float) -> _Sized | InputError:
        (wanted,) = self._wanted(item)
        width = self.box[2] - self._around(item) * self.canvas.sizes(item.style)[0]
        fitted = self.canvas.fitted(wanted, width, max(1.0, room), giving_way, lines=1)  # a pill is one line high
        if isinstance(fitted, InputError):
            return fitted
        return _Sized(item, gap, (_PILL_HEIGHT if item.button else _TAG_HEIGHT) * fitted.size, (fitted,))

    def _around(self, item: Pill) -> float:
        """What stands beside the label, in sizes."""
        return 2 * _PILL_PADDING + _ARROW_GAP + _ARROW_WIDTH if item.button else 2 * _TAG_PADDING

    def _points(self, item: Points, gap: float, room: float, giving_way: float) -> _Sized | InputError:
        """All elements at the size of the one that fits least."""
        wanted, largest = self._wanted(item), self.canvas.sizes(item.style)[0]
        width = self.box[2] - _POINT_INDENT * largest
        between = item.between * self.canvas.unit
        each = max(1.0, room)
        sizes: list[float] = []
        for one in wanted:
            fitted = self.canvas.fitted(one, width, each, giving_way)
            if isinstance(fitted, InputError):
                return fitted
            sizes.append(fitted.size)
        smallest = self.canvas.sizes(item.style)[1]
        size = min(sizes)
        while True:
            fits = [self._at(one, item.style, size, width) for one in wanted]
            heights = [self.canvas.height_of(item.style, found) for found in fits if found]
            height = sum(heights) + sum(_apart(found, between) for found in fits[:-1] if found)
            if len(heights) == len(fits) and height <= room:
                return _Sized(item, gap, height, tuple(found for found in fits if found))
            if size <= smallest:
                return _too_much(max(wanted, key=lambda w: len(w.text)), self.box, len(wanted), room - height)
            size = max(smallest, size * 0.96)

    def _at(self, wanted: Wanted, style: str, size: float, width: float) -> Fitted | None:
        found = self.canvas.style(style)
        lines = balanced_lines(self.canvas.face(style), wanted.text, width / size, found.lines)
        return Fitted(size, lines, max(found.line_height, leading_of(wanted.text))) if lines else None

    def _placed(self, sized: Sequence[_Sized]) -> tuple[Placed, ...]:
        x, y, width, height = self.box
        used = sum(one.gap + one.height for one in sized)
        anchor = self.canvas.here(self.stack.anchor, Anchor.TOP)
        top = y + {Anchor.TOP: 0.0, Anchor.MIDDLE: 0.5, Anchor.BOTTOM: 1.0}[anchor] * (height - used)
        found: list[Placed] = []
        for one in sized:
            top += one.gap
            found += self._item(one, x, top, width)
            top += one.height
        return tuple(found)

    def _item(self, sized: _Sized, x: float, top: float, width: float) -> list[Placed]:
        match sized.item:
            case Rule() as rule:
                long = rule.width * self.canvas.unit
                return [PlacedRule(rule, (self.canvas.in_column(x, width, long, self.align), top, long, sized.height))]
            case Text() as text:
                (fitted,) = sized.fitted
                return [PlacedText(text, self.canvas.placed(text.style, fitted, x, top, width, self.align))]
            case Pill() as pill:
                return [self._placed_pill(pill, sized, x, top, width)]
            case Points() as points:
                return self._placed_points(points, sized, x, top, width)

    def _placed_pill(self, pill: Pill, sized: _Sized, x: float, top: float, width: float) -> PlacedPill:
        (fitted,) = sized.fitted
        size, label_width = fitted.size, self.canvas.width_of(pill.style, fitted)
        padding = (_PILL_PADDING if pill.button else _TAG_PADDING) * size
        long = label_width + self._around(pill) * size
        left = self.canvas.in_column(x, width, long, self.align)
        cap, mirrored = self.canvas.cap_px(pill.style, size), self.canvas.is_mirrored
        label_x = left + long - padding - label_width if mirrored else left + padding
        label = self.canvas.placed(
            pill.style, fitted, label_x, top + (sized.height - cap) / 2, label_width, Align.START
        )
        arrow = None
        if pill.button:
            arrow_x = left + padding if mirrored else left + long - padding - _ARROW_WIDTH * size
            high = _ARROW_HEIGHT * size
            arrow = (arrow_x, top + (sized.height - high) / 2, _ARROW_WIDTH * size, high)
        return PlacedPill(pill, (left, top, long, sized.height), label, arrow)

    def _placed_points(self, points: Points, sized: _Sized, x: float, top: float, width: float) -> list[Placed]:
        found: list[Placed] = []
        between = points.between * self.canvas.unit
        for index, fitted in enumerate(sized.fitted):
            size = fitted.size
            indent, radius = _POINT_INDENT * size, _POINT_RADIUS * size
            left = x if self.canvas.is_mirrored else x + indent
            text = self.canvas.placed(points.style, fitted, left, top, width - indent, Align.START)
            middle = x + width - radius if self.canvas.is_mirrored else x + radius
            found.append(
                PlacedPoint(points, index, text, (middle, top + self.canvas.cap_px(points.style, size) / 2, radius))
            )
            top += self.canvas.height_of(points.style, fitted) + _apart(fitted, between)
        return found


def _apart(fitted: Fitted, between: float) -> float:
    """From the last baseline of a point to the capitals of the next."""
    return between + (fitted.line_height - 0.65) * fitted.size


def _size_of(sized: Sequence[_Sized], item: Item) -> float:
    return next(one.fitted[0].size for one in sized if one.item is item)


def _too_much(wanted: Wanted, box: Box, count: int, over: float) -> InputError:
    return InputError(
        f"{count} texts don't fit their place together even at their smallest sizes: {-over:.0f} px of {box[3]:.0f} "
        "are missing",
        field=wanted.field,
        value=wanted.text,
        allowed="texts that fit together",
        remedy="Shorten the texts, or give fewer.",
    )
