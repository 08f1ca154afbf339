"""A template's document is loaded whole or refused with the key that is wrong."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.templates.templates_at_hand import FULL, WHOLE, a_document, a_folder, a_stack, a_template, a_text
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


@pytest.mark.parametrize("key", ["narration", "chapter"])
def test_a_name_that_is_said_and_that_the_document_lacks_is_told(tmp_path: Path, key: str) -> None:
    error = refusal(tmp_path, scenes=[{"name": "only", key: "{line} and {sparkle}", "layers": [a_stack()]}])
    assert f"scenes.only.{key} names sparkle" in error.found


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


BRAND = {"kind": "brand", "region": "words", "text": "{line}", "style": "line", "mark": "accent"}
PILL = {"kind": "pill", "text": "{line}", "style": "line", "fill": "accent"}
RULE = {"kind": "rule", "width": 8, "height": 1, "fill": "accent"}
POINTS = {"kind": "points", "each": "lines", "style": "line", "mark": "accent"}
PROGRESS = {"kind": "progress", "region": "full", "fill": "accent", "track": "paper"}


@pytest.mark.parametrize("colour", ["nosuch", "loud", "quiet"])
@pytest.mark.parametrize(
    ("layer", "place"),
    [
        (lambda colour: a_stack(scrim=colour), "stack.scrim"),
        (lambda colour: {**BRAND, "scrim": colour}, "brand.scrim"),
        (lambda colour: {**BRAND, "mark": colour}, "brand.mark"),
        (lambda colour: {"kind": "shape", "region": "full", "fill": ["accent", colour]}, "shape.fill"),
        (lambda colour: {**PROGRESS, "fill": colour}, "progress.fill"),
        (lambda colour: {**PROGRESS, "track": colour}, "progress.track"),
        (lambda colour: {**BADGE, "region": "words", "fill": colour}, "badge.fill"),
        (lambda colour: a_stack({**PILL, "fill": colour}), "stack.pill.fill"),
        (lambda colour: a_stack({**RULE, "fill": colour}), "stack.rule.fill"),
        (lambda colour: a_stack({**POINTS, "mark": colour}), "stack.points.mark"),
    ],
)
def test_a_colour_that_nothing_can_be_painted_with_is_told(
    tmp_path: Path, layer: Callable[[str], dict[str, Any]], place: str, colour: str
) -> None:
    """`loud` and `quiet` are what words may be, once it's known what is under them."""
    found = refusal(tmp_path, scenes=with_layer(layer(colour))).found
    assert f"scenes.only.{place} names {colour}, which is none of the colours (accent, badge, base" in found


def test_words_may_be_loud_or_quiet(tmp_path: Path) -> None:
    a_template(tmp_path / "text", scenes=with_layer(a_stack(a_text(ink="quiet"), {**POINTS, "ink": "loud"})))
    a_template(tmp_path / "brand", scenes=with_layer({**BRAND, "ink": "quiet", "scrim": "base"}))
    assert "text.ink names nosuch" in refusal(tmp_path / "no", scenes=with_layer(a_stack(a_text(ink="nosuch")))).found


FLAGGED = {**a_document()["variables"], "shown": {"type": "flag", "default": True, "description": "Whether."}}


@pytest.mark.parametrize(
    ("wording", "why"),
    [
        ("{lines}", "lines is a list: repeat the scene for it (for_each)"),
        ("Of {pictures}", "pictures is a list of pictures"),
        ("{line} {shown}", "shown is a flag, true or false"),
    ],
)
def test_what_words_can_not_be_made_of_is_told(tmp_path: Path, wording: str, why: str) -> None:
    """Written out, it would read `('one', 'two')`, or `True`."""
    for name, scene in {
        "text": {"layers": [a_stack(a_text(text=wording))]},
        "pill": {"layers": [a_stack({**PILL, "text": wording})]},
        "brand": {"layers": [{**BRAND, "text": wording}]},
        "narration": {"narration": wording, "layers": [a_stack()]},
        "chapter": {"chapter": wording, "layers": [a_stack()]},
    }.items():
        assert why in refusal(tmp_path / name, variables=FLAGGED, scenes=[{"name": "only", **scene}]).found
    over = refusal(tmp_path / "over", variables=FLAGGED, over=[{**BRAND, "text": wording, "when": "lines"}])
    assert f"under/over.brand writes {{{why.split()[0]}}} out" in over.found


