"""Draws the pictures of docs/templates.md from the showreel's material: `python docs/pictures/draw_templates.py`."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from tests.templates.requests_to_draw import REQUESTS
from vidgen_assets.clips.spec import Aspect
from vidgen_assets.reports.preview import Wish, frames_of
from vidgen_assets.templates.compositor import Artist
from vidgen_assets.templates.library import TemplateLibrary

_HERE = Path(__file__).parent
_EXAMPLES = _HERE.parents[1] / "examples"
_SHOWREEL = _EXAMPLES / "showreel" / "pictures"
_LIBRARY = TemplateLibrary()
_PICTURES = {
    "product_card": {"image": [_EXAMPLES / "lumen_shop" / "pictures" / "dome_lamp.png"]},
    "news_summary": {
        "pictures": [
            _SHOWREEL / "news" / f"{name}.jpg" for name in ("wind_farm", "harbour", "lantern_street", "lantern_bay")
        ]
    },
    "lesson": {"pictures": [_SHOWREEL / "lesson" / f"{name}.jpg" for name in ("prism", "leaf", "cones", "sunset")]},
    "product_360": {"pictures": sorted((_SHOWREEL / "turntable").iterdir())},
}
_SECONDS = {"product_card": 5.0, "news_summary": 18.0, "lesson": 24.0, "product_360": 8.0}
_HEIGHT, _GAP = 236, 8
_PAPER = (255, 255, 255)


def main() -> None:
    for name, sections in (
        ("product_card", ["card"]),
        ("news_summary", ["title", "point-1", "closing"]),
        ("lesson", ["title", "chapter-1", "recap"]),
        ("product_360", ["feature-1", "feature-2"]),
    ):
        rows = [_row(_stills(name, "en", aspect, sections)) for aspect in Aspect]
        sheet = _row(rows) if len(sections) == 1 else _column(rows)
        _save(sheet, f"template_{name}.jpg")
    _save(_column([_row([*_scripts("ar")]), _row([*_scripts("ja")])]), "template_scripts.jpg")


def _scripts(language: str) -> list[Image.Image]:
    sections = {"product_card": "card", "news_summary": "title", "lesson": "chapter-1", "product_360": "feature-1"}
    return [_stills(name, language, Aspect.LANDSCAPE, [section])[0] for name, section in sections.items()]


def _stills(name: str, language: str, aspect: Aspect, sections: Sequence[str]) -> list[Image.Image]:
    """A picture of each section, when its words are there."""
    wish = Wish(
        _LIBRARY.load(name), REQUESTS[name][language], _PICTURES[name], aspect, language, duration_s=_SECONDS[name]
    )
    frames = frames_of(wish)
    artist = Artist.ready(frames.timeline, frames.template, frames.pictures)
    found = []
    for section in frames.timeline.sections:
        if section.name in sections:
            frame = artist.draw(section.first_frame + int(0.6 * section.frames))
            picture = Image.fromarray(np.ascontiguousarray(frame[..., :3]))
            found.append(
                picture.resize((round(picture.width * _HEIGHT / picture.height), _HEIGHT), Image.Resampling.LANCZOS)
            )
    return found


def _row(pictures: Sequence[Image.Image]) -> Image.Image:
    sheet = Image.new("RGB", (sum(p.width + _GAP for p in pictures) - _GAP, max(p.height for p in pictures)), _PAPER)
    left = 0
    for picture in pictures:
        sheet.paste(picture, (left, 0))
        left += picture.width + _GAP
    return sheet


def _column(pictures: Sequence[Image.Image]) -> Image.Image:
    sheet = Image.new("RGB", (max(p.width for p in pictures), sum(p.height + _GAP for p in pictures) - _GAP), _PAPER)
    top = 0
    for picture in pictures:
        sheet.paste(picture, (0, top))
        top += picture.height + _GAP
    return sheet


def _save(picture: Image.Image, name: str) -> None:
    picture.save(_HERE / name, quality=86, optimize=True)


if __name__ == "__main__":
    main()
