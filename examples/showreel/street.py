"""The lantern street: a night photograph of the news summary, which `draw_news.py` prints.

Places in the street are metres: x to the right of its middle, y up from the ground, z away from the eye.
"""

from itertools import pairwise

import numpy as np
import skia
from darkroom import Light, Plate, developed, hexed, mix, noise, over, sampled, step, tiled
from PIL import Image
from props import (
    PAPER,
    ROOFS,
    WALLS,
    WINDOW_LIGHTS,
    draw_lantern,
    draw_person,
    flat,
    graded,
    mixed,
    polygon,
)

EYE_M, LENS, VANISHING = 1.75, 1150.0, (830.0, 590.0)
STREET_HALF_M = 5.2
GARLANDS_M = (44.0, 36.0, 29.5, 24.0, 19.5, 15.8, 12.8, 10.3, 8.2, 6.4)
COATS = ("#39445f", "#5a3438", "#454d52", "#6b4a38", "#2f4650", "#6a4a5c")


class Street:
    """The street in perspective; `mirror` turns it over for the wet stones, `lit` leaves only its lights."""

    def __init__(self, canvas: skia.Canvas, *, mirror: bool, lit: bool) -> None:
        self._canvas, self._sign, self._lit = canvas, -1 if mirror else 1, lit

    def at(self, x: float, y: float, z: float) -> tuple[float, float]:
        return VANISHING[0] + LENS * x / z, VANISHING[1] - LENS * (self._sign * y - EYE_M) / z

    def side(self, x: float, low: float, high: float, near: float, far: float) -> list[tuple[float, float]]:
        """A wall along the street at `x`, from `low` to `high` and from `near` to `far`."""
        return [self.at(x, low, near), self.at(x, high, near), self.at(x, high, far), self.at(x, low, far)]

    def paint(self) -> None:
        self._church()
        self._houses()
        people = np.random.default_rng(9)
        walkers = sorted(((people.uniform(7.5, 40), people.uniform(-3.6, 3.6)) for _ in range(26)), reverse=True)
        walkers = [(z, x) for z, x in walkers if abs(LENS * x / z) > 60 or z > 18]
        for z in (*GARLANDS_M, -1.0):
            while walkers and walkers[0][0] > z:
                self._person(*walkers.pop(0), people)
            if z > 0:
                self._garland(z)

    def _church(self) -> None:
        """What the street leads to: a white tower with a lit clock and a copper spire."""
        black, z = flat("#000000"), 96.0
        tower = [self.at(x, y, z) for x, y in ((-3.2, 0), (-3.2, 17), (3.2, 17), (3.2, 0))]
        spire = [self.at(x, y, z) for x, y in ((-3.7, 17), (0, 31), (3.7, 17))]
        self._canvas.drawPath(polygon(tower), black if self._lit else flat("#cfc6b8"))
        self._canvas.drawPath(polygon(spire), black if self._lit else flat("#4f6e68"))
        self._canvas.drawCircle(*self.at(0, 14.2, z), 1.5 * LENS / z, flat("#ffe2a8" if self._lit else "#e8e0cc"))

    def _houses(self) -> None:
        for side in (-1, 1):
            chance, edges = np.random.default_rng(40 + side), [2.2]
            while edges[-1] < 90:
                edges.append(edges[-1] + chance.uniform(5.0, 8.5))
            for near, far in reversed(list(pairwise(edges))):
                self._house(side * STREET_HALF_M, near, far, np.random.default_rng(int(100 * near) + side + 1))

    def _house(self, x: float, near: float, far: float, chance: np.random.Generator) -> None:
        high = float(chance.choice([7.4, 8.6, 10.2]))
        wall, roof = str(chance.choice(WALLS)), str(chance.choice(ROOFS))
        black = flat("#000000")
        back, ridge, middle = x * 1.7, high + 3.0, (near + far) / 2
        slope = polygon(
            [self.at(x, high, near), self.at(back, ridge, near), self.at(back, ridge, far), self.at(x, high, far)]
        )
        front = polygon([self.at(x, high, near), self.at(x * 1.02, high + 1.7, middle), self.at(x, high, far)])
        self._canvas.drawPath(slope, black if self._lit else flat(roof))
        self._canvas.drawPath(
            polygon([self.at(x, 0, near), self.at(x, high, near), self.at(back, ridge, near), self.at(back, 0, near)]),
            black if self._lit else flat(mixed(wall, 0.35)),
        )
        self._canvas.drawPath(polygon(self.side(x, 0, high, near, far)), black if self._lit else flat(wall))
        if chance.random() < 0.5 and near < 16:
            self._canvas.drawPath(front, black if self._lit else flat(wall))
        if not self._lit:
            self._canvas.drawPath(polygon(self.side(x, high - 0.25, high, near, far)), flat("#efe7d8", 0.55))
            self._canvas.drawPath(polygon(self.side(x, 0, 0.55, near, far)), flat("#4a4645"))
            self._boards(x, high, near, far)
        self._openings(x, near, far, high, chance)

    def _boards(self, x: float, high: float, near: float, far: float) -> None:
        for y in np.arange(0.75, high, 0.24):
            board = polygon(self.side(x, y, y + 0.035, near, far))
            self._canvas.drawPath(board, flat("#10131c", 0.26))
        for z in (near, far - 0.12):
            self._canvas.drawPath(polygon(self.side(x, 0.55, high, z, z + 0.12)), flat("#e4dccd", 0.7))

    def _openings(self, x: float, near: float, far: float, high: float, chance: np.random.Generator) -> None:
        columns = max(2, round((far - near) / 2.1))
        for floor in range(int((high - 0.6) / 2.9)):
            for column in range(columns):
                middle = near + (column + 0.5) / columns * (far - near)
                tone, strength = str(chance.choice(WINDOW_LIGHTS)), chance.uniform(0.30, 0.85)
                shines = chance.random() < (0.8 if floor == 0 else 0.5)
                if floor == 0 and column == columns // 2:
                    self._opening(x, 0.1, 2.3, middle, 0.46, tone, 0.0)
                else:
                    low = 2.9 * floor + (0.95 if floor == 0 else 0.9)
                    self._opening(x, low, low + 1.4, middle, 0.56 if floor == 0 else 0.46, tone, strength * shines)

    def _opening(self, x: float, low: float, high: float, z: float, half: float, tone: str, strength: float) -> None:
        if not self._lit:
            self._canvas.drawPath(
                polygon(self.side(x, low - 0.12, high + 0.12, z - half - 0.12, z + half + 0.12)), flat("#d9cfbf")
            )
        pane = flat("#141a26")
        if self._lit:
            top, foot = self.at(x, high, z), self.at(x, low, z)
            pane = graded(top, foot, mixed(tone, strength), mixed(tone, 0.8 * strength), mixed(tone, 0.3 * strength))
        self._canvas.drawPath(polygon(self.side(x, low, high, z - half, z + half)), pane)
        bar = flat("#000000" if self._lit else "#d9cfbf")
        self._canvas.drawPath(polygon(self.side(x, low, high, z - 0.035, z + 0.035)), bar)
        level = low + 0.62 * (high - low)
        self._canvas.drawPath(polygon(self.side(x, level, level + 0.07, z - half, z + half)), bar)

    def _garland(self, z: float) -> None:
        count, tones = 8, np.random.default_rng(int(10 * z))
        hang = [(share, 5.5 - 1.25 * (1 - (2 * share - 1) ** 2)) for share in np.linspace(0, 1, 41)]
        cord = skia.Path()
        cord.addPoly([skia.Point(*self.at((2 * share - 1) * STREET_HALF_M, y, z)) for share, y in hang], False)
        line = flat("#000000" if self._lit else "#14161c")
        line.setStyle(skia.Paint.kStroke_Style)
        line.setStrokeWidth(max(0.8, 0.02 * LENS / z))
        self._canvas.drawPath(cord, line)
        for number in range(count):
            share = (number + 0.5) / count
            y = 5.5 - 1.25 * (1 - (2 * share - 1) ** 2) - 0.30
            self._canvas.save()
            self._canvas.translate(*self.at((2 * share - 1) * STREET_HALF_M + tones.uniform(-0.1, 0.1), y, z))
            self._canvas.scale(LENS / z, self._sign * LENS / z)
            draw_lantern(self._canvas, PAPER[tones.integers(len(PAPER))], 0.24, tall=tones.uniform(0.85, 1.25))
            self._canvas.restore()

    def _person(self, z: float, x: float, chance: np.random.Generator) -> None:
        coat, stride = str(chance.choice(COATS)), chance.uniform(0.2, 0.9)
        self._canvas.save()
        self._canvas.translate(*self.at(x, 0, z))
        size = LENS / z * chance.uniform(0.94, 1.08)
        self._canvas.scale(size, self._sign * size)
        draw_person(self._canvas, coat, stride=stride, lit=self._lit)
        self._canvas.restore()


