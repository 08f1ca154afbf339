"""A product card to test with: its spec, its picture, and the shelf it lies on."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from tests.builders import a_spec
from vidgen_assets.clips.digest import Digest
from vidgen_assets.clips.profiles import load_profiles
from vidgen_assets.clips.spec import Aspect, ClipSpec, MediaFile

WORDS = {
    "brand": "Lumenhof",
    "headline": "Light that turns a corner",
    "supporting": "Hand-spun shade, warm light.",
    "price": "€129",
    "old_price": "€169",
    "call_to_action": "Shop the lamp",
}


@dataclass(frozen=True)
class Shelf:
    """A media shelf with one picture on it."""

    picture: Path

    def path(self, digest: Digest) -> Path:
        assert digest == Digest.of_file(self.picture)
        return self.picture


def a_cutout(folder: Path) -> Path:
    """A red disc on nothing, drawn without smoothing so that every Pillow draws the same."""
    picture = Image.new("RGBA", (200, 240), (0, 0, 0, 0))
    ImageDraw.Draw(picture).ellipse((20, 20, 180, 220), fill=(200, 40, 40, 255))
    path = folder / "disc.png"
    picture.save(path)
    return path


def a_photograph(folder: Path) -> Path:
    path = folder / "photograph.jpg"
    ramp = np.linspace(0, 255, 320, dtype=np.uint8)
    Image.fromarray(np.broadcast_to(ramp[None, :, None], (240, 320, 3)).copy()).save(path, quality=90)
    return path


def a_card(picture: Path, *, aspect: Aspect = Aspect.LANDSCAPE, profile: str = "preview", **changes: Any) -> ClipSpec:
    width, height = load_profiles()[profile].canvas(aspect)
    values: dict[str, Any] = {
        "variables": WORDS,
        "image": MediaFile(reference=picture.name, digest=Digest.of_file(picture), size_bytes=picture.stat().st_size),
        "aspect": aspect,
        "width": width,
        "height": height,
        "frame_count": 60,
    }
    return a_spec(**{**values, **changes})
