"""A row's variables: one JSON object, or a column each. Which of them a template reads is the template's business."""

import json
import math
import re
import unicodedata
from collections.abc import Mapping
from typing import Any, NoReturn

from vidgen_assets.catalogs.characters import UNPRINTABLE_IN_TEXT
from vidgen_assets.catalogs.columns import VARIABLE_NAME, VARIABLE_PREFIX
from vidgen_assets.clips.errors import InputError
from vidgen_assets.clips.spec import VariableValue

MAX_VARIABLES = 100
MAX_VARIABLE_CHARS = 2_000
MAX_ELEMENTS = 200
MAX_INTEGER = 2**53 - 1  # the largest integer that JSON carries exactly (RFC 8785)

_UNPRINTABLE = re.compile(UNPRINTABLE_IN_TEXT)


def read_variables(text: str | None, columns: Mapping[str, str]) -> dict[str, VariableValue]:
    """The object in `text` and the `variables.NAME` columns together; a null in the object is not given.

    Raises `InputError` for what is no flat object of text, numbers and booleans, and for a name given both ways.
    """
    given: dict[str, Any] = dict(_object(text)) if text is not None else {}
    for column, cell in columns.items():
        name = column.removeprefix(VARIABLE_PREFIX)
        if name in given:
            raise _refusal(name, cell, "is given twice", "either in variables or in a column of its own")
        given[name] = cell
    if len(given) > MAX_VARIABLES:
        raise _refusal(None, str(len(given)), "are too many variables", f"at most {MAX_VARIABLES}")
    return {name: _value(name, value) for name, value in given.items() if value is not None}


def _object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise _refusal(None, text, "is not a JSON object", 'a JSON object such as {"price": "19.90"}')
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _value(name: str, value: Any) -> VariableValue:
    if not VARIABLE_NAME.fullmatch(name):
        raise _refusal(name, None, "is no name for a variable", "lower-case letters, digits and underscores, up to 40")
    match value:
        case bool():
            return value
        case int() if abs(value) <= MAX_INTEGER:
            return value
        case float() if math.isfinite(value):
            return value
        case str() if len(value) <= MAX_VARIABLE_CHARS and _is_text(value):
            return unicodedata.normalize("NFC", value.strip())
        case list() if len(value) <= MAX_ELEMENTS and all(isinstance(element, str) for element in value):
            return tuple(str(_value(name, element)) for element in value)
        case _:
            allowed = (
                f"up to {MAX_VARIABLE_CHARS:,} printable characters, a list of up to {MAX_ELEMENTS} such texts, "
                f"a number up to {MAX_INTEGER}, true or false"
            )
            raise _refusal(name, value, "is no value for a variable", allowed)


def _is_text(value: str) -> bool:
    """Printable, and free of the half characters that JSON's \\u escapes can spell."""
    return not _UNPRINTABLE.search(value) and not any("\ud800" <= char <= "\udfff" for char in value)


def _refusal(name: str | None, value: Any, found: str, allowed: str) -> InputError:
    field = "variables" if name is None else f"{VARIABLE_PREFIX}{name[:40]}"
    remedy = "Write prices and other numbers to be shown as text."
    return InputError(found, field=field, value=value, allowed=allowed, remedy=remedy)
