"""Shaping with HarfBuzz in any script: text in, glyphs and their places out.

Text is cut into runs of one direction and one font, each shaped on its own and put in the order it's seen. Widths are
measured unhinted, so they scale exactly with the size. Directions are in `bidi.py`; lines and sizes in `lettering.py`,
the drawing of glyphs in `typeset.py`.
"""

# pyright: reportAttributeAccessIssue=false
# uharfbuzz has its classes in a compiled module and ships no stubs.

import struct
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
import uharfbuzz as hb

from vidgen_assets.templates.bidi import is_right_to_left, levels_of, needs_levels, visual_order
from vidgen_assets.templates.breaking import INVISIBLE, JOINER, tracks

_SEMIBOLD = 600
_SINGLE_FONTS = (b"\x00\x01\x00\x00", b"OTTO", b"true")

Fonts = tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class GlyphRun:
    """Glyphs of one font at size 1: their ids, and where they stand from the line's left end, in em."""

    font: Path
    ids: tuple[int, ...]
    xs: tuple[float, ...]
    ys: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Shaped:
    """A line as it is seen, from left to right, and its whole length in em."""

    runs: tuple[GlyphRun, ...]
    advance: float


@dataclass(frozen=True, slots=True)
class FontMetrics:
    """In em, positive upwards from the baseline."""

    cap_height: float
    x_height: float


@lru_cache(maxsize=8192)
def shaped(fonts: Fonts, language: str, tracking: float, text: str) -> Shaped:
    right_to_left = is_right_to_left(text, language)
    cut = list(_runs(fonts, text, right_to_left=right_to_left))
    x, trailing, runs = 0.0, 0.0, []
    for index in visual_order([level for _, level, _ in cut]):
        font, level, part = cut[index]
        spaced = tracking if tracks(part) else 0.0
        begun = x
        run, x = _run(font, language, spaced, part, level, begun)
        runs.append(run)
        trailing = spaced if x != begun else trailing
    return Shaped(tuple(runs), max(0.0, x - trailing))


def _runs(fonts: Fonts, text: str, *, right_to_left: bool) -> Iterator[tuple[Path, int, str]]:
    """Stretches of one font and one level, in the order they're read."""
    has_levels = right_to_left or needs_levels(text)
    if not has_levels and all(character in INVISIBLE or covers(fonts[0], character) for character in text):
        if text:
            yield fonts[0], 0, text
        return
    levels = levels_of(text, right_to_left=right_to_left) if has_levels else (0,) * len(text)
    parts = list(clusters(text))
    at, begun = 0, 0
    current: tuple[Path, int] | None = None
    for part, font in zip(parts, _fonts_of(fonts, parts), strict=True):
        wanted = (font, levels[at])
        if current is not None and wanted != current:
            yield *current, text[begun:at]
            begun = at
        current, at = wanted, at + len(part)
    if current is not None:
        yield *current, text[begun:]


def clusters(text: str) -> Iterator[str]:
    """Each character with the marks and joiners after it, and what a joiner joins: what must be set in one font.

    Coarser than Unicode's grapheme clusters nowhere that fonts differ, and linear also in a heap of ten thousand marks.
    """
    begun = 0
    for at in range(1, len(text)):
        character = text[at]
        if (
            character not in INVISIBLE
            and not unicodedata.category(character).startswith("M")
            and text[at - 1] != JOINER
        ):
            yield text[begun:at]
            begun = at
    if text:
        yield text[begun:]


def lacking(fonts: Fonts, text: str) -> str:
    """The characters that can't be set, each once: of a cluster that no font has whole, what lacks in the font that has
    its first character."""
    found: dict[str, None] = {}
    for cluster in dict.fromkeys(clusters(text)):
        seen = _seen(cluster)
        if not seen or any(covers(font, seen) for font in fonts):
            continue
        base = next((font for font in fonts if covers(font, seen[0])), None)
        found |= dict.fromkeys(character for character in seen if base is None or not covers(base, character))
    return "".join(found)


def _seen(cluster: str) -> str:
    return "".join(character for character in cluster if character not in INVISIBLE)


