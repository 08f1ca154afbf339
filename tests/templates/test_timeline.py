"""A timeline is readable, small, timed to the clip, and refuses what it can't set."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from tests.templates.cards import WORDS, a_card, a_cutout
from vidgen_assets.clips.digest import Digest
from vidgen_assets.clips.errors import InputError, PermanentError
from vidgen_assets.clips.spec import Aspect, ClipSpec
from vidgen_assets.templates.colours import Colour
from vidgen_assets.templates.document import load_template
from vidgen_assets.templates.painters import painter_of
from vidgen_assets.templates.scene import Timeline, Words
from vidgen_assets.templates.timeline import check_spec, resolve_timeline

TEMPLATE = load_template("product_card")


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    return a_cutout(tmp_path)


def refusal(spec: ClipSpec) -> InputError:
    with pytest.raises(InputError) as caught:
        check_spec(spec, TEMPLATE)
    return caught.value


@pytest.mark.parametrize("aspect", Aspect)
@pytest.mark.parametrize("profile", ["standard", "preview"])
def test_a_timeline_survives_its_json_and_stays_small(picture: Path, aspect: Aspect, profile: str) -> None:
    timeline = resolve_timeline(a_card(picture, aspect=aspect, profile=profile), TEMPLATE)
    data = timeline.to_bytes()
    assert Timeline.of_bytes(data).to_bytes() == data
    assert len(data) < 6_000


def test_other_json_is_no_timeline() -> None:
    with pytest.raises(PermanentError, match="no timeline"):
        Timeline.of_bytes(b'{"recipe": 1}')


@pytest.mark.parametrize("aspect", Aspect)
@pytest.mark.parametrize("profile", ["standard", "preview"])
def test_longest_words_stay_inside_the_canvas(picture: Path, aspect: Aspect, profile: str) -> None:
    words = {**WORDS, "supporting": "A long sentence about warm light, honest materials and three years of guarantee."}
    timeline = resolve_timeline(a_card(picture, aspect=aspect, profile=profile, variables=words), TEMPLATE)
    for block in _blocks(timeline):
        for line in block.block.lines:
            assert 0.05 * timeline.width <= line.x
            assert 0.05 * timeline.height <= line.baseline <= 0.95 * timeline.height
    x, y, width, height = timeline.button.box
    assert x + width <= 0.95 * timeline.width
    assert y + height <= 0.95 * timeline.height


@pytest.mark.parametrize("mood", ["deep", "bright"])
@pytest.mark.parametrize("backdrop", ["drift", "bokeh", "silk", "streaks"])
@pytest.mark.parametrize(
    ("primary", "accent"), [("#24305e", "#f9a03f"), ("#ffe14d", "#ff3355"), ("#808080", "#777777")]
)
def test_words_read_on_the_backdrop_at_every_moment(
    picture: Path, mood: str, backdrop: str, primary: str, accent: str
) -> None:
    variables = {**WORDS, "mood": mood, "backdrop": backdrop, "primary": primary, "accent": accent, "energy": 1.0}
    timeline = resolve_timeline(a_card(picture, variables=variables), TEMPLATE)
    painter = painter_of(timeline.backdrop, timeline.width, timeline.height)
    ink = Colour.of_hex(timeline.headline.block.colour)
    for turn in range(0, 100, 7):
        left, baseline = timeline.headline.block.lines[0].x, timeline.headline.block.lines[0].baseline
        cells = painter.cells(turn / 100)[painter.within((left, baseline - 20, 120, 20))].reshape(-1, 3)
        assert min(ink.contrast(Colour(*map(float, cell))) for cell in cells) >= 4.4  # 4.5 at the moments sampled
    badge = timeline.badge
    assert Colour.of_hex(badge.price.colour).contrast(Colour.of_hex(badge.fill)) >= 4.5
    assert Colour.of_hex(timeline.button.label.colour).contrast(Colour.of_hex(timeline.button.fill)) >= 4.5


@pytest.mark.parametrize("seconds", [1, 2, 4, 15, 60])
def test_everything_has_arrived_by_half_time_and_is_gone_at_the_end(picture: Path, seconds: int) -> None:
    timeline = resolve_timeline(a_card(picture, frame_count=30 * seconds), TEMPLATE)
    for part in (timeline.picture, timeline.headline, timeline.badge, timeline.button, timeline.brand):
        enter, leave = part.motion.enter, part.motion.leave
        assert enter.first_frame + enter.frames <= 15 * seconds
        assert leave.first_frame + leave.frames <= 30 * seconds
    assert timeline.brand.motion.leave.first_frame > 15 * seconds


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"frame_count": 29}, "duration_s"),
        ({"frame_count": 30 * 60 + 1}, "duration_s"),
        ({"frame_count": 1, "fps": Fraction(30000, 1001)}, "duration_s"),
        ({"image": None}, "image"),
        (
            {"variables": {**WORDS, "headline": "Donaudampfschifffahrtsgesellschaftskapitänskajütenschlüssel"}},
            "variables.headline",
        ),
        ({"variables": {**WORDS, "headline": "光 für alle"}}, "variables.headline"),
        ({"variables": {**WORDS, "price": "WWWWWWWWWWWWWW"}}, "variables.price"),
        ({"variables": {**WORDS, "mood": "loud"}}, "variables.mood"),
    ],
)
def test_what_can_not_be_made_is_refused_by_field(picture: Path, changes: dict[str, Any], field: str) -> None:
    assert refusal(a_card(picture, **changes)).field == field


def test_a_text_that_does_not_fit_says_how_long_it_is_and_what_would_fit(picture: Path) -> None:
    long = "W" * 24
    error = refusal(a_card(picture, aspect=Aspect.SQUARE, variables={**WORDS, "brand": long}))
    assert error.field == "variables.brand"
    assert "it has 24 characters, about" in error.found
    fitting = int(error.found.rsplit("about ", 1)[1].split()[0])
    check_spec(a_card(picture, aspect=Aspect.SQUARE, variables={**WORDS, "brand": long[:fitting]}), TEMPLATE)


def test_all_texts_that_do_not_fit_are_reported_together(picture: Path) -> None:
    error = refusal(a_card(picture, variables={**WORDS, "headline": "W" * 40, "price": "W" * 14}))
    assert "variables.headline" in error.found
    assert "variables.price" in error.found


def test_the_timeline_is_that_of_this_recipe(picture: Path) -> None:
    """Raise TIMELINE_RECIPE (or SHAPING_RECIPE) when this digest has to change."""
    timeline = resolve_timeline(a_card(picture), TEMPLATE)
    stable = timeline.model_copy(update={"template_digest": Digest.of_bytes(b""), "picture": _without_digest(timeline)})
    assert Digest.of_bytes(stable.to_bytes()).short == "438f94fe73ec"


def _without_digest(timeline: Timeline) -> Any:
    return timeline.picture.model_copy(update={"digest": Digest.of_bytes(b"")})


def _blocks(timeline: Timeline) -> list[Words]:
    return [words for words in (timeline.brand, timeline.headline, timeline.supporting) if words]