def test_an_element_of_a_list_is_words_where_the_scene_is_repeated(tmp_path: Path) -> None:
    repeated = {"name": "only", "for_each": "lines", "narration": "{lines}", "chapter": "{number}: {lines}"}
    a_template(tmp_path / "list", scenes=[{**repeated, "layers": [a_stack(a_text(text="{lines}"))]}])
    a_template(tmp_path / "flag", variables=FLAGGED, scenes=with_layer(a_stack(a_text(when="shown"))))
    scenes = [{**repeated, "layers": [a_stack(a_text(text="{pictures}"))]}]
    assert "pictures is a list of pictures" in refusal(tmp_path / "pictures", scenes=scenes).found


@pytest.mark.parametrize(
    ("variable", "told"),
    [
        ({"type": "text", "max_length": 40, "default": "x" * 500}, "the text has 500 characters"),
        ({"type": "text", "max_length": 40, "default": "turned \u202e"}, "U+202E"),
        ({"type": "texts", "max_length": 4, "most": 2, "default": ["a", "b", "c"]}, "the list has 3 elements"),
        ({"type": "texts", "max_length": 4, "most": 2, "default": ["a", "abcde"]}, "of element 2, the text has 5"),
        ({"type": "texts", "max_length": 4, "most": 2, "default": ["a", " "]}, "element 2 is blank"),
        ({"type": "texts", "max_length": 4, "most": 2, "default": ["\u00ad", "b"]}, "element 1 is blank"),
        ({"type": "pictures", "least": 5, "most": 2}, "least (5) is above most (2)"),
    ],
)
def test_a_variable_that_is_out_of_its_own_limits_is_told(tmp_path: Path, variable: dict[str, Any], told: str) -> None:
    variables = {**a_document()["variables"], "odd": {"description": "Odd.", **variable}}
    error = refusal(tmp_path, variables=variables)
    assert str(error.field).startswith("variables.odd")
    assert told in error.found


def test_a_default_within_its_limits_is_kept(tmp_path: Path) -> None:
    text = {"type": "text", "max_length": 4, "default": "abcd", "description": "A text."}
    texts = {"type": "texts", "max_length": 4, "most": 2, "default": ["a", "abcd"], "description": "Texts."}
    pictures = {"type": "pictures", "least": 2, "most": 2, "description": "Pictures."}
    a_template(tmp_path, variables={**a_document()["variables"], "text": text, "texts": texts, "two": pictures})


def test_a_repeated_scene_needs_a_list(tmp_path: Path) -> None:
    assert (
        "no variable of type texts"
        in refusal(tmp_path, scenes=[{"name": "only", "for_each": "line", "layers": [a_stack()]}]).found
    )


def test_a_repeated_scene_shows_no_whole_list(tmp_path: Path) -> None:
    points = {"kind": "points", "each": "lines", "style": "line", "mark": "accent"}
    scenes = [{"name": "only", "for_each": "lines", "layers": [a_stack(points)]}]
    assert "shows a whole list" in refusal(tmp_path, scenes=scenes).found


def test_words_stay_in_the_safe_area(tmp_path: Path) -> None:
    assert "safe area" in refusal(tmp_path, scenes=with_layer(a_stack(region="full"))).found


BADGE = {"kind": "badge", "region": "corner", "smallest": 20, "largest": 28, "fill": "accent", "items": [a_text()]}


def with_corner(x: float) -> dict[str, Any]:
    """The usual layouts, with a place for a badge whose middle is at `x`."""
    layout = a_document()["layouts"]["16:9"]
    corner = {"corner": [x - 0.05, 0.3, 0.1, 0.1]}
    return {aspect.value: {**layout, "regions": {**layout["regions"], **corner}} for aspect in Aspect}


def test_the_words_on_a_badge_stay_in_the_safe_area(tmp_path: Path) -> None:
    """In a square, those of a disc of 28 % of the width reach 11.2 % to the right."""
    a_template(tmp_path / "in", layouts=with_corner(0.83), scenes=with_layer(BADGE))
    error = refusal(tmp_path / "out", layouts=with_corner(0.85), scenes=with_layer(BADGE))
    assert "badge has words in corner, which reach out of the safe area of 1:1" in error.found
    assert "16:9" not in error.found


