"""What a word of a script is: the one answer that speech, captions and their checks share.

Words stand between white space, punctuation included. Where a script writes without spaces (Chinese, Japanese, Thai),
they stand between the places at which a line may break (Unicode Standard Annex 14), by `uniseg`; words of Thai are told
apart by BudouX, a small model that ships with its weights.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import budoux

_STRETCH = re.compile(r"\S+")
_UNSPACED = re.compile(
    r"[\u2e80-\u2fdf\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
    r"\u0e00-\u109f\u1780-\u17ff]"  # Thai, Lao, Tibetan, Burmese, Khmer
)
_THAI = re.compile(r"[\u0e00-\u0e7f]")
_IDEOGRAPH = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_BEFORE_CONSONANTS = frozenset("เแโใไເແໂໃໄ")
"""Vowels of Thai and Lao that are written before the consonant that they follow in speech."""
_AFTER_CONSONANTS = frozenset("ฯะาำๅๆຯະາຳຽໆ")
"""Their vowels and signs that are letters of their own to Unicode, and never begin a word."""
_STACKERS = frozenset("\u1039\u17d2")
"""Burmese and Khmer: the next consonant stands below the one before."""
_LONGEST_CLUSTER = 16
SENTENCE_MARKS = tuple(".!?…‼⁇⁈⁉。！？｡।॥؟۔։።။។")
"""What a sentence ends with, in the scripts of the languages that are spoken."""
CLOSING = "\"'”’“‘»«›‹)]」』）】》〉"
"""What may stand between a sentence's mark and its end."""
_SAID_SIGNS = frozenset("&%@#+=§°‰")
MOST_MARKS = 8
"""On one letter. The tallest stack of Tibetan has eight, the flag of a region six, other writing fewer."""


def words_of(text: str) -> list[tuple[int, int]]:
    """Half-open offsets of every stretch of `text` that is said: it holds a letter, a digit or a sign with a name."""
    return [(start, end) for start, end in stretches_of(text) if is_said(text[start:end])]


def stretches_of(text: str) -> Iterator[tuple[int, int]]:
    """Half-open offsets of all that stands between two places where a line may break, white space left out."""
    for match in _STRETCH.finditer(text):
        if _UNSPACED.search(match[0]):
            yield from _between_breaks(match[0], match.start())
        else:
            yield match.span()


def is_said(stretch: str) -> bool:
    """Whether somebody who reads aloud says something here: not for a dash, a bullet or an emoji."""
    return any(_is_said(char) for char in stretch)


def has_ideographs(text: str) -> bool:
    """Whether `text` holds Chinese characters, which few voices can read."""
    return _IDEOGRAPH.search(text) is not None


def as_said(text: str) -> str:
    """`text` with a blank for every emoji and pictograph, which a voice would call by its name. Offsets stay."""
    return "".join(" " if _is_picture(char) else char for char in text)


def without_spaces(text: str) -> str:
    """`text` without any white space: the same for a script and for all that is cut from it."""
    return "".join(text.split())


def crowded_at(text: str) -> int | None:
    """The index of the first mark, joiner or modifier that is one more than `MOST_MARKS` in a row; None without any.

    Texts are held against it before they are divided: `uniseg` looks back over all marks of a letter at each of them,
    and takes 40 s for 4,000 (2026-11).
    """
    count = 0
    for at, char in enumerate(text):
        count = count + 1 if _joins(char) else 0
        if count > MOST_MARKS:
            return at
    return None


def graphemes_of(text: str) -> list[str]:
    """The characters of `text` as readers count them: an emoji of seven code points is one."""
    from uniseg.graphemecluster import grapheme_clusters

    return list(grapheme_clusters(text))


def clusters_of(text: str) -> list[str]:
    """What a caption never takes apart: characters as readers count them, vowels and marks with their consonant."""
    found: list[str] = []
    for grapheme in graphemes_of(text):
        if found and len(found[-1]) < _LONGEST_CLUSTER and not _may_part(found[-1][-1], grapheme[0]):
            found[-1] += grapheme
        else:
            found.append(grapheme)
    return found


def length_of(text: str) -> int:
    """How many characters somebody reads in `text`: marks on a letter and what can't be seen don't count."""
    return sum(any(not _is_on_another(char) for char in grapheme) for grapheme in graphemes_of(text))


def breaks_of(text: str) -> list[int]:
    """How many characters of `text` stand before each place where a line may break, its end left out."""
    from uniseg.linebreak import line_break_units

    found: set[int] = set()
    at = 0
    for unit in line_break_units(text):
        at += len(unit)
        found.add(at)
    if _THAI.search(text):
        found.update(_between_thai_words(text))
    return sorted(found - {len(text)})


def ends_a_sentence(text: str) -> bool:
    return text.rstrip().rstrip(CLOSING).endswith(SENTENCE_MARKS)


def _between_breaks(stretch: str, offset: int) -> Iterator[tuple[int, int]]:
    edges = [0, *breaks_of(stretch), len(stretch)]
    for start, end in pairwise(edges):
        yield offset + start, offset + end


def _between_thai_words(text: str) -> Iterator[int]:
    """Whatever the model says, no vowel or mark leaves its consonant."""
    at = 0
    for word in _thai_words().parse(text)[:-1]:
        at += len(word)
        before, after = text[at - 1], text[at]
        if _THAI.match(before) and _THAI.match(after) and _may_part(before, after):
            yield at


@cache
def _thai_words() -> "budoux.Parser":
    import budoux

    return budoux.load_default_thai_parser()


def _may_part(before: str, after: str) -> bool:
    """Whether a word or a line may end between two characters."""
    stays = after in _AFTER_CONSONANTS or _is_on_another(after)
    return not stays and before not in _BEFORE_CONSONANTS and before not in _STACKERS


def _is_said(char: str) -> bool:
    return char.isalnum() or char in _SAID_SIGNS or unicodedata.category(char) == "Sc"


def _joins(char: str) -> bool:
    """Whether it stands on or shapes the character before it, or can't be seen."""
    return _is_on_another(char) or 0x1F3FB <= ord(char) <= 0x1F3FF


def _is_on_another(char: str) -> bool:
    """A mark on the character before it, or what can't be seen."""
    return unicodedata.category(char) in ("Mn", "Mc", "Me", "Cf")


def _is_picture(char: str) -> bool:
    """Symbols that are pictures, and what only shapes them: variation selectors, skin tones, flags, key caps."""
    code = ord(char)
    if char in _SAID_SIGNS or char in "©®™":
        return False
    return (
        unicodedata.category(char) == "So" or 0xFE00 <= code <= 0xFE0F or 0x1F3FB <= code <= 0x1F3FF or code == 0x20E3
    )
