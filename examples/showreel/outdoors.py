"""The lesson's leaf and its sunset, which `draw_lesson.py` prints."""

import math

import numpy as np
import skia
from lightbox import Point, arrow_head, beam, flat, graded, ground, line_of, radial, soft, stroke


def leaf(canvas: skia.Canvas) -> None:
    """Why a leaf is green: red and blue light end in it, green light leaves it on all sides, some of it to an eye."""
    ground(canvas, (560, 560))
    _leaf_blade(canvas)
    canvas.drawCircle(150, 130, 66, soft("#fff2cf", 0.55, 46))
    canvas.drawCircle(150, 130, 60, radial((135, 112), 80, (0, "#ffffff", 1), (1, "#ffe9b0", 1)))
    for light, end in (("#ff5a4e", (400, 690)), ("#4f86ff", (545, 602)), ("#4fd67a", (690, 500))):
        tilt = math.atan2(end[1] - 130, end[0] - 150)
        beam(canvas, (150 + 84 * math.cos(tilt), 130 + 84 * math.sin(tilt)), end, light, 13)
        canvas.drawCircle(*end, 40, soft(light, 0.80, 16, added=light == "#4fd67a"))
    for x, y, light in ((400, 690, "#ff5a4e"), (545, 602, "#4f86ff")):
        for ring, opacity in ((34, 0.55), (58, 0.30), (84, 0.15)):
            canvas.drawOval(
                skia.Rect.MakeLTRB(x - ring, y - 0.55 * ring, x + ring, y + 0.55 * ring),
                stroke(flat(light, opacity), 4),
            )
    for towards, reach, strength in ((-0.553, 438, 1.0), (-1.02, 265, 0.5), (-1.52, 235, 0.42), (-0.10, 265, 0.42)):
        tip = (690 + reach * math.cos(towards), 500 + reach * math.sin(towards))
        beam(canvas, (690, 500), tip, "#4fe07f", 12 * strength + 2, 0.35 + 0.65 * strength)
        arrow_head(canvas, tip, towards, 17 + 15 * strength, flat("#8dffb0", 0.45 + 0.55 * strength))
    _eye(canvas, (1150, 210), 2.60)


def _leaf_blade(canvas: skia.Canvas) -> None:
    canvas.save()
    canvas.translate(630, 660)
    canvas.rotate(-24)
    canvas.scale(1.16, 1.16)
    outline, stem = skia.Path(), skia.Path()
    outline.moveTo(-400, 10)
    outline.cubicTo(-280, -190, 60, -270, 430, -20)
    outline.cubicTo(150, 190, -240, 190, -400, 10)
    stem.moveTo(-515, 62)
    stem.cubicTo(-480, 34, -440, 16, -400, 10)
    canvas.drawPath(outline, soft("#02050c", 0.65, 34, added=False))
    canvas.drawPath(stem, stroke(flat("#3f8a4e"), 15))
    canvas.drawPath(
        outline, graded((-120, -220), (90, 200), (0, "#7fd07c", 1), (0.42, "#3f9e58", 1), (1, "#164f3a", 1))
    )
    canvas.save()
    canvas.clipPath(outline, doAntiAlias=True)
    rib = skia.Path()
    rib.moveTo(-400, 10)
    rib.cubicTo(-180, -34, 120, -52, 430, -20)
    lower = skia.Path(rib)
    lower.lineTo(430, 300)
    lower.lineTo(-400, 300)
    lower.close()
    canvas.drawPath(lower, flat("#0d3a2c", 0.28))
    for step in range(10):
        share = 0.06 + 0.088 * step
        x, y = (_along(share, *knots) for knots in ((-400, -180, 120, 430), (10, -34, -52, -20)))
        for side in (-1, 1):
            vein = skia.Path()
            vein.moveTo(x, y)
            vein.quadTo(x + 62, y + side * 66, x + 170, y + side * 170)
            canvas.drawPath(vein, stroke(flat("#c4f3ba", 0.32), 3.6))
    canvas.drawPath(rib, stroke(flat("#d3f7c6", 0.75), 8))
    canvas.drawPath(outline, stroke(flat("#c8f5bd", 0.4), 5))
    canvas.restore()
    canvas.restore()


