"""Words can be read on what is under them, or the clip is refused before a frame is drawn."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.templates.cards import WORDS, a_cutout
from tests.templates.templates_at_hand import a_document, a_flat_picture, a_request, a_stack, a_template, a_text
from vidgen_assets.clips.errors import InputError
from vidgen_assets.clips.spec import Aspect
from vidgen_assets.templates import looking, scene
from vidgen_assets.templates.colours import Colour
from vidgen_assets.templates.compositor import on_backdrop
from vidgen_assets.templates.legibility import resolve_timeline
from vidgen_assets.templates.library import TemplateLibrary

PICTURE = {"kind": "picture", "source": "pictures", "region": "full"}


def a_timeline(folder: Path, stack: dict[str, Any], colour: tuple[int, int, int], **variables: Any) -> scene.Timeline:
    """Words over a picture of one colour that fills the canvas."""
    folder.mkdir(exist_ok=True)
    template = a_template(folder, scenes=[{"name": "only", "layers": [PICTURE, stack]}])
    pictures = {"pictures": [a_flat_picture(folder, colour)]}
    return resolve_timeline(*a_request(template, variables, pictures))


def words_of(timeline: scene.Timeline) -> scene.TextBlock:
    return next(part.block for part in timeline.sections[0].parts if isinstance(part, scene.WordsPart))


def veil_of(timeline: scene.Timeline) -> scene.VeilPart:
    return next(part for part in timeline.sections[0].parts if isinstance(part, scene.VeilPart))


@pytest.mark.parametrize(("ground", "ink"), [((250, 250, 250), "#14171f"), ((10, 20, 40), "#ffffff")])
def test_words_take_the_brand_s_ink_that_reads(tmp_path: Path, ground: tuple[int, int, int], ink: str) -> None:
    assert words_of(a_timeline(tmp_path, a_stack(), ground)).colour == ink


@pytest.mark.parametrize("grey", [0, 60, 118, 180, 255])
def test_a_scrim_makes_every_picture_readable(tmp_path: Path, grey: int) -> None:
    timeline = a_timeline(tmp_path, a_stack(scrim="base"), (grey, grey, grey), paper="#ffffff", ink="#999999")
    veil, ink = veil_of(timeline), Colour.of_hex(words_of(timeline).colour)
    over = Colour.of_hex(veil.colour)
    shown = Colour(*(grey + (v - grey) * veil.opacity for v in over.channels))
    assert ink.contrast(shown) >= 4.5


@pytest.mark.parametrize(
    ("scrim", "ink"),
    [("#27313f", "#2a3340"), ("#808080", "loud"), ("#808080", "quiet"), ("base", "#2a3340"), ("#fafafa", "paper")],
)
def test_a_scrim_that_no_ink_reads_on_is_refused(tmp_path: Path, scrim: str, ink: str) -> None:
    stack = a_stack(a_text(ink=ink), scrim=scrim)
    with pytest.raises(InputError, match="can't be read on their scrim") as caught:
        a_timeline(tmp_path, stack, (130, 130, 130), paper="#999999", ink="#777777")
    assert "4.5:1" in str(caught.value.allowed)


def test_what_a_scrim_is_made_strong_for_does_not_take_the_other_words_away(tmp_path: Path) -> None:
    """The first line stands on white and the second across black and white: dark ink alone would do for the first."""
    halves = np.full((200, 320, 3), 255, np.uint8)
    halves[110:, 60:] = 10
    folder = tmp_path / "pictures"
    folder.mkdir()
    Image.fromarray(halves).save(folder / "halves.png")
    stack = a_stack(a_text(), a_text(text="{line} {line} {line}", gap=25), scrim="base")
    template = a_template(tmp_path, scenes=[{"name": "only", "layers": [PICTURE, stack]}])
    timeline = resolve_timeline(*a_request(template, {}, {"pictures": [folder / "halves.png"]}))
    veil = veil_of(timeline)
    over = Colour.of_hex(veil.colour)
    assert veil.opacity > 0.5
    for part in timeline.sections[0].parts:
        if isinstance(part, scene.WordsPart):
            shown = Colour(*(255 + (channel - 255) * veil.opacity for channel in over.channels))
            assert Colour.of_hex(part.block.colour).contrast(shown) >= 4.5


def test_a_scrim_that_is_not_needed_is_not_there(tmp_path: Path) -> None:
    assert veil_of(a_timeline(tmp_path, a_stack(scrim="base"), (10, 20, 40))).opacity == 0


def test_a_colour_that_can_not_be_read_is_refused_by_its_variable(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        a_timeline(tmp_path, a_stack(a_text(ink="accent")), (250, 200, 120))
    assert caught.value.field == "variables.accent"
    assert caught.value.value == "#ffb545"
    assert "4.5:1" in str(caught.value.allowed)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"ink": "#999999", "mood": "bright"}, "ink"),
        ({"paper": "#5a6b80", "ink": "#10141c", "mood": "deep"}, "paper"),
    ],
)
def test_an_ink_of_the_brand_that_can_not_be_read_is_told_by_its_variable_with_one_that_can(
    tmp_path: Path, given: dict[str, str], field: str
) -> None:
    card, pictures = TemplateLibrary().load("product_card"), {"image": [a_cutout(tmp_path)]}
    with pytest.raises(InputError) as caught:
        resolve_timeline(*a_request(card, {**WORDS, **given}, pictures))
    error = caught.value
    assert (error.field, error.value) == (f"variables.{field}", given[field])
    assert "variables.ink" in error.found
    assert "variables.paper" in error.found
    assert "4.5:1" in str(error.allowed)
    assert "variables.mood" in str(error.remedy)
    (colour,) = re.findall(rf"variables.{field} a colour such as (#\w{{6}})", str(error.remedy))
    resolve_timeline(*a_request(card, {**WORDS, **given, field: colour}, pictures))


@pytest.mark.parametrize(("ink", "field"), [("mark", "accent"), ("base", "primary"), ("quiet", "main")])
def test_a_colour_of_the_palette_is_told_by_the_variable_it_comes_from(tmp_path: Path, ink: str, field: str) -> None:
    colours = {"main": "#fefefe", "primary": "#ffffff", "accent": "#fff0dd", "paper": "#ffffff"}
    described = {"type": "colour", "description": "A colour."}
    variables = a_document()["variables"] | {name: {**described, "default": c} for name, c in colours.items()}
    template = a_template(
        tmp_path,
        variables=variables,
        brand={"ink": "main", "paper": "#ffffff", "mood": "bright"},
        scenes=[{"name": "only", "layers": [PICTURE, a_stack(a_text(ink=ink))]}],
    )
    with pytest.raises(InputError) as caught:
        resolve_timeline(*a_request(template, {}, {"pictures": [a_flat_picture(tmp_path, (250, 250, 250))]}))
    assert caught.value.field == f"variables.{field}"
    assert "another picture (variables.pictures)" in str(caught.value.remedy)


def test_a_colour_that_the_document_fixes_is_told_by_the_words_and_their_picture(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        a_timeline(tmp_path / "picture", a_stack(a_text(ink="#888888")), (118, 118, 118))
    assert caught.value.field == "variables.pictures"
    template = a_template(tmp_path, scenes=[{"name": "only", "layers": [a_stack(a_text(ink="#1f3a5f"))]}])
    with pytest.raises(InputError) as caught:
        resolve_timeline(*a_request(template, {"line": "Some words"}))
    assert (caught.value.field, caught.value.value) == ("variables.line", "Some words")
    assert "another variables.primary" in str(caught.value.remedy)


def test_every_picture_of_a_set_that_turns_under_words_is_looked_at(tmp_path: Path) -> None:
    """The white ones are gone at all three moments that every scene is looked at."""
    pictures = [
        a_flat_picture(tmp_path, (245, 245, 245) if number in (2, 3, 10) else (15, 15, 20), f"turn-{number}")
        for number in range(24)
    ]
    variables = {**a_document()["variables"], "pictures": {"type": "pictures", "most": 30, "description": "All."}}
    turning, shown = {**PICTURE, "turns": 1}, {"pictures": pictures}
    for place in ({"scenes": [{"name": "only", "layers": [turning, a_stack()]}]}, {"under": [turning]}):
        template = a_template(tmp_path / next(iter(place)), variables=variables, **place)
        with pytest.raises(InputError, match="can't be read") as caught:
            resolve_timeline(*a_request(template, {}, shown))
        assert caught.value.field == "variables.pictures"
        dark = {"pictures": [*pictures[:2], *pictures[4:10], *pictures[11:]]}
        assert resolve_timeline(*a_request(template, {}, dark))


def test_a_set_that_turns_beside_the_words_costs_no_more_looks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[int] = []

    def counted(painter: Any, timeline: scene.Timeline, frame: int) -> Any:
        looks.append(frame)
        return on_backdrop(painter, timeline, frame)

    monkeypatch.setattr(looking, "on_backdrop", counted)
    regions = {"words": [0.1, 0.1, 0.4, 0.8], "full": [0.6, 0.1, 0.3, 0.8]}
    layouts = {aspect.value: {"safe": [0, 0, 0, 0], "regions": regions} for aspect in Aspect}
    scenes = [{"name": "only", "layers": [{**PICTURE, "turns": 1}, a_stack()]}]
    pictures = [a_flat_picture(tmp_path, (20 * n, 0, 0), f"turn-{n}") for n in range(9)]
    resolve_timeline(*a_request(a_template(tmp_path, scenes=scenes, layouts=layouts), {}, {"pictures": pictures}))
    assert len(looks) == 3


@pytest.mark.parametrize("layers", ["scene", "over"])
def test_words_that_come_to_stand_on_each_other_are_refused_with_both(tmp_path: Path, layers: str) -> None:
    top, bottom = a_stack(), a_stack(a_text(text="{lines}"), anchor="bottom")
    repeated: dict[str, Any] = {"name": "each", "for_each": "lines"}
    changes = (
        {"scenes": [{**repeated, "layers": [bottom, top]}]}
        if layers == "scene"
        else {"scenes": [{**repeated, "layers": [bottom]}], "over": [top]}
    )
    styles = {"line": {**a_document()["styles"]["line"], "lines": 8}}
    template = a_template(tmp_path, **changes, styles=styles, ground={"calm": ["words"]})
    long = "As many words as there is room for in all of the place, from its top to its end"
    resolve_timeline(*a_request(template, {"line": long, "lines": ("Short",)}))
    with pytest.raises(InputError, match="in scene each-2, the words") as caught:
        resolve_timeline(*a_request(template, {"line": long, "lines": ("Short", f"{long}s")}))
    error = caught.value
    assert error.field == "variables.lines"
    assert "stand on each other in 16:9" in error.found
    assert error.found.count("(stack in words)") == 2


def test_words_that_take_turns_in_time_may_stand_in_one_place(tmp_path: Path) -> None:
    """Each on a condition of its own, and one gone before the other comes."""
    first = a_stack(
        a_text(when="line", leave={"at_s": 0, "for_s": 0.1}), a_text(text="", leave={"at_s": 1, "for_s": 0.1})
    )
    second = a_stack(a_text(text="{lines}", when="lines", enter={"at_s": 1.5, "for_s": 0.1}))
    for name, enters in (("apart", second), ("together", a_stack(a_text(text="{lines}", when="lines")))):
        stacks = [{**first, "items": [{**item, "when": "line"} for item in first["items"]]}, enters]
        template = a_template(tmp_path / name, scenes=[{"name": "each", "for_each": "lines", "layers": stacks}])
        request = a_request(template, {"lines": ("Words",)})
        if name == "apart":
            resolve_timeline(*request)
        else:
            with pytest.raises(InputError, match="stand on each other"):
                resolve_timeline(*request)


def test_no_ink_of_the_brand_on_a_middle_grey_is_refused_without_a_scrim(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="can't be read"):
        a_timeline(tmp_path, a_stack(), (118, 118, 118), paper="#dddddd", ink="#555555")


def test_words_read_on_a_scene_that_is_loud(tmp_path: Path) -> None:
    """The ground is calmed under the words until they do."""
    variables = {"primary": "#ffe14d", "accent": "#ff3355", "ink": "#333333"}
    template = a_template(tmp_path, ground={"look": "bokeh", "energy": 1.0, "calm": ["words"]})
    request, pictures = a_request(template, variables)
    timeline = resolve_timeline(request, pictures)
    artist_ink = Colour.of_hex(words_of(timeline).colour)
    from vidgen_assets.templates.painters import painter_of

    painter = painter_of(timeline.backdrop, timeline.width, timeline.height)
    line = words_of(timeline).lines[0]
    for turn in range(0, 100, 7):
        pixels = np.empty((timeline.height, timeline.width, 4), np.uint8)
        painter.paint(turn / 100, pixels)
        under = pixels[int(line.baseline) - 20 : int(line.baseline), int(line.x) : int(line.x) + 60, :3].reshape(-1, 3)
        # 4.5 at the moments that are looked at
        assert min(artist_ink.contrast(Colour(*map(float, one))) for one in under) >= 4.2


def test_two_resolutions_are_byte_identical(tmp_path: Path) -> None:
    first, second = (
        a_timeline(tmp_path / name, a_stack(scrim="base"), (90, 120, 140)).model_copy(update={"template_digest": "x"})
        for name in ("a", "b")
    )
    assert first.model_dump() == second.model_dump()


SHADE = {"kind": "shape", "region": "full", "fill": ["base"], "opacity": 0.2, "most": 0.7}


def a_shaded(folder: Path, grey: int, *, most: float = 0.7, **changes: Any) -> scene.Timeline:
    """Words of one colour and a shade under them, over a grey picture; the palette's base is dark."""
    folder.mkdir(exist_ok=True)
    stack = a_stack(a_text(ink="#ffffff"), **changes)
    template = a_template(folder, scenes=[{"name": "only", "layers": [PICTURE, {**SHADE, "most": most}, stack]}])
    return resolve_timeline(*a_request(template, {}, {"pictures": [a_flat_picture(folder, (grey, grey, grey))]}))


