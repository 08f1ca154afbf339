"""A timeline is small, timed to the clip, stays on the canvas, and refuses what it can't set."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from tests.templates.requests_to_draw import REQUESTS, drawn
from tests.templates.templates_at_hand import a_request
from vidgen_assets.clips.digest import Digest
from vidgen_assets.clips.errors import InputError, PermanentError
from vidgen_assets.clips.spec import Aspect
from vidgen_assets.templates import scene
from vidgen_assets.templates.library import TemplateLibrary
from vidgen_assets.templates.timeline import laid_out

CARD = TemplateLibrary().load("product_card")
WORDS = REQUESTS["product_card"]["en"]
PICTURE = {"image": (Digest.of_bytes(b"a picture"),)}


def a_layout(variables: dict[str, Any] | None = None, *, image: bool = True, **changes: Any) -> scene.Timeline:
    from dataclasses import replace

    request, _ = a_request(CARD, {**WORDS, **(variables or {})}, **changes)
    return laid_out(replace(request, pictures=PICTURE if image else {"image": ()}))


def refusal(variables: dict[str, Any] | None = None, **changes: Any) -> InputError:
    with pytest.raises(InputError) as caught:
        a_layout(variables, **changes)
    return caught.value


def words_of(timeline: scene.Timeline) -> list[scene.WordsPart]:
    parts = [*timeline.under, *(part for section in timeline.sections for part in section.parts), *timeline.over]
    return [part for part in parts if isinstance(part, scene.WordsPart)]


@pytest.mark.parametrize("aspect", Aspect)
@pytest.mark.parametrize("template", sorted(REQUESTS))
def test_a_timeline_survives_its_json_and_stays_small(tmp_path: Path, template: str, aspect: Aspect) -> None:
    data = drawn(template, "en", aspect, tmp_path).timeline.to_bytes()
    assert scene.Timeline.of_bytes(data).to_bytes() == data
    assert len(data) < 20_000


def test_other_json_is_no_timeline() -> None:
    with pytest.raises(PermanentError, match="no timeline"):
        scene.Timeline.of_bytes(b'{"recipe": 1}')


@pytest.mark.parametrize("aspect", Aspect)
@pytest.mark.parametrize("profile", ["standard", "preview"])
def test_longest_words_stay_inside_the_canvas(aspect: Aspect, profile: str) -> None:
    words = {"supporting": "A long sentence about warm light, honest materials and three years of guarantee."}
    timeline = a_layout(words, aspect=aspect, profile=profile)
    for part in words_of(timeline):
        for line in part.block.lines:
            assert 0.05 * timeline.width <= line.x
            assert 0.05 * timeline.height <= line.baseline <= 0.95 * timeline.height
    (pill,) = [part for part in timeline.sections[0].parts if isinstance(part, scene.PillPart)]
    assert pill.box[0] + pill.box[2] <= 0.95 * timeline.width
    assert pill.box[1] + pill.box[3] <= 0.95 * timeline.height


@pytest.mark.parametrize("seconds", [1, 2, 4, 15, 60])
def test_everything_has_arrived_by_half_time_and_is_gone_at_the_end(seconds: int) -> None:
    timeline = a_layout(frame_count=30 * seconds)
    for part in timeline.sections[0].parts:
        enter, leave = part.motion.enter, part.motion.leave
        assert enter
        assert leave
        assert enter.first_frame + enter.frames <= 15 * seconds
        assert 15 * seconds < leave.first_frame
        assert leave.first_frame + leave.frames <= 30 * seconds


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"frame_count": 29}, "duration_s"),
        ({"frame_count": 30 * 60 + 1}, "duration_s"),
        ({"frame_count": 1, "fps": Fraction(30000, 1001)}, "duration_s"),
        ({"image": False}, "image"),
        (
            {"variables": {"headline": "Donaudampfschifffahrtsgesellschaftskapitänskajütenschlüssel"}},
            "variables.headline",
        ),
        ({"variables": {"headline": "Light 💡 for all"}}, "variables.headline"),
        ({"variables": {"price": "WWWWWWWWWWWWWW"}}, "variables.price"),
    ],
)
def test_what_can_not_be_made_is_refused_by_field(changes: dict[str, Any], field: str) -> None:
    assert refusal(**changes).field == field


def test_a_text_that_does_not_fit_says_how_long_it_is_and_what_would_fit() -> None:
    long = "W" * 24
    error = refusal({"brand": long}, aspect=Aspect.SQUARE)
    assert error.field == "variables.brand"
    assert "it has 24 characters, about" in error.found
    fitting = int(error.found.rsplit("about ", 1)[1].split()[0])
    assert a_layout({"brand": long[:fitting]}, aspect=Aspect.SQUARE)


def test_all_texts_that_do_not_fit_are_reported_together() -> None:
    error = refusal({"headline": "W" * 40, "price": "W" * 14})
    assert "variables.headline" in error.found
    assert "variables.price" in error.found


def test_right_to_left_mirrors_the_whole_card() -> None:
    left, right = a_layout(), a_layout(REQUESTS["product_card"]["ar"], language="ar")
    for kind in (scene.PicturePart, scene.ShapePart, scene.BadgePart):
        one, other = (next(p for p in t.sections[0].parts if isinstance(p, kind)) for t in (left, right))
        middle, mirrored = (
            p.centre[0] if isinstance(p, scene.BadgePart) else p.box[0] + p.box[2] / 2 for p in (one, other)
        )
        assert middle == pytest.approx(left.width - mirrored, abs=0.01)


def test_the_timeline_is_that_of_this_recipe() -> None:
    """Raise TIMELINE_RECIPE (or SHAPING_RECIPE) when this digest has to change."""
    stable = a_layout().model_copy(
        update={"template_digest": Digest.of_bytes(b""), "fonts_digest": Digest.of_bytes(b"")}
    )
    assert Digest.of_bytes(stable.to_bytes()).short == "4e99ec31a8fb"
