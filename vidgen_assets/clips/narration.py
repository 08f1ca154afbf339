"""Narration: what is to be said, and when each word of it was said.

A script is parts in order; each part gets a slot of the clip, in which its words are spoken between two silences.
Speaking lives in `soundtracks/`, what a template does with its slots in `templates/`.
"""

import re
from typing import Annotated, Self

from pydantic import Field, model_validator

from vidgen_assets.clips.digest import canonical_json
from vidgen_assets.clips.frozen import Frozen

Seconds = Annotated[float, Field(ge=0)]


_BLANK_LINES = re.compile(r"\r?\n[ \t]*\r?\n\s*")


def paragraphs_of(text: str) -> tuple[str, ...]:
    """What stands between blank lines, without the white space around it."""
    return tuple(paragraph for piece in _BLANK_LINES.split(text) if (paragraph := piece.strip()))


class Part(Frozen):
    """One stretch of the script; without text it is a silence. Its slot lasts at least `least_s`."""

    name: str
    text: str = ""
    before_s: Seconds = 0.0
    """Silence before the first word."""
    after_s: Seconds = 0.0
    """Silence after the last."""
    least_s: Seconds = 0.0


class Word(Frozen):
    """A word of a slot's text, as half-open offsets of its characters, and when it is heard (from the clip's start)."""

    start: int
    end: int
    start_s: Seconds
    end_s: Seconds


class Slot(Frozen):
    """A part in the clip's time. `words` are in order and inside of the slot."""

    name: str
    text: str
    start_s: Seconds
    end_s: Seconds
    words: tuple[Word, ...] = ()


class Narration(Frozen):
    """A whole script in time. The slots touch: the first begins at 0, the last ends with the clip."""

    language: str
    voice: str
    slots: tuple[Slot, ...]

    @model_validator(mode="after")
    def _slots_touch(self) -> Self:
        for before, after in zip(self.slots, self.slots[1:], strict=False):
            if before.end_s != after.start_s:
                raise ValueError(f"slot {after.name!r} begins at {after.start_s} s, not at {before.end_s} s")
        return self

    @property
    def duration_s(self) -> float:
        return self.slots[-1].end_s if self.slots else 0.0

    def to_bytes(self) -> bytes:
        return canonical_json(self.model_dump(mode="json"))
