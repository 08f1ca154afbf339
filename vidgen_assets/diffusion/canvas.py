"""The model's frames on the clip's canvas: scaled to cover it, what sticks out cut off evenly.

Pillow's Lanczos works on integers, so the same frames give the same bytes on every processor.
"""

import numpy as np
from PIL import Image

from vidgen_assets.clips.generation import Frame
from vidgen_assets.diffusion.decode import Pictures

CANVAS_RECIPE = 1
"""Raise it when the same pictures would come out otherwise."""


def on_canvas(picture: Pictures, width: int, height: int) -> Frame:
    """`picture` (height, width, 3) as an opaque frame of the canvas's size."""
    image = covering(Image.fromarray(picture), width, height)
    frame = np.empty((height, width, 4), dtype=np.uint8)
    frame[..., :3] = np.asarray(image)
    frame[..., 3] = 255
    return frame


def covering(image: Image.Image, width: int, height: int) -> Image.Image:
    """The largest centred part of `image` that has the canvas's ratio, at the canvas's size."""
    if image.size == (width, height):
        return image
    scale = min(image.width / width, image.height / height)
    left, top = (image.width - width * scale) / 2, (image.height - height * scale) / 2
    box = (left, top, left + width * scale, top + height * scale)
    return image.resize((width, height), Image.Resampling.LANCZOS, box=box)
