"""Lists of texts in a request: how they are written, and which of them go together, element by element.

In a repeated scene every list stands for its element of the same number, so none may have holes, and none may go on
where the list that the scene is repeated for has ended. Limits of one value are in `variables.py`.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping

from vidgen_assets.clips.errors import InputError
from vidgen_assets.clips.spec import VariableValue
from vidgen_assets.templates.document import Scene, TemplateDocument
from vidgen_assets.templates.layers import Badge, Brand, Pill, Stack, Text
from vidgen_assets.templates.variable_kinds import TextsVariable
from vidgen_assets.templates.wording import names_in

_BETWEEN = re.compile(r"\s*[\n|]\s*")
_UNSEEN = ("Cc", "Cf", "Zl", "Zp", "Zs")


def is_blank(text: str) -> bool:
    """Whether nothing of a text can be seen: spaces, soft hyphens and joiners alone."""
    return all(unicodedata.category(character) in _UNSEEN for character in text)


def elements(value: VariableValue) -> tuple[str, ...]:
    """A list of texts: a list, or one text with its elements on lines of their own or between bars."""
    return tuple(element for element in _written(value) if element)


def hole_in(value: VariableValue) -> int | None:
    """The number (from 1) of the first blank element that others follow; `None` without such a one."""
    written = _written(value)
    last = max((number for number, element in enumerate(written, 1) if element), default=0)
    return next((number for number, element in enumerate(written[:last], 1) if not element), None)


def _written(value: VariableValue) -> tuple[str, ...]:
    """As it was written, blank elements as empty texts."""
    if isinstance(value, str):
        value = tuple(_BETWEEN.split(value.strip()))
    if not isinstance(value, tuple):
        return (str(value),)
    return tuple("" if is_blank(element) else element.strip() for element in value)


def overlong_lists(document: TemplateDocument, value_of: Callable[[str], VariableValue]) -> Iterator[InputError]:
    """A problem for every list with more elements than the list whose scenes show them."""
    lengths: Mapping[str, int] = {
        name: len(elements(value_of(name)))
        for name, variable in document.variables.items()
        if isinstance(variable, TextsVariable)
    }
    told: set[str] = set()
    for scene in document.scenes:
        if scene.for_each not in lengths:
            continue
        leading = lengths[scene.for_each]
        for name in dict.fromkeys(_named(scene)):
            if lengths.get(name, 0) > leading and name not in told:
                told.add(name)
                yield InputError(
                    f"the list has {lengths[name]} elements, and {scene.for_each}, which it goes with, has {leading}",
                    field=f"variables.{name}",
                    value=value_of(name),
                    allowed=f"as many elements as variables.{scene.for_each}, or fewer",
                )


def _named(scene: Scene) -> Iterator[str]:
    """The variables in everything that a scene says or shows."""
    yield from names_in(scene.narration or "")
    yield from names_in(scene.chapter or "")
    for layer in scene.layers:
        match layer:
            case Stack() | Badge():
                for item in layer.items:
                    if isinstance(item, Text | Pill):
                        yield from names_in(item.text)
            case Brand():
                yield from names_in(layer.text)
            case _:
                pass
