"""Scenes share out a clip's frames, or follow what is said in them."""

from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest

from vidgen_assets.clips.errors import InputError
from vidgen_assets.clips.narration import Narration, Slot
from vidgen_assets.templates.document import Scene, TemplateDocument
from vidgen_assets.templates.layers import Move
from vidgen_assets.templates.library import TemplateLibrary
from vidgen_assets.templates.timing import Clock, Shot, Span, shots_of, spans_of, spoken_parts

NEWS = TemplateLibrary().load("news_summary").document
VALUES: dict[str, Any] = {
    "headline": "The harbour opens", "summary": "Ships are back.", "points": ("One.", "Two.", "Three."), "closing": "",
}  # fmt: skip


def some_shots(*least_s: float, share: float = 1.0) -> list[Shot]:
    return [Shot(Scene(name="one", least_s=each, share=share, layers=()), {}) for each in least_s]


def test_a_scene_of_a_list_is_there_once_for_each_element() -> None:
    shots = shots_of(NEWS, VALUES)
    assert [shot.name for shot in shots] == ["title", "point-1", "point-2", "point-3", "closing"]
    assert [shot.values["points"] for shot in shots[1:4]] == ["One.", "Two.", "Three."]
    assert (shots[2].values["number"], shots[2].values["count"]) == (2, 3)


def test_scenes_touch_and_fill_the_clip() -> None:
    spans = spans_of(some_shots(1, 2, 3), 301, Fraction(30), None)
    assert spans[0].first_frame == 0
    assert all(a.first_frame + a.frames == b.first_frame for a, b in pairwise(spans))
    assert spans[-1].first_frame + spans[-1].frames == 301


def test_free_time_is_shared_out() -> None:
    # 10 s, of which 1 + 3 are needed: the other 6 are shared evenly.
    assert [span.frames for span in spans_of(some_shots(1, 3), 300, Fraction(30), None)] == [120, 180]


def test_a_clip_that_is_too_short_shortens_all_scenes_alike() -> None:
    assert [span.frames for span in spans_of(some_shots(1, 3), 60, Fraction(30), None)] == [15, 45]


def test_scenes_without_a_share_split_the_rest_evenly() -> None:
    spans = spans_of(some_shots(1, 3, share=0.0), 300, Fraction(30), None)
    assert sum(span.frames for span in spans) == 300


def test_narration_sets_the_scenes() -> None:
    slots = (Slot(name="a", text="", start_s=0, end_s=1.5), Slot(name="b", text="", start_s=1.5, end_s=6))
    narration = Narration(language="en", voice="v", slots=slots)
    assert spans_of(some_shots(1, 1), 180, Fraction(30), narration) == (Span(0, 45), Span(45, 135))


def test_every_shot_has_its_part_of_the_narration_and_its_least_length() -> None:
    parts = spoken_parts(NEWS, VALUES)
    assert [part.text for part in parts] == ["The harbour opens. Ships are back.", "One.", "Two.", "Three.", ""]
    assert [part.least_s for part in parts] == [3.2, 2.6, 2.6, 2.6, 2.0]


def test_a_script_of_the_row_is_said_instead_paragraph_by_paragraph() -> None:
    parts = spoken_parts(NEWS, VALUES, "Good evening.\n\nFirst,\nthe boats.")
    assert [part.text for part in parts] == ["Good evening.", "First, the boats.", "", "", ""]


def test_a_script_with_more_paragraphs_than_scenes_is_refused() -> None:
    with pytest.raises(InputError) as caught:
        spoken_parts(NEWS, VALUES, "\n\n".join("abcdef"))
    assert caught.value.field == "script"
    assert "6 paragraphs" in caught.value.found


def test_a_template_that_says_nothing_has_no_parts() -> None:
    card: TemplateDocument = TemplateLibrary().load("product_card").document
    assert spoken_parts(card, {"headline": "x"}) == ()


def test_entrances_count_from_the_start_and_exits_towards_the_end() -> None:
    clock = Clock(Span(100, 120), Fraction(30), full_s=4.0, unit=7.2, ending_s=0.5)
    motion = clock.motion(Move(at_s=0.5, for_s=1.0), Move(at_s=0.1, for_s=0.4))
    assert motion.enter
    assert motion.leave
    assert (motion.enter.first_frame, motion.enter.frames) == (115, 30)
    assert (motion.leave.first_frame, motion.leave.frames) == (208, 12)  # 0.4 s before the end


def test_short_spans_play_everything_faster() -> None:
    clock = Clock(Span(0, 60), Fraction(30), full_s=4.0, unit=1.0)  # two seconds of four
    motion = clock.motion(Move(at_s=1.0, for_s=1.0), None)
    assert motion.enter
    assert (motion.enter.first_frame, motion.enter.frames) == (15, 15)


def test_aside_is_towards_the_end_of_the_line() -> None:
    span = Span(0, 60)
    move = Move(for_s=1, aside=3)
    left, right = (Clock(span, Fraction(30), 1.0, 2.0, mirrored=m).motion(move, None) for m in (False, True))
    assert left.enter
    assert right.enter
    assert (left.enter.aside_px, right.enter.aside_px) == (6.0, -6.0)
