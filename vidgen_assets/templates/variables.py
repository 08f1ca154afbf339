"""A request's variables held against a template's document: every problem found, in one pass.

Values from a table are strings, so numbers and flags may be written as text. Whether a text fits its place on the
canvas is a matter of type and lives in `setting.py`.
"""

import math
import re
from collections.abc import Mapping

from vidgen_assets.clips.errors import InputError, shorten
from vidgen_assets.clips.spec import VariableValue
from vidgen_assets.templates.colours import is_hex_colour
from vidgen_assets.templates.document import TemplateDocument
from vidgen_assets.templates.lists import elements, hole_in, is_blank, overlong_lists
from vidgen_assets.templates.variable_kinds import (
    ChoiceVariable,
    ColourVariable,
    FlagVariable,
    NumberVariable,
    PicturesVariable,
    TextsVariable,
    TextVariable,
    Variable,
    element_complaint,
    text_complaint,
    text_limits,
)

_FLAGS: dict[VariableValue, bool] = {"true": True, "false": False, "yes": True, "no": False}
_NUMBER = re.compile(r"[+-]?\d{1,12}(\.\d{1,12})?")


def resolve_variables(document: TemplateDocument, given: Mapping[str, VariableValue]) -> dict[str, VariableValue]:
    """Every variable of the document with its value, given or default; lists are tuples.

    Raises one `InputError` that lists all problems; its fields are those of the first.
    """
    problems = variable_problems(document, given)
    if problems:
        raise _as_one(document.name, problems)
    return {name: _resolved(variable, given.get(name)) for name, variable in document.variables.items()}


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
    return problems or [*overlong_lists(document, lambda name: _resolved(document.variables[name], given.get(name)))]


def _problem(name: str, variable: Variable, value: VariableValue | None) -> InputError | None:
    field = f"variables.{name}"
    if value is None or _is_missing(variable, value):
        missing = f"the template needs it: {variable.description}"
        return InputError(missing, field=field, allowed=allowed_values(variable)) if _is_needed(variable) else None
    found = _complaint(variable, value)
    return InputError(found, field=field, value=value, allowed=allowed_values(variable)) if found else None


def _is_missing(variable: Variable, value: VariableValue) -> bool:
    """Whether nothing is there, or nothing that can be seen."""
    if isinstance(variable, TextsVariable | PicturesVariable) and isinstance(value, str | tuple):
        return not elements(value)
    return value == () or (isinstance(value, str) and is_blank(value))


def _is_needed(variable: Variable) -> bool:
    return variable.required or (isinstance(variable, PicturesVariable) and variable.least > 0)


def _complaint(variable: Variable, value: VariableValue) -> str | None:
    """What is wrong with a value that is there, or `None`."""
    match variable:
        case TextVariable():
            return text_complaint(value, variable.max_length)
        case TextsVariable():
            return _texts_complaint(variable, value)
        case PicturesVariable():
            return _pictures_complaint(variable, value)
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


def allowed_values(variable: Variable) -> str:
    """What a variable may be, in words."""
    match variable:
        case TextVariable():
            return text_limits(variable.max_length)
        case TextsVariable():
            return f"a list of up to {variable.most} texts of at most {variable.max_length} characters each"
        case PicturesVariable():
            return f"a list of {variable.least} to {variable.most} references to pictures"
        case NumberVariable():
            return f"a number from {variable.minimum:g} to {variable.maximum:g}"
        case FlagVariable():
            return "true, false"
        case ChoiceVariable():
            return ", ".join(variable.choices)
        case ColourVariable():
            return "a colour as #rrggbb, for example #1b2a4a"


def _resolved(variable: Variable, value: VariableValue | None) -> VariableValue:
    """A value without complaints, in the type the document declares; blank means the default."""
    if value is None or _is_missing(variable, value):
        return default_of(variable)
    match variable:
        case TextsVariable() | PicturesVariable():
            return elements(value)
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


def default_of(variable: Variable) -> VariableValue:
    return () if isinstance(variable, PicturesVariable) else variable.default


def picture_variables(document: TemplateDocument) -> tuple[str, ...]:
    """The names of the variables that hold references to pictures."""
    return tuple(name for name, variable in document.variables.items() if isinstance(variable, PicturesVariable))


def _texts_complaint(variable: TextsVariable, value: VariableValue) -> str | None:
    if not isinstance(value, str | tuple):
        return "this is no list of texts"
    if hole := hole_in(value):
        return _hole_complaint(hole)
    found = elements(value)
    if len(found) > variable.most:
        return f"the list has {len(found)} elements"
    return element_complaint(found, variable.max_length)


def _hole_complaint(number: int) -> str:
    return f"element {number} of the list is blank, and others follow"


def _pictures_complaint(variable: PicturesVariable, value: VariableValue) -> str | None:
    if not isinstance(value, str | tuple):
        return "this is no list of references"
    if hole := hole_in(value):
        return _hole_complaint(hole)
    count = len(elements(value))
    return None if variable.least <= count <= variable.most else f"the list has {count} pictures"


def _number(value: VariableValue) -> float | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        return float(value) if _NUMBER.fullmatch(value.strip()) else None
    return float(value) if not isinstance(value, tuple) and math.isfinite(value) else None


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
