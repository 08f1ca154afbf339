"""A document's parts held against each other: whatever is named has to be there and be of the kind that is asked for.

Where words may stand lives in `standing.py`.
"""

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, get_args

from vidgen_assets.clips.spec import Aspect
from vidgen_assets.templates.layers import (
    Badge,
    Brand,
    Layer,
    Picture,
    Pill,
    Points,
    Progress,
    Rule,
    Shape,
    Stack,
    Text,
)
from vidgen_assets.templates.scene import Look
from vidgen_assets.templates.standing import standing_problems
from vidgen_assets.templates.variable_kinds import (
    ChoiceVariable,
    ColourVariable,
    NumberVariable,
    PicturesVariable,
    TextsVariable,
    Variable,
)
from vidgen_assets.templates.wording import COUNT, NUMBER, names_in

if TYPE_CHECKING:
    from vidgen_assets.templates.document import Scene, TemplateDocument

IMAGE = "image"
"""The name by which layers call the row's own picture."""

PALETTE = (
    "base", "glow_1", "glow_2", "glow_3", "glow_4", "spark", "plate_top", "plate_bottom", "badge", "button", "mark",
    "primary", "accent", "paper", "ink",
)  # fmt: skip
"""Colours that every template has, from the brand's (`palette.py`)."""

INKS = ("loud", "quiet")
MOODS = ("deep", "bright")


def disagreements(document: "TemplateDocument") -> Iterator[str]:
    """What the document names and doesn't have."""
    if missing := [aspect.value for aspect in Aspect if aspect not in document.layouts]:
        yield f"layouts lacks {', '.join(missing)}"
    for style_name, style in document.styles.items():
        yield from _unknown(f"styles.{style_name}", (style.font, *style.fallback), document.fonts, "fonts")
        if isinstance(style.size, dict) and (lacks := [a.value for a in Aspect if a not in style.size]):
            yield f"styles.{style_name}.size lacks {', '.join(lacks)}"
    lists = [name for name, variable in document.variables.items() if isinstance(variable, TextsVariable)]
    for scene in document.scenes:
        if scene.for_each is not None and scene.for_each not in lists:
            yield f"scenes.{scene.name} repeats {scene.for_each}, which is no variable of type texts"
        yield from _unknown_names(f"scenes.{scene.name}.narration", scene.narration or "", document, scene)
        yield from _unknown_names(f"scenes.{scene.name}.chapter", scene.chapter or "", document, scene)
        for layer in scene.layers:
            yield from _layer_problems(f"scenes.{scene.name}", layer, document, scene)
    for layer in (*document.under, *document.over):
        yield from _layer_problems("under/over", layer, document, None)
    yield from _choice_problems("ground.look", document.ground.look, get_args(Look), document)
    yield from _choice_problems("brand.mood", document.brand.mood, MOODS, document)
    yield from _energy_problems(document.ground.energy, document)
    yield from standing_problems(document)
    for region in document.ground.calm:
        yield from _region_problems("ground.calm", region, document)
    for role in ("primary", "accent", "paper", "ink"):
        yield from _colour_problems(f"brand.{role}", (getattr(document.brand, role),), document, brand=True)


def _layer_problems(place: str, layer: Layer, document: "TemplateDocument", scene: "Scene | None") -> Iterator[str]:
    place = f"{place}.{layer.kind}"
    yield from _region_problems(place, layer.region, document)
    match layer:
        case Stack():
            for item in layer.items:
                yield from _item_problems(f"{place}.{item.kind}", item, document, scene)
        case Badge():
            yield from _colour_problems(place, (layer.fill,), document)
            for item in layer.items:
                yield from _item_problems(place, item, document, scene)
        case Brand():
            yield from _wording_problems(place, layer.text, layer.style, document, scene)
            yield from _colour_problems(place, (layer.mark, layer.ink), document)
        case Shape():
            yield from _colour_problems(place, layer.fill, document)
        case Progress():
            yield from _colour_problems(place, (layer.fill, layer.track), document)
        case Picture():
            known = {name for name, v in document.variables.items() if isinstance(v, PicturesVariable)} | {IMAGE}
            yield from _unknown(place, (layer.source,), known, "pictures")
            if layer.frame:
                yield from _region_problems(place, layer.frame, document)
    if not isinstance(layer, Stack) and layer.when:
        yield from _unknown(place, (layer.when,), {*document.variables, IMAGE}, "variables")