def shade_of(timeline: scene.Timeline) -> scene.ShapePart:
    return next(part for part in timeline.sections[0].parts if isinstance(part, scene.ShapePart))


def test_a_shade_is_no_stronger_than_the_words_on_it_need(tmp_path: Path) -> None:
    assert shade_of(a_shaded(tmp_path, 40)).opacity == (0.2, 0.2)


def test_a_shade_is_made_stronger_by_tenths_until_the_words_on_it_read(tmp_path: Path) -> None:
    shade = shade_of(a_shaded(tmp_path, 170))
    base, white = Colour.of_hex(shade.fill[0]), Colour.of_hex("#ffffff")

    def contrast(opacity: float) -> float:
        return white.contrast(Colour(*(170 + (channel - 170) * opacity for channel in base.channels)))

    (opacity, _) = shade.opacity
    assert 0.2 < opacity < 0.7
    assert contrast(opacity - 0.1) < 4.5 <= contrast(opacity) + 0.05


def test_a_veil_is_for_what_the_strongest_shade_leaves_over(tmp_path: Path) -> None:
    weak, strong = (a_shaded(tmp_path / name, 255, most=most, scrim="base") for name, most in (("a", 0.5), ("b", 0.7)))
    assert shade_of(weak).opacity == (0.5, 0.5)
    assert veil_of(weak).opacity > 0
    assert veil_of(strong).opacity == 0


def test_a_shade_that_may_not_become_strong_enough_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="can't be read"):
        a_shaded(tmp_path, 255, most=0.3)


def test_how_strong_a_shade_might_have_become_is_no_part_of_the_timeline(tmp_path: Path) -> None:
    assert b'"most"' not in a_shaded(tmp_path, 40).to_bytes()
