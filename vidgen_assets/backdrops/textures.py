"""The textures: fields over the plane, band-limited so that they survive an 8x8 latent and an upscale to 720p.

A texture is drawn once from a generator and then asked for its value (0 dark to 1 light) at places and times. Time
runs from -1 to 1 over a clip; what a field does of itself stays small beside the motion of the whole plane.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

Field = Callable[[Tensor, Tensor, Tensor], Tensor]
"""(x, y, time) -> value; x and y are (frames, height, width) in units, time is (frames, 1, 1)."""


_TRAVEL = 0.035
"""How far a wave of a noise travels by itself in half a clip, in units at most: a fraction of the slowest motion."""


@dataclass(frozen=True, slots=True)
class Dice:
    """Random numbers for one scene: the same ones on every device."""

    generator: torch.Generator
    device: torch.device | str

    def uniform(self, low: float, high: float, count: int) -> Tensor:
        return (torch.rand(count, generator=self.generator) * (high - low) + low).to(self.device)

    def one(self, low: float, high: float) -> float:
        return float(torch.rand(1, generator=self.generator)) * (high - low) + low


def noise(dice: Dice, longest: float, shortest: float, waves: int = 14) -> Field:
    """A smooth random field around 0 with variance 1: plane waves with wavelengths between two bounds (units).

    Each wave travels a little on its own, so the field changes its shape without going anywhere.
    """
    length = shortest * (longest / shortest) ** dice.uniform(0, 1, waves)
    angle = dice.uniform(0, 2 * math.pi, waves)
    kx, ky = 2 * math.pi / length * torch.cos(angle), 2 * math.pi / length * torch.sin(angle)
    phase = dice.uniform(0, 2 * math.pi, waves)
    speed = 2 * math.pi / length * dice.uniform(-_TRAVEL, _TRAVEL, waves)
    weight = length / length.square().mean().sqrt() * math.sqrt(2 / waves)

    def field(x: Tensor, y: Tensor, time: Tensor) -> Tensor:
        total = torch.zeros_like(x + time)
        for index in range(waves):
            total += weight[index] * torch.cos(kx[index] * x + ky[index] * y + phase[index] + speed[index] * time)
        return total

    return field


def _scattered(dice: Dice, reach: float, spacing: float, jitter: float = 0.85) -> tuple[Tensor, Tensor]:
    """Points over the plane within `reach`, one in each cell of a lattice, so that none crowd and no place is bare."""
    steps = torch.arange(-reach, reach + spacing, spacing)
    y, x = torch.meshgrid(steps, steps, indexing="ij")
    x, y = x.flatten().to(dice.device), y.flatten().to(dice.device)
    count = len(x)
    half = spacing * jitter / 2
    turn = dice.one(0, 2 * math.pi)
    x, y = x + dice.uniform(-half, half, count), y + dice.uniform(-half, half, count)
    return x * math.cos(turn) - y * math.sin(turn), x * math.sin(turn) + y * math.cos(turn)


def _in_view(x: Tensor, y: Tensor, cx: Tensor, cy: Tensor, margin: Tensor | float) -> list[int]:
    """Which of the points come within `margin` of any place that is asked for."""
    near_x = (cx > x.min() - margin) & (cx < x.max() + margin)
    near_y = (cy > y.min() - margin) & (cy < y.max() + margin)
    return torch.nonzero(near_x & near_y).flatten().tolist()


def _step(value: Tensor) -> Tensor:
    """0 below 0, 1 above 1, smooth between."""
    value = value.clamp(0, 1)
    return value * value * (3 - 2 * value)


def gradient(dice: Dice, _reach: float) -> Field:
    base = noise(dice, 7.0, 2.6, 10)
    return lambda x, y, time: torch.sigmoid(1.35 * base(x, y, time))


def bokeh(dice: Dice, reach: float) -> Field:
    ground = noise(dice, 6.0, 3.0, 8)
    discs: list[tuple[Tensor, ...]] = []
    for spacing, small, large, light in ((0.95, 0.26, 0.46, 0.34), (0.62, 0.12, 0.22, 0.6)):
        x, y = _scattered(dice, reach, spacing)
        count = len(x)
        strength = light * dice.uniform(-0.45, 1, count).clamp_min(0)
        discs.append((x, y, dice.uniform(small, large, count), strength))
    cx, cy, radius, strength = (torch.cat(parts) for parts in zip(*discs, strict=True))
    shown = strength > 0.02
    cx, cy, radius, strength = cx[shown], cy[shown], radius[shown], strength[shown]

    def field(x: Tensor, y: Tensor, time: Tensor) -> Tensor:
        value = 0.2 + 0.07 * ground(x, y, time)
        clear = torch.ones_like(value)
        for index in _in_view(x, y, cx, cy, radius + 0.1):
            away = torch.sqrt((x - cx[index]).square() + (y - cy[index]).square() + 1e-6)
            inside = _step((radius[index] - away) / 0.09 + 0.5)
            rim = 0.8 + 0.2 * _step(away / radius[index])
            clear = clear * (1 - strength[index] * inside * rim)
        return 1 - (1 - value) * clear

    return field


def aurora(dice: Dice, reach: float) -> Field:
    lean = dice.one(-0.35, 0.35)
    curtains = []
    for height in torch.arange(-reach, reach, 0.95).tolist():
        bend, rays, patch = noise(dice, 4.0, 1.5, 8), noise(dice, 1.4, 0.4, 8), noise(dice, 5.0, 2.0, 6)
        level = height + dice.one(-0.2, 0.2)
        curtains.append((level, bend, rays, patch, dice.one(0.6, 1.0), dice.one(0.4, 0.8)))
    zero = torch.zeros(1, 1, 1, device=dice.device)

    def field(x: Tensor, y: Tensor, time: Tensor) -> Tensor:
        across, down = x + lean * y, y - lean * x
        lowest, highest = float(down.min()) - 0.9, float(down.max()) + 2.0
        dark = torch.ones_like(x)
        for level, bend, rays, patch, strength, tall in curtains:
            if lowest < level < highest:
                above = level + 0.22 * bend(across, zero, time) - down  # positive over the curtain's foot
                glow = torch.exp(-above.clamp_min(0) / tall) * torch.sigmoid(above / 0.045)
                ray = 0.66 + 0.34 * torch.tanh(1.2 * rays(across, zero, time))
                lit = torch.sigmoid(1.8 * patch(across, zero, time) + 0.9)
                dark = dark * (1 - 0.95 * strength * glow * ray * lit)
        return 0.04 + 0.98 * (1 - dark)

    return field


def waves(dice: Dice, _reach: float) -> Field:
    bend, swell, fold = noise(dice, 3.6, 1.5, 9), noise(dice, 3.6, 1.5, 9), noise(dice, 6.0, 3.0, 6)
    angle = dice.one(0, 2 * math.pi)
    k = 2 * math.pi / dice.one(0.95, 1.3)

    def field(x: Tensor, y: Tensor, time: Tensor) -> Tensor:
        along = (x + 0.3 * bend(x, y, time)) * math.cos(angle) + (y + 0.3 * swell(x, y, time)) * math.sin(angle)
        crest = 0.5 + 0.5 * torch.sin(k * along + 1.3 * fold(x, y, time) + 0.2 * time)
        return 0.08 + 0.55 * crest * crest + 0.3 * torch.sigmoid(1.5 * fold(x, y, time))

    return field


def streaks(dice: Dice, reach: float) -> Field:
    angle = dice.one(0, 2 * math.pi)
    ground = noise(dice, 6.0, 3.0, 8)
    x0, y0 = _scattered(dice, reach, 0.62)
    count = len(x0)
    strength = dice.uniform(-0.35, 1, count).clamp_min(0)
    shown = strength > 0.05
    x0, y0, strength = x0[shown], y0[shown], strength[shown]
    count = len(x0)
    tilt = angle + dice.uniform(-0.05, 0.05, count)
    long, wide = dice.uniform(0.42, 0.85, count), dice.uniform(0.04, 0.075, count)
    cos, sin = torch.cos(tilt), torch.sin(tilt)

    def field(x: Tensor, y: Tensor, time: Tensor) -> Tensor:
        dark = torch.ones_like(x + time)
        for index in _in_view(x, y, x0, y0, long * 1.5):
            dx, dy = x - x0[index], y - y0[index]
            along, across = dx * cos[index] + dy * sin[index], dy * cos[index] - dx * sin[index]
            head = torch.exp(-(along / long[index]).square() * 1.6)
            core = torch.exp(-0.5 * (across / wide[index]).square())
            halo = 0.3 * torch.exp(-0.5 * (across / (3 * wide[index])).square())
            dark = dark * (1 - 0.85 * strength[index] * head * (core + halo).clamp_max(1))
        return 1 - (0.9 - 0.06 * ground(x, y, time)) * dark

    return field


def ripples(dice: Dice, _reach: float) -> Field:
    """Two sets of rings, so that turning shows."""
    ground = noise(dice, 4.0, 1.8, 8)
    angle, apart = dice.one(0, 2 * math.pi), dice.one(0.7, 1.3)
    springs = [
        (side * apart * math.cos(angle) * 1.2, side * apart * math.sin(angle) * 0.8, dice.one(0.46, 0.62), light)
        for side, light in ((1, 1.0), (-1, dice.one(0.55, 0.9)))
    ]
    fade = dice.one(0.95, 1.4)

    def field(x: Tensor, y: Tensor, time: Tensor) -> Tensor:
        value = 0.36 + 0.11 * ground(x, y, time)
        for cx, cy, length, light in springs:
            away = torch.sqrt((x - cx).square() + (y - cy).square() + 0.01)
            ring = torch.sin(2 * math.pi / length * away - 0.35 * time)
            value = value + light * 0.3 * torch.exp(-((away / fade).square())) * ring
        return value

    return field


def stars(dice: Dice, reach: float) -> Field:
    nebula = noise(dice, 4.5, 1.8, 10)
    layers: list[tuple[Tensor, ...]] = []
    for spacing, small, large, light, shown in ((0.42, 0.032, 0.05, 0.85, 0.5), (1.5, 0.06, 0.085, 1.0, 0.8)):
        x, y = _scattered(dice, reach, spacing)
        count = len(x)
        strength = light * dice.uniform(0.35, 1, count) * (dice.uniform(0, 1, count) < shown)
        layers.append((x, y, dice.uniform(small, large, count), strength))
    cx, cy, size, strength = (torch.cat(parts) for parts in zip(*layers, strict=True))
    kept = strength > 0
    cx, cy, size, strength = cx[kept], cy[kept], size[kept], strength[kept]

    def field(x: Tensor, y: Tensor, time: Tensor) -> Tensor:
        value = 0.1 + 0.17 * torch.sigmoid(1.6 * nebula(x, y, time))
        dark = torch.ones_like(x)
        for index in _in_view(x, y, cx, cy, size * 8):
            away = ((x - cx[index]).square() + (y - cy[index]).square()) / size[index].square()
            point = torch.exp(-0.5 * away) + 0.16 / (1 + 0.25 * away.square() * 0.25 + away)
            dark = dark * (1 - strength[index] * point.clamp_max(1))
        return 1 - (1 - value) * dark

    return field


def paper(dice: Dice, reach: float) -> Field:
    """Lit facets: the slope of a height field made of soft ridges, seen in light from one side."""
    angle = dice.one(0, 2 * math.pi)
    x0, y0 = _scattered(dice, reach, 0.95, 0.9)
    count = len(x0)
    tone = dice.uniform(0.08, 0.97, count)
    slope, turn = dice.uniform(0.0, 0.3, count), dice.uniform(0, 2 * math.pi, count)
    sx, sy = slope * torch.cos(turn + angle), slope * torch.sin(turn + angle)

    def field(x: Tensor, y: Tensor, time: Tensor) -> Tensor:
        # The facet of a place is the nearest point's (Worley, "A cellular texture basis function", 1996); a soft
        # choice between neighbours rounds the creases over about four pixels.
        total, weight = torch.zeros_like(x), torch.zeros_like(x)
        nearest = torch.full_like(x, 1e9)
        seen = _in_view(x, y, x0, y0, 1.0)
        for index in seen:
            nearest = torch.minimum(nearest, (x - x0[index]).square() + (y - y0[index]).square())
        for index in seen:
            dx, dy = x - x0[index], y - y0[index]
            share = torch.exp((nearest - dx.square() - dy.square()) / 0.085)
            total += share * (tone[index] + sx[index] * dx + sy[index] * dy + 0.04 * torch.sin(time + turn[index]))
            weight += share
        return 0.06 + 0.88 * total / weight

    return field


def fabric(dice: Dice, _reach: float) -> Field:
    angle = dice.one(0, 2 * math.pi)
    bend, depth, sheen = noise(dice, 5.0, 2.4, 8), noise(dice, 4.5, 1.8, 8), noise(dice, 4.0, 2.0, 8)
    k = 2 * math.pi / dice.one(0.6, 0.8)

    def field(x: Tensor, y: Tensor, time: Tensor) -> Tensor:
        across = x * math.cos(angle) + y * math.sin(angle) + 0.22 * bend(x, y, time)
        fold = k * across + 0.9 * sheen(x, y, time)
        slope = torch.sin(fold) + 0.35 * torch.sin(2 * fold + 1.0)
        deep = 0.55 + 0.45 * torch.sigmoid(1.5 * depth(x, y, time))
        light = torch.sigmoid(2.2 * slope * deep - 0.5)
        return 0.06 + 0.8 * light * deep + 0.1 * sheen(x, y, time).sigmoid()

    return field


DRAWERS: dict[str, Callable[[Dice, float], Field]] = {
    "gradient": gradient, "bokeh": bokeh, "aurora": aurora, "waves": waves, "streaks": streaks, "ripples": ripples,
    "stars": stars, "paper": paper, "fabric": fabric,
}  # fmt: skip