def _fonts_of(fonts: Fonts, parts: list[str]) -> list[Path]:
    """The first font that has all of each part. Signs and spaces are set in the font of the letter before them, opening
    ones in that of the letter after them, if it has them."""
    seen = [_seen(part) for part in parts]
    found = [next((font for font in fonts if covers(font, part)), fonts[0]) for part in seen]
    after: list[Path | None] = [None] * len(parts)
    for at in range(len(parts) - 2, -1, -1):
        after[at] = found[at + 1] if _has_letter(seen[at + 1]) else after[at + 1]
    before: Path | None = None
    for at, part in enumerate(seen):
        if _has_letter(part):
            before = found[at]
            continue
        near = after[at] if before is None or _opens(part) else before
        if near is not None and covers(near, part):
            found[at] = near
    return found


def _has_letter(part: str) -> bool:
    return any(character.isalnum() for character in part)


def _opens(part: str) -> bool:
    return bool(part) and unicodedata.category(part[0]) in ("Ps", "Pi")


def _run(font: Path, language: str, tracking: float, text: str, level: int, x: float) -> tuple[GlyphRun, float]:
    """The glyphs of a run that begins at `x`, and where it ends."""
    face, units_per_em = _font(font)
    buffer = hb.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    buffer.direction = "rtl" if level % 2 else "ltr"
    buffer.language = language
    hb.shape(face, buffer)
    ids, xs, ys = [], [], []
    for info, position in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
        ids.append(info.codepoint)
        xs.append(x + position.x_offset / units_per_em)
        ys.append(-position.y_offset / units_per_em)
        x += position.x_advance / units_per_em + (tracking if position.x_advance else 0.0)
    return GlyphRun(font, tuple(ids), tuple(xs), tuple(ys)), x


@lru_cache(maxsize=65536)
def covers(font: Path, cluster: str) -> bool:
    """Whether a font has glyphs for all of a cluster, composed or in parts (é is e and a mark)."""
    face, _ = _font(font)
    if all(face.get_nominal_glyph(ord(character)) for character in cluster):
        return True
    if len(cluster) == 1 and not unicodedata.decomposition(cluster):
        return False
    buffer = hb.Buffer()
    buffer.add_str(cluster)
    buffer.guess_segment_properties()
    hb.shape(face, buffer)
    return all(info.codepoint for info in buffer.glyph_infos)


@cache
def _font(path: Path) -> tuple[hb.Font, int]:
    face = hb.Face(hb.Blob.from_file_path(str(path)))
    return hb.Font(face), face.upem


def glyph_count(path: Path) -> int:
    """How many glyphs a font has; none, if it is no font, or if one of its tables isn't as it was written.

    The tables are listed after the font's first twelve bytes, sixteen bytes each: tag, sum, place, length (OpenType
    1.9.1, "Table Directory").
    """
    data = path.read_bytes()
    if data[:4] in _SINGLE_FONTS:
        count = int.from_bytes(data[4:6], "big")
        if len(data) < 12 + 16 * count:
            return 0
        listed = (struct.unpack_from(">4sIII", data, 12 + 16 * at) for at in range(count))
        if not all(_sum_of(data[start : start + length], tag) == wanted for tag, wanted, start, length in listed):
            return 0
    return _font(path)[0].face.glyph_count


def _sum_of(table: bytes, tag: bytes) -> int:
    """The sum of a table's 32-bit numbers, as the directory has it; that of `head` is made before its fourth number,
    which depends on all sums, is put in (OpenType 1.9.1, "Calculating Checksums")."""
    if tag == b"head":
        table = table[:8] + bytes(4) + table[12:]
    numbers = np.frombuffer(table + bytes(-len(table) % 4), dtype=">u4")
    return int(numbers.sum(dtype=np.uint64)) % (1 << 32)


@cache
def is_bold(font: Path) -> bool:
    """Whether a font's own weight (usWeightClass of its OS/2 table) is semibold or more."""
    weight = _font(font)[0].face.reference_table("OS/2").data[4:6]
    return int.from_bytes(weight, "big") >= _SEMIBOLD


@cache
def metrics_of(path: Path) -> FontMetrics:
    font, units_per_em = _font(path)
    heights = []
    for letter in "Hx":
        glyph = font.get_nominal_glyph(ord(letter))
        extents = font.get_glyph_extents(glyph) if glyph else None
        heights.append(extents.y_bearing / units_per_em if extents else 0.7)
    return FontMetrics(*heights)