def _along(share: float, start: float, first: float, second: float, end: float) -> float:
    """One coordinate of a cubic Bézier curve at `share` of its way."""
    rest = 1 - share
    return rest**3 * start + 3 * rest**2 * share * first + 3 * rest * share**2 * second + share**3 * end


def _eye(canvas: skia.Canvas, centre: Point, looks: float) -> None:
    """An eye from the side, its pupil towards the angle `looks` (radians clockwise from the right)."""
    canvas.save()
    canvas.translate(*centre)
    canvas.rotate(math.degrees(looks))
    canvas.drawCircle(0, 0, 104, soft("#02050c", 0.6, 24, added=False))
    canvas.drawCircle(0, 0, 100, radial((30, -30), 140, (0, "#ffffff", 1), (0.6, "#dfe6f5", 1), (1, "#8d9abb", 1)))
    canvas.save()
    ball = skia.Path()
    ball.addCircle(0, 0, 100)
    canvas.clipPath(ball, doAntiAlias=True)
    iris = skia.Rect.MakeLTRB(30, -54, 96, 54)
    canvas.drawOval(iris, radial((63, 0), 56, (0, "#8fe0b0", 1), (0.6, "#3aa56a", 1), (1, "#17584a", 1)))
    canvas.drawOval(skia.Rect.MakeLTRB(49, -25, 83, 25), flat("#070b14"))
    canvas.restore()
    canvas.drawCircle(50, 22, 9, flat("#ffffff", 0.95))
    canvas.restore()


PLANET, RADIUS, AIR = (780.0, 1700.0), 900.0, 150.0
OBSERVER = (780.0, 800.0)


def sunset(canvas: skia.Canvas) -> None:
    """Why the evening sun is red: at noon light crosses little air, in the evening much more, and the blue goes astray.

    The air is drawn a hundred times too thick; paths through it are to scale with each other.
    """
    ground(canvas, (430, 560))
    _planet(canvas)
    noon, evening = (780.0, 110.0), (86.0, 792.0)
    enters = OBSERVER[0] - math.sqrt((RADIUS + AIR) ** 2 - RADIUS**2)
    _fading(canvas, (noon[0], noon[1] + 60), OBSERVER, (0, "#ffffff"), (0.75, "#ffffff"), (1, "#fff3d6"))
    _fading(
        canvas,
        (evening[0] + 50, 796),
        OBSERVER,
        (0, "#ffffff"),
        (0.22, "#fff3cf"),
        (0.5, "#ffc65e"),
        (0.76, "#ff8a3d"),
        (1, "#ff4e33"),
    )
    for centre in (noon, evening):
        canvas.drawCircle(*centre, 70, soft("#fff0c4", 0.7, 40))
        canvas.drawCircle(
            *centre, 50, radial((centre[0] - 12, centre[1] - 14), 66, (0, "#ffffff", 1), (1, "#ffe6a3", 1))
        )
    for number in range(9):
        share = (number + 0.6) / 9
        start = (enters + share * (OBSERVER[0] - enters - 40), 797)
        _stray(canvas, start, -math.pi / 2 - 0.55 + 0.75 * share, 1 - 0.72 * share)
    for number, side in enumerate((1, -1, 1)):
        _stray(canvas, (780, 664 + 22 * number), -0.35 if side > 0 else math.pi + 0.35, 0.62)
    _watcher(canvas)
    _sky_seen(canvas, (1085, 330), ("#2f74d8", "#8cc4ff"), "#ffffff", 0.34)
    _sky_seen(canvas, (380, 400), ("#3b3a78", "#ff9a4a"), "#ff5a36", 0.74)


