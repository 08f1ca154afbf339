"""Draws the four pictures of the lesson "How light becomes colour": `python draw_lesson.py [FOLDER]`.

A prism, a leaf, the eye's three cones and a sunset, without a word in them. Angles and curves are worked out, not
guessed: see each picture's docstring. The pictures are checked in; run this only to change them.
"""

import math
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import skia
from lightbox import (
    HEIGHT,
    WIDTH,
    Point,
    beam,
    flat,
    graded,
    ground,
    line_of,
    soft,
    spectral,
    stroke,
)
from outdoors import leaf, sunset
from PIL import Image

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]

APEX, LEFT, RIGHT = (660.0, 250.0), (415.0, 674.4), (905.0, 674.4)


def prism(canvas: skia.Canvas) -> None:
    """White light in an equilateral prism, by Snell's law at both faces.

    The refractive index runs from 1.45 (red) to 1.64 (violet): about ten times the spread of crown glass, so that the
    fan can be seen; the order and the geometry are those of glass.
    """
    ground(canvas, (660, 430))
    canvas.translate(-150, -72)
    canvas.scale(1.2, 1.2)
    _glass(canvas, behind=True)
    entry = np.array([0.52 * APEX[0] + 0.48 * LEFT[0], 0.52 * APEX[1] + 0.48 * LEFT[1]])
    incoming = np.array([math.cos(math.radians(20)), -math.sin(math.radians(20))])
    face = np.array([-math.cos(math.radians(30)), -math.sin(math.radians(30))])
    bounced = incoming - 2 * (incoming @ face) * face
    start = entry - 700 * incoming
    beam(canvas, tuple(entry), tuple(entry + 300 * bounced), "#ffffff", 6, 0.16)
    beam(canvas, tuple(start), tuple(entry), "#ffffff", 11)
    haze = skia.Paint(ImageFilter=skia.ImageFilters.Blur(30, 30), BlendMode=skia.BlendMode.kPlus, Alphaf=0.45)
    for layer in (haze, skia.Paint(BlendMode=skia.BlendMode.kPlus)):
        canvas.saveLayer(None, layer)
        for wavelength in np.linspace(400, 690, 160):
            _spread(canvas, entry, incoming, face, float(wavelength))
        canvas.restore()
    canvas.drawCircle(*entry, 15, soft("#ffffff", 0.9, 9))
    _glass(canvas, behind=False)


def _spread(canvas: skia.Canvas, entry: Vector, incoming: Vector, face: Vector, wavelength_nm: float) -> None:
    inverse = 1 / wavelength_nm**2
    index = 1.45 + 0.19 * (inverse - 690**-2) / (400**-2 - 690**-2)
    inside = _refracted(incoming, face, 1 / index)
    far_face = np.array([math.cos(math.radians(30)), -math.sin(math.radians(30))])
    reach = float((np.array(RIGHT) - entry) @ far_face) / float(inside @ far_face)
    leaving = entry + reach * inside
    outside = _refracted(inside, -far_face, index)
    end, light = leaving + 760 * outside, spectral(wavelength_nm)
    canvas.drawLine(*entry, *leaving, stroke(flat(light, 0.026, added=True), 9))
    stops = [(share, light, 0.020 + 0.088 * share) for share in (0.0, 0.25, 0.5, 0.72)]  # thinner as the fan opens
    paint = stroke(graded(tuple(leaving), tuple(end), *stops, (1, light, 0.0)), 9)
    paint.setBlendMode(skia.BlendMode.kPlus)
    canvas.drawLine(*leaving, *end, paint)


def _refracted(ray: Vector, normal: Vector, ratio: float) -> Vector:
    """Snell's law for unit vectors: `normal` faces the ray, `ratio` is the index before over the index behind."""
    facing = -float(ray @ normal)
    return ratio * ray + (ratio * facing - math.sqrt(1 - ratio**2 * (1 - facing**2))) * normal


