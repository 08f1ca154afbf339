"""Texts with places for variables, as a document writes them: `Chapter {number}: {titles}`."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator

from vidgen_assets.clips.words import CLOSING, SENTENCE_MARKS, ends_a_sentence

_PLACE = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_MARK = re.compile(rf"[{re.escape(''.join(SENTENCE_MARKS))}](?=[{re.escape(CLOSING)}]*(?:\s|$))")
"""A sentence's mark that ends it: not the point in `{shop}.example`."""

NUMBER, COUNT = "number", "count"
"""What a repeated scene knows besides the variables: which repetition it is, from 1, and of how many."""


def names_in(wording: str) -> tuple[str, ...]:
    """The variables that `wording` has places for, each once."""
    return tuple(dict.fromkeys(_PLACE.findall(wording)))


def filled(wording: str, values: Mapping[str, Any]) -> str:
    """`wording` with its places filled. Numbers are written in full, what is missing as nothing.

    The mark of a sentence after a place is left out where the sentence has one already, or isn't there: `{title}.` is
    `Who did it?`, not `Who did it?.`
    """
    text, end = "", 0
    for place in _PLACE.finditer(wording):
        text += wording[end : place.start()] + _shown(values.get(place[1]))
        end = place.end()
        if _MARK.match(wording, end) and (not text.strip() or ends_a_sentence(text)):
            end += 1
    return (text + wording[end:]).strip()


def _shown(value: Any) -> str:
    match value:
        case None:
            return ""
        case float():
            return _in_full(value)
        case _:
            return str(value)


def _in_full(number: float) -> str:
    """As few decimals as the number needs, and no power of ten: 1234567, 19.9, 0.00001."""
    digits = f"{Decimal(repr(number + 0.0)):f}"
    return digits.rstrip("0").rstrip(".") if "." in digits else digits


def _well_formed(wording: str) -> str:
    rest = _PLACE.sub("", wording)
    if "{" in rest or "}" in rest:
        raise ValueError(f"{wording!r} has a brace that is no place for a variable; places read {{name}}")
    return wording


Wording = Annotated[str, AfterValidator(_well_formed)]
