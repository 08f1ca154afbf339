"""Undoing disguises: every reading of a text that a person would see in it.

The first reading is the text in plain lower-case Latin letters; further ones read digits as letters, join letters
that were pulled apart, fill in masked vowels and squeeze stretched words. Rules are asked of all of them.
"""

import itertools
import re
import unicodedata
from functools import cache

# Direction marks are ordinary in Arabic and Hebrew; between Latin letters they are a disguise, as overrides always are.
_OVERRIDES = re.compile("[\u202a-\u202e\u2066-\u2069]")
_MARK_AMID_LATIN = re.compile("[A-Za-z][\u061c\u200e\u200f]+[A-Za-z]")
_LIGATURES = {"ø": "o", "đ": "d", "ð": "d", "ł": "l", "æ": "ae", "œ": "oe", "ı": "i", "þ": "th", "ħ": "h"}
_DIGITS = str.maketrans("03456789@$€¢+", "oeasgtbgasect")
_EITHER = "1!|"  # read as i, and as l
_TOKEN = re.compile(r"\S+")
_LETTER = re.compile(r"[a-z]")
_DIGIT_AS_LETTER = re.compile(r"[013456789@$€¢+!|]")
_SPELLED_OUT = re.compile(r"(?<![a-z0-9])[a-z0-9](?:[^a-z0-9]{1,3}[a-z0-9](?![a-z0-9])){2,}")
_INSIDE_A_WORD = re.compile(r"(?<=[a-z0-9])[^\w\s]+(?=[a-z0-9])")
_MASKED = re.compile(r"[a-z]{1,20}[*#•]{1,2}[a-z]{1,20}(?:[*#•][a-z]{1,20})?")
_STRETCHED = re.compile(r"([a-z])\1{2,}")
_SMALL_CAPITAL = re.compile(r"LATIN LETTER SMALL CAPITAL ([A-Z])")
_REGIONAL_INDICATOR_A = 0x1F1E6
_MOST_MASKED_WORDS = 20  # 25 readings each; text with more is no prompt


def reorders(text: str) -> bool:
    """Whether `text` holds bidirectional overrides or isolates, or direction marks between Latin letters."""
    return bool(_OVERRIDES.search(text) or _MARK_AMID_LATIN.search(text))


def readings(text: str) -> tuple[str, ...]:
    """The distinct readings of `text`, the plainest first; lower-case Latin letters wherever it looks like them."""
    plain = plain_letters(text)
    found: dict[str, None] = {plain: None}
    for reading in (plain, *_digits_as_letters(plain)):
        for joined in (reading, _joined(reading)):
            found |= dict.fromkeys((joined, *_squeezed(joined)))
    found |= dict.fromkeys(_unmasked(plain))
    return tuple(found)


def plain_letters(text: str) -> str:
    """`text` as lower-case letters without accents, look-alikes of other scripts, styles or invisible characters."""
    compatible = unicodedata.normalize("NFKC", text)
    decomposed = unicodedata.normalize("NFKD", "".join(map(_as_letter, compatible)))
    visible = (c for c in decomposed if unicodedata.category(c) not in ("Mn", "Me", "Cf"))
    latin = "".join(_look_alikes().get(c, c) for c in visible).casefold()
    return " ".join("".join(_LIGATURES.get(c, c) for c in latin).replace("_", " ").split())


def _as_letter(char: str) -> str:
    """Regional indicators and small capitals as the letters they show; Unicode gives them no decomposition."""
    if char.isascii():
        return char
    offset = ord(char) - _REGIONAL_INDICATOR_A
    if 0 <= offset < 26:
        return chr(ord("a") + offset)
    small = _SMALL_CAPITAL.fullmatch(unicodedata.name(char, ""))
    return small[1].lower() if small else char


@cache
def _look_alikes() -> dict[str, str]:
    """Characters outside of ASCII that look like one Latin letter, by Unicode's table of confusables."""
    from confusable_homoglyphs.confusables import confusables_data  # a megabyte of JSON, parsed on import

    table: dict[str, str] = {}
    for char, found in confusables_data.items():
        letters = [h["c"] for h in found if len(h["c"]) == 1 and h["c"].isascii() and h["c"].isalpha()]
        if letters and not char.isascii():
            # A small letter that looks like both I and l is taken for the small one.
            table[char] = max(letters, key=lambda letter: letter.islower() == char.islower())
    return table


def _digits_as_letters(text: str) -> list[str]:
    """Words that mix letters with digits or signs, read as letters alone; 1 as i, and as l."""

    def read(either: str) -> str:
        signs = _DIGITS | str.maketrans(_EITHER, either * len(_EITHER))
        return _TOKEN.sub(lambda t: t[0].translate(signs) if _LETTER.search(t[0]) else t[0], text)

    return [read("i"), read("l")] if _DIGIT_AS_LETTER.search(text) else []


def _joined(text: str) -> str:
    """Letters that stand alone in a row as one word, and words without the punctuation inside of them."""
    spelled = _SPELLED_OUT.sub(lambda run: re.sub(r"[^a-z0-9]", "", run[0]), text)
    return _INSIDE_A_WORD.sub("", spelled)


def _squeezed(text: str) -> list[str]:
    """Letters repeated more than twice, once and twice."""
    return [_STRETCHED.sub(r"\1", text), _STRETCHED.sub(r"\1\1", text)] if _STRETCHED.search(text) else []


def _unmasked(text: str) -> list[str]:
    """Words with one or two letters masked, once for every pair of vowels that may hide there."""
    masked = itertools.islice(_MASKED.finditer(text), _MOST_MASKED_WORDS)
    return [_filled(word[0], vowels) for word in masked for vowels in itertools.product("aeiou", repeat=2)]


def _filled(word: str, vowels: tuple[str, ...]) -> str:
    remaining = iter(vowels)
    return re.sub(r"[*#•]", lambda _: next(remaining, ""), word)
