"""Small templates to test with, and what it takes to draw them."""

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from PIL import Image

from tests.builders import a_spec
from vidgen_assets.clips.digest import Digest
from vidgen_assets.clips.profiles import load_profiles
from vidgen_assets.clips.spec import Aspect, MediaFile
from vidgen_assets.templates.agreement import IMAGE
from vidgen_assets.templates.compositor import Artist, Pictures
from vidgen_assets.templates.library import Template, library_folder, read_template
from vidgen_assets.templates.timeline import Request
from vidgen_assets.templates.variables import resolve_variables

WHOLE = [0.1, 0.1, 0.8, 0.8]
FULL = [0, 0, 1, 1]


def a_document(**changes: Any) -> dict[str, Any]:
    """One line of words in the middle of the ground."""
    layout = {"safe": [0.05, 0.05, 0.05, 0.05], "regions": {"words": WHOLE, "full": FULL}}
    return {
        "name": "small",
        "description": "A line of words.",
        "fonts": {"bold": "fonts/Manrope-Bold.ttf"},
        "variables": {
            "line": {"type": "text", "required": True, "max_length": 200, "description": "The words."},
            "lines": {"type": "texts", "most": 5, "max_length": 80, "description": "More words."},
            "pictures": {"type": "pictures", "most": 9, "description": "Pictures."},
            **{
                name: {"type": "colour", "default": value, "description": "A colour."}
                for name, value in {
                    "primary": "#1f3a5f", "accent": "#ffb545", "paper": "#ffffff", "ink": "#14171f",
                }.items()
            },
        },
        "styles": {"line": {"font": "bold", "size": {"largest": 12, "smallest": 6}, "lines": 2}},
        "layouts": {aspect.value: layout for aspect in Aspect},
        "lengths": {"shortest_s": 1, "full_s": 1, "longest_s": 60},
        "ground": {"look": "drift"},
        "scenes": [{"name": "only", "layers": [a_stack()]}],
        **changes,
    }  # fmt: skip


def a_stack(*items: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {"kind": "stack", "region": "words", "items": list(items or [a_text()]), **changes}


def a_text(**changes: Any) -> dict[str, Any]:
    return {"kind": "text", "text": "{line}", "style": "line", **changes}


def a_folder(folder: Path, document: dict[str, Any]) -> Path:
    """`document` as a template's folder, with a font."""
    home = folder / str(document["name"])
    shutil.copytree(library_folder() / "product_card" / "fonts", home / "fonts")
    plain = json.loads(json.dumps(document))  # layouts that share one value would be written as aliases
    (home / "template.yaml").write_text(yaml.safe_dump(plain), encoding="utf-8")
    return home


def a_template(folder: Path, **changes: Any) -> Template:
    return read_template(a_folder(folder, a_document(**changes)))


def a_request(
    template: Template,
    variables: Mapping[str, Any] | None = None,
    pictures: Mapping[str, Sequence[Path]] | None = None,
    *,
    aspect: Aspect = Aspect.LANDSCAPE,
    profile: str = "preview",
    **changes: Any,
) -> tuple[Request, Pictures]:
    """A request, and where its pictures are."""
    width, height = load_profiles()[profile].canvas(aspect)
    given = {"line": "Words", **(variables or {})} if template.document.name == "small" else dict(variables or {})
    placed = pictures or {}
    given |= {name: tuple(map(str, paths)) for name, paths in placed.items() if name != IMAGE}
    digests = {name: tuple(Digest.of_file(path) for path in paths) for name, paths in placed.items()}
    files = {Digest.of_file(path): path for paths in placed.values() for path in paths}
    media = {
        str(path): MediaFile(reference=str(path), digest=digest, size_bytes=path.stat().st_size)
        for digest, path in files.items()
    }
    asked: dict[str, Any] = {
        "template": template.document.name, "variables": given, "aspect": aspect, "width": width, "height": height,
        "frame_count": 60, "pictures": media, "image": next((media[str(path)] for path in placed.get(IMAGE, ())), None),
        **changes,
    }  # fmt: skip
    spec = a_spec(**asked)
    values = resolve_variables(template.document, given)
    return Request(spec, template, values, {IMAGE: (), **digests}), files.__getitem__


def a_flat_picture(
    folder: Path, colour: tuple[int, int, int], name: str = "flat", size: tuple[int, int] = (320, 200)
) -> Path:
    path = folder / f"{name}.png"
    Image.fromarray(np.full((size[1], size[0], 3), colour, np.uint8)).save(path)
    return path


def an_artist(request: Request, pictures: Pictures) -> Artist:
    from vidgen_assets.templates.legibility import resolve_timeline

    return Artist.ready(resolve_timeline(request, pictures), request.template, pictures)
