"""Where a document's words stand: inside the safe area, and not on each other.

Whether what is named is there at all lives in `agreement.py`.
"""

from collections.abc import Iterator
from itertools import combinations
from typing import TYPE_CHECKING

from vidgen_assets.clips.spec import Aspect
from vidgen_assets.templates.layers import BADGE_CHORD, Align, Anchor, Area, Badge, Brand, Stack

if TYPE_CHECKING:
    from vidgen_assets.templates.document import Layout, TemplateDocument

Wordy = Stack | Brand | Badge
"""Layers with words."""

_TOUCH = 1e-6  # shares that are written in decimals


def standing_problems(document: "TemplateDocument") -> Iterator[str]:
    """Words that reach out of the safe area, and words that show at the same time in the same place."""
    found: dict[str, None] = {}  # in order, each once: what is under and over all scenes is there in each of them
    every = ((a, one) for a, usual in document.layouts.items() for one in (usual, usual.with_captions()))
    for aspect, layout in every:
        for place, layers in _shown_together(document):
            words = [(layer, _area(layer, layout, aspect)) for layer in layers if layer.region in layout.regions]
            found |= dict.fromkeys(
                f"{place}.{layer.kind} has words in {layer.region}, which reach out of the safe area of {aspect.value}"
                for layer, area in words
                if not layout.is_safe(area)
            )
            found |= dict.fromkeys(
                _clash(place, aspect, one, other)
                for (one, area), (other, others) in combinations(words, 2)
                if _meet(area, others) and not _stand_apart(one, other, aspect) and not _take_turns(one, other)
            )
    yield from found


def _area(layer: Wordy, layout: "Layout", aspect: Aspect) -> Area:
    """Where a layer's words may stand."""
    area = layout.regions[layer.region]
    if not isinstance(layer, Badge):
        return area
    largest = layer.largest.get(aspect, 0.0) if isinstance(layer.largest, dict) else layer.largest
    x, y, width, height = area
    ratio = float(aspect.ratio)
    across = BADGE_CHORD * largest / 100 / max(1.0, ratio)  # the disc is in the middle of its region
    down = BADGE_CHORD * largest / 100 * min(1.0, ratio)
    return (x + (width - across) / 2, y + (height - down) / 2, across, down)


def _shown_together(document: "TemplateDocument") -> Iterator[tuple[str, list[Wordy]]]:
    for scene in document.scenes:
        layers = (*document.under, *scene.layers, *document.over)
        yield f"scenes.{scene.name}", [layer for layer in layers if isinstance(layer, Wordy)]


def _meet(one: Area, other: Area) -> bool:
    return all(
        one[at] + _TOUCH < other[at] + other[at + 2] and other[at] + _TOUCH < one[at] + one[at + 2] for at in (0, 1)
    )


def _clash(place: str, aspect: Aspect, one: Wordy, other: Wordy) -> str:
    if one.region != other.region:
        return (
            f"in {aspect.value}, {one.region} and {other.region} overlap, and {place} may show words in both; "
            "give them regions apart, or each a condition of its own (when)"
        )
    anchor, _ = _end(one, aspect)
    return (
        f"in {aspect.value}, {place} may show the words of a {one.kind} and those of a {other.kind} in the same place, "
        f"the {anchor} of {one.region}; give one of them another anchor or region, or each a condition of its own "
        "(when)"
    )


def _stand_apart(one: Wordy, other: Wordy, aspect: Aspect) -> bool:
    """Whether both are at different ends of one region. That they don't meet there is seen once they are placed
    (`placing.py`)."""
    (anchor, align), (others_anchor, others_align) = _end(one, aspect), _end(other, aspect)
    across = {align, others_align} == {Align.START, Align.END}
    return one.region == other.region and (anchor != others_anchor or across)


def _end(layer: Wordy, aspect: Aspect) -> tuple[Anchor, Align]:
    """Where in the height and the width of its region a layer's words are."""
    if isinstance(layer, Badge):
        return Anchor.MIDDLE, Align.CENTRE
    align = layer.align.get(aspect, Align.START) if isinstance(layer.align, dict) else layer.align
    if isinstance(layer, Brand):
        return Anchor.MIDDLE, align
    return layer.anchor.get(aspect, Anchor.TOP) if isinstance(layer.anchor, dict) else layer.anchor, align


def _take_turns(one: Wordy, other: Wordy) -> bool:
    """Whether the author says who is there when: each only on conditions of its own. A condition that both have shows
    both."""
    conditions, others = _conditions(one), _conditions(other)
    return bool(conditions and others) and not conditions & others


def _conditions(layer: Wordy) -> set[str]:
    """The variables without which nothing of a layer is there; empty if something of it always is."""
    movers = layer.items if isinstance(layer, Stack) else (layer,)
    found = [mover.when for mover in movers if mover.when]
    return set(found) if len(found) == len(movers) else set()
