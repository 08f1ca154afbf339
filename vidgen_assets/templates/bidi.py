"""Which way text runs: levels of characters (Unicode Standard Annex 9), by python-bidi, and the order they are seen in.

Controls of direction never come here: `variables.py` refuses them. python-bidi knows nothing of brackets that belong
together (N0), so their rule is here: without it `iPhone (Pro)` in Hebrew loses its second bracket.
"""

import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from bidi import algorithm
from bidi.mirror import MIRRORED

LEFT_TO_RIGHT_MARK, RIGHT_TO_LEFT_MARK = "\u200e", "\u200f"

_RIGHT_TO_LEFT_LANGUAGES = frozenset(
    {"ar", "arc", "ckb", "dv", "fa", "he", "ks", "nqo", "ps", "sd", "syr", "ug", "ur", "yi"}
)
_RIGHT_TO_LEFT_SCRIPTS = frozenset({"Arab", "Hebr", "Syrc", "Thaa", "Nkoo"})
_DEEPEST_BRACKETS = 63
"""BD16: deeper nesting is no longer looked at."""


def is_right_to_left(text: str, language: str) -> bool:
    """Whether a paragraph runs from right to left: as its first letter does (P2, P3), without any as its language."""
    for character in text:
        match unicodedata.bidirectional(character):
            case "L":
                return False
            case "R" | "AL":
                return True
            case _:
                pass
    language, *subtags = language.split("-")
    return language in _RIGHT_TO_LEFT_LANGUAGES or bool(_RIGHT_TO_LEFT_SCRIPTS & set(subtags))


def line_of(paragraph: str, line: str, language: str) -> str:
    """`line` as one of `paragraph`, which runs as the paragraph does: with an unseen mark before it if it wouldn't."""
    runs = is_right_to_left(paragraph, language)
    if is_right_to_left(line, language) is runs:
        return line
    return (RIGHT_TO_LEFT_MARK if runs else LEFT_TO_RIGHT_MARK) + line


def caption_lines(lines: Sequence[str], language: str) -> tuple[str, ...]:
    """`lines` of one caption, all of which run one way, with unseen marks before those that wouldn't: as the language
    of the captions if it runs from right to left and any of its letters are there, else as the first letter of all.

    A caption is often the middle of a sentence, so what it happens to begin with says less than its language.
    """
    text = " ".join(lines)
    if is_right_to_left("", language) and needs_levels(text):
        text = RIGHT_TO_LEFT_MARK + text
    return tuple(line_of(text, line, language) for line in lines)


def needs_levels(text: str) -> bool:
    """Whether anything in `text` may run from right to left."""
    return any(unicodedata.bidirectional(character) in ("R", "AL", "AN") for character in text)


@lru_cache(maxsize=1024)
def levels_of(text: str, *, right_to_left: bool) -> tuple[int, ...]:
    """The embedding level of each character; odd ones run from right to left."""
    storage: dict[str, Any] = algorithm.get_empty_storage()
    storage["base_level"], storage["base_dir"] = int(right_to_left), "LR"[right_to_left]
    algorithm.get_embedding_levels(text, storage)
    algorithm.explicit_embed_and_overrides(storage)
    algorithm.resolve_weak_types(storage)
    _resolve_brackets(storage["chars"], "LR"[right_to_left])
    algorithm.resolve_neutral_types(storage, False)
    algorithm.resolve_implicit_levels(storage, False)
    resolved = iter(storage["chars"])
    found: list[int] = []
    for character in text:
        if unicodedata.bidirectional(character) == "BN":  # joiners: they stand where the letter before them does (X9)
            found.append(found[-1] if found else int(right_to_left))
        else:
            found.append(next(resolved)["level"])
    return tuple(found)


def _resolve_brackets(characters: list[dict[str, Any]], embedding: str) -> None:
    """N0: two brackets take the paragraph's direction if anything within them has it; the other one if that is all that
    is within and stands before them."""
    for opening, closing in _bracket_pairs(characters):
        within = {_strong(character) for character in characters[opening + 1 : closing]} - {None}
        if not within:
            continue
        direction = embedding
        if embedding not in within:
            before = (_strong(characters[at]) for at in range(opening - 1, -1, -1))
            direction = next((found for found in before if found), embedding)
        for at in (opening, closing):
            characters[at]["type"] = direction
            _marks_follow(characters, at)


def _bracket_pairs(characters: list[dict[str, Any]]) -> list[tuple[int, int]]:
    """BD16, in the order of the opening ones."""
    pairs: list[tuple[int, int]] = []
    opened: list[tuple[str, int]] = []
    for at, character in enumerate(characters):
        bracket = unicodedata.normalize("NFC", character["ch"])
        if character["type"] != "ON" or bracket not in MIRRORED:
            continue
        match unicodedata.category(bracket):
            case "Ps":
                if len(opened) == _DEEPEST_BRACKETS:
                    break
                opened.append((MIRRORED[bracket], at))
            case "Pe":
                match_at = next(
                    (index for index in range(len(opened) - 1, -1, -1) if opened[index][0] == bracket), None
                )
                if match_at is not None:
                    pairs.append((opened[match_at][1], at))
                    del opened[match_at:]
            case _:
                pass
    return sorted(pairs)


def _strong(character: dict[str, Any]) -> str | None:
    """Numbers count as running from right to left."""
    return {"L": "L", "R": "R", "EN": "R", "AN": "R"}.get(character["type"])


def _marks_follow(characters: list[dict[str, Any]], at: int) -> None:
    """Marks on a bracket take its direction."""
    for mark in characters[at + 1 :]:
        if mark["orig"] != "NSM":
            return
        mark["type"] = characters[at]["type"]


def visual_order(levels: Sequence[int]) -> list[int]:
    """The indices of runs of these levels as they are seen, from left to right (L2)."""
    order = list(range(len(levels)))
    for level in range(max(levels, default=0), 0, -1):
        start = 0
        while start < len(order):
            end = start
            while end < len(order) and levels[order[end]] >= level:
                end += 1
            order[start:end] = reversed(order[start:end])
            start = max(end, start + 1)
    return order