def test_words_that_show_together_stand_apart(tmp_path: Path) -> None:
    layout = {"safe": [0, 0, 0, 0], "regions": {"words": [0, 0, 0.5, 0.5], "more": [0.4, 0.4, 0.5, 0.5], "full": FULL}}
    changes = {"layouts": {aspect.value: layout for aspect in Aspect}}
    both = [a_stack(), a_stack(region="more")]
    error = refusal(tmp_path / "both", **changes, scenes=[{"name": "only", "layers": both}])
    assert "in 16:9, words and more overlap, and scenes.only may show words in both" in error.found
    over = refusal(tmp_path / "over", **changes, scenes=with_layer(both[0]), over=both[1:])
    assert "words and more overlap" in over.found
    a_template(tmp_path / "one", **changes, scenes=with_layer(both[0]), over=[a_stack(anchor="bottom")])
    a_template(tmp_path / "two", **changes, scenes=[{"name": one["region"], "layers": [one]} for one in both])


def both(one: dict[str, Any], other: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"name": "only", "layers": [one, other]}]


def test_two_stacks_at_one_end_of_a_region_are_refused(tmp_path: Path) -> None:
    error = refusal(tmp_path / "both", scenes=both(a_stack(anchor="middle"), a_stack(anchor="middle")))
    assert "in 16:9, scenes.only may show the words of a stack and those of a stack in the same place" in error.found
    assert "the middle of words" in error.found
    portrait = {"16:9": "bottom", "1:1": "middle", "4:5": "bottom", "9:16": "top"}
    error = refusal(tmp_path / "one", scenes=both(a_stack(), a_stack(anchor=portrait)))
    assert "in 9:16" in error.found
    assert "in 16:9" not in error.found
    brand = {"kind": "brand", "region": "words", "text": "{line}", "style": "line", "mark": "accent"}
    assert "of a brand" in refusal(tmp_path / "brand", scenes=both(a_stack(anchor="middle"), brand)).found
    a_template(tmp_path / "ends", scenes=both(a_stack(anchor="top"), a_stack(anchor="bottom")))
    a_template(tmp_path / "sides", scenes=both(a_stack(align="start"), a_stack(align="end")))


def test_a_condition_excuses_what_the_other_layer_does_not_share(tmp_path: Path) -> None:
    def on(*conditions: str) -> dict[str, Any]:
        return a_stack(*(a_text(when=condition) for condition in conditions))

    a_template(tmp_path / "own", scenes=both(on("line"), on("lines")))
    for name, one, other in (
        ("same", on("line"), on("line")),
        ("shared", on("line", "primary"), on("lines", "line")),
        ("always", on("line"), a_stack()),
    ):
        assert "in the same place" in refusal(tmp_path / name, scenes=both(one, other)).found


@pytest.mark.parametrize(
    ("key", "changes", "told"),
    [
        ("ground", {"energy": "{line}"}, "ground.energy is '{line}'"),
        ("ground", {"energy": "abc"}, "ground.energy is 'abc'"),
        ("ground", {"energy": "{nothing}"}, "ground.energy is '{nothing}'"),
        ("ground", {"energy": "{far}"}, "within them"),
        ("ground", {"energy": "nan"}, "ground.energy"),
        ("ground", {"look": "abc"}, "ground.look may be abc; it is drift, bokeh, silk, streaks"),
        ("ground", {"look": "{line}"}, "ground.look may be {line}"),
        ("ground", {"look": "{tone}"}, "ground.look may be deep, loud"),
        ("ground", {"period_s": 1e-320}, "ground.period_s"),
        ("brand", {"mood": "{tone}"}, "brand.mood may be loud; it is deep, bright"),
        ("brand", {"mood": "{nothing}"}, "brand.mood"),
        ("styles", {"line": {"font": "bold", "size": {"largest": 5, "smallest": 0}}}, "smallest"),
        ("lengths", {"shortest_s": 70, "full_s": 60, "longest_s": 60}, "don't rise"),
        ("lengths", {"shortest_s": 1, "full_s": 1, "longest_s": "inf"}, "finite"),
    ],
)
def test_a_value_that_nothing_can_be_made_of_is_told(
    tmp_path: Path, key: str, changes: dict[str, Any], told: str
) -> None:
    tone = {"type": "choice", "default": "deep", "choices": ["deep", "loud"], "description": "A tone."}
    far = {"type": "number", "default": 1, "minimum": 0, "maximum": 50, "description": "How far."}
    variables = {**a_document()["variables"], "tone": tone, "far": far}
    assert told in refusal(tmp_path, variables=variables, **{key: changes}).found


