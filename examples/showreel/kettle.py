"""A pour-over kettle as a signed distance field: enamelled body, rolled rim, gooseneck spout, wooden handle and knob.

`turn_product.py` photographs it. One unit is the kettle's largest radius; y is up, the foot stands at y = 0, the
spout points along +x and the handle along -x. The body is turned and the tubes lie in the plane z = 0, so every part's
distance is read from a table of two dimensions instead of being worked out per point.
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

Field = NDArray[np.floating]

BODY, EDGE, WOOD, BRASS = range(4)

_OUTLINE = (
    (0.0, 0.0),
    (0.86, 0.0),
    (0.955, 0.035),
    (0.99, 0.13),
    (1.0, 0.30),
    (0.985, 0.52),
    (0.93, 0.86),
    (0.84, 1.20),
    (0.73, 1.49),
    (0.635, 1.69),
    (0.60, 1.775),
    (0.52, 1.80),
    (0.0, 1.80),
)
_LID = ((0.0, 1.76), (0.555, 1.765), (0.572, 1.80), (0.53, 1.845), (0.36, 1.915), (0.16, 1.955), (0.0, 1.96))
_COLLAR = ((0.0, 1.94), (0.115, 1.95), (0.10, 1.985), (0.062, 2.01), (0.055, 2.06), (0.0, 2.06))
_KNOB = ((0.0, 2.045), (0.085, 2.05), (0.14, 2.10), (0.158, 2.165), (0.135, 2.225), (0.07, 2.262), (0.0, 2.27))
_SPOUT = (
    (0.80, 0.36),
    (1.05, 0.40),
    (1.25, 0.55),
    (1.315, 0.85),
    (1.34, 1.20),
    (1.44, 1.52),
    (1.62, 1.70),
    (1.80, 1.735),
)
_SPOUT_RADII = (0.20, 0.158, 0.118, 0.094, 0.080, 0.070, 0.064, 0.062)
_SPOUT_END_X = 1.72
_HANDLE = (
    (-0.60, 1.60),
    (-0.80, 1.755),
    (-1.06, 1.80),
    (-1.30, 1.69),
    (-1.42, 1.42),
    (-1.42, 1.08),
    (-1.33, 0.78),
    (-1.13, 0.60),
    (-0.90, 0.56),
)
_HANDLE_RADII = (0.052, 0.054, 0.056, 0.085, 0.098, 0.098, 0.085, 0.056, 0.052)
_HANDLE_FLATNESS = 0.78  # a bar wider than it is thick
_GRIP = (0.335, 0.80)  # the share of the handle that is wood


@dataclass(frozen=True, slots=True)
class Tables:
    """Several fields over one square of `span` units whose lower left corner is (left, low), read together."""

    values: torch.Tensor  # (1, fields, side, side)
    left: float
    low: float
    span: float

    def at(self, x: Field, y: Field) -> Field:
        """Each field at the points (n,), blended bilinearly: (fields, n)."""
        spots = np.stack([x - np.float32(self.left), y - np.float32(self.low)], axis=-1)
        spots *= np.float32(2 / self.span)
        spots -= np.float32(1)
        spread = torch.from_numpy(spots)[None, None]
        return functional.grid_sample(self.values, spread, padding_mode="border", align_corners=True)[0, :, 0].numpy()


def curve(points: tuple[tuple[float, ...], ...], steps: int = 14) -> Field:
    """A centripetal Catmull-Rom curve through `points`, `steps` samples a span."""
    knots = np.array(points, np.float64)
    knots = np.vstack([2 * knots[0] - knots[1], knots, 2 * knots[-1] - knots[-2]])
    share = (np.arange(steps) / steps)[:, None]
    spans = [_span(knots[index : index + 4], share) for index in range(len(knots) - 3)]
    return np.vstack([*spans, knots[-2]]).astype(np.float32)


def _span(knots: NDArray[np.float64], share: NDArray[np.float64]) -> NDArray[np.float64]:
    gaps = np.sqrt(np.linalg.norm(np.diff(knots[:, :2], axis=0), axis=1))
    t0, t1, t2, t3 = np.concatenate([[0.0], np.cumsum(np.maximum(gaps, 1e-6))])
    t = t1 + share * (t2 - t1)
    a = [
        ((b - t) * knots[i] + (t - s) * knots[i + 1]) / (b - s)
        for i, (s, b) in enumerate(((t0, t1), (t1, t2), (t2, t3)))
    ]
    early = ((t2 - t) * a[0] + (t - t0) * a[1]) / (t2 - t0)
    late = ((t3 - t) * a[1] + (t - t1) * a[2]) / (t3 - t1)
    return ((t2 - t) * early + (t - t1) * late) / (t2 - t1)


def _nearest(line: Field, x: Field, y: Field) -> tuple[Field, Field]:
    """Distance to a polyline, and the place on it (in vertices) that is nearest."""
    best, place = np.full(x.shape, np.inf, np.float32), np.zeros(x.shape, np.float32)
    for index in range(len(line) - 1):
        (ax, ay), (dx, dy) = line[index, :2], line[index + 1, :2] - line[index, :2]
        share = np.clip(((x - ax) * dx + (y - ay) * dy) / max(dx * dx + dy * dy, 1e-12), 0, 1)
        away = length(x - ax - share * dx, y - ay - share * dy)
        closer = away < best
        best, place = np.where(closer, away, best), np.where(closer, index + share, place)
    return best, place


def _inside(line: Field, x: Field, y: Field) -> NDArray[np.bool_]:
    inside = np.zeros(x.shape, bool)
    for (ax, ay), (bx, by) in zip(line, np.roll(line, -1, axis=0), strict=True):
        if ay != by:
            crosses = (ay > y) != (by > y)
            inside ^= crosses & (x < (bx - ax) * (y - ay) / (by - ay) + ax)
    return inside


class Sheet:
    """A square of points on which fields are worked out before they become `Tables`."""

    def __init__(self, left: float, low: float, span: float, side: int) -> None:
        self._corner = (left, low, span)
        steps = np.linspace(0, span, side, dtype=np.float32)
        self.x, self.y = (np.ascontiguousarray(axis) for axis in np.meshgrid(left + steps, low + steps))

    def outline(self, points: tuple[tuple[float, float], ...]) -> Field:
        """Distance over (radius, y) to a turned body; `points` run from the axis at its foot to the axis on top."""
        line = curve(points)
        away, _ = _nearest(line, self.x, self.y)
        return np.where(_inside(line, np.abs(self.x), self.y), -away, away)

    def ring(self, radius: float, y: float, thickness: float) -> Field:
        return length(self.x - np.float32(radius), self.y - np.float32(y)) - np.float32(thickness)

    def bar(self, points: tuple[tuple[float, float], ...], radii: tuple[float, ...]) -> list[Field]:
        """Distance to a curve, the bar's radius at its nearest place, and that place in 0..1."""
        line = curve(tuple((*point, radius) for point, radius in zip(points, radii, strict=True)))
        away, place = _nearest(line, self.x, self.y)
        radius = np.interp(place, np.arange(len(line)), line[:, 2]).astype(np.float32)
        return [away, radius, place / np.float32(len(line) - 1)]

    def tables(self, *fields: Field) -> Tables:
        return Tables(torch.from_numpy(np.stack(fields).astype(np.float32))[None], *self._corner)


