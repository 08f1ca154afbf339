"""The clip of `compositor.py` by MoviePy, in a process of its own: OUT PICTURE FONT."""

import math
import sys

import numpy as np
from moviepy import CompositeVideoClip, ImageClip, TextClip, VideoClip  # pyright: ignore[reportMissingImports]

_SECONDS, _FPS = 5, 30


def ground(t: float) -> np.ndarray:
    across = np.linspace(0, 1, 1280)[None, :, None] + 0.2 * math.sin(t)
    down = np.linspace(0, 1, 720)[:, None, None]
    mixed = np.clip(0.5 * across + 0.5 * down, 0, 1)
    return ((1 - mixed) * (31, 58, 95) + mixed * (45, 79, 124)).astype(np.uint8)


def main() -> None:
    out, picture, font = sys.argv[1:]
    product = ImageClip(picture).resized(width=480).with_position(lambda t: (720, 110 + 6 * math.sin(1.7 * t)))
    words = [
        TextClip(font=font, text=text, font_size=size, color="white").with_position((90, y))
        for text, size, y in (
            ("A lamp that follows", 64, 200),
            ("Warm at dusk, clear at noon, and silent at night.", 26, 420),
            ("€129", 48, 560),
        )
    ]
    layers = [VideoClip(ground, duration=_SECONDS), product.with_duration(_SECONDS)]
    layers += [word.with_duration(_SECONDS) for word in words]
    clip = CompositeVideoClip(layers, size=(1280, 720)).with_duration(_SECONDS)
    clip.write_videofile(
        out, fps=_FPS, codec="libx264", preset="veryfast", audio=False, threads=1, ffmpeg_params=["-crf", "23"],
        logger=None,
    )  # fmt: skip


if __name__ == "__main__":
    main()
