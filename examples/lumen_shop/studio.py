"""A small photo studio: turned bodies, tubes and soft light, drawn with skia on a transparent ground.

`draw_pictures.py` builds the shop's products from these parts. Coordinates are pixels of a 900 px square with its
origin in the middle of the lower edge, y upwards negative, so a product stands at y = 0.
"""

from collections.abc import Sequence

import skia

SIDE_PX = 900
Point = tuple[float, float]


def colour(hex_colour: str, opacity: float = 1.0) -> int:
    return skia.ColorSetARGB(round(255 * opacity), *(int(hex_colour[i : i + 2], 16) for i in (1, 3, 5)))


def mixed(first: str, second: str, share: float) -> str:
    channels = (round(int(first[i : i + 2], 16) * (1 - share) + int(second[i : i + 2], 16) * share) for i in (1, 3, 5))
    return "#" + "".join(f"{channel:02x}" for channel in channels)


def lighter(hex_colour: str, share: float) -> str:
    return mixed(hex_colour, "#ffffff", share)


def darker(hex_colour: str, share: float) -> str:
    return mixed(hex_colour, "#10131c", share)


def flat(hex_colour: str, opacity: float = 1.0) -> skia.Paint:
    return skia.Paint(AntiAlias=True, Color=colour(hex_colour, opacity))


def soft(hex_colour: str, opacity: float, sigma: float) -> skia.Paint:
    paint = flat(hex_colour, opacity)
    paint.setMaskFilter(skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, sigma))
    return paint


def graded(start: Point, end: Point, stops: Sequence[tuple[float, str]]) -> skia.Paint:
    colours = [colour(hex_colour) for _, hex_colour in stops]
    shader = skia.GradientShader.MakeLinear([start, end], colours, [place for place, _ in stops])
    return skia.Paint(AntiAlias=True, Shader=shader)


def round_body(left: float, right: float, base: str, gloss: float = 0.35) -> skia.Paint:
    """Light from the upper left on a turned body: bright shoulder, dark far side, a breath of bounce at the edge."""
    stops = (
        (0.0, darker(base, 0.30)),
        (0.10, darker(base, 0.06)),
        (0.30, lighter(base, gloss)),
        (0.52, base),
        (0.84, darker(base, 0.36)),
        (1.0, darker(base, 0.22)),
    )
    return graded((left, 0), (right, 0), stops)


def smooth(points: Sequence[Point], *, closed: bool = False) -> skia.Path:
    """A Catmull-Rom curve through `points`."""
    path = skia.Path()
    path.moveTo(*points[0])
    count = len(points)
    for index in range(count if closed else count - 1):
        pick = (lambda i: points[i % count]) if closed else (lambda i: points[min(max(i, 0), count - 1)])
        before, start, end, after = (pick(index + step) for step in (-1, 0, 1, 2))
        path.cubicTo(
            start[0] + (end[0] - before[0]) / 6,
            start[1] + (end[1] - before[1]) / 6,
            end[0] - (after[0] - start[0]) / 6,
            end[1] - (after[1] - start[1]) / 6,
            *end,
        )
    if closed:
        path.close()
    return path


def turned(profile: Sequence[Point], centre: float = 0.0, foot: float = 0.12) -> skia.Path:
    """A body of rotation: `profile` gives (radius, y) from top to bottom; `foot` is the depth of its round base."""
    right = [(centre + radius, y) for radius, y in profile]
    left = [(centre - radius, y) for radius, y in reversed(profile)]
    path = smooth(right)
    radius, bottom = profile[-1]
    path.quadTo(centre + 0.62 * radius, bottom + foot * radius, centre, bottom + foot * radius)
    path.quadTo(centre - 0.62 * radius, bottom + foot * radius, centre - radius, bottom)
    path.addPath(smooth(left), skia.Path.kExtend_AddPathMode)
    path.close()
    return path