def _item_problems(
    place: str, item: Text | Pill | Rule | Points, document: "TemplateDocument", scene: "Scene | None"
) -> Iterator[str]:
    if item.when:
        yield from _unknown(place, (item.when,), document.variables, "variables")
    match item:
        case Text():
            yield from _wording_problems(place, item.text, item.style, document, scene)
            yield from _colour_problems(place, (item.ink,), document)
        case Pill():
            yield from _wording_problems(place, item.text, item.style, document, scene)
            yield from _colour_problems(place, (item.fill,), document)
        case Rule():
            yield from _colour_problems(place, (item.fill,), document)
        case Points():
            yield from _wording_problems(place, "", item.style, document, scene)
            yield from _colour_problems(place, (item.ink, item.mark), document)
            lists = {name for name, v in document.variables.items() if isinstance(v, TextsVariable)}
            yield from _unknown(place, (item.each,), lists, "variables of type texts")
            if scene and scene.for_each:
                yield f"{place} shows a whole list, and in a repeated scene {item.each} stands for one element"


def _wording_problems(
    place: str, wording: str, style: str, document: "TemplateDocument", scene: "Scene | None"
) -> Iterator[str]:
    yield from _unknown(place, (style,), document.styles, "styles")
    yield from _unknown_names(place, wording, document, scene)


def _unknown_names(place: str, wording: str, document: "TemplateDocument", scene: "Scene | None") -> Iterator[str]:
    counting = {NUMBER, COUNT} if scene and scene.for_each else set()
    yield from _unknown(place, names_in(wording), {*document.variables, *counting}, "variables")


def _region_problems(place: str, region: str, document: "TemplateDocument") -> Iterator[str]:
    for aspect, layout in document.layouts.items():
        if region not in layout.regions:
            yield f"{place} stands in {region}, which layouts.{aspect.value} lacks"


def _choice_problems(place: str, wording: str, known: tuple[str, ...], document: "TemplateDocument") -> Iterator[str]:
    """Of a wording that has to come out as one of the `known` values."""
    variable = _only_variable(wording, document)
    choices = variable.choices if isinstance(variable, ChoiceVariable) else (wording,)
    if odd := [choice for choice in choices if choice not in known]:
        yield f"{place} may be {', '.join(odd)}; it is {', '.join(known)}, or a variable of type choice among them"


def _energy_problems(energy: str | float, document: "TemplateDocument") -> Iterator[str]:
    if isinstance(energy, str):
        variable = _only_variable(energy, document)
        if not isinstance(variable, NumberVariable) or variable.minimum < 0 or variable.maximum > 1:
            yield f"ground.energy is {energy!r}; it is a number from 0 to 1, or a variable of type number within them"


def _only_variable(wording: str, document: "TemplateDocument") -> Variable | None:
    """The variable that `wording` is a place for and nothing else."""
    names = names_in(wording)
    return document.variables.get(names[0]) if names and wording.strip() == f"{{{names[0]}}}" else None


def _colour_problems(
    place: str, colours: tuple[str, ...], document: "TemplateDocument", *, brand: bool = False
) -> Iterator[str]:
    variables = {name for name, v in document.variables.items() if isinstance(v, ColourVariable)}
    known = variables if brand else variables | {*PALETTE, *INKS}
    yield from _unknown(place, tuple(c for c in colours if not c.startswith("#")), known, "colours")


def _unknown(place: str, names: tuple[str, ...], known: Collection[str], of: str) -> Iterator[str]:
    for name in names:
        if name not in known:
            yield f"{place} names {name}, which is none of the {of} ({', '.join(sorted(known))})"
