"""What stands in the photographs of `draw_news.py`: turbines, houses, boats, people, lanterns; drawn with skia.

A thing is drawn twice, once as it looks by day (`lit=False`) and once as a light that shines (`lit=True`): then all but
its lights is black, so that what stands in front also hides the lights behind it. Lengths are metres, up is negative.
"""

from collections.abc import Sequence

import numpy as np
import skia

WALLS = ("#a8503f", "#c9a24f", "#d8d2c4", "#7d8fa3", "#b9714a", "#8fa08c", "#e0c9a6", "#6d7f93", "#94473c")
ROOFS = ("#3b3a42", "#5a3a34", "#45434d", "#6b4a3c")
WINDOW_LIGHTS = ("#ffc36b", "#ffb152", "#ffd791", "#ffa548", "#ffcf86")
PAPER = ("#ffab4a", "#ff8a3c", "#ffc565", "#ff6f4d", "#ffd68a", "#ff9d86")


def colour(light: str, opacity: float = 1.0) -> int:
    return skia.ColorSetARGB(round(255 * opacity), *(int(light[i : i + 2], 16) for i in (1, 3, 5)))


def flat(light: str, opacity: float = 1.0) -> skia.Paint:
    return skia.Paint(AntiAlias=True, Color=colour(light, opacity))


def mixed(light: str, share: float) -> str:
    """`light` with only `share` of its brightness, as a written colour."""
    return "#" + "".join(f"{round(int(light[i : i + 2], 16) * share):02x}" for i in (1, 3, 5))


def graded(start: tuple[float, float], end: tuple[float, float], *colours: str) -> skia.Paint:
    shader = skia.GradientShader.MakeLinear([start, end], [colour(light) for light in colours])
    return skia.Paint(AntiAlias=True, Shader=shader)


def polygon(points: Sequence[tuple[float, float]]) -> skia.Path:
    path = skia.Path()
    path.addPoly([skia.Point(*map(float, point)) for point in points], True)
    return path


def box(left: float, top: float, right: float, bottom: float) -> skia.Rect:
    return skia.Rect.MakeLTRB(left, top, right, bottom)


def draw_turbine(canvas: skia.Canvas, turn: float) -> None:
    """A turbine of 115 m hub height and 160 m rotor, its foot at the origin, lit from the right by a low sun."""
    steel = graded((-3.4, 0), (3.4, 0), "#59627a", "#a9a8b2", "#ffe3c4")
    canvas.drawPath(polygon([(-3.1, -8), (3.1, -8), (1.8, -113), (-1.8, -113)]), steel)
    canvas.drawPath(
        polygon([(-3.9, 4), (3.9, 4), (3.7, -15), (-3.7, -15)]), graded((-4, 0), (4, 0), "#7d5a22", "#e0a238")
    )
    canvas.drawRect(box(-5.4, -16.2, 5.4, -14.6), flat("#5b4d36"))
    canvas.drawRoundRect(box(-3.2, -119, 4.6, -112.4), 1.6, 1.6, flat("#a9a6ab"))
    for blade in range(3):
        canvas.save()
        canvas.translate(0, -115.6)
        canvas.rotate(turn + 120 * blade)
        path = skia.Path()
        path.moveTo(-1.1, 0)
        path.cubicTo(-1.4, -9, -3.0, -15, -2.6, -20)
        path.cubicTo(-2.0, -42, -0.9, -66, 0.15, -80)
        path.cubicTo(0.75, -66, 1.3, -30, 1.25, -14)
        path.cubicTo(1.2, -8, 1.1, -4, 1.1, 0)
        path.close()
        canvas.drawPath(path, graded((-2.6, 0), (1.4, 0), "#707890", "#efdccb"))
        canvas.restore()
    canvas.drawCircle(0, -115.6, 2.6, flat("#d9cfc9"))


def draw_house(canvas: skia.Canvas, chance: np.random.Generator, *, wide: float, floors: int, lit: bool) -> None:
    """A gabled house seen from the front, its foot in the middle at the origin; `chance` gives the same house twice."""
    wall, roof = WALLS[chance.integers(len(WALLS))], ROOFS[chance.integers(len(ROOFS))]
    high, peak = 3.0 * floors + 0.6, wide * chance.uniform(0.42, 0.62)
    half, gabled = wide / 2, chance.random() < 0.6
    top = (
        [(-half, -high), (0, -high - peak), (half, -high)]
        if gabled
        else [(-half, -high), (-0.8 * half, -high - 0.6 * peak), (0.8 * half, -high - 0.6 * peak), (half, -high)]
    )
    canvas.drawRect(box(-half, -high, half, 3), flat("#000000") if lit else graded((-half, 0), (half, 0), wall, wall))
    canvas.drawPath(polygon(top), flat("#000000" if lit else wall if gabled else roof))
    if not lit:
        _trim(canvas, top, half, high, roof)
    columns = max(2, round(wide / 2.4))
    for floor in range(floors):
        for column in range(columns):
            _window(canvas, chance, (column + 0.5) / columns * wide - half, -3.0 * floor - 0.9, lit)
    if gabled:
        _window(canvas, chance, 0.0, -high - 0.25, lit)


def _trim(canvas: skia.Canvas, top: list[tuple[float, float]], half: float, high: float, roof: str) -> None:
    edge = skia.Paint(AntiAlias=True, Color=colour(roof), Style=skia.Paint.kStroke_Style, StrokeWidth=0.55)
    line = skia.Path()
    line.addPoly([skia.Point(*point) for point in top], False)
    canvas.drawPath(line, edge)
    canvas.drawRect(box(-half, -high, -half + 0.16, 0), flat("#f0ebe0", 0.5))
    canvas.drawRect(box(half - 1.1, -high, half, 0), flat("#10131c", 0.22))
    canvas.drawRect(box(0.45 * half, top[1][1] - 0.6, 0.45 * half + 0.8, -high), flat("#4c3a36"))


