"""Every motion moves the plane as its name says: checked on places, with directions worked by hand."""

import itertools
import math

import pytest
import torch
from torch import Tensor

from vidgen_assets.backdrops.motion import MEAN_RADIUS_PX, PX_PER_FRAME, SPREAD, UNIT_PX, Course, course, places, reach
from vidgen_assets.backdrops.scenes import FRAMES, HEIGHT, WIDTH
from vidgen_assets.backdrops.vocabulary import MOTIONS, SPEEDS


def in_px(way: Course, frames: int = 5, height: int = 32, width: int = 48) -> tuple[Tensor, Tensor]:
    """Where in the plane each pixel looks, in pixels from the middle."""
    x, y = places(way, frames, height, width)
    return x * UNIT_PX, y * UNIT_PX


def shown_at(way: Course, x: float, y: float) -> list[tuple[float, float]]:
    """Where a point of the plane is seen in each frame, in pixels from the middle: `places` solved for its pixel."""
    found = []
    places_x, places_y = in_px(way)
    for there_x, there_y in zip(places_x, places_y, strict=True):
        # Affine: three corners give the map from pixels to the plane.
        corner = torch.tensor([there_x[0, 0], there_y[0, 0]])
        across = torch.tensor([there_x[0, 1], there_y[0, 1]]) - corner
        down = torch.tensor([there_x[1, 0], there_y[1, 0]]) - corner
        steps = torch.linalg.solve(torch.stack((across, down), 1), torch.tensor([x, y]) - corner)
        found.append((float(steps[0]) + 0.5 - 24, float(steps[1]) + 0.5 - 16))
    return found


@pytest.mark.parametrize(
    ("motion", "from_frame_to_frame"),
    [("left", (-2, 0)), ("right", (2, 0)), ("up", (0, -2)), ("down", (0, 2))],
)
def test_drifting_takes_every_point_along_by_as_many_pixels(motion: str, from_frame_to_frame: tuple[int, int]) -> None:
    right, down = from_frame_to_frame
    for x, y in ((0, 0), (11, -7)):
        seen = shown_at(course(motion, 2.0), x, y)
        wanted = [(x + right * (k - 2), y + down * (k - 2)) for k in range(5)]
        assert seen == [pytest.approx(at, abs=1e-2) for at in wanted]


@pytest.mark.parametrize(("motion", "sign"), [("in", 1), ("out", -1)])
def test_zooming_takes_a_point_at_the_mean_radius_away_from_the_middle_at_the_pace(motion: str, sign: int) -> None:
    seen = shown_at(course(motion, 0.5), MEAN_RADIUS_PX, 0)
    away = [math.hypot(*at) for at in seen]
    assert [round(sign * (after - before), 1) for before, after in itertools.pairwise(away)] == [0.5] * 4
    assert all(abs(y) < 1e-2 for _, y in seen)


@pytest.mark.parametrize(("motion", "sign"), [("clockwise", 1), ("anticlockwise", -1)])
def test_turning_takes_a_point_on_the_right_down_or_up_and_leaves_its_distance(motion: str, sign: int) -> None:
    """On a screen y goes down, so what turns clockwise goes down on the right."""
    seen = shown_at(course(motion, 0.5), MEAN_RADIUS_PX, 0)
    assert [round(sign * (after[1] - before[1]), 1) for before, after in itertools.pairwise(seen)] == [0.5] * 4
    assert all(math.hypot(*at) == pytest.approx(MEAN_RADIUS_PX, abs=1e-2) for at in seen)


@pytest.mark.parametrize("motion", MOTIONS)
@pytest.mark.parametrize("frames", [1, 4, 13])
def test_the_middle_of_a_clip_is_the_unmoved_plane(motion: str, frames: int) -> None:
    x, y = in_px(course(motion, 2.6), frames)
    middle_x, middle_y = x.mean(0), y.mean(0)
    near = 1e-4 if motion not in ("in", "out", "clockwise", "anticlockwise") else 1.5  # these curve between frames
    assert float((middle_x - (torch.arange(48) + 0.5 - 24)).abs().max()) < near
    assert float((middle_y - (torch.arange(32) + 0.5 - 16)[:, None]).abs().max()) < near
    if frames % 2:
        assert torch.allclose(x[frames // 2, 0], torch.arange(48) + 0.5 - 24, atol=1e-4)


@pytest.mark.parametrize(
    ("one", "other"), [("left", "right"), ("up", "down"), ("in", "out"), ("clockwise", "anticlockwise")]
)
def test_a_motion_backwards_is_its_opposite(one: str, other: str) -> None:
    there, back = places(course(one, 1.15), 7, 32, 48), places(course(other, 1.15), 7, 32, 48)
    for a, b in zip(there, back, strict=True):
        assert torch.allclose(a.flip(0), b, atol=1e-5)


def test_every_motion_and_speed_of_the_vocabulary_has_a_course_of_its_own() -> None:
    assert PX_PER_FRAME.keys() == SPEEDS.keys()
    assert len({course(motion, pace) for motion in MOTIONS for pace in PX_PER_FRAME.values()}) == 24


def test_speeds_stay_apart_when_each_is_met_within_its_spread() -> None:
    paces = sorted(PX_PER_FRAME.values())
    assert all(before * (1 + SPREAD) * 1.5 < after * (1 - SPREAD) for before, after in itertools.pairwise(paces))


@pytest.mark.parametrize("motion", MOTIONS)
def test_no_frame_shows_anything_beyond_the_reach(motion: str) -> None:
    way = course(motion, max(PX_PER_FRAME.values()) * (1 + SPREAD))
    for height, width in ((HEIGHT, WIDTH), (32, 32), (64, 112), (192, 352)):
        x, y = places(way, FRAMES, height, width)
        assert float(torch.hypot(x, y).max()) < reach(height, width)