def lantern_street(plate: Plate) -> Image.Image:
    sky = mix(hexed("#3b4a86", 0.5), hexed("#0c1533", 0.6), step(VANISHING[1] - plate.y, 0, 600))
    thick, lit = plate.clouds(VANISHING[1], 21, 0.4)
    sky = sky + np.exp(-np.hypot(plate.x - VANISHING[0], plate.y - VANISHING[1]) / 190)[..., None] * hexed(
        "#ff9450", 0.30
    )
    sky = mix(sky, hexed("#5a5578", 0.35), 0.6 * thick * lit)
    upright, turned = (_street(plate, sky, mirror=mirror) for mirror in (False, True))
    scene, cover = upright
    ground = _wet_stones(plate, turned[0], scene)
    below = (plate.y > VANISHING[1] + 6) * (1 - cover)
    return developed(plate, mix(scene, ground, below), exposure=0.95, bloom=0.20, seed=3)


def _street(plate: Plate, sky: Light, *, mirror: bool) -> tuple[Light, Light]:
    """The street's light, and where it covers the ground."""
    look = plate.painted(lambda canvas: Street(canvas, mirror=mirror, lit=False).paint())
    shine = plate.painted(lambda canvas: Street(canvas, mirror=mirror, lit=True).paint())[..., :3] * 3.4
    spill = 0.40 * plate.soft(shine, 14) + 0.85 * plate.soft(shine, 50) + 1.5 * plate.soft(shine, 160)
    look[..., :3] *= hexed("#4b5c96", 0.34) + spill
    return over(sky, look) + shine + 0.05 * plate.soft(shine, 60), look[..., 3]


