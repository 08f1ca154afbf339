"""The bay on the night of the festival: a photograph of the news summary, which `draw_news.py` prints."""

import numpy as np
import skia
from darkroom import Light, Plate, developed, hexed, mix, noise, over, sampled, step, tiled
from PIL import Image
from props import PAPER, WINDOW_LIGHTS, box, draw_lantern, draw_person, draw_turbine, flat, graded, polygon

SHORE = 470.0
FARM = [(1010 + 66 * number + 9 * (number % 3), 0.46 - 0.02 * number) for number in range(9)]  # place and scale


def lantern_bay(plate: Plate) -> Image.Image:
    turbines = plate.painted(_far_turbines)
    turbines[..., :3] = turbines[..., :3] * 0.10 + turbines[..., 3:] * hexed("#2c3c66", 0.8)
    scene = over(over(_night(plate), plate.painted(_far_shore)), turbines)
    scene = scene + 5 * plate.painted(_far_lights)[..., :3]
    scene = scene + 2.6 * plate.painted(lambda canvas: _rising(canvas, 11))[..., :3]
    scene = plate.water(scene, SHORE, height_m=9, chop=0.030, deep="#050c1c", seed=77)
    floating = plate.painted(_floating)[..., :3]
    streaks = _streaked(plate, floating)
    scene = scene + 2.2 * streaks + 3.4 * floating
    scene = scene + 0.10 * plate.soft(floating, 40) * 3
    crowd = plate.painted(_crowd)
    rim = np.maximum(crowd[..., 3] - np.roll(crowd[..., 3], round(2.5 * plate.scale) + 1, axis=0), 0)
    scene = over(scene, crowd) + rim[..., None] * hexed("#ff9d52", 0.35)
    return developed(plate, scene, exposure=1.05, bloom=0.30, seed=4)


def _night(plate: Plate) -> Light:
    rise = np.maximum(SHORE - plate.y, 0) / 1000
    sky = mix(hexed("#08122e", 0.9), hexed("#3c5688", 0.75), np.exp(-4.5 * rise))
    sky = sky + np.exp(-np.hypot((plate.x - 520) / 620, (plate.y - SHORE) / 120))[..., None] * hexed("#ff9a50", 0.22)
    thick, lit = plate.clouds(SHORE, 63, 0.36)
    sky = mix(sky, hexed("#3a4468", 0.45), 0.55 * thick * (0.4 + 0.6 * lit))
    chance = np.random.default_rng(2)
    stars = np.zeros(plate.shape, np.float32)
    rows, columns = chance.integers(0, int(plate.shape[0] * 0.42), 420), chance.integers(0, plate.shape[1], 420)
    stars[rows, columns] = chance.pareto(2.2, 420) * 0.5
    return sky + np.minimum(stars, 3)[..., None] * (1 - thick[..., None]) * hexed("#dfe8ff") * 0.8


def _far_shore(canvas: skia.Canvas) -> None:
    chance = np.random.default_rng(3)
    for tone, high, pitch in (("#2a3a62", 150, 300), ("#1c2a4a", 105, 210), ("#101b33", 62, 150)):
        x = np.linspace(-20, 1620, 160)
        parts = [
            chance.uniform(0.3, 1) * np.sin(x / pitch * share + chance.uniform(0, 6)) / share
            for share in (1, 2.3, 5.1, 11)
        ]
        ridge = SHORE - high * (0.62 + 0.30 * np.sum(parts, axis=0)) * (1.15 - 0.55 * x / 1600)
        canvas.drawPath(polygon([*zip(x, ridge, strict=True), (1620, SHORE + 2), (-20, SHORE + 2)]), flat(tone))


def _far_turbines(canvas: skia.Canvas) -> None:
    for x, size in FARM:
        canvas.save()
        canvas.translate(x, SHORE)
        canvas.scale(size, size)
        draw_turbine(canvas, 31 * x)
        canvas.restore()


def _far_lights(canvas: skia.Canvas) -> None:
    chance = np.random.default_rng(6)
    for _ in range(330):
        x, high = 120 + 760 * chance.beta(2.2, 2.4), 58 * chance.power(0.6) * chance.random()
        canvas.drawCircle(
            x,
            SHORE - 3 - high,
            chance.uniform(0.7, 1.9),
            flat(str(chance.choice(WINDOW_LIGHTS)), chance.uniform(0.3, 1)),
        )
    for x, size in FARM:
        canvas.drawCircle(x, SHORE - 119 * size, 1.6, flat("#ff4a3d"))


def _rising(canvas: skia.Canvas, seed: int) -> None:
    """Sky lanterns: the far ones small and many, the near ones large and few."""
    chance = np.random.default_rng(seed)
    for size in np.sort(3.2 + 26 * chance.power(0.16, 120) ** 2):
        x = 560 + chance.normal(0, 190 + 9 * size) + 4 * size
        y = SHORE - 40 - chance.random() ** 0.8 * (290 + 5 * size)
        canvas.save()
        canvas.translate(x, y)
        canvas.rotate(chance.uniform(-9, 9))
        draw_lantern(canvas, PAPER[chance.integers(4)], size * 0.42, tall=1.35)
        canvas.restore()


def _floating(canvas: skia.Canvas) -> None:
    chance = np.random.default_rng(14)
    for far in np.sort(1 / chance.uniform(1 / 260, 1 / 24, 110))[::-1]:
        x, y = 800 + chance.uniform(-0.62, 0.62) * 1700, SHORE + 9 * 1700 / far
        size = 0.34 * 1700 / far
        canvas.save()
        canvas.translate(x, y)
        tone = PAPER[chance.integers(len(PAPER))]
        canvas.drawRoundRect(
            box(-size, -1.5 * size, size, 0),
            0.2 * size,
            0.2 * size,
            graded((0, -1.5 * size), (0, 0), "#a8421e", tone, "#fff0c4"),
        )
        canvas.restore()


def _streaked(plate: Plate, lights: Light) -> Light:
    """The lights' reflections: drawn down the picture and broken by the waves."""
    below = np.maximum(plate.y - SHORE, 1)
    ripples = tiled(noise(4, 1.5), (plate.x - 800) / below * 1.1, 30 / below * 9 + plate.y / 900)
    found = np.zeros_like(lights)
    for number in range(1, 37):
        down = number * (0.8 + 0.0064 * below)
        aside = 0.48 * ripples * number * below / 500
        found += sampled(lights, (plate.x + aside) / 1600, np.clip(plate.y - down, 0, 999) / 1000) * (
            0.062 * 0.943**number
        )
    return found * step(ripples, -1.3, 0.9)[..., None] * (plate.y > SHORE)[..., None]


def _crowd(canvas: skia.Canvas) -> None:
    chance = np.random.default_rng(8)
    for depth, unit in ((0, 92.0), (1, 128.0)):
        x = -40.0
        while x < 1640:
            x += unit * chance.uniform(0.42, 1.05)
            if depth and 560 < x < 1010 and chance.random() < 0.8:
                continue
            canvas.save()
            canvas.translate(x, 1085 + 75 * depth + chance.uniform(-12, 12))
            canvas.scale(unit, unit * chance.uniform(0.94, 1.06))
            draw_person(canvas, "#0a0d17", stride=0.3)
            canvas.restore()