def draw_turned(
    canvas: skia.Canvas,
    profile: Sequence[Point],
    base: str,
    *,
    centre: float = 0.0,
    gloss: float = 0.35,
    foot: float = 0.12,
    shine: float = 0.5,
) -> skia.Path:
    """Paint a body of rotation with shading, a darker foot and a soft window of light; return its outline."""
    path = turned(profile, centre, foot)
    widest = max(radius for radius, _ in profile)
    top, bottom = profile[0][1], profile[-1][1]
    canvas.drawPath(path, round_body(centre - widest, centre + widest, base, gloss))
    canvas.save()
    canvas.clipPath(path, doAntiAlias=True)
    shade = skia.GradientShader.MakeLinear(
        [(0, top), (0, bottom + foot * widest)],
        [colour("#ffffff", 0.10), colour(base, 0.0), colour("#10131c", 0.34)],
        [0, 0.45, 1],
    )
    canvas.drawPath(path, skia.Paint(AntiAlias=True, Shader=shade))
    if shine:
        canvas.drawPath(_shine(profile, centre), soft("#ffffff", shine, 0.05 * widest))
    canvas.restore()
    return path


def _shine(profile: Sequence[Point], centre: float) -> skia.Path:
    """A narrow strip that follows the profile on the lit side."""
    outer = [(centre - 0.66 * radius, y) for radius, y in profile]
    inner = [(centre - 0.56 * radius, y) for radius, y in reversed(profile)]
    return smooth([*outer[1:-1], *inner[1:-1]] if len(profile) > 3 else [*outer, *inner], closed=True)


def draw_rim(
    canvas: skia.Canvas, radius: float, y: float, base: str, *, depth: float = 0.2, centre: float = 0.0
) -> None:
    """An opening seen slightly from above: lit rim, dark inside."""
    outer = skia.Rect.MakeLTRB(centre - radius, y - depth * radius, centre + radius, y + depth * radius)
    canvas.drawOval(
        outer, graded((centre - radius, y), (centre + radius, y), ((0, lighter(base, 0.45)), (1, darker(base, 0.05))))
    )
    inner = outer.makeInset(0.07 * radius, 0.10 * depth * radius + 2)
    canvas.drawOval(
        inner,
        graded((0, y - depth * radius), (0, y + depth * radius), ((0, darker(base, 0.62)), (1, darker(base, 0.28)))),
    )


def draw_tube(canvas: skia.Canvas, points: Sequence[Point], width: float, base: str) -> None:
    """A round bar along a curve: dark edge, body, and a thin highlight."""
    path = smooth(points)
    for share, tone, shift in ((1.0, darker(base, 0.38), 0.0), (0.72, base, -0.05), (0.22, lighter(base, 0.5), -0.18)):
        stroke = skia.Paint(
            AntiAlias=True,
            Color=colour(tone),
            Style=skia.Paint.kStroke_Style,
            StrokeWidth=width * share,
            StrokeCap=skia.Paint.kRound_Cap,
            StrokeJoin=skia.Paint.kRound_Join,
        )
        canvas.save()
        canvas.translate(shift * width, shift * width)
        canvas.drawPath(path, stroke)
        canvas.restore()


def draw_ball(canvas: skia.Canvas, centre: Point, radius: float, base: str) -> None:
    shader = skia.GradientShader.MakeRadial(
        (centre[0] - 0.35 * radius, centre[1] - 0.4 * radius),
        1.5 * radius,
        [colour(lighter(base, 0.55)), colour(base), colour(darker(base, 0.55))],
        [0, 0.42, 1],
    )
    canvas.drawCircle(*centre, radius, skia.Paint(AntiAlias=True, Shader=shader))


def draw_glow(canvas: skia.Canvas, centre: Point, radius: float, base: str, opacity: float) -> None:
    shader = skia.GradientShader.MakeRadial(centre, radius, [colour(base, opacity), colour(base, 0.0)])
    canvas.drawCircle(*centre, radius, skia.Paint(AntiAlias=True, Shader=shader))
