"""A template's document is loaded whole or refused with the key that is wrong."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.templates.templates_at_hand import WHOLE, a_document, a_folder, a_stack, a_template, a_text
from vidgen_assets.clips.errors import InputError
from vidgen_assets.clips.spec import Aspect
from vidgen_assets.templates.document import TemplateDocument
from vidgen_assets.templates.library import TemplateLibrary, digest_of_folder, library_folder, read_template

LIBRARY = TemplateLibrary()
SCHEMA = Path(__file__).parents[2] / "docs" / "template.schema.json"


def refusal(folder: Path, **changes: Any) -> InputError:
    with pytest.raises(InputError) as caught:
        a_template(folder, **changes)
    return caught.value


def with_layer(layer: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"name": "only", "layers": [layer]}]


def test_the_library_holds_at_least_the_four_promised() -> None:
    assert {"product_card", "news_summary", "lesson", "product_360"} <= set(LIBRARY.names())


@pytest.mark.parametrize("name", LIBRARY.names())
def test_every_template_that_ships_loads_and_has_a_layout_for_every_aspect(name: str) -> None:
    assert set(LIBRARY.load(name).document.layouts) == set(Aspect)


@pytest.mark.parametrize("name", LIBRARY.names())
def test_every_template_carries_the_licence_of_its_fonts_and_stays_small(name: str) -> None:
    fonts = library_folder() / name / "fonts"
    assert (fonts / "OFL.txt").is_file()
    assert sum(path.stat().st_size for path in fonts.iterdir()) < 1_500_000


def test_an_unknown_template_is_refused_with_the_names_that_exist() -> None:
    with pytest.raises(InputError) as caught:
        LIBRARY.load("../clips")
    assert caught.value.field == "template"
    assert "product_card" in str(caught.value.allowed)


def test_a_deployment_may_have_templates_of_its_own(tmp_path: Path) -> None:
    a_folder(tmp_path, a_document(name="ours"))
    library = TemplateLibrary((tmp_path,))
    assert library.load("ours").document.description == "A line of words."
    assert "product_card" in library.names()


def test_two_templates_of_one_name_are_refused(tmp_path: Path) -> None:
    a_folder(tmp_path, a_document(name="product_card"))
    with pytest.raises(InputError, match="two templates"):
        TemplateLibrary((tmp_path,)).names()


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not there"):
        TemplateLibrary((tmp_path / "nowhere",)).names()


def test_an_unknown_key_is_named(tmp_path: Path) -> None:
    error = refusal(tmp_path, colour_of_the_moon="silver")
    assert (error.field, error.value) == ("colour_of_the_moon", "silver")


def test_an_unknown_key_within_a_layer_is_named(tmp_path: Path) -> None:
    error = refusal(tmp_path, scenes=with_layer(a_stack(a_text(colour="red"))))
    assert error.field == "scenes.0.layers.0.stack.items.0.text.colour"


def test_every_wrong_place_is_listed(tmp_path: Path) -> None:
    variables = {
        **a_document()["variables"],
        "mood": {"type": "choice", "default": "loud", "choices": ["calm"], "description": "Mood."},
        "ink": {"type": "colour", "default": "black", "description": "Ink."},
    }
    error = refusal(tmp_path, variables=variables)
    assert "2 place" in error.found
    assert "loud" in error.found
    assert "#rrggbb" in error.found


@pytest.mark.parametrize(
    ("layer", "names"),
    [
        (a_stack(region="nowhere"), "nowhere"),
        (a_stack(a_text(style="huge")), "huge"),
        (a_stack(a_text(text="{sparkle}")), "sparkle"),
        (a_stack(a_text(text="{number}")), "number"),
        (a_stack(a_text(ink="pink")), "pink"),
        (a_stack(a_text(when="sparkle")), "sparkle"),
        (a_stack({"kind": "points", "each": "line", "style": "line", "mark": "accent"}), "line"),
        ({"kind": "picture", "source": "line", "region": "full"}, "line"),
        ({"kind": "shape", "region": "full", "fill": ["velvet"]}, "velvet"),
    ],
)
def test_a_name_that_the_document_lacks_is_told(tmp_path: Path, layer: dict[str, Any], names: str) -> None:
    assert names in refusal(tmp_path, scenes=with_layer(layer)).found


def test_a_repeated_scene_needs_a_list(tmp_path: Path) -> None:
    assert (
        "no variable of type texts"
        in refusal(tmp_path, scenes=[{"name": "only", "for_each": "line", "layers": [a_stack()]}]).found
    )


def test_words_stay_in_the_safe_area(tmp_path: Path) -> None:
    assert "safe area" in refusal(tmp_path, scenes=with_layer(a_stack(region="full"))).found


def test_a_layout_is_needed_for_every_aspect(tmp_path: Path) -> None:
    layouts = {key: value for key, value in a_document()["layouts"].items() if key != "4:5"}
    assert "layouts lacks 4:5" in refusal(tmp_path, layouts=layouts).found


def test_a_region_stays_on_the_canvas(tmp_path: Path) -> None:
    layout = {"safe": [0, 0, 0, 0], "regions": {"words": [0.5, 0.1, 0.6, 0.2], "full": WHOLE}}
    layouts = {**a_document()["layouts"], "1:1": layout}
    assert "reach over the canvas" in refusal(tmp_path, layouts=layouts).found


@pytest.mark.parametrize(
    "path", ["../bold.ttf", "/etc/passwd", "https://fonts.example/bold.ttf", "a/../../b.ttf", "c:\\b"]
)
def test_a_file_out_of_the_folder_is_refused(tmp_path: Path, path: str) -> None:
    error = refusal(tmp_path, fonts={"bold": path})
    assert (error.field, error.value) == ("fonts.bold", path)
    assert "out of its folder" in error.found


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    folder = a_folder(tmp_path, a_document())
    outside = tmp_path / "outside.ttf"
    outside.write_bytes((folder / "fonts" / "Manrope-Bold.ttf").read_bytes())
    (folder / "fonts" / "Manrope-Bold.ttf").unlink()
    (folder / "fonts" / "Manrope-Bold.ttf").symlink_to(outside)
    with pytest.raises(InputError, match="out of its folder"):
        read_template(folder)


def test_a_font_must_lie_in_the_folder(tmp_path: Path) -> None:
    error = refusal(tmp_path, fonts={"bold": "fonts/Missing.ttf"})
    assert (error.field, error.value) == ("fonts.bold", "fonts/Missing.ttf")


def test_a_template_is_called_like_its_folder(tmp_path: Path) -> None:
    folder = a_folder(tmp_path, a_document())
    with pytest.raises(InputError, match="called like its folder"):
        read_template(folder.rename(tmp_path / "another"))


@pytest.mark.parametrize("text", ["a: [", "a: &b [*b, *b]\n&c", "\x00"])
def test_text_that_is_no_yaml_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "template.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="can't be read"):
        read_template(tmp_path)


def test_a_huge_document_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "template.yaml").write_text("# " + "x" * 2_000_000, encoding="utf-8")
    with pytest.raises(InputError, match="megabyte"):
        read_template(tmp_path)


def test_the_digest_covers_names_and_bytes_of_every_file(tmp_path: Path) -> None:
    folder = a_folder(tmp_path, a_document())
    before = digest_of_folder(folder)
    (folder / "fonts" / "OFL.txt").rename(folder / "fonts" / "LICENCE.txt")
    renamed = digest_of_folder(folder)
    (folder / "fonts" / "LICENCE.txt").write_text("changed", encoding="utf-8")
    assert len({before, renamed, digest_of_folder(folder)}) == 3


def test_the_published_schema_is_the_document_s(tmp_path: Path) -> None:
    """`vidgen templates schema > docs/template.schema.json` writes it anew."""
    assert json.loads(SCHEMA.read_text(encoding="utf-8")) == TemplateDocument.model_json_schema()
