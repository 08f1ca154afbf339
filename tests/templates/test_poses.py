"""Elements come, stay exactly in place, and are gone in the last frame."""

import pytest

from vidgen_assets.templates.easing import Easing, eased, wave
from vidgen_assets.templates.poses import pose
from vidgen_assets.templates.scene import Motion, Movement

ENTER = Movement(first_frame=10, frames=20, easing=Easing.OUT_QUINT, rise_px=30, aside_px=-8, scale=0.5)
MOTION = Motion(enter=ENTER, leave=Movement(first_frame=90, frames=10, easing=Easing.IN_CUBIC, rise_px=-5))


@pytest.mark.parametrize("easing", Easing)
def test_every_easing_starts_at_the_start_and_arrives(easing: Easing) -> None:
    assert eased(easing, 0) == pytest.approx(0)
    assert eased(easing, 1) == 1


def test_the_wave_is_a_sine_of_period_one() -> None:
    assert [wave(turn / 4) for turn in range(-4, 5)] == [0, 1, 0, -1, 0, 1, 0, -1, 0]


def test_nothing_is_seen_before_the_entrance() -> None:
    assert pose(MOTION, 8).opacity == 0


def test_an_entrance_begins_away_from_its_place() -> None:
    first = pose(MOTION, 10)
    assert first.below_px > 20
    assert first.aside_px < -5
    assert first.scale < 0.7


def test_after_the_entrance_it_rests_on_whole_pixels() -> None:
    assert all(pose(MOTION, frame).is_at_rest and pose(MOTION, frame).opacity == 1 for frame in range(29, 89))


def test_after_the_exit_it_is_gone() -> None:
    assert pose(MOTION, 99).opacity == 0


def test_without_moves_it_is_there_from_first_to_last() -> None:
    assert all(pose(Motion(), frame).is_at_rest and pose(Motion(), frame).opacity == 1 for frame in (0, 50, 1000))


def test_an_unmasked_line_slides_out_of_hiding() -> None:
    motion = Motion(enter=ENTER.model_copy(update={"unmask": True, "stagger_frames": 4.0}))
    hidden = [pose(motion, frame).hidden for frame in range(10, 30)]
    assert hidden == sorted(hidden, reverse=True)
    assert pose(motion, 20, index=1).hidden == pose(motion, 16).hidden
