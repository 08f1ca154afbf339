"""What a closed vocabulary makes of a prompt: how much of it is known, and what it says, aspect by aspect.

A model that knows few words would make something of every prompt; what it can't have understood is refused instead.
"""

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from vidgen_assets.clips.errors import InputError
from vidgen_assets.models.release import Vocabulary

_WORD = re.compile(r"[^\W_]+")
_MOST_NAMED: Final = 5
_LONGEST_NAMED: Final = 40  # characters of one word


@dataclass(frozen=True, slots=True)
class Reading:
    """A prompt, read. `said` has the values of each aspect that the prompt names, in its order."""

    coverage: float
    """The share of the prompt's words that are understood, 0 to 1; 0 for a prompt without words."""
    unknown: tuple[str, ...]
    loose: tuple[str, ...]
    """Words that mean something in a phrase, and stand outside of one: `sea` of `deep sea blue`."""
    said: Mapping[str, tuple[str, ...]]

    @property
    def wanted(self) -> dict[str, str]:
        """The aspects that the prompt settles, with their values."""
        return {aspect: values[0] for aspect, values in self.said.items() if len(values) == 1}


def read(prompt: str, vocabulary: Vocabulary) -> Reading:
    """Phrases are found longest first, and no word counts for two of them."""
    words = _WORD.findall(prompt.lower())
    known = {word.lower() for word in vocabulary.words}
    said: dict[str, tuple[str, ...]] = {}
    phrases = _phrases(vocabulary)
    fillers = {word.lower() for word in (vocabulary.fillers if vocabulary.aspects else vocabulary.words)}
    loose: list[str] = []
    at = 0
    while at < len(words):
        found = next((p for p in phrases.get(words[at], ()) if tuple(words[at : at + len(p.words)]) == p.words), None)
        if found is None:
            if words[at] in known and words[at] not in fillers:
                loose.append(words[at])
            at += 1
            continue
        before = said.get(found.aspect, ())
        said[found.aspect] = before if found.value in before else (*before, found.value)
        at += len(found.words)
    unknown = tuple(dict.fromkeys(word for word in words if word not in known))
    understood = sum(word in known for word in words) - len(loose)
    return Reading(understood / len(words) if words else 0.0, unknown, tuple(dict.fromkeys(loose)), said)


def refuse_prompt(prompt: str, vocabulary: Vocabulary, model: str) -> None:
    """Raise `InputError` for a prompt that is not understood well enough, says too little, or contradicts itself."""
    reading = read(prompt, vocabulary)
    if reading.coverage < vocabulary.floor:
        share = min(reading.coverage, 0.99)  # one word of many is not rounded away
        raise InputError(
            f"{model} understands {share:.0%} of the prompt's words; {_not_understood(reading)}",
            field="prompt",
            value=prompt,
            allowed=f"prompts of which it understands {vocabulary.floor:.0%}",
            remedy=_suggestions(reading, vocabulary),
        )
    for aspect, values in reading.said.items():
        if len(values) > 1:
            raise InputError(
                f"the prompt names more than one {aspect}: {', '.join(values)}",
                field="prompt",
                value=prompt,
                allowed=f"one {aspect}",
                remedy="Choose one of them; the model can't show both.",
            )
    for aspect in vocabulary.required:
        if aspect not in reading.said:
            names = [phrases[0] for phrases in vocabulary.aspects[aspect].values()]
            raise InputError(
                f"the prompt names no {aspect} that {model} knows, which would be left to chance",
                field="prompt",
                value=prompt,
                allowed=names,
                remedy=f"Name one of these {aspect}s.",
            )


@dataclass(frozen=True, slots=True)
class _Phrase:
    words: tuple[str, ...]
    aspect: str
    value: str


@lru_cache(maxsize=16)
def _index(aspects: tuple[tuple[str, str, str], ...]) -> dict[str, tuple[_Phrase, ...]]:
    """By first word, longest first."""
    phrases = [_Phrase(tuple(_WORD.findall(phrase.lower())), aspect, value) for aspect, value, phrase in aspects]
    ordered = sorted((phrase for phrase in phrases if phrase.words), key=lambda phrase: -len(phrase.words))
    firsts = dict.fromkeys(phrase.words[0] for phrase in ordered)
    return {first: tuple(phrase for phrase in ordered if phrase.words[0] == first) for first in firsts}


def _phrases(vocabulary: Vocabulary) -> dict[str, tuple[_Phrase, ...]]:
    return _index(
        tuple(
            (aspect, value, phrase)
            for aspect, values in vocabulary.aspects.items()
            for value, phrases in values.items()
            for phrase in phrases
        )
    )


def _not_understood(reading: Reading) -> str:
    parts = []
    if reading.unknown or not reading.loose:
        parts.append(f"it doesn't know {_named(reading.unknown)}")
    if reading.loose:
        parts.append(f"alone, {_named(reading.loose)} says nothing to it")
    return "; ".join(parts)


def _named(words: tuple[str, ...]) -> str:
    more = f" and {len(words) - _MOST_NAMED} more" if len(words) > _MOST_NAMED else ""
    named = (word if len(word) <= _LONGEST_NAMED else f"{word[:_LONGEST_NAMED]}…" for word in words[:_MOST_NAMED])
    return f"{', '.join(named)}{more}" if words else "any of it"


def _suggestions(reading: Reading, vocabulary: Vocabulary) -> str:
    known = sorted(word.lower() for word in vocabulary.words)
    hints = [
        f"{near[0]} for {word}"
        for word in reading.unknown[:_MOST_NAMED]
        if (near := difflib.get_close_matches(word, known, n=1))
    ]
    phrases = [phrase for values in vocabulary.aspects.values() for said in values.values() for phrase in said]
    for word in reading.loose[:_MOST_NAMED]:
        hints += [f"{phrase} for {word}" for phrase in phrases if word in _WORD.findall(phrase.lower())][:1]
    if hints:
        return f"Try {'; '.join(hints)}."
    return "Use words of its vocabulary (`vidgen models show`), or choose another model."
