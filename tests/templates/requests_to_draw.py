"""A request for every template that ships, in a script that runs each way and one without letters."""

from pathlib import Path
from typing import Any

import numpy as np
import yaml
from PIL import Image, ImageDraw

from tests.templates.cards import a_cutout
from tests.templates.templates_at_hand import a_request, an_artist
from vidgen_assets.clips.spec import Aspect
from vidgen_assets.templates.compositor import Artist
from vidgen_assets.templates.library import TemplateLibrary

REQUESTS: dict[str, dict[str, dict[str, Any]]] = {
    template: {
        language: {name: tuple(value) if isinstance(value, list) else value for name, value in variables.items()}
        for language, variables in languages.items()
    }
    for template, languages in yaml.safe_load(Path(__file__).with_name("requests.yaml").read_text("utf-8")).items()
}
PICTURES = {"news_summary": 2, "lesson": 2, "product_360": 8}


def a_scene_picture(folder: Path, number: int) -> Path:
    """Bands of colour, drawn without smoothing so that every Pillow draws the same."""
    bands = np.zeros((200, 320, 3), np.uint8)
    for band in range(8):
        bands[:, band * 40 : band * 40 + 40] = (30 * band, (70 * number + 20 * band) % 256, 255 - 25 * band)
    path = folder / f"scene-{number}.png"
    Image.fromarray(bands).save(path)
    return path


def a_turned_picture(folder: Path, number: int, of: int) -> Path:
    """A disc with a mark that goes around it."""
    picture = Image.new("RGBA", (200, 200), (0, 0, 0, 0))
    canvas = ImageDraw.Draw(picture)
    canvas.ellipse((10, 10, 190, 190), fill=(200, 40, 40, 255))
    angle = 2 * np.pi * number / of
    x, y = 100 + 60 * float(np.cos(angle)), 100 + 60 * float(np.sin(angle))
    canvas.ellipse((x - 20, y - 20, x + 20, y + 20), fill=(250, 230, 60, 255))
    path = folder / f"turned-{number:02}.png"
    picture.save(path)
    return path


def drawn(
    template: str, language: str, aspect: Aspect, folder: Path, *, image: Path | None = None, **changes: Any
) -> Artist:
    """An artist for the request, three seconds long and small."""
    count = PICTURES.get(template, 0)
    if template == "product_360":
        pictures = {"pictures": [a_turned_picture(folder, number, count) for number in range(count)]}
    elif count:
        pictures = {"pictures": [a_scene_picture(folder, number) for number in range(count)]}
    else:
        pictures = {"image": [image or a_cutout(folder)]}
    variables = {**REQUESTS[template][language], **changes}
    seconds = 4 if template in ("product_card", "product_360") else 8
    library = TemplateLibrary()
    request, shelf = a_request(
        library.load(template), variables, pictures, aspect=aspect, language=language, frame_count=15 * seconds, fps=15
    )
    return an_artist(request, shelf)