def _glass(canvas: skia.Canvas, *, behind: bool) -> None:
    front = [APEX, RIGHT, LEFT]
    back = [(x + 54, y - 40) for x, y in front]
    if behind:
        canvas.drawOval(skia.Rect.MakeLTRB(390, 660, 1000, 730), soft("#03060e", 0.7, 26, added=False))
        canvas.drawPath(
            line_of(back, closed=True), graded(back[0], back[2], (0, "#7fa6ff", 0.10), (1, "#7fa6ff", 0.03))
        )
        canvas.drawPath(line_of(back, closed=True), stroke(flat("#a9c4ff", 0.22), 2.5))
        for near, far in zip(front, back, strict=True):
            canvas.drawLine(*near, *far, stroke(flat("#a9c4ff", 0.30), 2.5))
        canvas.drawPath(line_of([APEX, RIGHT, back[1], back[0]], closed=True), flat("#8fb2ff", 0.10))
        return
    sheen = graded(APEX, (660, 680), (0, "#cfe0ff", 0.26), (0.45, "#8fb2ff", 0.07), (1, "#8fb2ff", 0.15))
    canvas.drawPath(line_of(front, closed=True), sheen)
    canvas.drawPath(line_of([(640, 300), (660, 265), (560, 660), (500, 660)], closed=True), flat("#ffffff", 0.035))
    canvas.drawPath(line_of(front, closed=True), stroke(soft("#a9c8ff", 0.5, 6), 7))
    canvas.drawPath(line_of(front, closed=True), stroke(flat("#e6efff", 0.9), 3.2))


CONES = ((420.0, "#5b8cff", 330.0), (530.0, "#4fdc86", 600.0), (559.0, "#ff7a5c", 870.0))


def cones(canvas: skia.Canvas) -> None:
    """Sensitivity of the three cones over 390..700 nm at the cornea, each to its own peak.

    Pigments by Lamb's template (Vision Research 35, 1995) with peaks at 420, 530 and 559 nm, behind a lens that keeps
    back short waves (density 1.5 at 400 nm, fading by half every 22 nm).
    """
    ground(canvas, (700, 480))
    wavelengths = np.linspace(390, 700, 311)
    for nm in range(400, 701, 50):
        canvas.drawLine(_across(nm), 250, _across(nm), 775, stroke(flat("#8fa3cc", 0.10), 2))
        canvas.drawLine(_across(nm), 868, _across(nm), 886, stroke(flat("#a9b8d8", 0.75), 4))
    for peak_nm, light, icon_x in CONES:
        curve = _sensitivity(wavelengths, peak_nm)
        line = [(_across(nm), 775 - 480 * share) for nm, share in zip(wavelengths, curve, strict=True)]
        area = line_of([(line[0][0], 775), *line, (line[-1][0], 775)], closed=True)
        canvas.drawPath(area, graded((0, 290), (0, 775), (0, light, 0.42), (1, light, 0.04)))
        shown = line_of([point for point, share in zip(line, curve, strict=True) if share > 0.004])
        canvas.drawPath(shown, stroke(soft(light, 0.6, 9), 11))
        canvas.drawPath(shown, stroke(flat(light), 5.5))
        top = line[int(np.argmax(curve))]
        canvas.drawLine(*top, top[0], 815, stroke(flat(light, 0.55), 2.5))
        canvas.drawLine(*top, icon_x, 186, stroke(flat(light, 0.35), 2.5))
        canvas.drawCircle(*top, 10, flat("#ffffff"))
        canvas.drawCircle(*top, 6, flat(light))
        _cone_cell(canvas, (icon_x, 60), light)
    _spectrum(canvas)


def _sensitivity(wavelength_nm: Vector, peak_nm: float) -> Vector:
    x = peak_nm / wavelength_nm
    pigment = 1 / (np.exp(70 * (0.880 - x)) + np.exp(28.5 * (0.924 - x)) + np.exp(-14.1 * (1.104 - x)) + 0.655)
    absorbed = 1 - 10 ** (-0.4 * pigment / pigment.max())
    through = 10 ** (-1.5 * 0.5 ** ((wavelength_nm - 400) / 22))
    seen = absorbed * through
    return seen / seen.max()