def _window(canvas: skia.Canvas, chance: np.random.Generator, x: float, sill: float, lit: bool) -> None:
    shines, tone = chance.random() < 0.5, WINDOW_LIGHTS[chance.integers(len(WINDOW_LIGHTS))]
    strength = chance.uniform(0.35, 1.0)
    if lit and not shines:
        return
    if not lit:
        canvas.drawRect(box(x - 0.62, sill - 1.62, x + 0.62, sill + 0.12), flat("#e9e3d6", 0.85))
    canvas.drawRect(box(x - 0.48, sill - 1.5, x + 0.48, sill), flat(tone, strength) if lit else flat("#1a2230"))
    for bar in (box(x - 0.04, sill - 1.5, x + 0.04, sill), box(x - 0.48, sill - 0.98, x + 0.48, sill - 0.9)):
        canvas.drawRect(bar, flat("#000000") if lit else flat("#e9e3d6"))


def draw_boat(canvas: skia.Canvas, hull: str, mast: float, *, lit: bool) -> None:
    """A moored sailing boat of 9 m, its waterline at the origin."""
    if lit:
        canvas.drawRoundRect(box(-1.4, -1.75, 0.9, -1.3), 0.2, 0.2, flat("#ffc77a", 0.8))
        return
    path = skia.Path()
    path.moveTo(-4.4, -1.35)
    path.quadTo(0, -0.85, 4.9, -1.6)
    path.quadTo(4.2, -0.2, 3.2, 0.25)
    path.lineTo(-3.8, 0.25)
    path.close()
    canvas.drawPath(polygon([(-2.2, -1.05), (-1.7, -1.95), (1.3, -1.85), (2.4, -1.15)]), flat("#d9d5cb"))
    canvas.drawPath(path, graded((0, -1.5), (0, 0.2), hull, "#1b2330"))
    canvas.drawPath(polygon([(0.35, -1.5), (0.47, -mast), (0.59, -mast), (0.65, -1.5)]), flat("#b9b3a6"))
    canvas.drawRoundRect(box(-3.4, -2.75, 0.5, -2.4), 0.17, 0.17, flat("#cfc8b9"))
    stay = skia.Paint(AntiAlias=True, Color=colour("#8a8a90", 0.6), Style=skia.Paint.kStroke_Style, StrokeWidth=0.05)
    canvas.drawLine(0.5, -mast, 4.7, -1.6, stay)
    canvas.drawLine(0.5, -mast, -4.2, -1.4, stay)


def draw_person(canvas: skia.Canvas, coat: str, *, stride: float, lit: bool = False) -> None:
    """Somebody of 1.72 m seen from behind, feet at the origin; `stride` opens the legs."""
    coat, dark = ("#000000" if lit else coat), flat("#000000" if lit else "#0b0e16")
    for side in (-1, 1):
        foot = side * (0.07 + 0.05 * stride)
        lift = 0.10 * stride * (side > 0)
        leg = [(side * 0.0, -0.85), (side * 0.19, -0.85), (foot + side * 0.08, -lift), (foot - side * 0.07, -lift)]
        canvas.drawPath(polygon(leg), dark)
    body = skia.Path()
    body.moveTo(-0.10, -1.47)
    body.cubicTo(-0.23, -1.42, -0.20, -1.15, -0.21, -0.68)
    body.quadTo(0, -0.60, 0.21, -0.68)
    body.cubicTo(0.20, -1.15, 0.23, -1.42, 0.10, -1.47)
    body.close()
    canvas.drawPath(body, flat(coat))
    arm = skia.Paint(AntiAlias=True, Color=colour(coat), Style=skia.Paint.kStroke_Style, StrokeWidth=0.095)
    arm.setStrokeCap(skia.Paint.kRound_Cap)
    canvas.drawLine(-0.19, -1.35, -0.245, -0.82, arm)
    canvas.drawLine(0.19, -1.35, 0.25, -0.84, arm)
    canvas.drawRoundRect(box(-0.062, -1.56, 0.062, -1.42), 0.03, 0.03, flat("#000000" if lit else "#1a1512"))
    canvas.drawOval(box(-0.09, -1.74, 0.09, -1.50), flat("#000000" if lit else "#1a1512"))


def draw_lantern(canvas: skia.Canvas, tone: str, radius: float, *, tall: float = 1.0) -> None:
    """A paper lantern around the origin that glows from within: brightest low in the middle, ribs faintly seen."""
    high = radius * tall
    shape = box(-radius, -high, radius, high)
    shader = skia.GradientShader.MakeRadial(
        (0, 0.25 * high), 1.15 * max(radius, high), [colour("#fff3cf"), colour(tone), colour("#a8421e")], [0, 0.5, 1]
    )
    canvas.drawRoundRect(shape, radius, 0.8 * high, skia.Paint(AntiAlias=True, Shader=shader))
    rib = skia.Paint(AntiAlias=True, Color=colour("#7a2f12", 0.3), Style=skia.Paint.kStroke_Style)
    rib.setStrokeWidth(0.05 * radius)
    for share in (-0.5, 0.0, 0.5):
        canvas.drawLine(-0.96 * radius, share * high, 0.96 * radius, share * high, rib)
