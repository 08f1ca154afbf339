"""Type: shaping with HarfBuzz (kerning, ligatures), balanced line breaks, and the largest size that fits.

Widths are measured unhinted, so they scale exactly with the size. Drawing the glyphs lives in `compositor.py`.
"""

# pyright: reportAttributeAccessIssue=false
# uharfbuzz has its classes in a compiled module and ships no stubs.

from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import uharfbuzz as hb

SHAPING_RECIPE = 1
"""Raise when the same text would break, measure or place its glyphs differently."""

_SOFT_HYPHEN = "\u00ad"
_SIZE_STEPS = 48
_BALANCE_STEPS = 14


@dataclass(frozen=True, slots=True)
class Glyphs:
    """A shaped line at size 1: glyph ids, their x offsets, y offsets, and the advance of the whole, in em."""

    ids: tuple[int, ...]
    xs: tuple[float, ...]
    ys: tuple[float, ...]
    advance: float


@dataclass(frozen=True, slots=True)
class FontMetrics:
    """In em, positive upwards from the baseline."""

    cap_height: float
    x_height: float


@dataclass(frozen=True, slots=True)
class Typeface:
    """One font file in one language, with tracking in em."""

    path: Path
    language: str
    tracking: float = 0.0

    def shape(self, text: str) -> Glyphs:
        return _shape(self.path, self.language, self.tracking, text)

    def width(self, text: str) -> float:
        """In em. Tracking after the last glyph is left out."""
        return self.shape(text).advance

    def missing(self, text: str) -> str:
        """The characters the font has no glyph for, each once."""
        wanted = dict.fromkeys(character for character in text if character != _SOFT_HYPHEN)
        return "".join(character for character in wanted if 0 in self.shape(character).ids)

    @property
    def metrics(self) -> FontMetrics:
        return _metrics(self.path)


@dataclass(frozen=True, slots=True)
class Fitted:
    """Lines that fit, and the size they fit at."""

    size: float
    lines: tuple[str, ...]


def fit(
    face: Typeface,
    text: str,
    *,
    sizes: tuple[float, float],
    width: float,
    lines: int,
    height: float,
    line_height: float,
) -> Fitted | None:
    """The largest size of `sizes` (largest, smallest) at which `text` fits in `width` by `height` and `lines` lines.

    `None` if it fits at none. Lengths share one unit, usually pixels. A block's height runs from the capitals of its
    first line to its last baseline: that is the edge the eye aligns.
    """
    largest, smallest = sizes
    for step in range(_SIZE_STEPS + 1):
        size = largest + (smallest - largest) * step / _SIZE_STEPS
        broken = balanced_lines(face, text, width / size)
        if broken and len(broken) <= lines and block_height(face, len(broken), size, line_height) <= height:
            return Fitted(size, broken)
    return None


def block_height(face: Typeface, lines: int, size: float, line_height: float) -> float:
    return (face.metrics.cap_height + (lines - 1) * line_height) * size


def balanced_lines(face: Typeface, text: str, width: float) -> tuple[str, ...] | None:
    """`text` in as few lines as `width` (em) allows, evenly filled; `None` if a single word is wider."""
    pieces = _pieces(text)
    widest = _greedy(face, pieces, width)
    if widest is None or len(widest) == 1:
        return widest
    low, high, best = width / 2, width, widest
    for _ in range(_BALANCE_STEPS):
        middle = (low + high) / 2
        broken = _greedy(face, pieces, middle)
        if broken is not None and len(broken) == len(widest):
            high, best = middle, broken
        else:
            low = middle
    return best


def _pieces(text: str) -> tuple[tuple[str, str], ...]:
    """The text in unbreakable pieces, each with what follows it: a space, a soft hyphen, or nothing."""
    pieces: list[tuple[str, str]] = []
    word = ""
    for character in text:
        if character in (" ", _SOFT_HYPHEN):
            pieces += [(word, character)] if word else []
            word = ""
        else:
            word += character
            if character == "-" and len(word) > 1:
                pieces.append((word, ""))
                word = ""
    return (*pieces, (word, "")) if word else tuple(pieces)


def _greedy(face: Typeface, pieces: tuple[tuple[str, str], ...], width: float) -> tuple[str, ...] | None:
    lines: list[str] = []
    line, joint = "", ""
    for piece, follows in pieces:
        longer = f"{line}{' ' if joint == ' ' else ''}{piece}" if line else piece
        if line and face.width(longer + ("-" if follows == _SOFT_HYPHEN else "")) > width:
            lines.append(line + ("-" if joint == _SOFT_HYPHEN else ""))
            longer = piece
        if face.width(longer) > width:
            return None
        line, joint = longer, follows
    return (*lines, line)


@lru_cache(maxsize=4096)
def _shape(path: Path, language: str, tracking: float, text: str) -> Glyphs:
    font, units_per_em = _font(path)
    buffer = hb.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    buffer.direction = "ltr"
    buffer.language = language
    hb.shape(font, buffer)
    x, ids, xs, ys = 0.0, [], [], []
    for info, position in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
        ids.append(info.codepoint)
        xs.append(x + position.x_offset / units_per_em)
        ys.append(-position.y_offset / units_per_em)
        x += position.x_advance / units_per_em + tracking
    return Glyphs(tuple(ids), tuple(xs), tuple(ys), max(0.0, x - tracking) if ids else 0.0)


@cache
def _font(path: Path) -> tuple[hb.Font, int]:
    face = hb.Face(hb.Blob.from_file_path(str(path)))
    return hb.Font(face), face.upem


@cache
def _metrics(path: Path) -> FontMetrics:
    font, units_per_em = _font(path)
    heights = []
    for letter in "Hx":
        extents = font.get_glyph_extents(font.get_nominal_glyph(ord(letter)))
        heights.append(extents.y_bearing / units_per_em if extents else 0.7)
    return FontMetrics(*heights)
