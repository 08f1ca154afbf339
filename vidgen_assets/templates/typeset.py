"""Shaped lines drawn with skia."""

from functools import cache
from pathlib import Path

import skia

from vidgen_assets.clips.errors import PermanentError
from vidgen_assets.templates.shaping import Shaped, glyph_count


def draw_text(
    canvas: skia.Canvas, shaped: Shaped, x: float, baseline: float, size_px: float, paint: skia.Paint
) -> None:
    """A line with its left end at `x`."""
    for run in shaped.runs:
        if not run.ids:
            continue
        builder = skia.TextBlobBuilder()
        places = [skia.Point(x_em * size_px, y_em * size_px) for x_em, y_em in zip(run.xs, run.ys, strict=True)]
        builder.allocRunPos(_font(run.font, size_px), list(run.ids), places)
        canvas.drawTextBlob(builder.make(), x, baseline, paint)


def _font(path: Path, size_px: float) -> skia.Font:
    """Unhinted and placed between pixels, so that type keeps its shape at every size."""
    font = skia.Font(_typeface(path), size_px)
    font.setHinting(skia.FontHinting.kNone)
    font.setSubpixel(True)
    font.setEdging(skia.Font.Edging.kAntiAlias)
    return font


@cache
def _typeface(path: Path) -> skia.Typeface:
    """Raises `PermanentError` for a font that can't be read: skia would take one of the machine's own in its place."""
    found = _opened(path)
    if found is None:
        raise PermanentError(
            "a font of the template can't be read",
            field="fonts",
            value=path,
            remedy="Put the font into the template's folder again, whole.",
        )
    return found


def _opened(path: Path) -> skia.Typeface | None:
    """The empty font manager keeps the machine's own fonts and their settings out of it."""
    return skia.FontMgr.New_Custom_Empty().makeFromFile(str(path))


def can_be_set(path: Path) -> bool:
    """Whether both libraries read a font and see the same glyphs: of one that was cut short, HarfBuzz may read what
    skia can't draw."""
    typeface = _opened(path)
    return typeface is not None and 0 < typeface.countGlyphs() == glyph_count(path)
