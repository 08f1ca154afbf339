"""Photographs the kettle on a turntable: `python turn_product.py [FOLDER] [--side PIXELS] [--views N,N,…]`.

36 cut-outs on a transparent ground, ten degrees apart, marched through the distance field of `kettle.py` under a fixed
studio light. The pictures are checked in; run this only to change them (about five seconds of one core a picture).
"""

import argparse
from pathlib import Path

import numpy as np
import torch
from kettle import BRASS, EDGE, WOOD, Field, Kettle
from numpy.typing import NDArray
from PIL import Image
from softboxes import KEY, developed, diffuse, soft_step, studio, unit

VIEWS = 36
SIDE_PX = 720
OVERSAMPLING = 4
CAMERA_DISTANCE = 13.0
CAMERA_RISE = np.radians(15.0)
HALF_HEIGHT = 1.92  # units that fit between the middle of the picture and its edge
AIM_Y = 1.06
FIRST_VIEW = np.radians(10.0)  # spout to the right, painted sun to the front

TERRACOTTA = np.array([0.52, 0.070, 0.030], np.float32)
CREAM = np.array([0.80, 0.70, 0.53], np.float32)
INK = np.array([0.018, 0.022, 0.034], np.float32)
WALNUT = np.array([0.165, 0.068, 0.027], np.float32)
BRASS_TINT = np.array([0.94, 0.70, 0.36], np.float32)


class View:
    """One position of the turntable: rays and lights stay, the kettle turns by `turn` radians."""

    def __init__(self, kettle: Kettle, turn: float) -> None:
        self._kettle = kettle
        self._cos, self._sin = np.float32(np.cos(turn)), np.float32(np.sin(turn))

    def local(self, point: Field) -> tuple[Field, Field, Field]:
        x, y, z = point[..., 0], point[..., 1], point[..., 2]
        return x * self._cos - z * self._sin, y, x * self._sin + z * self._cos

    def distance(self, point: Field) -> Field:
        return self._kettle.distance(*self.local(point))

    def parts(self, point: Field) -> NDArray[np.int8]:
        return self._kettle.parts(*self.local(point))

    def normals(self, point: Field, width: float = 0.005) -> Field:
        corners = np.array([[1, -1, -1], [-1, -1, 1], [-1, 1, -1], [1, 1, 1]], np.float32)
        slopes = [self.distance(point + width * corner)[..., None] * corner for corner in corners]
        return unit(slopes[0] + slopes[1] + slopes[2] + slopes[3])

    def march(self, origin: Field, ray: Field, limit: float, steps: int = 90) -> Field:
        """How far each ray goes before it hits; infinity where it doesn't within `limit`."""
        travelled = np.zeros(len(origin), np.float32)
        result = np.full(len(origin), np.inf, np.float32)
        going = np.arange(len(origin))
        for _ in range(steps):
            distance = self.distance(origin[going] + travelled[going, None] * ray[going])
            travelled[going] += np.float32(0.95) * distance
            hit, lost = distance < 6e-4, travelled[going] > limit
            result[going[hit]] = travelled[going[hit]]
            going = going[~(hit | lost)]
            if not going.size:
                break
        return result

    def lit(self, point: Field, towards: Field, sharpness: float = 9.0) -> Field:
        """Soft shadow: the share of a broad light that reaches `point`."""
        share, travelled = np.ones(len(point), np.float32), np.full(len(point), 0.03, np.float32)
        for _ in range(12):
            distance = self.distance(point + travelled[:, None] * towards)
            share = np.minimum(share, sharpness * distance / travelled)
            travelled += np.clip(distance, 0.04, 0.28)
        return soft_step(share - 0.5, 0.5)

    def open_sky(self, point: Field, normal: Field) -> Field:
        """Ambient occlusion by the kettle itself and by the table under it, 0..1."""
        hidden = np.zeros(len(point), np.float32)
        for step, weight in ((0.03, 1.0), (0.08, 0.8), (0.17, 0.5), (0.32, 0.28)):
            probe = point + step * normal
            hidden += weight * np.maximum(step - np.minimum(self.distance(probe), probe[:, 1] + 0.004), 0) / step
        return np.clip(1 - hidden / 1.6, 0.0, 1)


