"""Sprites: the parts of a card that hold still, each painted once on a transparent ground.

`compositor.py` puts them on frames. All places are pixels of the canvas; a sprite's own corner lies on whole pixels.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import skia

from vidgen_assets.templates.document import Template
from vidgen_assets.templates.lettering import Typeface
from vidgen_assets.templates.pictures import ProductPicture, resized
from vidgen_assets.templates.scene import Box, Button, HexColour, Motion, Picture, Plate, TextBlock, Timeline

_SHADOW = "#0b0d14"


@dataclass(frozen=True, slots=True)
class Sprite:
    """A painted part, its corner, and the point it scales about. `index` orders parts that follow each other."""

    image: skia.Image
    x: int
    y: int
    pivot: tuple[float, float]
    motion: Motion
    index: int = 0


@dataclass(frozen=True, slots=True)
class ProductSprite:
    """The picture. A cut-out has a contact shadow; a photograph shows through a `window`."""

    sprite: Sprite
    shadow: Sprite | None = None
    window: skia.Path | None = None


def plate_sprite(plate: Plate) -> Sprite:
    x, y, width, height = plate.box
    blur = 0.05 * width

    def paint(canvas: skia.Canvas) -> None:
        arch = arch_path(plate.box)
        canvas.save()
        canvas.translate(0, 0.6 * blur)
        canvas.drawPath(arch, _blurred(_SHADOW, 0.26, blur))
        canvas.restore()
        canvas.drawPath(arch, _vertical(plate.colours, y, y + height))
        glow = skia.GradientShader.MakeRadial(
            (x + width / 2, y + 0.42 * height), 0.62 * width, [_argb("#ffffff", 0.42), _argb("#ffffff", 0.0)]
        )
        canvas.drawPath(arch, skia.Paint(AntiAlias=True, Dither=True, Shader=glow))

    return _painted(plate.box, 2.6 * blur, plate.motion, paint)


def arch_path(box: Box) -> skia.Path:
    """Round at the top, soft corners below."""
    x, y, width, height = box
    top, bottom = min(width, height) / 2, 0.09 * min(width, height)
    shape = skia.RRect()
    shape.setRectRadii(
        skia.Rect.MakeXYWH(x, y, width, height), [(top, top), (top, top), (bottom, bottom), (bottom, bottom)]
    )
    path = skia.Path()
    path.addRRect(shape)
    return path


def product_sprite(scene: Picture, picture: ProductPicture) -> ProductSprite:
    return _cutout(scene, picture) if picture.is_cutout else _photograph(scene, picture)


def _cutout(scene: Picture, picture: ProductPicture) -> ProductSprite:
    """The product standing on the lower edge of its box, as large as fits, with a soft shadow of its own shape."""
    x, y, width, height = scene.box
    scale = min(width / picture.image.width, height / picture.image.height)
    shown = (picture.image.width * scale, picture.image.height * scale)
    stands = (x + width / 2, y + height - 0.04 * height)
    product = _skia_image(picture, shown, scene.zoom)
    blur = 0.022 * max(shown)
    place = (stands[0] - product.width() / 2, stands[1] - product.height(), product.width(), product.height())

    def paint(canvas: skia.Canvas) -> None:
        cast = skia.ImageFilters.DropShadowOnly(0, 0.9 * blur, blur, blur, _argb(_SHADOW, 0.34))
        canvas.drawImage(
            product, round(place[0]), round(place[1]), skia.SamplingOptions(), skia.Paint(ImageFilter=cast)
        )
        canvas.drawImage(product, round(place[0]), round(place[1]))

    sprite = _painted(place, 3.6 * blur, scene.motion, paint, pivot=stands)
    return ProductSprite(sprite, shadow=_contact_shadow(scene, stands, shown))


def _contact_shadow(scene: Picture, stands: tuple[float, float], shown: tuple[float, float]) -> Sprite:
    """Where the product meets the ground: a wide soft pool and a small dark core."""
    width, depth = 0.78 * shown[0], 0.052 * shown[0]
    box = (stands[0] - width / 2, stands[1] - 0.62 * depth, width, depth)

    def paint(canvas: skia.Canvas) -> None:
        canvas.drawOval(skia.Rect.MakeXYWH(*box), _blurred(_SHADOW, 0.40, 0.55 * depth))
        core = skia.Rect.MakeXYWH(box[0] + 0.14 * width, box[1] + 0.28 * depth, 0.72 * width, 0.5 * depth)
        canvas.drawOval(core, _blurred(_SHADOW, 0.42, 0.22 * depth))

    return _painted(box, 2 * depth, scene.motion, paint)


def _photograph(scene: Picture, picture: ProductPicture) -> ProductSprite:
    """A picture without transparency fills the arch, cropped evenly."""
    x, y, width, height = scene.frame
    scale = max(width / picture.image.width, height / picture.image.height)
    photograph = _skia_image(picture, (picture.image.width * scale, picture.image.height * scale), scene.zoom)
    centre = (x + width / 2, y + height / 2)
    left, top = round(centre[0] - photograph.width() / 2), round(centre[1] - photograph.height() / 2)
    sprite = Sprite(photograph, left, top, centre, scene.motion)
    return ProductSprite(sprite, window=arch_path(scene.frame))


def _skia_image(picture: ProductPicture, shown: tuple[float, float], zoom: float) -> skia.Image:
    """The picture at the largest size it's ever drawn, so that drawing only ever makes it a little smaller."""
    small = resized(picture.image, math.ceil(shown[0] * zoom), math.ceil(shown[1] * zoom))
    pixels = np.ascontiguousarray(np.asarray(small))
    info = skia.ImageInfo.Make(small.width, small.height, skia.kRGBA_8888_ColorType, skia.kPremul_AlphaType)
    return skia.Image.MakeRasterCopy(skia.Pixmap(info, pixels, pixels.strides[0]))


