"""Paints the photographs of the news summary: `python draw_news.py [FOLDER] [--only NAME] [--scale SHARE]`.

A wind farm at dawn, the harbour town it feeds, its lantern street and the bay on the night of the light festival. The
pictures are checked in; run this only to change them.
"""

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np
import skia
import torch
from bay import lantern_bay
from darkroom import FOCAL, Light, Plate, developed, hexed, mix, noise, over, printed, step, tiled
from PIL import Image
from props import draw_boat, draw_house, draw_turbine, flat, graded, polygon
from street import lantern_street


def glow(plate: Plate, x: float, y: float, reach: float) -> Light:
    return np.exp(-np.hypot(plate.x - x, plate.y - y) / np.float32(reach))


# --- The wind farm at dawn -------------------------------------------------------------------------------------------

SEA_LEVEL, SUN = 640.0, (1090.0, 588.0)


def wind_farm(plate: Plate) -> Image.Image:
    scene, low_haze = _dawn(plate), 0.12 * np.exp(-np.square((plate.y - SEA_LEVEL) / 50))
    rows = [_row_of_turbines(plate, far) for far in (5200, 3300, 2100, 1350, 900, 560)]
    for row in rows:
        scene = mix(over(scene, row), _haze(plate), low_haze)
    scene = plate.water(scene, SEA_LEVEL, height_m=16, chop=0.045, deep="#0b2530", seed=31)
    for row in rows:  # their feet stand in the water, nearer than the horizon
        scene = over(scene, row * (plate.y > SEA_LEVEL)[..., None])
    return developed(plate, scene, exposure=0.82, bloom=0.10, seed=1)


def _haze(plate: Plate) -> Light:
    return hexed("#c98f7c") + glow(plate, *SUN, 260)[..., None] * hexed("#ffb066", 1.2)


def _dawn(plate: Plate) -> Light:
    rise = np.maximum(SEA_LEVEL - plate.y, 0) / 1000
    sky = mix(hexed("#2f6796"), hexed("#e6a67f"), np.exp(-4.2 * rise))
    sky = mix(sky, hexed("#ffcf8f"), 0.8 * np.exp(-16 * rise))
    sky = (
        sky
        + glow(plate, *SUN, 150)[..., None] * hexed("#ff9c4a", 1.5)
        + glow(plate, *SUN, 420)[..., None] * hexed("#ff8a50", 0.55)
    )
    near = np.hypot(plate.x - SUN[0], plate.y - SUN[1])
    sky = sky + step(-near, -21, -18)[..., None] * hexed("#fff0c8", 14)
    thick, lit = plate.clouds(SEA_LEVEL, 5, 0.50)
    warm = glow(plate, *SUN, 520)
    shade = mix(hexed("#56688a"), hexed("#94737f"), np.exp(-4 * rise))
    bright = mix(hexed("#e8b4a0"), hexed("#ffc27a", 2.2), warm)
    return mix(sky, mix(shade, bright, lit * (1 - 0.62 * thick)), 0.92 * thick)


def _row_of_turbines(plate: Plate, far_m: int) -> Light:
    """Turbines of 115 m hub height and 160 m rotor, `far_m` metres away, in the colours of that distance."""
    unit = FOCAL / far_m
    places = {560: (-150,), 900: (205, -340), 1350: (-40, 560), 2100: (-560, 190, 940)}.get(far_m)
    places = places or tuple(np.arange(-6, 7) * far_m * 0.105 + far_m * 0.031)
    share = 1 - np.exp(-far_m / 4600)

    def draw(canvas: skia.Canvas) -> None:
        for number, aside in enumerate(places):
            canvas.save()
            canvas.translate(800 + aside * unit, SEA_LEVEL + 16 * unit)
            canvas.scale(unit, unit)
            draw_turbine(canvas, 17 + 47 * number + far_m / 9)
            canvas.restore()

    layer = plate.painted(draw)
    layer[..., :3] = layer[..., :3] * (1 - share) * 0.95 + _haze(plate) * layer[..., 3:] * share * 0.92
    return layer


# --- The harbour town at the blue hour -------------------------------------------------------------------------------

QUAY = 655.0


def harbour(plate: Plate) -> Image.Image:
    scene = _blue_hour(plate)
    daylight, lights = plate.painted(lambda canvas: _town(canvas, False)), plate.painted(lambda c: _town(c, True))
    shine = lights[..., :3] * 5.0
    spill = 0.55 * plate.soft(shine, 26) + 0.75 * plate.soft(shine, 90)
    daylight[..., :3] = mix(daylight[..., :3], daylight[..., :3].mean(axis=-1, keepdims=True), 0.22)
    daylight[..., :3] *= hexed("#8fa6d8", 0.62) + spill
    scene = over(scene, daylight) + shine
    scene = plate.water(scene, QUAY + 17, height_m=7, chop=0.016, deep="#0a1826", seed=12)
    boats = plate.painted(lambda canvas: _boats(canvas, False))
    boats[..., :3] *= hexed("#8fa6d8", 0.62) + 0.8 * spill
    scene = over(scene, boats) + 4 * plate.painted(lambda canvas: _boats(canvas, True))[..., :3]
    return developed(plate, scene, exposure=1.0, bloom=0.22, seed=2)