def length(first: Field, second: Field) -> Field:
    return np.sqrt(first * first + second * second)


def smooth_union(first: Field, second: Field, reach: float) -> Field:
    """Polynomial smooth minimum: the weld between two parts."""
    blend = np.clip(0.5 + 0.5 * (second - first) / np.float32(reach), 0, 1)
    return second + (first - second) * blend - np.float32(reach) * blend * (1 - blend)


class Kettle:
    """The whole product: `distance` for the march, `parts` for the material of a point on its surface."""

    def __init__(self) -> None:
        turned, bent = Sheet(-0.05, -0.5, 2.9, 512), Sheet(-1.9, -0.7, 3.9, 640)
        edges = np.minimum(turned.ring(0.598, 1.782, 0.026), turned.ring(0.955, 0.034, 0.034))
        body, lid, collar, knob = (turned.outline(points) for points in (_OUTLINE, _LID, _COLLAR, _KNOB))
        spout, handle = bent.bar(_SPOUT, _SPOUT_RADII), bent.bar(_HANDLE, _HANDLE_RADII)
        self._turned = turned.tables(body, np.minimum.reduce([lid, edges, collar, knob]))
        self._bent = bent.tables(*spout[:2], *handle[:2])
        self._kinds = turned.tables(lid, edges, collar, knob)
        self._along = bent.tables(handle[2])

    def distance(self, x: Field, y: Field, z: Field) -> Field:
        return np.minimum.reduce(self._distances(x, y, z))

    def parts(self, x: Field, y: Field, z: Field) -> NDArray[np.int8]:
        enamel, _, lip, handle = self._distances(x, y, z)
        lid, edges, collar, knob = self._kinds.at(length(x, z), y)
        (along,) = self._along.at(x, y)
        grip = np.where((along > _GRIP[0]) & (along < _GRIP[1]), WOOD, BRASS)
        kinds = [BODY, BODY, EDGE, EDGE, BRASS, WOOD, grip]
        nearest = np.argmin(np.stack([enamel, lid, edges, lip, collar, knob, handle]), axis=0)
        return np.select([nearest == at for at in range(len(kinds))], kinds).astype(np.int8)

    def _distances(self, x: Field, y: Field, z: Field) -> tuple[Field, Field, Field, Field]:
        """Body with spout; lid, rims and knob; the spout's lip; the handle."""
        body, fittings = self._turned.at(length(x, z), y)
        spout_line, spout_radius, handle_line, handle_radius = self._bent.at(x, y)
        core = length(spout_line, z)
        bore = np.float32(-0.018) - np.maximum(np.float32(1.2) - x, 0) - (core - spout_radius)
        spout = np.maximum(np.maximum(core - spout_radius, bore), x - np.float32(_SPOUT_END_X))
        lip = length(core - np.float32(0.055), x - np.float32(_SPOUT_END_X)) - np.float32(0.013)
        handle = length(handle_line, z * np.float32(_HANDLE_FLATNESS)) - handle_radius
        return smooth_union(body, spout, 0.09), fittings, lip, handle