def rays(spots: Field) -> tuple[Field, Field]:
    """The camera's place, and the ray through each spot (n, 2) of the picture, given as row and column in 0..1."""
    back = np.array([0.0, np.sin(CAMERA_RISE), np.cos(CAMERA_RISE)], np.float32)
    up = np.array([0.0, np.cos(CAMERA_RISE), -np.sin(CAMERA_RISE)], np.float32)
    away = (2 * spots - 1) * np.float32(HALF_HEIGHT / CAMERA_DISTANCE)
    ray = away[:, 1:] * np.array([1.0, 0, 0], np.float32) - away[:, :1] * up - back
    return np.array([0.0, AIM_Y, 0.0], np.float32) + np.float32(CAMERA_DISTANCE) * back, unit(ray)


def paint(view: View, point: Field) -> Field:
    """The enamel's colour: terracotta over a cream foot with an uneven edge, and a sun painted on one side."""
    x, y, z = view.local(point)
    around = np.arctan2(z, x)
    edge = 0.50 + 0.022 * np.sin(3 * around + 0.6) + 0.014 * np.sin(7 * around) + 0.008 * np.sin(13 * around + 2)
    colour = _mix(CREAM, TERRACOTTA, soft_step(y - edge, 0.012))
    glow = np.exp(-np.square((y - edge - 0.012) / 0.03))
    colour = _mix(colour, np.array([0.30, 0.045, 0.022], np.float32), 0.55 * glow)
    side, high = _wrapped(around - np.pi / 2) * 0.90, y - 1.04
    return _mix(colour, CREAM, _sun(side, high) * (z > 0))


def _wrapped(angle: Field) -> Field:
    return (angle + np.pi) % (2 * np.pi) - np.pi


def _sun(side: Field, high: Field) -> Field:
    """A half sun over two waves of water, 0..1."""
    radius, angle = np.hypot(side, high), np.arctan2(high, side)
    above = soft_step(high - 0.0, 0.006)
    disc = soft_step(0.105 - radius, 0.006)
    spoke = _wrapped(9 * angle * 2 - np.pi) / 18
    beam = soft_step(0.011 - np.abs(spoke) * radius, 0.006) * soft_step(0.045 - np.abs(radius - 0.185), 0.006)
    water = [
        soft_step(0.010 - np.abs(high + low + 0.010 * np.sin(34 * side)), 0.006) * soft_step(wide - np.abs(side), 0.006)
        for low, wide in ((0.042, 0.20), (0.088, 0.13))
    ]
    return np.maximum.reduce([disc * above, beam * above, *water])


def _mix(first: Field, second: Field, share: Field) -> Field:
    return first + (second - first) * share[..., None]


def albedo(view: View, point: Field, parts: NDArray[np.int8]) -> Field:
    colour = paint(view, point)
    x, y, z = view.local(point)
    grain = np.sin(46 * z + 5.0 * np.sin(1.7 * y + 0.9 * x)) + 0.6 * np.sin(118 * z + 7.0 * np.sin(2.3 * y + 0.4))
    colour[parts == WOOD] = (WALNUT * (1.0 + 0.16 * grain[..., None]))[parts == WOOD]
    colour[parts == EDGE] = INK
    colour[parts == BRASS] = 0.06 * BRASS_TINT
    return colour


def shade(view: View, point: Field, ray: Field) -> Field:
    """Linear light that leaves `point` (n, 3) towards the camera."""
    normal, parts = view.normals(point), view.parts(point)
    sky, shadow = view.open_sky(point, normal), view.lit(point + 0.004 * normal, KEY)
    colour = albedo(view, point, parts)
    light = diffuse(normal, sky, shadow)
    mirrored = ray - 2 * np.sum(ray * normal, axis=1, keepdims=True) * normal
    reflected = _reflection(view, point + 0.006 * normal, mirrored) * (0.35 + 0.65 * sky[:, None])
    facing = np.clip(-np.sum(ray * normal, axis=1), 0, 1)
    return colour * light + reflected * _mirror(parts, facing)


