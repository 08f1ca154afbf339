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
    FlagVariable,
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
"""What words may be asked to look like: which colour that is follows from what lies under them, so only an `ink` can be
one of these."""
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
        yield from _colour_problems(f"brand.{role}", (getattr(document.brand, role),), document, besides=())


def _layer_problems(place: str, layer: Layer, document: "TemplateDocument", scene: "Scene | None") -> Iterator[str]:
    place = f"{place}.{layer.kind}"
    yield from _region_problems(place, layer.region, document)
    match layer:
        case Stack():
            yield from _colour_problems(f"{place}.scrim", (layer.scrim,), document)
            for item in layer.items:
                yield from _item_problems(f"{place}.{item.kind}", item, document, scene)
        case Badge():
            yield from _colour_problems(f"{place}.fill", (layer.fill,), document)
            for item in layer.items:
                yield from _item_problems(place, item, document, scene)
        case Brand():
            yield from _wording_problems(place, layer.text, layer.style, document, scene)
            yield from _colour_problems(f"{place}.mark", (layer.mark,), document)
            yield from _colour_problems(f"{place}.scrim", (layer.scrim,), document)
            yield from _ink_problems(place, layer.ink, document)
        case Shape():
            yield from _colour_problems(f"{place}.fill", layer.fill, document)
        case Progress():
            yield from _colour_problems(f"{place}.fill", (layer.fill,), document)
            yield from _colour_problems(f"{place}.track", (layer.track,), document)
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
            yield from _ink_problems(place, item.ink, document)
        case Pill():
            yield from _wording_problems(place, item.text, item.style, document, scene)
            yield from _colour_problems(f"{place}.fill", (item.fill,), document)
        case Rule():
            yield from _colour_problems(f"{place}.fill", (item.fill,), document)
        case Points():
            yield from _wording_problems(place, "", item.style, document, scene)
            yield from _ink_problems(place, item.ink, document)
            yield from _colour_problems(f"{place}.mark", (item.mark,), document)
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
    is_repeated = scene is not None and scene.for_each is not None
    names = names_in(wording)
    yield from _unknown(place, names, {*document.variables, *((NUMBER, COUNT) if is_repeated else ())}, "variables")
    for name in names:
        if wrong := _unwritable(document.variables.get(name), is_repeated=is_repeated):
            yield f"{place} writes {{{name}}} out, and {name} is {wrong}"


def _unwritable(variable: Variable | None, *, is_repeated: bool) -> str | None:
    """Why a variable can't be written out among words, and what to do; `None` if it can."""
    match variable:
        case TextsVariable() if not is_repeated:
            return "a list: repeat the scene for it (for_each), which gives one element at a time, or show it as points"
        case PicturesVariable():
            return "a list of pictures: only a layer of kind picture shows them"
        case FlagVariable():
            return "a flag, true or false: it may be a when, and words are variables of type text, number or choice"
        case _:
            return None


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


def _ink_problems(place: str, ink: str, document: "TemplateDocument") -> Iterator[str]:
    yield from _colour_problems(f"{place}.ink", (ink,), document, besides=(*PALETTE, *INKS))


def _colour_problems(
    place: str, colours: tuple[str | None, ...], document: "TemplateDocument", *, besides: Collection[str] = PALETTE
) -> Iterator[str]:
    """Names that are none of the document's colour variables and none of those `besides`."""
    variables = {name for name, v in document.variables.items() if isinstance(v, ColourVariable)}
    names = tuple(colour for colour in colours if colour and not colour.startswith("#"))
    yield from _unknown(place, names, variables | {*besides}, "colours")


def _unknown(place: str, names: tuple[str, ...], known: Collection[str], of: str) -> Iterator[str]:
    for name in names:
        if name not in known:
            yield f"{place} names {name}, which is none of the {of} ({', '.join(sorted(known))})"
