"""The meters find what is known: in pictures moved on purpose, in flat colours, and in scenes of every kind."""

import itertools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from vidgen_assets.backdrops.colours import along, ramp, srgb_of
from vidgen_assets.backdrops.meters import (
    Movement,
    clip_of,
    colouring,
    course_of,
    flicker,
    lightness,
    mood,
    movement,
)
from vidgen_assets.backdrops.motion import MEAN_RADIUS_PX, PX_PER_FRAME, course
from vidgen_assets.backdrops.scenes import FRAMES, HEIGHT, WIDTH, render
from vidgen_assets.backdrops.vocabulary import ALL_LOOKS, MOODS, MOTIONS, PALETTES, SPEEDS
from vidgen_assets.training.material import drawn_look, generator

NOISE = 2 / 255
PACES = (0.5, 0.8, 1.15, 1.7, 2.6, 3.6)


def a_moving_picture(motion: str, px_per_frame: float, name: str = "picture", frames: int = FRAMES) -> Tensor:
    """A smooth random picture, moved by a similarity transform: a sum of plane waves of 12 to 60 px.

    Each frame is worked out from where its pixels were in the first one's plane, with complex numbers: x + iy.
    """
    dice = generator("moving", name)
    waves = torch.rand(24, 3, generator=dice, dtype=torch.float64)
    length, angle, phase = 12 * 5 ** waves[:, 0], 2 * math.pi * waves[:, 1], 2 * math.pi * waves[:, 2]
    y, x = torch.meshgrid(torch.arange(HEIGHT) - 47.5, torch.arange(WIDTH) - 87.5, indexing="ij")
    at = torch.complex(x.double(), y.double())
    drift = {"left": -1, "right": 1, "up": -1j, "down": 1j}.get(motion, 0) * px_per_frame
    rate = {"in": 1, "out": -1, "clockwise": 1j, "anticlockwise": -1j}.get(motion, 0) * px_per_frame / MEAN_RADIUS_PX
    clip: list[Tensor] = []
    for frame in range(frames):
        there = at / torch.exp(torch.tensor(rate * frame)) - drift * frame
        turned = (there[..., None] * torch.exp(-1j * angle)).real  # along each wave
        light = (torch.cos(2 * math.pi * turned / length + phase) * length).sum(-1) / length.norm()
        clip.append((0.5 + 0.15 * light).clamp(0, 1).float().expand(3, -1, -1))
    noise = NOISE * torch.randn(frames, 3, HEIGHT, WIDTH, generator=dice)
    return ((torch.stack(clip) + noise).clamp(0, 1) * 255).round() / 255


def a_flat_clip(level: float, noise: float = 0.0) -> Tensor:
    shape = (FRAMES, 3, HEIGHT, WIDTH)
    return (torch.full(shape, level) + noise * torch.randn(shape, generator=generator("flat", str(level)))).clamp(0, 1)


def parts(moves: Movement) -> dict[str, float]:
    return {"right": moves.right, "down": moves.down, "growth": moves.growth, "turn": moves.turn}


WANTED = {
    "left": ("right", -1), "right": ("right", 1), "up": ("down", -1), "down": ("down", 1), "in": ("growth", 1),
    "out": ("growth", -1), "clockwise": ("turn", 1), "anticlockwise": ("turn", -1),
}  # fmt: skip


@pytest.mark.parametrize(("pace", "motion"), list(zip(PACES * 4, itertools.cycle(MOTIONS), strict=False)))
def test_a_known_movement_is_found_within_5_percent_in_noise(pace: float, motion: str) -> None:
    moves = movement(a_moving_picture(motion, pace))
    part, sign = WANTED[motion]
    found = parts(moves)
    assert moves.motion == motion
    assert found.pop(part) == pytest.approx(sign * pace, rel=0.05)
    assert max(map(abs, found.values())) < 0.05 * pace
    assert moves.px_per_frame == pytest.approx(pace, rel=0.05)
    assert moves.explained > 0.9


def test_a_movement_of_several_parts_is_found_in_all_of_them() -> None:
    """Turning about a place that is not the middle is drifting and turning."""
    turning = a_moving_picture("clockwise", 1.15, frames=7)
    moves = movement(turning[..., 20:, :])  # the middle is now ten pixels lower, where the picture goes to the left
    rate = 1.15 / MEAN_RADIUS_PX
    assert parts(moves) == pytest.approx({"right": -10 * rate, "down": 0, "growth": 0, "turn": 1.15}, abs=0.04)


