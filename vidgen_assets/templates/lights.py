"""The shapes of light a backdrop can take: drift, bokeh, silk, streaks.

A light is a function of time in turns; every part of it moves through whole turns, so it closes on itself. Values are
squared sRGB (close to linear light), which mixes cleanly and returns by a square root.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from vidgen_assets.templates.colours import Colour
from vidgen_assets.templates.easing import wave
from vidgen_assets.templates.scene import Backdrop

Field = NDArray[np.floating]
"""float32 throughout; numpy's stubs can't tell that a Python float leaves it so."""
Light = Callable[[float], Field]
"""Turn to (rows, columns, 3) squared sRGB, 0..255²."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Points on the canvas, in short sides from its top left corner. One column and row stand beyond the edges."""

    x: Field
    y: Field
    cell_px: int
    short_px: int
    width: float
    height: float

    @classmethod
    def over(cls, width: int, height: int, cell_px: int) -> Self:
        short = min(width, height)
        columns, rows = -(-width // cell_px) + 1, -(-height // cell_px) + 1
        x = (np.arange(columns, dtype=np.float32) * (cell_px / short))[None, :]
        y = (np.arange(rows, dtype=np.float32) * (cell_px / short))[:, None]
        return cls(x, y, cell_px, short, width / short, height / short)

    def within(self, box: tuple[float, float, float, float]) -> tuple[slice, slice]:
        """The rows and columns of points that a box of pixels (x, y, width, height) touches."""
        x, y, width, height = box
        return (
            slice(int(y // self.cell_px), int((y + height) // self.cell_px) + 2),
            slice(int(x // self.cell_px), int((x + width) // self.cell_px) + 2),
        )


def waves(turns: Field) -> Field:
    """`easing.wave` of every point."""
    angle = 2 * (turns - np.floor(turns))
    angle = np.where(angle < 1, angle, angle - 2)
    parabola = 4 * angle * (1 - np.abs(angle))
    return 0.225 * (parabola * np.abs(parabola) - parabola) + parabola


def make_light(scene: Backdrop, grid: Grid) -> Light:
    """The light of `scene.kind`, its chances drawn from `scene.seed`."""
    random = np.random.default_rng(scene.seed)
    return {"drift": _drift, "bokeh": _bokeh, "silk": _silk, "streaks": _streaks}[scene.kind](scene, grid, random)


def _light_of(colour: str) -> Field:
    channels = np.array(Colour.of_hex(colour).channels, np.float32)
    return channels * channels


def _bump(distance: Field) -> Field:
    """1 at 0, smoothly 0 from 1 on."""
    inside = np.maximum(1 - distance * distance, 0)
    return inside * inside * inside


def _shine(lit: Field, light: Field, amount: Field) -> None:
    """Mix `light` into `lit` in place."""
    lit += (light - lit) * amount[..., None]


def _orbit(random: np.random.Generator) -> Callable[[float], tuple[float, float]]:
    """A closed path around the origin within -1..1, at its own phase."""
    phases: list[float] = random.random(2).tolist()
    direction = -1 if random.random() < 0.5 else 1

    def at(turn: float) -> tuple[float, float]:
        return wave(direction * turn + phases[0]), wave(direction * turn + phases[1] + 0.25)

    return at


def _drift(scene: Backdrop, grid: Grid, random: np.random.Generator) -> Light:
    """A mesh gradient: coloured centres on slow orbits, every point the mean of all, weighted by nearness."""
    colours = [scene.base, *scene.glows, scene.base, scene.glows[0]]
    homes = _spread(random, len(colours), grid)
    orbits = [_orbit(random) for _ in colours]
    lights = [_light_of(colour) for colour in colours]
    reach = 0.10 + 0.16 * scene.energy

    def at(turn: float) -> Field:
        total = np.zeros((grid.y.size, grid.x.size), np.float32)
        mixed = np.zeros((*total.shape, 3), np.float32)
        for (home_x, home_y), orbit, light in zip(homes, orbits, lights, strict=True):
            dx, dy = orbit(turn)
            across, down = grid.x - (home_x + reach * dx), grid.y - (home_y + reach * dy)
            near = 1 / (across * across + down * down + 0.09)
            weight = near * near
            total += weight
            mixed += weight[..., None] * light
        return mixed / total[..., None]

    return at


def _spread(random: np.random.Generator, count: int, grid: Grid) -> list[tuple[float, float]]:
    """`count` places all over the canvas, a jittered lattice in random order."""
    columns = 3 if grid.width >= grid.height else 2
    rows = -(-count // columns)
    places = [
        ((column + 0.5) / columns * grid.width, (row + 0.5) / rows * grid.height)
        for row in range(rows)
        for column in range(columns)
    ]
    order = random.permutation(len(places))[:count]
    jitter = (random.random((count, 2)) - 0.5) * 0.35
    return [(places[i][0] + float(dx), places[i][1] + float(dy)) for i, (dx, dy) in zip(order, jitter, strict=True)]


def _slope(scene: Backdrop, grid: Grid, random: np.random.Generator) -> Light:
    """A quiet diagonal from base to the first glows, breathing a little: the ground under discs and beams."""
    base, low, high = _light_of(scene.base), _light_of(scene.glows[0]), _light_of(scene.glows[1])
    phase = float(random.random())
    along = (grid.x / grid.width * 0.62 + grid.y / grid.height * 0.38).astype(np.float32)

    def at(turn: float) -> Field:
        part = np.clip(along + 0.10 * wave(turn + phase) - 0.12, 0, 1)[..., None]
        smooth = part * part * (3 - 2 * part)
        ground = base + (low - base) * smooth
        return ground + (high - ground) * (smooth * smooth * 0.55)

    return at


@dataclass(frozen=True, slots=True)
class _Disc:
    x: float
    y: float
    radius: float
    strength: float
    light: Field
    orbit: Callable[[float], tuple[float, float]]
    phase: float


def _bokeh(scene: Backdrop, grid: Grid, random: np.random.Generator) -> Light:
    """Out-of-focus lights of several depths, swaying; near ones are large, faint and travel furthest."""
    ground = _slope(scene, grid, random)
    discs = [_disc(scene, grid, random, index) for index in range(22)]

    def at(turn: float) -> Field:
        lit = ground(turn)
        for disc in discs:
            dx, dy = disc.orbit(turn)
            sway = (0.05 + 0.40 * scene.energy) * disc.radius
            across = grid.x - (disc.x + sway * dx)
            down = grid.y - (disc.y + 1.6 * sway * dy)
            breath = disc.strength * (0.78 + 0.22 * wave(turn + disc.phase))
            _add_disc(lit, across, down, disc, breath)
        return lit

    return at


def _disc(scene: Backdrop, grid: Grid, random: np.random.Generator, index: int) -> _Disc:
    depth = float(random.random())
    colours = (scene.glows[2], scene.glows[3], scene.spark)
    return _Disc(
        x=float(random.random()) * grid.width,
        y=float(random.random()) * grid.height,
        radius=0.035 + 0.15 * depth * depth,
        strength=0.52 - 0.36 * depth,
        light=_light_of(colours[index % 3]),
        orbit=_orbit(random),
        phase=float(random.random()),
    )


def _add_disc(lit: Field, across: Field, down: Field, disc: _Disc, strength: float) -> None:
    """A disc with a soft edge and the faint rim that real lenses draw. Only the cells around it are touched."""
    columns = np.nonzero(np.abs(across[0]) < disc.radius * 1.25)[0]
    rows = np.nonzero(np.abs(down[:, 0]) < disc.radius * 1.25)[0]
    if not len(columns) or not len(rows):
        return
    window = (slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1))
    x, y = across[:, window[1]], down[window[0]]
    distance = np.sqrt(x * x + y * y) / disc.radius
    edge = np.clip((1.16 - distance) / 0.32, 0, 1)
    rim = 0.66 + 0.34 * np.minimum(distance, 1) ** 2
    amount = edge * edge * (3 - 2 * edge) * rim * strength
    _shine(lit[window], disc.light, amount)


def _silk(scene: Backdrop, grid: Grid, random: np.random.Generator) -> Light:
    """Folds of cloth: a wave bent by slower waves, coloured by height, with a sheen along the crests."""
    ramp = [_light_of(colour) for colour in (scene.base, scene.glows[0], scene.glows[1], scene.glows[2])]
    sheen, tint = _light_of(scene.spark), _light_of(scene.glows[3])
    phases: list[float] = random.random(8).tolist()
    lean = 0.55 + 0.35 * float(random.random())
    along = grid.x * lean + grid.y * (1 - 0.4 * lean)
    across = grid.x * 0.6 - grid.y * 0.75
    reach = 0.06 + 0.30 * scene.energy

    def at(turn: float) -> Field:
        first, second, third, fourth = (reach * wave(turn + phase) for phase in phases[:4])
        bend = waves(across * 0.55 + 1.4 * first + phases[4]) * 0.26
        ripple = waves(along * 0.8 + second + phases[5]) * 0.10
        fold = waves(along * 0.72 + bend + ripple + 0.7 * third + phases[6])
        fine = waves(along * 1.45 + bend * 1.7 + fourth + phases[7])
        height = 0.5 + 0.36 * fold + 0.14 * fine
        lit = _ramped(ramp, height)
        crest = _bump((height - 0.86) / 0.22)
        _shine(lit, tint, _bump((height - 0.62) / 0.34) * 0.22)
        _shine(lit, sheen, crest * 0.20)
        return lit

    return at


def _ramped(stops: list[Field], height: Field) -> Field:
    """Colours along `height` (0..1), smoothly from stop to stop."""
    lit = np.broadcast_to(stops[0], (*height.shape, 3)).copy()
    for index in range(1, len(stops)):
        part = np.clip(height * (len(stops) - 1) - (index - 1), 0, 1)[..., None]
        lit += (stops[index] - lit) * (part * part * (3 - 2 * part))
    return lit


@dataclass(frozen=True, slots=True)
class _Beam:
    place: float
    width: float
    strength: float
    light: Field
    slide_phase: float
    breath_phase: float


def _beam(random: np.random.Generator, place: float, light: Field) -> _Beam:
    chances: list[float] = random.random(5).tolist()
    jitter, width, strength, slide_phase, breath_phase = chances
    return _Beam(
        place + 0.12 * jitter, 0.05 + 0.22 * width * width, 0.20 + 0.30 * strength, light, slide_phase, breath_phase
    )


def _streaks(scene: Backdrop, grid: Grid, random: np.random.Generator) -> Light:
    """Beams of light falling through a room, each sliding and breathing in its own time."""
    ground = _slope(scene, grid, random)
    lean = 0.42 + 0.2 * float(random.random())
    across = grid.x + grid.y * lean
    down = grid.y / grid.height
    span = grid.width + grid.height * lean
    colours = [_light_of(colour) for colour in (scene.glows[2], scene.glows[3], scene.spark)]
    beams = [_beam(random, index / 9 * span, colours[index % 3]) for index in range(9)]

    def at(turn: float) -> Field:
        lit = ground(turn)
        fall = 1 - 0.55 * down
        for beam in beams:
            slide = (0.03 + 0.13 * scene.energy) * wave(turn + beam.slide_phase)
            breath = beam.strength * (0.72 + 0.28 * wave(turn + beam.breath_phase))
            _shine(lit, beam.light, _bump((across - (beam.place + slide)) / beam.width) * fall * breath)
        return lit

    return at
