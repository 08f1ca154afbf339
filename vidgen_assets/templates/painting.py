"""Painting with skia: colours, blurs, gradients, forms, and sprites painted once on a transparent ground."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import skia

from vidgen_assets.templates.layers import Form
from vidgen_assets.templates.scene import Box, HexColour, Motion

SHADOW = "#0b0d14"

PIXELS = skia.kBGRA_8888_ColorType
"""What skia believes our RGBA pixels to be. It has fast code for its native order alone (500x500 px moved between
pixels: 1.4 ms, in the other order 4.4 or 12; copied 0.15 and 0.8, 2026-11). All it does treats red and blue alike, so
the pixels and the colours that it is given have the two in each other's place, and come out right."""


@dataclass(frozen=True, slots=True)
class Sprite:
    """A painted part, its corner, and the point it scales about. `index` orders parts that follow each other."""

    image: skia.Image
    x: int
    y: int
    pivot: tuple[float, float]
    motion: Motion
    index: int = 0


def painted(
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
    info = skia.ImageInfo.Make(right - left, bottom - top, PIXELS, skia.kPremul_AlphaType)
    surface = skia.Surface.MakeRaster(info)
    canvas = surface.getCanvas()
    canvas.translate(-left, -top)
    paint(canvas)
    return Sprite(surface.makeImageSnapshot(), left, top, pivot or (x + width / 2, y + height / 2), motion, index)


def form_path(form: Form, box: Box, radius: float) -> skia.Path:
    """`form` filling `box`. An arch is round at the top and has soft corners below; a disc is as large as fits."""
    x, y, width, height = box
    short = min(width, height)
    path = skia.Path()
    match form:
        case Form.RECT:
            path.addRect(skia.Rect.MakeXYWH(*box))
        case Form.DISC:
            path.addCircle(x + width / 2, y + height / 2, short / 2)
        case Form.PILL:
            path.addRoundRect(skia.Rect.MakeXYWH(*box), short / 2, short / 2)
        case Form.ROUND:
            round_px = min(radius, short / 2)
            path.addRoundRect(skia.Rect.MakeXYWH(*box), round_px, round_px)
        case Form.ARCH:
            top, bottom = short / 2, 0.09 * short
            shape = skia.RRect()
            corners = [(top, top), (top, top), (bottom, bottom), (bottom, bottom)]
            shape.setRectRadii(skia.Rect.MakeXYWH(*box), corners)
            path.addRRect(shape)
    return path


def argb(colour: HexColour, opacity: float) -> int:
    """For skia, with red and blue in each other's place (`PIXELS`)."""
    return skia.ColorSetARGB(round(255 * opacity), *(int(colour[i : i + 2], 16) for i in (5, 3, 1)))


def flat(colour: HexColour, opacity: float = 1.0) -> skia.Paint:
    return skia.Paint(AntiAlias=True, Color=argb(colour, opacity))


def ring(colour: HexColour, opacity: float, width: float) -> skia.Paint:
    return skia.Paint(AntiAlias=True, Color=argb(colour, opacity), Style=skia.Paint.kStroke_Style, StrokeWidth=width)


def blurred(colour: HexColour, opacity: float, sigma: float) -> skia.Paint:
    blur = skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, sigma)
    return skia.Paint(AntiAlias=True, Color=argb(colour, opacity), MaskFilter=blur)


def vertical(colours: tuple[HexColour, ...], opacity: tuple[float, float], top: float, bottom: float) -> skia.Paint:
    """From the first colour at `top` to the last at `bottom`, and from opacity to opacity."""
    ends = [argb(colours[0], opacity[0]), argb(colours[-1], opacity[1])]
    return skia.Paint(AntiAlias=True, Dither=True, Shader=skia.GradientShader.MakeLinear([(0, top), (0, bottom)], ends))
