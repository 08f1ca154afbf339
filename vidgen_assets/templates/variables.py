"""A request's variables held against a template's document: every problem found, in one pass.

Values from a table are strings, so numbers and flags may be written as text. Whether a text fits its place on the
canvas is a matter of type and lives in `layout.py`.
"""

import math
import re
from collections.abc import Mapping

from vidgen_assets.clips.errors import InputError, shorten
from vidgen_assets.clips.spec import VariableValue
from vidgen_assets.templates.colours import is_hex_colour
from vidgen_assets.templates.document import (
    ChoiceVariable,
    ColourVariable,
    FlagVariable,
    NumberVariable,
    TemplateDocument,
    TextVariable,
    Variable,
)

_FLAGS: dict[VariableValue, bool] = {"true": True, "false": False, "yes": True, "no": False}
_NUMBER = re.compile(r"[+-]?\d{1,12}(\.\d{1,12})?")


def resolve_variables(document: TemplateDocument, given: Mapping[str, VariableValue]) -> dict[str, VariableValue]:
    """Every variable of the document with its value, given or default.

    Raises one `InputError` that lists all problems; its fields are those of the first.
    """
    problems = variable_problems(document, given)
    if problems:
        raise _as_one(document.name, problems)
    return {
        name: _typed(variable, given[name]) if name in given else variable.default
        for name, variable in document.variables.items()
    }


def variable_problems(document: TemplateDocument, given: Mapping[str, VariableValue]) -> list[InputError]:
    """Unknown, missing, wrongly typed and out-of-limit variables, in the document's order."""
    problems = [
        InputError(
            f"template '{document.name}' has no such variable",
            field=f"variables.{name}",
            value=given[name],
            allowed=document.variables,
        )
        for name in given
        if name not in document.variables
    ]
    for name, variable in document.variables.items():
        problem = _problem(name, variable, given.get(name))
        problems += [problem] if problem else []
    return problems


def _problem(name: str, variable: Variable, value: VariableValue | None) -> InputError | None:
    field = f"variables.{name}"
    if value is None or (isinstance(value, str) and not value.strip()):
        missing = f"the template needs it: {variable.description}"
        return InputError(missing, field=field, allowed=_allowed(variable)) if variable.required else None
    found = _complaint(variable, value)
    return InputError(found, field=field, value=value, allowed=_allowed(variable)) if found else None


def _complaint(variable: Variable, value: VariableValue) -> str | None:
    """What is wrong with a value that is there, or `None`."""
    match variable:
        case TextVariable():
            return _text_complaint(variable, value)
        case NumberVariable():
            number = _number(value)
            if number is None:
                return "this is no number"
            return None if variable.minimum <= number <= variable.maximum else "the number is out of its limits"
        case FlagVariable():
            return None if _flag(value) is not None else "this is neither true nor false"
        case ChoiceVariable():
            return None if value in variable.choices else "this is none of the choices"
        case ColourVariable():
            return None if isinstance(value, str) and is_hex_colour(value.strip()) else "this is no colour"


def _text_complaint(variable: TextVariable, value: VariableValue) -> str | None:
    if not isinstance(value, str):
        return "this is no text; write numbers the way they should appear, as a string"
    if len(value) > variable.max_length:
        return f"the text has {len(value)} characters"
    if not all(character.isprintable() or character in "\u00a0\u00ad\u202f" for character in value):
        return "the text has control or formatting characters"
    return None


def _allowed(variable: Variable) -> str:
    match variable:
        case TextVariable():
            return f"text of at most {variable.max_length} characters, in one line"
        case NumberVariable():
            return f"a number from {variable.minimum:g} to {variable.maximum:g}"
        case FlagVariable():
            return "true, false"
        case ChoiceVariable():
            return ", ".join(variable.choices)
        case ColourVariable():
            return "a colour as #rrggbb, for example #1b2a4a"


def _typed(variable: Variable, value: VariableValue) -> VariableValue:
    """A value without complaints, in the type the document declares; blank means the default."""
    if isinstance(value, str) and not value.strip():
        return variable.default
    match variable:
        case NumberVariable():
            number = _number(value)
            return variable.default if number is None else number
        case FlagVariable():
            flag = _flag(value)
            return variable.default if flag is None else flag
        case ColourVariable():
            return str(value).strip().lower()
        case TextVariable():
            return str(value).strip()
        case ChoiceVariable():
            return value


def _number(value: VariableValue) -> float | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        return float(value) if _NUMBER.fullmatch(value.strip()) else None
    return float(value) if math.isfinite(value) else None


def _flag(value: VariableValue) -> bool | None:
    return value if isinstance(value, bool) else _FLAGS.get(value.strip().lower() if isinstance(value, str) else value)


def _as_one(template: str, problems: list[InputError]) -> InputError:
    if len(problems) == 1:
        return problems[0]
    listed = "; ".join(
        f"{problem.field}{'' if problem.value is None else f' = {shorten(problem.value)}'}: {problem.found}"
        for problem in problems
    )
    first = problems[0]
    return InputError(
        f"{len(problems)} variables of template '{template}' are wrong: {listed}",
        field=first.field,
        value=first.value,
        allowed=first.allowed,
    )
