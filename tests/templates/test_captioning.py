"""Where captions are burnt in, a template's own words make room for them, or the clip is refused."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from resources.backends.template import TemplateBackend
from tests.templates.requests_to_draw import REQUESTS
from tests.templates.templates_at_hand import a_request, a_stack, a_template, a_text
from vidgen_assets.clips.digest import Digest
from vidgen_assets.clips.errors import InputError
from vidgen_assets.clips.profiles import load_profiles
from vidgen_assets.clips.spec import NO_VOICE, Aspect
from vidgen_assets.templates import scene, timeline
from vidgen_assets.templates.captioning import LARGEST_SIZE, box_of, caption_face, outside
from vidgen_assets.templates.library import TemplateLibrary
from vidgen_assets.templates.placing import text_box
from vidgen_assets.templates.timeline import Request, laid_out

PICTURE = (Digest.of_bytes(b"a picture"),)


@pytest.fixture
def burning(monkeypatch: pytest.MonkeyPatch) -> None:
    """The profile `preview`, with captions burnt in."""
    burnt = load_profiles()["preview"].model_copy(update={"burn_captions": True})
    monkeypatch.setattr(timeline, "load_profiles", lambda: {"preview": burnt})


def asked(template: str, aspect: Aspect, **changes: Any) -> Request:
    variables = {name: value for name, value in REQUESTS[template]["en"].items() if name != "pictures"}
    variables |= {"pictures": ("a.png",)} if template == "news_summary" else {}
    request, _ = a_request(TemplateLibrary().load(template), variables, aspect=aspect, frame_count=300, **changes)
    return replace(request, pictures={"image": PICTURE, "pictures": PICTURE})


def boxes_of(request: Request, found: scene.Timeline) -> list[scene.Box]:
    """Of everything with words."""
    boxes: list[scene.Box] = []
    for part in (*found.under, *(part for section in found.sections for part in section.parts), *found.over):
        match part:
            case scene.WordsPart():
                boxes.append(text_box(request.canvas, part.block))
            case scene.PillPart():
                boxes.append(part.box)
            case scene.BadgePart():
                radius = part.diameter / 2
                boxes.append((part.centre[0] - radius, part.centre[1] - radius, part.diameter, part.diameter))
            case _:
                pass
    return boxes


@pytest.mark.parametrize("aspect", Aspect)
@pytest.mark.parametrize("template", ["lesson", "news_summary", "product_card"])
@pytest.mark.usefixtures("burning")
def test_no_words_of_a_template_stand_under_burnt_captions(template: str, aspect: Aspect) -> None:
    request = asked(template, aspect, script="Something is said.")
    canvas = (request.spec.width, request.spec.height)
    _, top, _, bottom = box_of([0.0, 0.0], LARGEST_SIZE * min(canvas), caption_face("en").metrics.cap_height, canvas)
    for _, y, _, height in boxes_of(request, laid_out(request)):
        assert y + height <= top or y >= bottom


@pytest.mark.parametrize(
    ("changes", "captioned"),
    [({"script": "Something is said."}, True), ({}, False), ({"script": "Something.", "voice": NO_VOICE}, False)],
)
@pytest.mark.usefixtures("burning")
def test_room_is_made_and_keyed_where_something_is_said(changes: dict[str, Any], *, captioned: bool) -> None:
    request = asked("product_card", Aspect.LANDSCAPE, **changes)
    assert (request.canvas.band is not None) is captioned
    assert ("captions" in TemplateBackend().latent_inputs(request.spec)) is captioned


def test_a_profile_that_burns_nothing_leaves_layout_and_key_alone() -> None:
    request = asked("lesson", Aspect.FEED)
    assert request.canvas.band is None
    assert request.canvas.region("words")[1] == pytest.approx(0.585 * request.spec.height)
    assert "captions" not in TemplateBackend().latent_inputs(request.spec)


@pytest.mark.usefixtures("burning")
def test_words_that_have_no_other_place_are_refused_with_it(tmp_path: Path) -> None:
    layout = {"safe": [0, 0, 0, 0], "regions": {"low": [0.1, 0.8, 0.8, 0.1]}}
    template = a_template(
        tmp_path,
        layouts={aspect.value: layout for aspect in Aspect},
        scenes=[{"name": "only", "narration": "{line}", "layers": [a_stack(region="low")]}],
    )
    request, _ = a_request(template)
    with pytest.raises(InputError, match="words in low stand where this profile burns captions in") as caught:
        laid_out(request)
    assert caught.value.field == "profile"


def a_badge(folder: Path, area: list[float]) -> Request:
    """A badge in the middle of `area`, beside words that are said."""
    layout = {"safe": [0, 0, 0, 0], "regions": {"words": [0, 0, 0.2, 0.6], "disc": area}}
    badge = {"kind": "badge", "region": "disc", "smallest": 14, "largest": 16, "fill": "accent", "items": [a_text()]}
    scenes = [{"name": "only", "narration": "{line}", "layers": [badge]}]
    template = a_template(folder, layouts={aspect.value: layout for aspect in Aspect}, scenes=scenes)
    return a_request(template, {"line": "Me"})[0]


@pytest.mark.parametrize("area", [[0.3, 0.45, 0.4, 0.4], [0.4, 0.5, 0.2, 0.35], [0.4, 0.66, 0.2, 0.02]])
@pytest.mark.usefixtures("burning")
def test_no_badge_stands_under_burnt_captions(tmp_path: Path, area: list[float]) -> None:
    request = a_badge(tmp_path, area)
    assert request.canvas.band
    top, bottom = request.canvas.band
    assert top - area[1] * request.spec.height > 0.01
    ((_, y, _, height),) = boxes_of(request, laid_out(request))
    assert y + height <= top + 0.01 or y >= bottom - 0.01


@pytest.mark.usefixtures("burning")
def test_a_badge_that_has_no_room_beside_the_captions_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="words in disc stand where this profile burns captions in") as caught:
        laid_out(a_badge(tmp_path, [0.4, 0.72, 0.2, 0.2]))
    assert caught.value.field == "profile"


@pytest.mark.usefixtures("burning")
def test_a_badge_that_is_clear_of_the_captions_stays_in_the_middle_of_its_region(tmp_path: Path) -> None:
    request = a_badge(tmp_path, [0.3, 0.1, 0.4, 0.7])
    ((x, y, width, height),) = boxes_of(request, laid_out(request))
    assert x + width / 2 == pytest.approx(0.5 * request.spec.width)
    assert y + height / 2 == pytest.approx(0.45 * request.spec.height)


@pytest.mark.parametrize(
    ("box", "left"),
    [
        ((5, 0, 9, 70), (5, 0, 9, 70)),
        ((5, 60, 9, 30), (5, 60, 9, 20)),
        ((5, 75, 9, 25), (5, 90, 9, 10)),
        ((5, 82, 9, 6), (5, 82, 9, 0)),
        ((5, 90, 9, 5), (5, 90, 9, 5)),
    ],
)
def test_the_larger_part_of_a_place_is_left(box: scene.Box, left: scene.Box) -> None:
    assert outside((80, 90), box) == left
