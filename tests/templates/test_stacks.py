"""Items stand below each other, as large as fits; what doesn't fit is told by its variable."""

from pathlib import Path
from typing import Any

import pytest

from tests.templates.templates_at_hand import a_request, a_stack, a_template, a_text
from vidgen_assets.clips.errors import InputError
from vidgen_assets.clips.spec import Aspect
from vidgen_assets.templates.layers import Stack
from vidgen_assets.templates.stacks import Placed, PlacedPill, PlacedPoint, PlacedText, StackSetter

PILL = {"kind": "pill", "text": "{line}", "style": "line", "fill": "accent", "button": True}
POINTS = {"kind": "points", "each": "lines", "style": "line", "mark": "accent"}


def placed(
    folder: Path, stack: dict[str, Any], variables: dict[str, Any] | None = None, **changes: Any
) -> list[Placed]:
    request, _ = a_request(a_template(folder), variables, **changes)
    return list(StackSetter(request.canvas, Stack.model_validate(stack), request.values).place())


def words(found: list[Placed]) -> list[PlacedText]:
    return [one for one in found if isinstance(one, PlacedText)]


def test_items_stand_below_each_other(tmp_path: Path) -> None:
    first, second = words(placed(tmp_path, a_stack(a_text(), a_text(gap=5))))
    below = second.text.lines[0][2] - first.text.lines[0][2]
    assert below == pytest.approx(first.text.size_px * 0.72 + 5 * 2.7, abs=4)  # capitals and the gap, in pixels


@pytest.mark.parametrize(("anchor", "order"), [("top", 0), ("middle", 1), ("bottom", 2)])
def test_anchors_order_the_block_in_its_region(tmp_path: Path, anchor: str, order: int) -> None:
    tops = [
        words(placed(tmp_path / each, a_stack(anchor=each)))[0].text.lines[0][2] for each in ("top", "middle", "bottom")
    ]
    assert sorted(tops)[order] == tops[["top", "middle", "bottom"].index(anchor)]


def test_the_leading_text_gets_what_the_others_leave(tmp_path: Path) -> None:
    alone = words(placed(tmp_path / "a", a_stack(a_text(leads=True)), {"line": "A line of some length that breaks"}))
    shared = words(
        placed(
            tmp_path / "b",
            a_stack(a_text(leads=True), a_text(gap=30), a_text(gap=30)),
            {"line": "A line of some length that breaks"},
        )
    )
    assert shared[0].text.size_px < alone[0].text.size_px
    assert shared[0].text.size_px >= shared[1].text.size_px


def test_what_is_empty_is_not_there(tmp_path: Path) -> None:
    assert not placed(tmp_path, a_stack({**POINTS}, a_text(text="{lines}", when="lines")))


def test_points_have_one_size_and_a_mark_each(tmp_path: Path) -> None:
    found = placed(
        tmp_path, a_stack(POINTS), {"lines": ("Short", "A much longer line that has to break once", "Third")}
    )
    points = [one for one in found if isinstance(one, PlacedPoint)]
    assert len({point.text.size_px for point in points}) == 1
    assert [point.index for point in points] == [0, 1, 2]
    assert all(point.mark[0] + point.mark[2] < point.text.lines[0][1] for point in points)


def test_a_pill_is_as_long_as_its_words(tmp_path: Path) -> None:
    short, long = (
        next(one for one in placed(tmp_path / text, a_stack(PILL), {"line": text}) if isinstance(one, PlacedPill))
        for text in ("Go", "Go on reading")
    )
    assert long.box[2] > short.box[2]
    assert short.arrow
    assert short.label.lines[0][1] < short.arrow[0]


def test_a_pill_is_one_line_high_whatever_its_style_allows(tmp_path: Path) -> None:
    label = "Go on reading until it ends"
    (pill,) = placed(tmp_path, a_stack(PILL), {"line": label})  # the style has two lines
    assert isinstance(pill, PlacedPill)
    assert [line for line, _, _ in pill.label.lines] == [label]


def test_right_to_left_mirrors_the_pill_and_its_region(tmp_path: Path) -> None:
    found = placed(tmp_path, a_stack(PILL, region="words"), {"line": "اقرأ المزيد"}, language="ar")
    (pill,) = [one for one in found if isinstance(one, PlacedPill)]
    assert pill.arrow
    assert pill.arrow[0] < pill.label.lines[0][1]
    assert pill.box[0] + pill.box[2] == pytest.approx(0.9 * 480, abs=1)  # its start is the right end of the region


def test_too_long_a_text_names_its_variable_and_what_would_fit(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        placed(tmp_path, a_stack(), {"line": "Donaudampfschifffahrtsgesellschaft " * 5}, aspect=Aspect.PORTRAIT)
    assert caught.value.field == "variables.line"
    assert "characters, about" in caught.value.found


def test_too_many_points_name_their_variable(tmp_path: Path) -> None:
    lines = tuple("A line of words that is nearly as long as allowed, and fills two lines" for _ in range(5))
    with pytest.raises(InputError) as caught:
        placed(tmp_path, a_stack(a_text(), POINTS), {"lines": lines})
    assert caught.value.field == "variables.lines"


@pytest.mark.parametrize("leads", [True, False])
def test_the_text_that_takes_the_room_is_told_and_not_the_one_without_any(tmp_path: Path, *, leads: bool) -> None:
    """Five points of two lines fill all of the place but a few pixels."""
    lines = ("A line of words that is long, and has to break once.",) * 5
    with pytest.raises(InputError) as caught:
        placed(tmp_path, a_stack({**POINTS, "between": 1}, a_text(gap=2, leads=leads)), {"lines": lines})
    assert caught.value.field == "variables.lines"
    assert "6 texts don't fit their place together" in caught.value.found