def brand_sprite(timeline: Timeline, template: Template) -> Sprite:
    block, mark = timeline.brand.block, timeline.mark
    x, y, width, height = _ink_box(block, template, timeline.language)
    left = min(x, mark.centre[0] - mark.radius)

    def paint(canvas: skia.Canvas) -> None:
        canvas.drawCircle(*mark.centre, mark.radius, _flat(mark.fill))
        _draw_text(canvas, block, template, timeline.language)

    return _painted((left, y, x + width - left, height), 2, timeline.brand.motion, paint)


def line_sprites(timeline: Timeline, template: Template) -> Iterator[Sprite]:
    """Headline and supporting line, a sprite per line, so that lines can follow each other."""
    for words in filter(None, (timeline.headline, timeline.supporting)):
        for index, line in enumerate(words.block.lines):
            single = words.block.model_copy(update={"lines": (line,)})

            def paint(canvas: skia.Canvas, block: TextBlock = single) -> None:
                _draw_text(canvas, block, template, timeline.language)

            box = _ink_box(single, template, timeline.language)
            yield _painted(box, 1, words.motion, paint, index=index)


def badge_sprite(timeline: Timeline, template: Template) -> Sprite:
    badge = timeline.badge
    (x, y), radius = badge.centre, badge.diameter / 2

    def paint(canvas: skia.Canvas) -> None:
        canvas.drawCircle(x, y + 0.09 * radius, radius, _blurred(_SHADOW, 0.36, 0.11 * radius))
        canvas.drawCircle(x, y, radius, _flat(badge.fill))
        canvas.drawCircle(x, y, 0.91 * radius, _ring(badge.price.colour, 0.20, max(1.0, 0.016 * radius)))
        for block in (badge.old_price, badge.price):
            if block:
                _draw_text(canvas, block, template, timeline.language)

    return _painted((x - radius, y - radius, 2 * radius, 2 * radius), 0.45 * radius, badge.motion, paint)


def button_sprite(timeline: Timeline, template: Template) -> Sprite:
    button = timeline.button
    height = button.box[3]
    rect = skia.Rect.MakeXYWH(*button.box)

    def paint(canvas: skia.Canvas) -> None:
        canvas.drawRoundRect(
            rect.makeOffset(0, 0.10 * height), height / 2, height / 2, _blurred(_SHADOW, 0.30, 0.13 * height)
        )
        canvas.drawRoundRect(rect, height / 2, height / 2, _flat(button.fill))
        _draw_text(canvas, button.label, template, timeline.language)

    return _painted(button.box, 0.6 * height, button.motion, paint)


def arrow_sprite(button: Button) -> Sprite:
    """The arrow alone, since it nudges; it scales with the button."""
    x, y, width, height = button.arrow
    line = skia.Path()
    line.moveTo(x, y + height / 2)
    line.lineTo(x + width, y + height / 2)
    line.moveTo(x + width - height / 2, y)
    line.lineTo(x + width, y + height / 2)
    line.lineTo(x + width - height / 2, y + height)
    stroke = skia.Paint(
        AntiAlias=True,
        Color=_argb(button.label.colour, 1.0),
        Style=skia.Paint.kStroke_Style,
        StrokeWidth=0.125 * button.label.size_px,
        StrokeCap=skia.Paint.kRound_Cap,
        StrokeJoin=skia.Paint.kRound_Join,
    )
    middle = (button.box[0] + button.box[2] / 2, button.box[1] + button.box[3] / 2)
    return _painted(button.arrow, 3, button.motion, lambda canvas: canvas.drawPath(line, stroke), pivot=middle)


