"""Words can be read on what is under them, or the clip is refused before a frame is drawn."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.templates.templates_at_hand import a_flat_picture, a_request, a_stack, a_template, a_text
from vidgen_assets.clips.errors import InputError
from vidgen_assets.templates import scene
from vidgen_assets.templates.colours import Colour
from vidgen_assets.templates.legibility import resolve_timeline

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


def test_a_scrim_that_is_not_needed_is_not_there(tmp_path: Path) -> None:
    assert veil_of(a_timeline(tmp_path, a_stack(scrim="base"), (10, 20, 40))).opacity == 0


def test_a_colour_that_can_not_be_read_is_refused_by_its_variable(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        a_timeline(tmp_path, a_stack(a_text(ink="accent")), (250, 200, 120))
    assert caught.value.field == "variables.accent"
    assert caught.value.value == "#ffb545"
    assert "4.5:1" in str(caught.value.allowed)


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