@pytest.mark.parametrize("name", ["one", "two", "three"])
def test_a_still_picture_in_noise_is_still(name: str) -> None:
    moves = movement(a_moving_picture("left", 0.0, name))
    assert (moves.motion, moves.speed, moves.is_still) == ("still", "still", True)
    assert moves.px_per_frame < 0.03


def flashing() -> Tensor:
    return (torch.arange(FRAMES) % 2).float()[:, None, None, None].expand(-1, 3, HEIGHT, WIDTH)


def fading() -> Tensor:
    return torch.linspace(0, 1, FRAMES)[:, None, None, None].expand(-1, 3, HEIGHT, WIDTH)


def cut_from_frame_to_frame() -> Tensor:
    return torch.cat([a_moving_picture("left", 0.0, f"cut {frame}", frames=1) for frame in range(FRAMES)])


NOWHERE: dict[str, Callable[[], Tensor]] = {
    "black": lambda: a_flat_clip(0.0),
    "white": lambda: a_flat_clip(1.0),
    "grey": lambda: a_flat_clip(0.5),
    "dark noise": lambda: a_flat_clip(0.1, NOISE),
    "noise": lambda: a_flat_clip(0.5, NOISE),
    "loud noise": lambda: a_flat_clip(0.5, 0.3),
    "flashing": flashing,
    "fading": fading,
    "cuts": cut_from_frame_to_frame,
}


@pytest.mark.parametrize("name", NOWHERE)
def test_what_goes_nowhere_is_still_and_everything_said_of_it_is_a_number(name: str) -> None:
    clip = NOWHERE[name]()
    moves, colours = movement(clip), colouring(clip)
    assert (moves.motion, moves.speed) == ("still", "still")
    numbers = [*parts(moves).values(), moves.explained, *colours.distances, colours.darkest, colours.middle]
    assert all(map(math.isfinite, [*numbers, flicker(clip)]))
    assert 0 <= moves.explained < 0.15
    assert colours.palette in PALETTES
    assert mood(colours) in MOODS


@pytest.mark.parametrize(
    ("moves", "motion", "speed"),
    [
        (Movement(-0.5, 0.4, 0.4, 0.4, 0.9), "left", "slow"),
        (Movement(0, 0, 0.1, -2.6, 0.9), "anticlockwise", "fast"),
        (Movement(0, 1.15, 0, 0, 0.9), "down", "slow"),
        (Movement(0, 1.18, 0, 0, 0.9), "down", "steady"),
        (Movement(0, 0, -2.46, 0, 0.9), "out", "steady"),
        (Movement(0, 0, 2.49, 0, 0.9), "in", "fast"),
        (Movement(0.14, 0, 0, 0, 0.9), "still", "still"),
        (Movement(1.15, 0, 0, 0, 0.1), "still", "still"),
    ],
)
def test_a_movement_is_called_by_its_greatest_part_and_the_nearest_speed_by_ratio(
    moves: Movement, motion: str, speed: str
) -> None:
    """Half way between the speeds by ratio: sqrt(0.8 x 1.7) = 1.166 and sqrt(1.7 x 3.6) = 2.474 px a frame."""
    assert (moves.motion, moves.speed) == (motion, speed)


@pytest.mark.parametrize("palette", PALETTES)
def test_flat_colours_of_a_ramp_are_of_its_palette_at_their_place(palette: str) -> None:
    """The darkest fifth of the ramps is nearly black and left out: no one could tell."""
    for place in (0.25, 0.4, 0.55, 0.7, 0.85, 1.0):
        colour = srgb_of(along(ramp(palette), torch.tensor(place)))
        found = colouring((colour * 255).round()[None, :, None, None].expand(2, 3, 16, 16) / 255)
        assert found.palette == palette, place
        assert found.middle == pytest.approx(place, abs=0.02)
        assert min(found.distances) < 0.01
        assert found.distances[list(PALETTES).index(palette)] == min(found.distances)


def test_the_darkest_twentieth_is_measured_and_not_the_darkest_pixel() -> None:
    """A clip of which one fiftieth is black and the rest two fifths up its ramp, in whole cells of 4 px."""
    clip = srgb_of(along(ramp("ocean"), torch.tensor(0.4)))[None, :, None, None].repeat(1, 1, 40, 80)
    clip[..., :4, :16] = 0
    assert colouring(clip).darkest == pytest.approx(0.4, abs=0.02)
    clip[..., :8, :] = 0
    assert colouring(clip).darkest < 0.05