@pytest.mark.parametrize("limits", [{"default": 7}, {"default": "nan"}, {"minimum": "-inf"}])
def test_a_number_s_default_is_within_its_limits(tmp_path: Path, limits: dict[str, Any]) -> None:
    number = {"type": "number", "default": 0.5, "minimum": 0, "maximum": 1, "description": "How far.", **limits}
    assert "variables.far" in refusal(tmp_path, variables={**a_document()["variables"], "far": number}).found


def test_a_layout_is_needed_for_every_aspect(tmp_path: Path) -> None:
    layouts = {key: value for key, value in a_document()["layouts"].items() if key != "4:5"}
    assert "layouts lacks 4:5" in refusal(tmp_path, layouts=layouts).found


def test_a_region_stays_on_the_canvas(tmp_path: Path) -> None:
    layout = {"safe": [0, 0, 0, 0], "regions": {"words": [0.5, 0.1, 0.6, 0.2], "full": WHOLE}}
    layouts = {**a_document()["layouts"], "1:1": layout}
    assert "reach over the canvas" in refusal(tmp_path, layouts=layouts).found


@pytest.mark.parametrize(
    "path", ["../bold.ttf", "/etc/passwd", "https://fonts.example/bold.ttf", "a/../../b.ttf", "c:\\b", "a\0b"]
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


@pytest.mark.parametrize("path", ["fonts/Missing.ttf", "a" * 5000])
def test_a_font_must_lie_in_the_folder(tmp_path: Path, path: str) -> None:
    error = refusal(tmp_path, fonts={"bold": path})
    assert (error.field, error.value) == ("fonts.bold", path)
    assert "not in its folder" in error.found


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.98])
def test_a_font_that_was_cut_short_is_refused(tmp_path: Path, share: float) -> None:
    folder = a_folder(tmp_path, a_document())
    font = folder / "fonts" / "Manrope-Bold.ttf"
    font.write_bytes(font.read_bytes()[: int(font.stat().st_size * share)])
    with pytest.raises(InputError, match="can't be read") as caught:
        read_template(folder)
    assert (caught.value.field, caught.value.value) == ("fonts.bold", "fonts/Manrope-Bold.ttf")


def test_what_is_no_font_is_refused(tmp_path: Path) -> None:
    assert "can't be read" in refusal(tmp_path, fonts={"bold": "fonts/OFL.txt"}).found


def test_a_template_is_called_like_its_folder(tmp_path: Path) -> None:
    folder = a_folder(tmp_path, a_document())
    with pytest.raises(InputError, match="called like its folder"):
        read_template(folder.rename(tmp_path / "another"))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a: [", "can't be read"),
        ("\x00", "can't be read"),
        ("name: a\nname: b", "'name' is given twice"),
        ("[" * 100_000, "nested too deeply"),
        ("a: &b [*b, *b]", "anchor or alias in line 1"),
        ("a: 1\nb: !!timestamp foo", "tag .*timestamp.* in line 2"),
        ("a: !!bool foo", "tag .*bool"),
        ("name: 2024-13-45", "wrong in"),
        ("name: 0x_", "wrong in"),
        ("variables: {a: {type: texts, description: b, max_length: 1e99999999, most: 1}}", "wrong in"),
        (f"lengths: {{shortest_s: {'9' * 5000}}}", "wrong in"),
    ],
)
def test_text_that_is_no_plain_document_is_refused(tmp_path: Path, text: str, found: str) -> None:
    (tmp_path / "template.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=found):
        read_template(tmp_path)


def test_a_document_that_is_no_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "template.yaml")  # reading it would wait for a writer
    with pytest.raises(InputError, match="no document"):
        read_template(tmp_path)


def test_an_aspect_is_text_without_quotes_as_well(tmp_path: Path) -> None:
    folder = a_folder(tmp_path, a_document())
    document = (folder / "template.yaml").read_text(encoding="utf-8")
    assert document.count("'16:9':") == 1
    (folder / "template.yaml").write_text(document.replace("'16:9':", "16:9:"), encoding="utf-8")
    assert set(read_template(folder).document.layouts) == set(Aspect)


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
