"""Sprites of every part that holds still: shapes, words, pills, badges, veils. Pictures are in `photographs.py`.

All places are pixels of the canvas; a sprite's own corner lies on whole pixels.
"""

from collections.abc import Iterator

import skia

from vidgen_assets.templates import scene
from vidgen_assets.templates.lettering import Typeface
from vidgen_assets.templates.library import Template
from vidgen_assets.templates.painting import (
    SHADOW,
    Sprite,
    argb,
    blurred,
    flat,
    form_path,
    painted,
    ring,
    vertical,
)
from vidgen_assets.templates.typeset import draw_text


class Typesetter:
    """The faces of one clip's text blocks."""

    def __init__(self, template: Template, language: str) -> None:
        self._template, self._language = template, language

    def face(self, block: scene.TextBlock) -> Typeface:
        style = self._template.document.styles[block.style]
        return Typeface(self._template.fonts_of(style, self._language), self._language, block.tracking)

    def draw(self, canvas: skia.Canvas, block: scene.TextBlock) -> None:
        face, paint = self.face(block), flat(block.colour)
        for line in block.lines:
            shaped = face.shape(line.text)
            draw_text(canvas, shaped, line.x, line.baseline, block.size_px, paint)
            if block.struck:
                self._strike(canvas, block, line, face, shaped.advance)

    def _strike(
        self, canvas: skia.Canvas, block: scene.TextBlock, line: scene.Line, face: Typeface, advance: float
    ) -> None:
        middle = line.baseline - 0.52 * face.metrics.x_height * block.size_px
        overhang = 0.10 * block.size_px
        stroke = skia.Paint(AntiAlias=True, Color=argb(block.colour, 1.0), StrokeWidth=max(1.0, 0.085 * block.size_px))
        canvas.drawLine(line.x - overhang, middle, line.x + advance * block.size_px + overhang, middle, stroke)

    def ink_box(self, block: scene.TextBlock) -> scene.Box:
        """Room for every ascender and descender of the block's lines, marks of other scripts included."""
        face = self.face(block)
        left = min(line.x for line in block.lines)
        right = max(line.x + face.width(line.text) * block.size_px for line in block.lines)
        top, bottom = block.lines[0].baseline - 1.3 * block.size_px, block.lines[-1].baseline + 0.55 * block.size_px
        return (left - 0.15 * block.size_px, top, right - left + 0.3 * block.size_px, bottom - top)


def sprites_of(part: scene.Part, setter: Typesetter) -> Iterator[Sprite]:
    """The sprites of a part that holds still, in the order in which they're put; none for pictures and progress."""
    match part:
        case scene.ShapePart():
            yield _shape(part)
        case scene.WordsPart():
            yield from _lines(part, setter)
        case scene.PillPart():
            yield _pill(part, setter)
        case scene.BadgePart():
            yield _badge(part, setter)
        case scene.VeilPart():
            if part.opacity > 0:
                yield _veil(part)
        case _:
            return


def _shape(part: scene.ShapePart) -> Sprite:
    x, y, width, height = part.box
    blur = 0.05 * width if part.shadow else 0.0

    def paint(canvas: skia.Canvas) -> None:
        path = form_path(part.form, part.box, part.radius_px)
        if part.shadow:
            canvas.save()
            canvas.translate(0, 0.6 * blur)
            canvas.drawPath(path, blurred(SHADOW, part.shadow, blur))
            canvas.restore()
        canvas.drawPath(path, vertical(part.fill, part.opacity, y, y + height))
        if part.shine:
            light = skia.GradientShader.MakeRadial(
                (x + width / 2, y + 0.42 * height), 0.62 * width, [argb("#ffffff", 0.42), argb("#ffffff", 0.0)]
            )
            canvas.drawPath(path, skia.Paint(AntiAlias=True, Dither=True, Shader=light))

    return painted(part.box, 2.6 * blur if part.shadow else 1, part.motion, paint)


def _lines(part: scene.WordsPart, setter: Typesetter) -> Iterator[Sprite]:
    """A sprite per line, so that lines can follow each other."""
    for index, line in enumerate(part.block.lines):
        single = part.block.model_copy(update={"lines": (line,)})

        def paint(canvas: skia.Canvas, block: scene.TextBlock = single) -> None:
            setter.draw(canvas, block)

        yield painted(setter.ink_box(single), 1, part.motion, paint, index=index)


def _pill(part: scene.PillPart, setter: Typesetter) -> Sprite:
    height = part.box[3]
    rect = skia.Rect.MakeXYWH(*part.box)

    def paint(canvas: skia.Canvas) -> None:
        if part.is_button:
            cast = blurred(SHADOW, 0.30, 0.13 * height)
            canvas.drawRoundRect(rect.makeOffset(0, 0.10 * height), height / 2, height / 2, cast)
        canvas.drawRoundRect(rect, height / 2, height / 2, flat(part.fill))
        setter.draw(canvas, part.label)

    return painted(part.box, 0.6 * height, part.motion, paint)


def arrow_sprite(part: scene.PillPart) -> Sprite | None:
    """The arrow alone, since it nudges; it scales with its button."""
    if part.arrow is None:
        return None
    x, y, width, height = part.arrow
    tip, tail = (x, x + width) if part.arrow_points_left else (x + width, x)
    back = tip + (height / 2 if part.arrow_points_left else -height / 2)
    line = skia.Path()
    line.moveTo(tail, y + height / 2)
    line.lineTo(tip, y + height / 2)
    line.moveTo(back, y)
    line.lineTo(tip, y + height / 2)
    line.lineTo(back, y + height)
    stroke = skia.Paint(
        AntiAlias=True,
        Color=argb(part.label.colour, 1.0),
        Style=skia.Paint.kStroke_Style,
        StrokeWidth=0.125 * part.label.size_px,
        StrokeCap=skia.Paint.kRound_Cap,
        StrokeJoin=skia.Paint.kRound_Join,
    )
    middle = (part.box[0] + part.box[2] / 2, part.box[1] + part.box[3] / 2)
    return painted(part.arrow, 3, part.motion, lambda canvas: canvas.drawPath(line, stroke), pivot=middle)


def _badge(part: scene.BadgePart, setter: Typesetter) -> Sprite:
    (x, y), radius = part.centre, part.diameter / 2

    def paint(canvas: skia.Canvas) -> None:
        canvas.drawCircle(x, y + 0.09 * radius, radius, blurred(SHADOW, 0.36, 0.11 * radius))
        canvas.drawCircle(x, y, radius, flat(part.fill))
        canvas.drawCircle(x, y, 0.91 * radius, ring(part.blocks[-1].colour, 0.20, max(1.0, 0.016 * radius)))
        for block in part.blocks:
            setter.draw(canvas, block)

    return painted((x - radius, y - radius, 2 * radius, 2 * radius), 0.45 * radius, part.motion, paint)


def _veil(part: scene.VeilPart) -> Sprite:
    """Full under the words, and falling off softly around them."""
    soft = part.soft_px
    rect = skia.Rect.MakeXYWH(*part.box).makeOutset(soft, soft)

    def paint(canvas: skia.Canvas) -> None:
        canvas.drawRoundRect(rect, soft, soft, blurred(part.colour, part.opacity, 0.6 * soft))

    return painted(part.box, 3.2 * soft, part.motion, paint)
