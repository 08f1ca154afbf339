"""The light of `turn_product.py`: soft boxes that a glaze mirrors, the same light on a dull surface, and the film.

Directions are unit vectors in the camera's frame: x right, y up, z towards the camera. Light is linear.
"""

from dataclasses import dataclass

import numpy as np
from kettle import Field

KEY = np.array([-0.5796522, 0.61962825, 0.52968216], np.float32)


@dataclass(frozen=True, slots=True)
class SoftBox:
    """A rectangular light far away, in the camera's frame: x right, y up, z towards the camera."""

    towards: tuple[float, float, float]
    half_width: float
    half_height: float
    colour: tuple[float, float, float]
    softness: float = 0.10

    def seen(self, ray: Field) -> Field:
        """Its light along `ray` (…, 3), as (…, 3)."""
        ahead = np.array(self.towards, np.float32) / np.float32(np.linalg.norm(self.towards))
        across = np.cross([0.0, 1.0, 0.0], ahead).astype(np.float32)
        across /= np.linalg.norm(across)
        facing = np.maximum(ray @ ahead, 1e-3)
        column, row = (ray @ across) / facing, (ray @ np.cross(ahead, across)) / facing
        inside = soft_step(self.half_width - np.abs(column), self.softness) * soft_step(
            self.half_height - np.abs(row), self.softness
        )
        return (inside * (facing > 2e-3))[..., None] * np.array(self.colour, np.float32)


BOXES = (
    SoftBox((-0.80, 0.50, 0.52), 0.26, 0.70, (5.2, 5.1, 4.9), 0.07),
    SoftBox((0.97, 0.30, 0.22), 0.16, 0.95, (1.7, 1.8, 2.0)),
    SoftBox((0.10, 0.95, -0.45), 0.80, 0.45, (1.8, 1.8, 1.8), 0.25),
    SoftBox((-0.85, 0.10, -0.50), 0.30, 0.9, (1.3, 1.25, 1.2), 0.2),
    SoftBox((0.35, 0.25, 0.90), 0.9, 0.6, (0.16, 0.16, 0.17), 0.4),
)


def soft_step(value: Field, softness: float) -> Field:
    """0 below -softness, 1 above softness, smooth between."""
    share = np.clip(value / np.float32(softness) * np.float32(0.5) + np.float32(0.5), 0, 1)
    return share * share * (3 - 2 * share)


def studio(ray: Field) -> Field:
    """What a mirror sees: a dim room, a pale table below, soft boxes."""
    height = ray[..., 1:2]
    room = 0.05 + 0.13 * soft_step(height - 0.1, 0.9)
    table = 0.34 * soft_step(-height - 0.15, 0.35)
    light = (room + table) * np.array([0.98, 1.0, 1.05], np.float32)
    return light + sum(box.seen(ray) for box in BOXES)


def unit(vector: Field) -> Field:
    return vector / np.maximum(np.linalg.norm(vector, axis=-1, keepdims=True), 1e-9)


def diffuse(normal: Field, sky: Field, shadow: Field) -> Field:
    """Key from the upper left, cool fill from the right, a rim from behind, the room, and the table's bounce."""
    key = np.clip(0.92 * (normal @ KEY) + 0.08, 0, 1) * shadow
    fill = np.clip(normal @ unit(np.array([0.75, 0.25, 0.60], np.float32)), 0, 1)
    rim = np.clip(normal @ unit(np.array([0.35, 0.45, -0.82], np.float32)), 0, 1)
    room = (0.22 + 0.14 * normal[:, 1]) * sky
    bounce = np.clip(-normal[:, 1] * 0.7 + 0.25, 0, 1) * sky
    parts = ((key, (1.95, 1.87, 1.74)), (fill * sky, (0.26, 0.29, 0.34)), (rim * sky, (0.55, 0.57, 0.62)))
    light = sum(amount[:, None] * np.array(tint, np.float32) for amount, tint in parts)
    return light + room[:, None] * np.array([0.92, 0.97, 1.06], np.float32) + 0.22 * bounce[:, None]


def developed(light: Field) -> Field:
    """Linear light to sRGB in 0..1, with a shoulder that keeps highlights from clipping (Hable's curve)."""
    exposed = 1.5 * light

    def bent(x: Field) -> Field:
        return (x * (0.22 * x + 0.03) + 0.002) / (x * (0.22 * x + 0.30) + 0.06) - 1 / 30

    linear = np.clip(bent(exposed) / bent(np.array(9.0, np.float32)), 0, 1)
    return np.where(linear < 0.0031308, 12.92 * linear, 1.055 * np.power(np.maximum(linear, 1e-6), 1 / 2.4) - 0.055)