def _reflection(view: View, point: Field, ray: Field) -> Field:
    """The studio in the glaze, or the kettle's own parts where they stand in the way."""
    light = studio(ray)
    reach = view.march(point, ray, 2.6, steps=22)
    struck = np.isfinite(reach)
    if struck.any():
        place = point[struck] + reach[struck, None] * ray[struck]
        light[struck] = 0.55 * albedo(view, place, view.parts(place)) + 0.02
    return light


def _mirror(parts: NDArray[np.int8], facing: Field) -> Field:
    """How much of the reflection each material shows, by Schlick's approximation."""
    grazing = np.power(1 - facing, 5)[:, None]
    straight = np.full((len(parts), 3), 0.050, np.float32)
    straight[parts == WOOD] = 0.018
    straight[parts == BRASS] = 0.80 * BRASS_TINT
    return straight + (np.where(parts == WOOD, 0.25, 0.85)[:, None] - straight).clip(0) * grazing


def photographed(kettle: Kettle, turn: float, side_px: int) -> Image.Image:
    """The kettle turned by `turn` radians, straight-alpha RGBA, `side_px` square.

    Every pixel is seen once; those where something changes to a neighbour are seen again by a grid of finer rays.
    """
    view, spots = View(kettle, turn), np.indices((side_px, side_px), np.float32).reshape(2, -1).T + np.float32(0.5)
    pixels = seen(view, spots / side_px).reshape(side_px, side_px, 4)
    coarse = np.flatnonzero(_changes(pixels))
    fine = (np.indices((OVERSAMPLING, OVERSAMPLING), np.float32).reshape(2, -1).T + 0.5) / OVERSAMPLING - 0.5
    closer = (spots[coarse, None] + fine[None].astype(np.float32)).reshape(-1, 2)
    pixels.reshape(-1, 4)[coarse] = seen(view, closer / side_px).reshape(len(coarse), -1, 4).mean(axis=1)
    return _cut_out(pixels)


def _changes(pixels: Field) -> NDArray[np.bool_]:
    steep = np.zeros(pixels.shape[:2], bool)
    for axis in (0, 1):
        jump = np.abs(np.diff(pixels, axis=axis)).max(axis=-1) > 0.035
        before, after = [(0, 0), (0, 0)], [(0, 0), (0, 0)]
        before[axis], after[axis] = (0, 1), (1, 0)
        steep |= np.pad(jump, before) | np.pad(jump, after)
    return steep


def seen(view: View, spots: Field, batch: int = 40_000) -> Field:
    """Premultiplied sRGB and coverage along rays through `spots` (n, 2): row and column of the picture in 0..1."""
    return np.concatenate([_seen(view, spots[start : start + batch]) for start in range(0, len(spots), batch)])


def _seen(view: View, spots: Field) -> Field:
    camera, ray = rays(spots)
    start = camera + (CAMERA_DISTANCE - 2.6) * ray
    reach = view.march(start, ray, 5.2)
    hit = np.flatnonzero(np.isfinite(reach))
    pixels = np.zeros((len(spots), 4), np.float32)
    if hit.size:
        point = start[hit] + reach[hit, None] * ray[hit]
        pixels[hit, :3], pixels[hit, 3] = developed(shade(view, point, ray[hit])), 1
    return pixels


def _cut_out(pixels: Field) -> Image.Image:
    colour = pixels[..., :3] / np.maximum(pixels[..., 3:], 1e-6)
    whole = np.concatenate([colour, pixels[..., 3:]], axis=-1)
    return Image.fromarray(np.round(255 * np.clip(whole, 0, 1)).astype(np.uint8))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=Path(__file__).parent / "pictures" / "turntable")
    parser.add_argument("--side", type=int, default=SIDE_PX)
    parser.add_argument("--views", type=lambda text: [int(view) for view in text.split(",")], default=range(VIEWS))
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    kettle = Kettle()
    for view in options.views:
        path = options.folder / f"{view:02d}.webp"
        photographed(kettle, FIRST_VIEW + 2 * np.pi * view / VIEWS, options.side).save(path, quality=85, method=6)
        print(f"{path}: {path.stat().st_size // 1024} kB")


if __name__ == "__main__":
    main()