def _painted(
    box: Box,
    margin: float,
    motion: Motion,
    paint: Callable[[skia.Canvas], None],
    *,
    pivot: tuple[float, float] | None = None,
    index: int = 0,
) -> Sprite:
    """What `paint` draws in canvas coordinates within `box` and `margin` around it."""
    x, y, width, height = box
    left, top = math.floor(x - margin), math.floor(y - margin)
    right, bottom = math.ceil(x + width + margin), math.ceil(y + height + margin)
    info = skia.ImageInfo.Make(right - left, bottom - top, skia.kRGBA_8888_ColorType, skia.kPremul_AlphaType)
    surface = skia.Surface.MakeRaster(info)
    canvas = surface.getCanvas()
    canvas.translate(-left, -top)
    paint(canvas)
    return Sprite(surface.makeImageSnapshot(), left, top, pivot or (x + width / 2, y + height / 2), motion, index)


def _draw_text(canvas: skia.Canvas, block: TextBlock, template: Template, language: str) -> None:
    face, font = _face(block, template, language), _font(block, template)
    paint = _flat(block.colour)
    for line in block.lines:
        glyphs = face.shape(line.text)
        builder = skia.TextBlobBuilder()
        places = [skia.Point(x * block.size_px, y * block.size_px) for x, y in zip(glyphs.xs, glyphs.ys, strict=True)]
        builder.allocRunPos(font, list(glyphs.ids), places)
        canvas.drawTextBlob(builder.make(), line.x, line.baseline, paint)
        if block.struck:
            middle = line.baseline - 0.52 * face.metrics.x_height * block.size_px
            overhang = 0.10 * block.size_px
            stroke = skia.Paint(AntiAlias=True, Color=paint.getColor(), StrokeWidth=max(1.0, 0.085 * block.size_px))
            canvas.drawLine(
                line.x - overhang, middle, line.x + glyphs.advance * block.size_px + overhang, middle, stroke
            )


def _ink_box(block: TextBlock, template: Template, language: str) -> Box:
    """Room for every ascender and descender of the block's lines."""
    face = _face(block, template, language)
    left = min(line.x for line in block.lines)
    right = max(line.x + face.width(line.text) * block.size_px for line in block.lines)
    top, bottom = block.lines[0].baseline - 1.02 * block.size_px, block.lines[-1].baseline + 0.30 * block.size_px
    return (left - 0.06 * block.size_px, top, right - left + 0.12 * block.size_px, bottom - top)


def _face(block: TextBlock, template: Template, language: str) -> Typeface:
    return Typeface(template.font_path(block.font), language, block.tracking)


def _font(block: TextBlock, template: Template) -> skia.Font:
    """Unhinted and placed between pixels, so that type keeps its shape at every size. The empty font manager keeps the
    machine's own fonts and their settings out of it."""
    typeface = skia.FontMgr.New_Custom_Empty().makeFromFile(str(template.font_path(block.font)))
    font = skia.Font(typeface, block.size_px)
    font.setHinting(skia.FontHinting.kNone)
    font.setSubpixel(True)
    font.setEdging(skia.Font.Edging.kAntiAlias)
    return font


def _argb(colour: HexColour, opacity: float) -> int:
    return skia.ColorSetARGB(round(255 * opacity), *(int(colour[i : i + 2], 16) for i in (1, 3, 5)))


def _flat(colour: HexColour) -> skia.Paint:
    return skia.Paint(AntiAlias=True, Color=_argb(colour, 1.0))


def _ring(colour: HexColour, opacity: float, width: float) -> skia.Paint:
    return skia.Paint(AntiAlias=True, Color=_argb(colour, opacity), Style=skia.Paint.kStroke_Style, StrokeWidth=width)


def _blurred(colour: HexColour, opacity: float, sigma: float) -> skia.Paint:
    blur = skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, sigma)
    return skia.Paint(AntiAlias=True, Color=_argb(colour, opacity), MaskFilter=blur)


def _vertical(colours: tuple[HexColour, HexColour], top: float, bottom: float) -> skia.Paint:
    shader = skia.GradientShader.MakeLinear([(0, top), (0, bottom)], [_argb(colour, 1.0) for colour in colours])
    return skia.Paint(AntiAlias=True, Dither=True, Shader=shader)