def _blue_hour(plate: Plate) -> Light:
    rise = np.maximum(QUAY - plate.y, 0) / 1000
    sky = mix(hexed("#2c4f86"), hexed("#e0a58c"), np.exp(-5.0 * rise) * (0.45 + 0.55 * glow(plate, 300, QUAY, 900)))
    thick, lit = plate.clouds(QUAY, 44, 0.42, drift=0.3)
    sky = mix(sky, mix(hexed("#34456b"), hexed("#c08a88"), lit * np.exp(-2 * rise)), 0.75 * thick)
    ridges = noise(8, 2.6)
    for number, (high, tall, tone) in enumerate(((395, 120, "#7f86a6"), (440, 110, "#56648a"), (500, 95, "#33476a"))):
        line = high - tall * 0.45 * tiled(ridges, plate.x / 2600 + 0.37 * number, np.full_like(plate.x, 0.2 * number))
        line = line + 5 * tiled(ridges, plate.x / 150, np.full_like(plate.x, 0.5)) + 0.10 * np.abs(plate.x - 700)
        mist = mix(hexed(tone), hexed("#9c93a8"), 0.55 * step(plate.y, 430, QUAY))
        sky = mix(sky, mist, step(plate.y - line, -1.0, 1.0))
    trees = 5 * tiled(noise(9, 1.2), plate.x / 640, np.full_like(plate.x, 0.1))
    hill = QUAY - 215 * np.exp(-np.square((plate.x - 715) / 430)) - 26 + trees
    return mix(sky, mix(hexed("#2b3d4d"), hexed("#1a2833"), step(plate.y, 440, QUAY)), step(plate.y - hill, -1.0, 1.0))


def _town(canvas: skia.Canvas, lit: bool) -> None:
    """Five tiers of houses up the hill, the quay and its lamps; the far ones first."""
    for tier in range(5):
        chance = np.random.default_rng(70 + tier)
        unit, foot = 7.6 - 0.95 * (4 - tier), QUAY - 40.0 * (4 - tier)
        reach = 320 + 110 * tier
        x = 700 - reach
        while x < 740 + 1.12 * reach:
            wide = chance.uniform(5.5, 9.5)
            lift = 0.00013 * (x - 700) ** 2 * (4 - tier) * 0.5
            canvas.save()
            canvas.translate(x + unit * wide / 2, foot + lift)
            canvas.scale(unit, unit)
            draw_house(canvas, chance, wide=wide, floors=int(chance.integers(2, 4)), lit=lit)
            canvas.restore()
            x += unit * (wide + (chance.uniform(0.3, 3.5) if tier < 4 else 0.0))
    canvas.drawRect(skia.Rect.MakeLTRB(-10, QUAY, 1610, QUAY + 20), flat("#000000" if lit else "#5d5a58"))
    for lamp in range(21):
        x = 24 + 78 * lamp
        canvas.drawRect(skia.Rect.MakeLTRB(x - 1, QUAY - 34, x + 1, QUAY), flat("#000000" if lit else "#22262e"))
        canvas.drawCircle(x, QUAY - 36, 4.2, flat("#ffcf8a" if lit else "#f0e6d0"))
    _lighthouse(canvas, lit)


def _lighthouse(canvas: skia.Canvas, lit: bool) -> None:
    tower = polygon([(1476, QUAY), (1524, QUAY), (1514, QUAY - 190), (1486, QUAY - 190)])
    canvas.drawPath(tower, flat("#000000") if lit else graded((1476, 0), (1524, 0), "#f0e8dc", "#a29a96"))
    if not lit:
        for low in (30, 110):
            canvas.save()
            canvas.clipPath(tower, doAntiAlias=True)
            canvas.drawRect(skia.Rect.MakeLTRB(1470, QUAY - low - 40, 1530, QUAY - low), flat("#a8392f"))
            canvas.restore()
        canvas.drawRect(skia.Rect.MakeLTRB(1480, QUAY - 194, 1520, QUAY - 190), flat("#262a33"))
        canvas.drawPath(polygon([(1488, QUAY - 214), (1512, QUAY - 214), (1500, QUAY - 230)]), flat("#262a33"))
    canvas.drawRect(skia.Rect.MakeLTRB(1491, QUAY - 213, 1509, QUAY - 195), flat("#fff0c4" if lit else "#5a5a55"))


def _boats(canvas: skia.Canvas, lit: bool) -> None:
    hulls = ("#e9e6df", "#27456b", "#8d3b34", "#dcd6c8", "#2f5a50")
    for number, (x, y, unit) in enumerate(
        ((250, 706, 11.0), (418, 694, 9.0), (975, 698, 9.5), (1180, 726, 13.5), (640, 770, 19.0))
    ):
        canvas.save()
        canvas.translate(x, y)
        canvas.scale(unit if number % 2 else -unit, unit)
        draw_boat(canvas, hulls[number], 12.0 + number % 3, lit=lit)
        canvas.restore()


PHOTOGRAPHS: dict[str, Callable[[Plate], Image.Image]] = {
    "wind_farm": wind_farm,
    "harbour": harbour,
    "lantern_street": lantern_street,
    "lantern_bay": lantern_bay,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=Path(__file__).parent / "pictures" / "news")
    parser.add_argument("--only", choices=PHOTOGRAPHS)
    parser.add_argument("--scale", type=float, default=1.0)
    options = parser.parse_args()
    torch.set_num_threads(1)
    for name, photograph in PHOTOGRAPHS.items():
        if options.only in (None, name):
            printed(photograph(Plate(options.scale)), options.folder / f"{name}.jpg")


if __name__ == "__main__":
    main()