def _across(wavelength_nm: float) -> float:
    return 170 + (wavelength_nm - 390) / 310 * 1060


def _spectrum(canvas: skia.Canvas) -> None:
    bar = skia.Rect.MakeLTRB(_across(390), 812, _across(700), 856)
    stops = [
        ((nm - 390) / 310, spectral(nm), 0.55 + 0.45 * min(1, (nm - 390) / 40, (712 - nm) / 50))
        for nm in range(390, 701, 10)
    ]
    canvas.drawRoundRect(bar, 22, 22, soft("#9db7ff", 0.12, 22))
    canvas.drawRoundRect(bar, 22, 22, graded((bar.left(), 0), (bar.right(), 0), *stops))
    canvas.drawRoundRect(skia.Rect.MakeLTRB(bar.left() + 8, 815, bar.right() - 8, 829), 8, 8, flat("#ffffff", 0.16))


def _cone_cell(canvas: skia.Canvas, top: Point, light: str) -> None:
    """A cone lying down: its pointed outer segment to the right, stacked discs in it, body and foot to the left."""
    canvas.save()
    canvas.translate(top[0] - 43, top[1] + 70)
    canvas.drawPath(line_of([(40, -34), (158, -9), (158, 9), (40, 34)], closed=True), soft(light, 0.35, 18))
    tip = skia.Path()
    tip.moveTo(44, -32)
    tip.lineTo(150, -11)
    tip.quadTo(163, 0, 150, 11)
    tip.lineTo(44, 32)
    tip.close()
    canvas.drawPath(tip, graded((0, -32), (0, 32), (0, "#ffffff", 1), (0.25, light, 1), (1, light, 0.55)))
    for step in range(8):
        x = 56 + 12 * step
        canvas.drawLine(x, -28 + 2.3 * step, x, 28 - 2.3 * step, stroke(flat("#0c1220", 0.30), 3))
    canvas.drawRoundRect(
        skia.Rect.MakeLTRB(-28, -27, 40, 27), 24, 24, graded((0, -27), (0, 27), (0, "#dfe8ff", 1), (1, "#6f7fa8", 1))
    )
    canvas.drawCircle(0, 2, 13, flat("#33406a", 0.75))
    canvas.drawLine(-28, 0, -62, 0, stroke(flat("#8d9cc4"), 8))
    canvas.drawCircle(-66, 0, 11, flat("#8d9cc4"))
    canvas.restore()


PICTURES: dict[str, Callable[[skia.Canvas], None]] = {"prism": prism, "leaf": leaf, "cones": cones, "sunset": sunset}


def drawn(draw: Callable[[skia.Canvas], None]) -> Image.Image:
    """The picture with a breath of noise, so that its soft grounds show no bands."""
    info = skia.ImageInfo.Make(WIDTH, HEIGHT, skia.kRGBA_F16_ColorType, skia.kPremul_AlphaType)
    surface = skia.Surface.MakeRaster(info)  # half floats: hundreds of faint rays add up without steps
    draw(surface.getCanvas())
    pixels = np.asarray(surface.makeImageSnapshot().toarray(colorType=skia.kRGBA_8888_ColorType))[..., :3]
    dither = np.random.default_rng(1).triangular(-1.5, 0, 1.5, (HEIGHT, WIDTH, 1))
    return Image.fromarray(np.clip(np.round(pixels + dither), 0, 255).astype(np.uint8))


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, draw in PICTURES.items():
        path = folder / f"{name}.jpg"
        drawn(draw).save(path, quality=90, optimize=True, progressive=True)
        print(f"{path}: {path.stat().st_size // 1024} kB")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "pictures" / "lesson")
