"""A template's document is loaded whole or refused with the key that is wrong."""

import shutil
from pathlib import Path

import pytest
import yaml

from vidgen_assets.clips.errors import InputError
from vidgen_assets.clips.spec import Aspect
from vidgen_assets.templates.document import (
    digest_of_folder,
    library_folder,
    library_names,
    load_template,
    read_template,
)


def a_copy(folder: Path, **changes: object) -> Path:
    """The product card in `folder`, top-level keys of its document replaced."""
    copy = folder / "product_card"
    shutil.copytree(library_folder() / "product_card", copy)
    document = yaml.safe_load((copy / "template.yaml").read_text(encoding="utf-8"))
    (copy / "template.yaml").write_text(yaml.safe_dump({**document, **changes}), encoding="utf-8")
    return copy


@pytest.mark.parametrize("name", library_names())
def test_every_template_that_ships_loads_and_has_a_layout_for_every_aspect(name: str) -> None:
    assert set(load_template(name).document.layouts) == set(Aspect)


@pytest.mark.parametrize("name", library_names())
def test_every_template_carries_the_licence_of_its_fonts_and_stays_small(name: str) -> None:
    fonts = library_folder() / name / "fonts"
    assert (fonts / "OFL.txt").is_file()
    assert sum(path.stat().st_size for path in fonts.iterdir()) < 1_500_000


def test_an_unknown_template_is_refused_with_the_names_that_exist() -> None:
    with pytest.raises(InputError) as caught:
        load_template("../clips")
    assert (caught.value.field, caught.value.allowed) == ("template", "product_card")


def test_an_unknown_key_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="product_card") as caught:
        read_template(a_copy(tmp_path, colour_of_the_moon="silver"))
    assert caught.value.field == "colour_of_the_moon"
    assert caught.value.value == "silver"


def test_every_wrong_place_is_listed(tmp_path: Path) -> None:
    wrong = {
        "mood": {"type": "choice", "default": "loud", "choices": ["calm"], "description": "Mood."},
        "ink": {"type": "colour", "default": "black", "description": "Ink."},
    }
    with pytest.raises(InputError, match="2 place") as caught:
        read_template(a_copy(tmp_path, variables=wrong))
    assert "loud" in caught.value.found
    assert "#rrggbb" in caught.value.found


def test_a_style_must_name_a_font_of_the_document(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="styles name the fonts"):
        read_template(a_copy(tmp_path, fonts={"heavy": "fonts/Manrope-ExtraBold.ttf"}))


def test_a_font_must_lie_in_the_folder(tmp_path: Path) -> None:
    copy = a_copy(tmp_path)
    (copy / "fonts" / "Manrope-Bold.ttf").unlink()
    with pytest.raises(InputError) as caught:
        read_template(copy)
    assert caught.value.value == "fonts/Manrope-Bold.ttf"


def test_text_that_is_no_yaml_is_refused(tmp_path: Path) -> None:
    (tmp_path / "template.yaml").write_text("a: [", encoding="utf-8")
    with pytest.raises(InputError, match="can't be read"):
        read_template(tmp_path)


def test_the_digest_covers_names_and_bytes_of_every_file(tmp_path: Path) -> None:
    copy = a_copy(tmp_path)
    before = digest_of_folder(copy)
    (copy / "fonts" / "OFL.txt").rename(copy / "fonts" / "LICENCE.txt")
    renamed = digest_of_folder(copy)
    (copy / "fonts" / "LICENCE.txt").write_text("changed", encoding="utf-8")
    assert len({before, renamed, digest_of_folder(copy)}) == 3
