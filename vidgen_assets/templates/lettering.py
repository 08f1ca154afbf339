"""Type: faces with fonts to fall back on, balanced lines, and the largest size that fits.

Glyphs and their places are in `shaping.py`, line breaks in `breaking.py`, the drawing in `typeset.py`.
"""

from dataclasses import dataclass

from vidgen_assets.templates.bidi import line_of
from vidgen_assets.templates.breaking import SOFT_HYPHEN, Piece, leading_of, phrases_of, pieces_of
from vidgen_assets.templates.shaping import FontMetrics, Fonts, Shaped, lacking, metrics_of, shaped

SHAPING_RECIPE = 3
"""Raise when the same text would break, measure or place its glyphs differently."""

_SIZE_STEPS = 48
_BALANCE_STEPS = 14
_KEEPS_PHRASES = 0.8
"""Phrases stay whole down to this share of the size that the text could have if it broke anywhere."""
_LONG = 200
"""Characters. Longer texts are first measured as a whole: ten thousand are refused without looking for breaks."""
_KERNED_AWAY = 0.95


@dataclass(frozen=True, slots=True)
class Typeface:
    """Fonts in one language, with tracking in em. What the first has no glyph for is set in the next that does."""

    fonts: Fonts
    language: str
    tracking: float = 0.0

    def shape(self, text: str) -> Shaped:
        return shaped(self.fonts, self.language, self.tracking, text)

    def width(self, text: str) -> float:
        """In em. Tracking after the last glyph is left out."""
        return self.shape(text).advance

    def missing(self, text: str) -> str:
        """The characters that can't be set in any of the fonts, each once."""
        return lacking(self.fonts, text)

    @property
    def metrics(self) -> FontMetrics:
        """Of the first font: what lines are measured by."""
        return metrics_of(self.fonts[0])


@dataclass(frozen=True, slots=True)
class Fitted:
    """Lines that fit, and the size they fit at. `line_height` is in sizes, with room for tall scripts."""

    size: float
    lines: tuple[str, ...]
    line_height: float = 1.0


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
    (biggest, smallest), leading = sizes, max(line_height, leading_of(text))
    if _is_hopeless(face, text, lines * width / smallest):
        return None

    def largest(pieces: tuple[Piece, ...]) -> Fitted | None:
        if _greedy(face, pieces, width / smallest, lines) is None:
            return None
        for step in range(_SIZE_STEPS + 1):
            size = biggest + (smallest - biggest) * step / _SIZE_STEPS
            broken = _greedy(face, pieces, width / size, lines)
            if broken and block_height(face, len(broken), size, leading) <= height:
                return Fitted(size, _balanced(face, text, pieces, width / size, broken), leading)
        return None

    pieces, phrases = pieces_of(text), phrases_of(text, face.language)
    anywhere = largest(pieces)
    if anywhere is None or phrases == pieces:
        return anywhere
    whole = largest(phrases)
    return whole if whole and whole.size >= _KEEPS_PHRASES * anywhere.size else anywhere


def _is_hopeless(face: Typeface, text: str, length: float) -> bool:
    """Whether the words of a long text alone are longer than all lines together (em)."""
    return len(text) > _LONG and _KERNED_AWAY * sum(face.width(word) for word in text.split(" ")) > length


def block_height(face: Typeface, lines: int, size: float, line_height: float) -> float:
    return (face.metrics.cap_height + (lines - 1) * line_height) * size


def balanced_lines(face: Typeface, text: str, width: float, most: int) -> tuple[str, ...] | None:
    """`text` in as few lines as `width` (em) allows, evenly filled; `None` if that is more than `most`, or if a single
    word is wider. Phrases of Japanese, Chinese and Korean stay whole if they can."""
    for pieces in (phrases_of(text, face.language), pieces_of(text)):
        if widest := _greedy(face, pieces, width, most):
            return _balanced(face, text, pieces, width, widest)
    return None


def _balanced(
    face: Typeface, text: str, pieces: tuple[Piece, ...], width: float, widest: tuple[str, ...]
) -> tuple[str, ...]:
    """As many lines as `widest` has, each running as the whole text does."""
    low, high, best = width / 2, width, widest
    for _ in range(_BALANCE_STEPS if len(widest) > 1 else 0):
        middle = (low + high) / 2
        broken = _greedy(face, pieces, middle, len(widest))
        if broken is not None:
            high, best = middle, broken
        else:
            low = middle
    return tuple(line_of(text, line, face.language) for line in best)


def _greedy(face: Typeface, pieces: tuple[Piece, ...], width: float, most: int) -> tuple[str, ...] | None:
    lines: list[str] = []
    line, joint = "", ""
    for piece, follows in pieces:
        longer = f"{line}{'' if joint == SOFT_HYPHEN else joint}{piece}" if line else piece
        if line and face.width(longer + ("-" if follows == SOFT_HYPHEN else "")) > width:
            lines.append(line + ("-" if joint == SOFT_HYPHEN else ""))
            if len(lines) == most:
                return None
            longer = piece
        if face.width(longer) > width:
            return None
        line, joint = longer, follows
    return (*lines, line)
