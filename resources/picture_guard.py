"""The deployment's own classifier of pictures, by the name of a Python function: fills `PictureGuard`.

None comes with the project: those that are any good are trained on what nobody may pass on, or have licences that a
deployment must decide on. `docs/arrivals.md` has an example of twenty lines. It fails closed: in production nothing is
let through unseen unless the setting says so.
"""

import importlib
import math
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

from vidgen_assets.clips.errors import CapacityError, InputError, PermanentError
from vidgen_assets.clips.picture_guard import Picture

_SETTING = "VIDGEN_PICTURE_GUARD"
_NONE = "none"
_ALLOWED = "module:function, such as studio_guard:scores, or `none`"


class ConfiguredGuard:
    """The function that `setting` names as `module:function`; imported when it's first asked."""

    def __init__(self, setting: str | None, *, is_required: bool) -> None:
        self._setting = setting
        self._is_required = is_required

    def scores(self, pictures: Sequence[Picture]) -> Sequence[Mapping[str, float]] | None:
        if self._setting is None and self._is_required:
            remedy = f"Set {_SETTING} to a classifier, or to `none` if all who send videos are trusted."
            raise InputError("there is no guard for pictures", field=_SETTING, allowed=_ALLOWED, remedy=remedy)
        if self._setting in (None, _NONE):
            return None
        function = self._function
        if not pictures:
            return []
        try:
            answers = list(function(list(pictures)))
        except (MemoryError, OSError) as error:
            raise CapacityError(f"the guard for pictures is short of something: {error}") from error
        return [_scores(answer) for answer in _complete(answers, len(pictures))]

    @cached_property
    def _function(self) -> Callable[[Sequence[Picture]], Sequence[Mapping[str, float]]]:
        module, _, name = str(self._setting).partition(":")
        try:
            function: Any = getattr(importlib.import_module(module), name)
        except (ImportError, AttributeError, ValueError) as error:
            remedy = "Install it where the steps run, or mend the setting."
            raise InputError(
                f"the guard for pictures can't be loaded: {error}",
                field=_SETTING,
                value=self._setting,
                allowed=_ALLOWED,
                remedy=remedy,
            ) from error
        return function


def _complete(answers: list[Any], asked: int) -> list[Any]:
    if len(answers) != asked:
        raise PermanentError(
            "the guard for pictures didn't answer for every picture",
            field=_SETTING,
            value=len(answers),
            allowed=str(asked),
        )
    return answers


def _scores(answer: Any) -> dict[str, float]:
    scores = {str(category): float(score) for category, score in dict(answer).items()}
    odd = {category: score for category, score in scores.items() if not (math.isfinite(score) and 0 <= score <= 1)}
    if odd:
        raise PermanentError("the guard for pictures gave no score", field=_SETTING, value=odd, allowed="0 to 1")
    return scores
