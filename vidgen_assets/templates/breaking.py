"""Where lines may break (Unicode Standard Annex 14, by uniseg), and what scripts ask of lines and letters.

Texts of letters and spaces alone break as they always did: at spaces, soft hyphens and after hyphens. Thai is written
without spaces between words, Japanese and Chinese without any between phrases: BudouX, a small model that ships with
its weights, says where words and phrases end.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from itertools import pairwise

import budoux
from uniseg.linebreak import line_break_units

SOFT_HYPHEN, ZERO_WIDTH_SPACE, JOINER, WIDE_SPACE = "\u00ad", "\u200b", "\u200d", "\u3000"
INVISIBLE = frozenset(
    {SOFT_HYPHEN, ZERO_WIDTH_SPACE, "\u200c", JOINER, "\u200e", "\u200f", "\ufe0e", "\ufe0f"}
)  # fmt: skip
"""What is never drawn: hyphens and spaces that may come up, joiners, marks of direction, forms of the sign before."""

Piece = tuple[str, str]
"""Something that doesn't break, and what follows it: a space, a wide space, a soft hyphen, or nothing."""

_IDEOGRAPHS = ((0x2E80, 0xA4CF), (0xAC00, 0xD7FF), (0xF900, 0xFAFF), (0xFE30, 0xFE4F), (0xFF00, 0xFFEF))
_TALL = ((0x0600, 0x06FF), (0x0750, 0x077F), (0x08A0, 0x08FF), (0xFB50, 0xFDFF), (0xFE70, 0xFEFF))
_HANGING = ((0x0900, 0x0DFF), (0x0E00, 0x0EFF), (0x0F00, 0x109F), (0x1780, 0x17FF))
_THAI, _KANA, _HANGUL = ((0x0E00, 0x0E7F),), ((0x3040, 0x30FF), (0x31F0, 0x31FF)), ((0x1100, 0x11FF), (0xAC00, 0xD7FF))
_THAI_LEADING_VOWELS, _THAI_FOLLOWERS = "\u0e40\u0e41\u0e42\u0e43\u0e44", "\u0e2f\u0e30\u0e32\u0e33\u0e45\u0e46"
_TALL_LEADING, _IDEOGRAPH_LEADING = 1.5, 1.3
_TWO_MARKS_LEADING = 1.4  # in Manrope, Ỗ is 1.16 sizes high, and a g of the line above reaches 0.25 below it


def _within(character: str, *ranges: tuple[tuple[int, int], ...]) -> bool:
    code = ord(character)
    return code >= 0x600 and any(low <= code <= high for group in ranges for low, high in group)


@lru_cache(maxsize=2048)
def leading_of(text: str) -> float:
    """The least line height, in sizes, that lines of this text need not to touch."""
    if any(_within(character, _TALL, _HANGING) for character in text):
        return _TALL_LEADING
    if any(_within(character, _IDEOGRAPHS) for character in text):
        return _IDEOGRAPH_LEADING
    return _TWO_MARKS_LEADING if any(map(_has_two_marks, unicodedata.normalize("NFC", text))) else 0.0


def _has_two_marks(letter: str) -> bool:
    """Whether it's a capital with two marks, as Vietnamese has them: the upper one of Ấ reaches the line above."""
    return letter.isupper() and len(unicodedata.normalize("NFD", letter)) > 2


@lru_cache(maxsize=4096)
def tracks(text: str) -> bool:
    """Whether letters of this text may be set closer or wider: not where they join each other."""
    return not any(_within(character, _TALL, _HANGING) for character in text)


@lru_cache(maxsize=2048)
def pieces_of(text: str) -> tuple[Piece, ...]:
    """The text in pieces that don't break."""
    return _cut(text, _breaks(text)) if _needs_rules(text) else _of_words(text)


@lru_cache(maxsize=2048)
def phrases_of(text: str, language: str) -> tuple[Piece, ...]:
    """The text in pieces that had better not break: phrases of Japanese and Chinese, words of Korean."""
    if not any(_within(character, _IDEOGRAPHS) for character in text):
        return pieces_of(text)
    ends = set(_ends(_phrase_model(text, language), text))
    return _cut(text, (at for at in _breaks(text) if at in ends or _is_a_sign(text[at - 1])))


def _is_a_sign(character: str) -> bool:
    """A space, a hyphen, a dash: where readers expect a break, whatever the model says."""
    return character == WIDE_SPACE or (not character.isalnum() and not _within(character, _IDEOGRAPHS))


def _needs_rules(text: str) -> bool:
    return ZERO_WIDTH_SPACE in text or any(_within(character, _IDEOGRAPHS, _HANGING) for character in text)


@lru_cache(maxsize=2048)
def _breaks(text: str) -> tuple[int, ...]:
    """How many characters stand before each place where a line may break. Takes 0.1 ms a character (2026-11)."""
    found: set[int] = set()
    at = 0
    for unit in line_break_units(text):
        at += len(unit)
        found.add(at)
    if any(_within(character, _THAI) for character in text):
        found.update(at for at in _ends("th", text) if _is_between_thai_words(text[at - 1], text[at]))
    return tuple(sorted(found - {len(text)}))


def _is_between_thai_words(before: str, after: str) -> bool:
    """Whatever the model says: no vowel or mark leaves its consonant."""
    if not (_within(before, _THAI) and _within(after, _THAI)):
        return False
    stays = after in _THAI_FOLLOWERS or unicodedata.category(after).startswith("M")
    return not stays and before not in _THAI_LEADING_VOWELS


def _ends(model: str | None, text: str) -> Iterator[int]:
    at = 0
    for part in _parser(model).parse(text)[:-1] if model else ():
        at += len(part)
        yield at


def _phrase_model(text: str, language: str) -> str | None:
    """By the script that only one language has, then by the row's language."""
    if any(_within(character, _KANA) for character in text):
        return "ja"
    if any(_within(character, _HANGUL) for character in text):
        return None
    main, *subtags = language.split("-")
    if main == "ja":
        return "ja"
    return "zh-hant" if main == "zh" and {"Hant", "TW", "HK", "MO"} & set(subtags) else "zh-hans"


@cache
def _parser(model: str) -> budoux.Parser:
    match model:
        case "ja":
            return budoux.load_default_japanese_parser()
        case "th":
            return budoux.load_default_thai_parser()
        case "zh-hant":
            return budoux.load_default_traditional_chinese_parser()
        case _:
            return budoux.load_default_simplified_chinese_parser()


def _cut(text: str, breaks: Iterable[int]) -> tuple[Piece, ...]:
    ends = [0, *breaks, len(text)]
    units = (text[begin:end] for begin, end in pairwise(ends))
    return tuple(_piece(unit) for unit in units if unit.strip())


def _piece(unit: str) -> Piece:
    """Spaces at its end are left out where a line ends there."""
    unit = unit.rstrip(ZERO_WIDTH_SPACE)
    shown = unit.rstrip(f" {ZERO_WIDTH_SPACE}{WIDE_SPACE}")
    if shown.endswith(SOFT_HYPHEN):
        return shown[:-1], SOFT_HYPHEN
    return shown, unit[-1] if unit.endswith((" ", WIDE_SPACE)) else ""


def _of_words(text: str) -> tuple[Piece, ...]:
    pieces: list[Piece] = []
    word = ""
    for character in text:
        if character in (" ", SOFT_HYPHEN):
            pieces += [(word, character)] if word else []
            word = ""
        else:
            word += character
            if character == "-" and len(word) > 1:
                pieces.append((word, ""))
                word = ""
    return (*pieces, (word, "")) if word else tuple(pieces)
