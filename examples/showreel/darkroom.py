"""What every painted photograph of `draw_news.py` needs: noise, skies, water that mirrors, blur, film and paper.

Pictures are linear light, (rows, columns, 3) float32, worked out at any scale; places are given in units of a 1600 by
1000 picture with the origin in its upper left corner.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import skia
import torch
from numpy.typing import NDArray
from PIL import Image
from torch.nn import functional

Light = NDArray[np.floating]
WIDTH, HEIGHT = 1600, 1000
FOCAL = 1700.0  # units: a normal lens

_LINEAR = np.array([v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in np.linspace(0, 1, 256)])


def hexed(colour: str, strength: float = 1.0) -> Light:
    """A written colour as linear light."""
    return (_LINEAR[[int(colour[i : i + 2], 16) for i in (1, 3, 5)]] * strength).astype(np.float32)


def step(value: Light, low: float, high: float) -> Light:
    share = np.clip((value - low) / (high - low), 0, 1)
    return share * share * (3 - 2 * share)


def mix(first: Light, second: Light, share: Light | float) -> Light:
    weight = np.asarray(share, np.float32)
    return first + (second - first) * (weight[..., None] if weight.ndim else weight)


def noise(seed: int, roughness: float, side: int = 512) -> Light:
    """A tile that repeats: noise whose spectrum falls with the power `roughness`; mean 0, deviation 1."""
    waves = np.fft.fft2(np.random.default_rng(seed).standard_normal((side, side)))
    pitch = np.fft.fftfreq(side) * side
    loudness = np.hypot(*np.meshgrid(pitch, pitch))
    loudness[0, 0] = np.inf
    field = np.fft.ifft2(waves * loudness**-roughness).real
    return ((field - field.mean()) / field.std()).astype(np.float32)


def sampled(picture: Light, u: Light, v: Light) -> Light:
    """`picture` (rows, columns[, channels]) at (u, v) in 0..1 across and down, mirrored beyond its edges."""
    planes = torch.from_numpy(np.ascontiguousarray(np.atleast_3d(picture).transpose(2, 0, 1)))[None]
    spots = torch.from_numpy(np.stack([2 * u - 1, 2 * v - 1], axis=-1).astype(np.float32))[None]
    found = functional.grid_sample(planes, spots, padding_mode="reflection", align_corners=False)[0]
    values = found.permute(1, 2, 0).numpy()
    return values if picture.ndim == 3 else values[..., 0]


def tiled(tile: Light, u: Light, v: Light) -> Light:
    """A repeating `tile` at (u, v), one tile a unit."""
    padded = np.pad(tile, 1, mode="wrap")
    side = tile.shape[0]
    return sampled(padded, (u % 1 * side + 1) / (side + 2), (v % 1 * side + 1) / (side + 2))


def blurred(picture: Light, sigma: float) -> Light:
    """Gaussian blur, `sigma` in pixels."""
    rows, columns = picture.shape[:2]
    pad = min(int(3 * sigma) + 1, rows - 1, columns - 1)
    wide = np.pad(picture, ((pad, pad), (pad, pad), (0, 0)), mode="edge")
    down, across = np.fft.fftfreq(wide.shape[0])[:, None], np.fft.rfftfreq(wide.shape[1])[None]
    soft = np.exp(-2 * (np.pi * sigma) ** 2 * (down**2 + across**2)).astype(np.float32)[..., None]
    spectrum = np.fft.rfft2(wide, axes=(0, 1)) * soft
    whole = np.fft.irfft2(spectrum, s=wide.shape[:2], axes=(0, 1)).astype(np.float32)
    return whole[pad : pad + rows, pad : pad + columns]


class Plate:
    """A picture's grid at one scale: `x` and `y` hold every pixel's place in units."""

    def __init__(self, scale: float) -> None:
        self.scale = scale
        self.shape = (round(HEIGHT * scale), round(WIDTH * scale))
        y, x = np.indices(self.shape, np.float32)
        self.x, self.y = (x + 0.5) / np.float32(scale), (y + 0.5) / np.float32(scale)

    def painted(self, draw: Callable[[skia.Canvas], None]) -> Light:
        """What `draw` paints as linear light (rows, columns, 4): premultiplied colour, and coverage in 0..1."""
        pixels = np.zeros((*self.shape, 4), np.uint8)
        info = skia.ImageInfo.Make(self.shape[1], self.shape[0], skia.kRGBA_8888_ColorType, skia.kUnpremul_AlphaType)
        surface = skia.Surface(self.shape[1], self.shape[0])
        canvas = surface.getCanvas()
        canvas.scale(self.scale, self.scale)
        draw(canvas)
        surface.readPixels(info, pixels, pixels.strides[0], 0, 0)
        cover = pixels[..., 3:].astype(np.float32) / np.float32(255)
        return np.concatenate([_LINEAR.astype(np.float32)[pixels[..., :3]] * cover, cover], axis=-1)

    def soft(self, picture: Light, sigma: float) -> Light:
        """Gaussian blur, `sigma` in units; worked out on a quarter of the pixels where nothing is lost by it."""
        if sigma * self.scale < 6:
            return blurred(picture, sigma * self.scale)
        small = np.ascontiguousarray(picture[: self.shape[0] // 4 * 4, : self.shape[1] // 4 * 4])
        small = small.reshape(self.shape[0] // 4, 4, self.shape[1] // 4, 4, -1).mean(axis=(1, 3))
        return sampled(blurred(small, sigma * self.scale / 4), self.x / WIDTH, self.y / HEIGHT)

    def clouds(self, horizon: float, seed: int, cover: float, drift: float = 0.0) -> tuple[Light, Light]:
        """Thickness of a deck of clouds seen from below, and how much thicker it is on the right, both about 0..1."""
        rise = np.maximum(horizon - self.y, 0) / 1000
        far = 1 / (rise + 0.085)
        u, v = (self.x - 800) / 1000 * far * 0.16 + drift, far * 0.20
        billows, wisps = noise(seed, 1.95), noise(seed + 1, 1.55)

        def deck(shift: float) -> Light:
            return tiled(billows, u + shift, v) + 0.38 * tiled(wisps, 2.7 * u + 2.7 * shift, 3.1 * v)

        thick = deck(0.0)
        fade = step(rise, 0.0, 0.05)
        return step(thick, 0.7 - 2 * cover, 3.0 - 2 * cover) * fade, step((deck(0.018) - thick) * 0.9 + 0.5, -0.2, 1.2)

    def water(
        self, scene: Light, level: float, *, height_m: float, chop: float, deep: str, seed: int, looks: int = 14
    ) -> Light:
        """`scene` with everything below `level` replaced by water that mirrors what is above it.

        A ray that leaves a wave of slope s rises by twice s, so a light becomes a streak as tall as the water is rough
        (`chop`: the deviation of the slopes), whatever its distance. Waves too small for a pixel are averaged over
        `looks` random slopes.
        """
        first = int(level * self.scale)
        x, y = self.x[first:], self.y[first:]
        below = np.maximum(y - level, 0.6)
        depth = height_m * FOCAL / below
        along, across = self._slopes(depth, (x - 800) * depth / FOCAL, seed)
        chance = np.random.default_rng(seed).standard_normal((looks, 2, *below.shape)).astype(np.float32)
        light = np.zeros((*below.shape, 3), np.float32)
        for look in range(looks):
            rise = below + 2 * FOCAL * chop * (0.75 * along + 0.65 * chance[look, 0])
            rise = np.where(rise < 0, 0.3 * np.abs(rise), rise)
            aside = 2 * chop * (0.75 * across + 0.65 * chance[look, 1]) * (below + 60)
            above = np.clip(level - rise, 1.0, level - 1)
            light += sampled(scene, (x + aside) / WIDTH, above / HEIGHT)
        tilt = np.clip(below / FOCAL + 1.1 * chop + 0.9 * chop * along, 0.004, 1)
        mirrored = 0.03 + 0.97 * np.power(1 - np.clip(tilt, 0, 1), 7)
        flooded = scene.copy()
        flooded[first:] = mix(hexed(deep), light / looks, mirrored)
        return flooded

    def _slopes(self, depth: Light, aside: Light, seed: int) -> tuple[Light, Light]:
        """Slopes of swell, waves and ripples on the water's plane, towards the eye and across; deviation about 1.

        A pixel reaches further over the water the further away it is; waves that it can't resolve fade out.
        """
        reach = depth * depth / np.float32(FOCAL * self.scale)  # metres of water in a pixel, per metre of eye height
        along, across = np.zeros_like(depth), np.zeros_like(depth)
        for number, (wide, weight) in enumerate(((260.0, 0.5), (90.0, 0.6), (31.0, 0.55), (11.0, 0.4))):
            tile = noise(seed + 7 * number, 1.9)
            wave = (np.roll(tile, -1, 0) - tile, np.roll(tile, -1, 1) - tile)
            seen = weight * np.exp(-np.square(reach / (1.2 * wide)))
            u, v = aside / wide * 0.6, depth / wide
            along += seen * tiled(wave[0] / wave[0].std(), u, v)
            across += seen * tiled(wave[1] / wave[1].std(), u, v)
        return along, across


def developed(plate: Plate, light: Light, *, exposure: float, bloom: float, seed: int) -> Image.Image:
    """Film and paper: halation, exposure, a filmic curve (Narkowicz' fit of ACES), vignette and grain."""
    glow = np.minimum(np.maximum(light - 0.9, 0), 6)
    light = light + bloom * (0.5 * plate.soft(glow, 7) + 0.5 * plate.soft(glow, 30))
    away = np.hypot((plate.x - 800) / 1000, (plate.y - 500) / 760)
    x = np.maximum(exposure * light * (1 - 0.36 * step(away, 0.35, 1.25))[..., None], 0)
    linear = np.clip(x * (2.51 * x + 0.03) / (x * (2.43 * x + 0.59) + 0.14), 0, 1)
    shown = np.where(linear < 0.0031308, 12.92 * linear, 1.055 * np.power(np.maximum(linear, 1e-6), 1 / 2.4) - 0.055)
    grain = np.random.default_rng(seed).standard_normal((*plate.shape, 1)).astype(np.float32)
    grain = 0.7 * grain + 0.9 * blurred(grain, 0.9)
    shown = shown + 0.013 * grain * (1.15 - shown.mean(axis=-1, keepdims=True))
    return Image.fromarray(np.round(255 * np.clip(shown, 0, 1)).astype(np.uint8))


def over(scene: Light, layer: Light) -> Light:
    return scene * (1 - layer[..., 3:]) + layer[..., :3]


def printed(picture: Image.Image, path: Path, most_kb: int = 245) -> None:
    """Save as JPEG, as finely as fits into `most_kb`: grain over a whole picture is dear."""
    path.parent.mkdir(parents=True, exist_ok=True)
    for quality in range(86, 50, -3):
        picture.save(path, quality=quality, optimize=True, progressive=True)
        if path.stat().st_size <= 1024 * most_kb:
            break
    print(f"{path}: {path.stat().st_size // 1024} kB")