def _wet_stones(plate: Plate, mirrored: Light, scene: Light) -> Light:
    """Cobbles: domed, each a little tilted, wet; lights draw out into streaks towards the eye."""
    below = np.maximum(plate.y - VANISHING[1], 1)
    z = LENS * EYE_M / below
    x = (plate.x - VANISHING[0]) * z / LENS
    row = np.floor(z / 0.20)
    across, along = (x / 0.17 + 0.5 * (row % 2)) % 1 - 0.5, (z / 0.20) % 1 - 0.5
    near = step(-z, -26, -6)
    dome = 1 - np.maximum(np.abs(across), np.abs(along)) * 2
    joint = 1 - near * (1 - step(dome, 0.02, 0.28)) * 0.75
    cell = np.sin(np.floor(x / 0.17 + 0.5 * (row % 2)) * 127.1 + row * 311.7) * 43758.5
    tilt = (cell - np.floor(cell) - 0.5) * near
    puddle = step(tiled(noise(17, 2.2), x / 9, z / 14), -0.3, 1.1)
    jitter = np.random.default_rng(5).uniform(-1, 1, (2, *plate.shape)).astype(np.float32)
    light = np.zeros_like(scene)
    rises = np.linspace(-1.6, 1.6, 16, dtype=np.float32)
    weights = np.exp(-np.square(rises) / 1.6)
    rough = 1 - 0.72 * puddle
    for rise, weight in zip(rises, weights / weights.sum(), strict=True):
        v = plate.y + rough * (95 * (rise + 0.12 * jitter[0]) + 60 * tilt) + 60 * along * near * rough
        u = plate.x + rough * (7 * jitter[1] + 16 * across * near)
        light += sampled(mirrored, u / 1600, np.clip(v, VANISHING[1] + 4, 999) / 1000) * weight
    spill = plate.soft(scene, 120)
    wet = 0.10 + 0.50 * np.power(1 - np.clip(below / 520, 0, 1), 1.5) + 0.22 * puddle
    stones = hexed("#8d8682", 1.5) * spill * (0.55 + 0.45 * tilt[..., None])
    return (stones + wet[..., None] * light) * joint[..., None]