def _planet(canvas: skia.Canvas) -> None:
    inner = RADIUS / (RADIUS + AIR)
    stops = (
        (0, "#4f9bff", 0.0),
        (inner - 0.001, "#4f9bff", 0.0),
        (inner, "#6fb4ff", 0.62),
        (inner + 0.045, "#4f8fff", 0.34),
        (1, "#3f78e8", 0.05),
    )
    canvas.drawCircle(*PLANET, RADIUS + AIR, radial(PLANET, RADIUS + AIR, *stops))
    canvas.drawCircle(*PLANET, RADIUS + AIR, stroke(flat("#8fbcff", 0.35), 2.5))
    chance = np.random.default_rng(4)
    for _ in range(420):
        turn, high = chance.uniform(-0.8, 0.8), AIR * chance.beta(1.0, 1.9)
        x, y = PLANET[0] + (RADIUS + high) * math.sin(turn), PLANET[1] - (RADIUS + high) * math.cos(turn)
        canvas.drawCircle(x, y, 2.1, flat("#cfe4ff", 0.42 * (1 - high / AIR) + 0.10))
    land = graded(
        (PLANET[0] - 500, 800), (PLANET[0] + 600, 1000), (0, "#2f7f86", 1), (0.5, "#1f5f6e", 1), (1, "#123449", 1)
    )
    canvas.drawCircle(*PLANET, RADIUS, land)
    night = radial(PLANET, RADIUS, (0.78, "#0b1c2c", 0.92), (0.93, "#0d2a3c", 0.55), (1, "#0d2a3c", 0))
    canvas.drawCircle(*PLANET, RADIUS, night)
    canvas.drawCircle(*PLANET, RADIUS, stroke(flat("#9fe0d8", 0.5), 4))


def _fading(canvas: skia.Canvas, start: Point, end: Point, *stops: tuple[float, str]) -> None:
    """A ray whose colour changes on its way."""
    for width, opacity, sigma in ((44, 0.20, 14), (15, 0.95, 0.8)):
        paint = stroke(graded(start, end, *((place, light, opacity) for place, light in stops)), width)
        paint.setMaskFilter(skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, sigma))
        canvas.drawLine(*start, *end, paint)


def _stray(canvas: skia.Canvas, start: Point, towards: float, strength: float) -> None:
    """Blue light that a molecule has turned aside: a small wave with a head."""
    canvas.save()
    canvas.translate(*start)
    canvas.rotate(math.degrees(towards))
    length = 62 + 44 * strength
    wave = [(x, 6.5 * math.sin(x / 6.2) * min(1, x / 20)) for x in np.linspace(8, length, 90)]
    canvas.drawPath(line_of(wave), stroke(soft("#5b9bff", 0.5 * strength, 7), 9))
    canvas.drawPath(line_of(wave), stroke(flat("#7fb4ff", 0.30 + 0.70 * strength), 4.2))
    arrow_head(canvas, (length + 17, wave[-1][1]), 0.0, 19, flat("#9cc6ff", 0.35 + 0.65 * strength))
    canvas.drawCircle(0, 0, 7, flat("#e6f1ff", 0.9))
    canvas.restore()


def _watcher(canvas: skia.Canvas) -> None:
    x, y = OBSERVER
    canvas.drawCircle(x, y, 34, soft("#ffe0b0", 0.5, 20))
    white = flat("#f4f7ff")
    body = line_of([(x - 8, y - 26), (x - 14, y - 62), (x + 14, y - 62), (x + 8, y - 26)], closed=True)
    for side in (-1, 1):
        canvas.drawLine(x + 5 * side, y - 28, x + 7 * side, y + 1, stroke(flat("#f4f7ff"), 9))
        canvas.drawLine(x + 15 * side, y - 60, x + 20 * side, y - 30, stroke(flat("#f4f7ff"), 7))
    canvas.drawPath(body, stroke(flat("#f4f7ff"), 8))
    canvas.drawPath(body, white)
    canvas.drawCircle(x, y - 82, 14, white)


def _sky_seen(canvas: skia.Canvas, centre: Point, sky: tuple[str, str], sun: str, high: float) -> None:
    """What the watcher sees: a round view of the sky with its sun at `high` (share of the view from its top)."""
    x, y = centre
    view = skia.Path()
    view.addCircle(x, y, 118)
    canvas.drawPath(view, soft("#02050c", 0.6, 22, added=False))
    canvas.save()
    canvas.clipPath(view, doAntiAlias=True)
    canvas.drawPaint(graded((x, y - 118), (x, y + 118), (0, sky[0], 1), (0.78, sky[1], 1), (1, sky[1], 1)))
    disc = (x, y - 118 + 236 * high)
    canvas.drawCircle(*disc, 60, soft(sun, 0.55, 24))
    canvas.drawCircle(*disc, 25, flat(sun))
    canvas.drawOval(
        skia.Rect.MakeLTRB(x - 190, y + 66, x + 190, y + 260),
        graded((x, y + 66), (x, y + 118), (0, "#1b3f52", 1), (1, "#0e2433", 1)),
    )
    canvas.restore()
    canvas.drawPath(view, stroke(flat("#e6efff", 0.85), 5))
