"""The guide to templates is true: the template that it has a reader write can be read and drawn."""

import shutil
from pathlib import Path
from typing import get_args

import numpy as np

from tests.docs.pages import REPOSITORY, Page
from vidgen_assets.clips.spec import Aspect
from vidgen_assets.reports.preview import Wish, frames_of
from vidgen_assets.templates.layers import Layer
from vidgen_assets.templates.library import library_folder, read_template

PAGE = Page(REPOSITORY / "docs" / "templates.md")


def test_the_template_of_the_guide_is_sound_and_draws_in_every_aspect(tmp_path: Path) -> None:
    (document,) = PAGE.blocks("yaml")
    folder = tmp_path / "quote"
    shutil.copytree(library_folder() / "product_card" / "fonts", folder / "fonts")
    (folder / "template.yaml").write_text(document.text, encoding="utf-8")
    template = read_template(folder)
    for aspect in Aspect:
        wish = Wish(template, {"words": "Light is what makes the dark.", "speaker": "Me"}, aspect=aspect, duration_s=2)
        frame = next(iter(frames_of(wish)))
        assert np.ptp(frame[..., :3]) > 20


def test_every_kind_of_layer_is_explained() -> None:
    union, _ = get_args(Layer)
    kinds = {get_args(kind.model_fields["kind"].annotation)[0] for kind in get_args(union)}
    assert {kind for kind in kinds if f"| `{kind}` |" not in PAGE.text} == set()
