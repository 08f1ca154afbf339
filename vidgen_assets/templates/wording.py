"""Texts with places for variables, as a document writes them: `Chapter {number}: {titles}`."""

import re
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator

_PLACE = re.compile(r"\{([a-z][a-z0-9_]*)\}")

NUMBER, COUNT = "number", "count"
"""What a repeated scene knows besides the variables: which repetition it is, from 1, and of how many."""


def names_in(wording: str) -> tuple[str, ...]:
    """The variables that `wording` has places for, each once."""
    return tuple(dict.fromkeys(_PLACE.findall(wording)))


def filled(wording: str, values: Mapping[str, Any]) -> str:
    """`wording` with its places filled. Numbers are written as short as they are, what is missing as nothing."""
    return _PLACE.sub(lambda place: _shown(values.get(place[1])), wording).strip()


def _shown(value: Any) -> str:
    match value:
        case None:
            return ""
        case float():
            return f"{value:g}"
        case _:
            return str(value)


def _well_formed(wording: str) -> str:
    rest = _PLACE.sub("", wording)
    if "{" in rest or "}" in rest:
        raise ValueError(f"{wording!r} has a brace that is no place for a variable; places read {{name}}")
    return wording


Wording = Annotated[str, AfterValidator(_well_formed)]
