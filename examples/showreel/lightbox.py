"""Paints, rays and colours that the lesson's four pictures share, on a ground of 1400 by 1000."""

import math
from collections.abc import Sequence

import numpy as np
import skia

WIDTH, HEIGHT = 1400, 1000
GROUND, GROUND_LIT = "#0c1220", "#1d2942"
Point = tuple[float, float]


def colour(light: str, opacity: float = 1.0) -> int:
    return skia.ColorSetARGB(round(255 * opacity), *(int(light[i : i + 2], 16) for i in (1, 3, 5)))


def flat(light: str, opacity: float = 1.0, *, added: bool = False) -> skia.Paint:
    mode = skia.BlendMode.kPlus if added else skia.BlendMode.kSrcOver
    return skia.Paint(AntiAlias=True, Color=colour(light, opacity), BlendMode=mode)


def soft(light: str, opacity: float, sigma: float, *, added: bool = True) -> skia.Paint:
    paint = flat(light, opacity, added=added)
    paint.setMaskFilter(skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, sigma))
    return paint


def stroke(paint: skia.Paint, width: float) -> skia.Paint:
    paint.setStyle(skia.Paint.kStroke_Style)
    paint.setStrokeWidth(width)
    paint.setStrokeCap(skia.Paint.kRound_Cap)
    paint.setStrokeJoin(skia.Paint.kRound_Join)
    return paint


def graded(start: Point, end: Point, *stops: tuple[float, str, float]) -> skia.Paint:
    colours, places = [colour(light, opacity) for _, light, opacity in stops], [place for place, _, _ in stops]
    return skia.Paint(AntiAlias=True, Shader=skia.GradientShader.MakeLinear([start, end], colours, places))


def radial(centre: Point, radius: float, *stops: tuple[float, str, float]) -> skia.Paint:
    colours, places = [colour(light, opacity) for _, light, opacity in stops], [place for place, _, _ in stops]
    return skia.Paint(AntiAlias=True, Shader=skia.GradientShader.MakeRadial(centre, radius, colours, places))


def line_of(points: Sequence[Point], *, closed: bool = False) -> skia.Path:
    path = skia.Path()
    path.addPoly([skia.Point(float(x), float(y)) for x, y in points], closed)
    return path


def spectral(wavelength_nm: float) -> str:
    """A screen's nearest to one wavelength, 390..700 nm: after D. Bruton's approximation, dim towards both ends."""
    knots = (390, 420, 440, 475, 500, 530, 575, 600, 630, 700)
    red = np.interp(wavelength_nm, knots, (0.48, 0.42, 0.22, 0.05, 0.05, 0.30, 1.0, 1.0, 1.0, 0.85))
    green = np.interp(wavelength_nm, knots, (0.10, 0.14, 0.26, 0.62, 0.88, 0.95, 0.88, 0.55, 0.24, 0.10))
    blue = np.interp(wavelength_nm, knots, (0.75, 0.95, 1.0, 1.0, 0.62, 0.22, 0.12, 0.10, 0.14, 0.14))
    return "#" + "".join(f"{round(255 * float(channel)):02x}" for channel in (red, green, blue))


def ground(canvas: skia.Canvas, lit: Point) -> None:
    canvas.drawPaint(flat(GROUND))
    canvas.drawPaint(radial(lit, 980, (0, GROUND_LIT, 1), (0.55, "#131c31", 1), (1, GROUND, 1)))


def arrow_head(canvas: skia.Canvas, tip: Point, towards: float, size: float, paint: skia.Paint) -> None:
    """A head at `tip` that points along the angle `towards`, radians clockwise from the right."""
    corners = [
        (tip[0] + size * reach * math.cos(towards + turn), tip[1] + size * reach * math.sin(towards + turn))
        for turn, reach in ((0, 1.0), (2.55, 0.85), (math.pi, 0.38), (-2.55, 0.85))
    ]
    canvas.drawPath(line_of(corners, closed=True), paint)


def beam(canvas: skia.Canvas, start: Point, end: Point, light: str, width: float, opacity: float = 1.0) -> None:
    """A ray that glows: a wide haze, a body and a bright core."""
    for share, strength, sigma in ((2.6, 0.20, 1.1), (1.0, 0.75, 0.12)):
        canvas.drawLine(*start, *end, stroke(soft(light, strength * opacity, sigma * width), width * share))
    canvas.drawLine(*start, *end, stroke(flat("#ffffff", 0.55 * opacity, added=True), 0.30 * width))