def test_real_scenes_are_read_as_what_they_are() -> None:
    """Of 16 looks, drawn at random, no meter may read more than one wrongly, whatever the look."""
    right: dict[str, list[bool]] = {"palette": [], "motion": [], "speed": [], "mood": []}
    for index in range(16):
        dice = generator("read", index)
        look = drawn_look(ALL_LOOKS, dice)
        clip = (render(look, dice) * 255).round() / 255
        moves, colours = movement(clip), colouring(clip)
        found = {"palette": colours.palette, "motion": moves.motion, "speed": moves.speed, "mood": mood(colours)}
        for aspect, values in right.items():
            values.append(found[aspect] == getattr(look, aspect))
    wrong = {aspect: len(values) - sum(values) for aspect, values in right.items()}
    assert max(wrong.values()) <= 1, wrong


def test_flicker_is_the_second_difference_worked_by_hand() -> None:
    levels = torch.tensor([0.0, 1.0, 0.0, 0.0])  # L itself: second differences of -2 and 1
    assert flicker(levels[:, None, None, None].expand(-1, 3, 8, 8)) == pytest.approx(1.5 * 255, rel=1e-3)


def test_steady_change_is_no_flicker_and_alternating_brightness_is_much() -> None:
    clip = a_moving_picture("left", 1.15)
    alternating = clip + 0.05 * (torch.arange(FRAMES) % 2)[:, None, None, None]
    assert flicker(alternating) > 5 * flicker(clip)
    smooth = srgb_of(torch.linspace(0.3, 0.7, FRAMES)[:, None] * torch.tensor([1.0, 0.0, 0.0]))
    assert flicker(smooth[:, :, None, None].expand(-1, -1, 8, 8)) < 0.01


def test_pictures_of_8_bits_are_a_clip() -> None:
    pictures = np.arange(2 * 4 * 6 * 3, dtype=np.uint8).reshape(2, 4, 6, 3)
    clip = clip_of(pictures)
    assert (clip.shape, clip.dtype) == ((2, 3, 4, 6), torch.float32)
    assert float(clip[1, 2, 3, 5]) == pytest.approx(pictures[1, 3, 5, 2] / 255)


@pytest.mark.parametrize("motion", ["left", "in", "anticlockwise"])
def test_the_course_of_pictures_is_the_course_of_their_motion(motion: str) -> None:
    clip = a_moving_picture(motion, 1.15)
    wanted = course(motion, 1.15)
    found = course_of((clip * 255).round().to(torch.uint8).movedim(1, -1).numpy())
    assert found[:2] == pytest.approx(wanted.drift, abs=0.05)
    assert found[2:] == pytest.approx((wanted.growth, wanted.turn), abs=0.05 / MEAN_RADIUS_PX)


def test_pictures_that_fade_have_no_course() -> None:
    assert course_of((fading() * 255).round().to(torch.uint8).movedim(1, -1).numpy()) == (0, 0, 0, 0)


def test_lightness_is_that_of_greys() -> None:
    clip = torch.tensor([0.0, 0.5, 1.0])[:, None, None, None].expand(-1, 3, 4, 6)
    assert lightness(clip)[:, 0, 0].tolist() == pytest.approx([0, 0.5982, 1], abs=1e-3)  # CSS Color 4's grey of 50 %


@pytest.mark.parametrize(
    ("measure", "shape"),
    [
        (lightness, (3, 16, 16)), (lightness, (5, 1, 16, 16)), (colouring, (5, 4, 16, 16)), (movement, (1, 3, 16, 16)),
        (flicker, (2, 3, 16, 16)), (colouring, (0, 3, 16, 16)),
    ],
)  # fmt: skip
def test_what_is_no_clip_is_refused_with_its_shape(measure: Any, shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"The clip is \(.*allowed: \(frames, 3, height, width\)"):
        measure(torch.zeros(shape))


@pytest.mark.parametrize("measure", [lightness, colouring, movement, flicker])
@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_numbers_that_are_none_are_refused(measure: Any, value: float) -> None:
    clip = torch.zeros(5, 3, 16, 16)
    clip[0, 1, 2, 3] = value
    with pytest.raises(ValueError, match="not finite"):
        measure(clip)


def test_every_speed_of_the_vocabulary_can_be_read() -> None:
    paces = {Movement(pace, 0, 0, 0, 0.9).speed for pace in PX_PER_FRAME.values()}
    assert paces == set(SPEEDS)
