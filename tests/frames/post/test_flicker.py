"""Deflickering: what pulses becomes steady; cuts, fades, and pictures that appear stay to the byte."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.synthetic.frames import SyntheticFrames, solid
from tests.synthetic.pictures_in_motion import SIDE_PX, a_scene, colours_of, opaque, psnr_db, with_flicker, with_noise
from vidgen_assets.clips.generation import Frame
from vidgen_assets.clips.post import Deflicker, Mean
from vidgen_assets.frames.post.flicker import MOST, deflickered

COUNT = 48
AT = np.arange(COUNT)
SCENE = list(a_scene(COUNT))
OTHER = [opaque(255 - frame[..., :3].astype(float)) for frame in SCENE]
BLACK = solid(*SIDE_PX, 0)


def lit(frames: Sequence[Frame], shares: NDArray[np.floating[Any]]) -> list[Frame]:
    """Each frame so many times as bright."""
    return [opaque((frame[..., :3] * share).astype(float)) for frame, share in zip(frames, shares, strict=True)]


def appearing(frames: Sequence[Frame]) -> list[Frame]:
    """A white picture over a third of them comes in within 12 frames, with a swing past its place and back."""
    shown = [frame.copy() for frame in frames]
    width = SIDE_PX[0]
    for index, frame in enumerate(shown):
        covered = round(width / 3 * min(1, index / 12) + (8 * np.sin(index / 2) if 12 < index < 24 else 0))
        frame[:, width - covered :, :3] = 255
    return shown


UNTOUCHED: dict[str, list[Frame]] = {
    "still": SCENE,
    "a hard cut to white": [solid(*SIDE_PX, 40)] * 10 + [solid(*SIDE_PX, 200)] * 10,
    "a hard cut between pictures": SCENE[:20] + OTHER[20:],
    "black before a picture": [BLACK] * 5 + SCENE[:20],
    "a picture before black": SCENE[:20] + [BLACK] * 5,
    "a flash": [*SCENE[:12], solid(*SIDE_PX, 250), *SCENE[13:24]],
    "a fade of half a second": lit(SCENE, np.clip(AT / 12, 0, 1)),
    "a fade of a second and a half": lit(SCENE, np.clip(AT / 36, 0, 1)),
    "a fade that eases out": lit(SCENE, 1 - (1 - np.clip(AT / 24, 0, 1)) ** 3),
    "a fade to black": lit(SCENE, np.clip((40 - AT) / 24, 0, 1)),
    "a crossfade": [
        opaque(one[..., :3] * (1 - share) + other[..., :3] * share)
        for one, other, share in zip(SCENE, OTHER, np.clip((AT - 10) / 24, 0, 1), strict=True)
    ],
    "a picture that appears": appearing(SCENE),
    "a fast pan": [np.roll(SCENE[0], 16 * index, axis=1) for index in range(COUNT)],
    "a single frame": SCENE[:1],
    "no frames": [],
}


@pytest.mark.parametrize("name", UNTOUCHED)
def test_what_is_no_flicker_stays_to_the_byte(name: str) -> None:
    drawn = UNTOUCHED[name]

    shown = list(deflickered(drawn, Deflicker()))

    assert len(shown) == len(drawn)
    assert [index for index, one in enumerate(shown) if not np.array_equal(one, drawn[index])] == []


@pytest.mark.parametrize(
    "shares",
    [1 - 0.5 * np.exp(-(((AT - 24) / 8) ** 2)), 0.3 + np.abs(AT - 24) / 72, 1 - 0.1 * np.sin(AT / 24 * 2 * np.pi)],
    ids=["dip", "turn", "wave"],
)
def test_light_that_slowly_goes_and_comes_back_is_hardly_touched(shares: NDArray[np.floating[Any]]) -> None:
    dipping = lit(SCENE, shares)

    shown = deflickered(dipping, Deflicker())

    assert min(psnr_db([one], [drawn]) for one, drawn in zip(shown, dipping, strict=True)) >= 43


@pytest.mark.parametrize(("width", "height"), [(2, 2), (18, 34), (96, 10)])
def test_frames_smaller_than_the_grid_are_deflickered_too(width: int, height: int) -> None:
    flickering = [solid(width, height, level) for level in [104, 96] * 6]

    assert pulsing(list(deflickered(flickering, Deflicker()))) < pulsing(flickering) / 6


def pulsing(frames: Sequence[Frame]) -> float:
    return float(np.abs(np.diff(colours_of(frames).mean(axis=(1, 2, 3)))).mean())


@pytest.mark.parametrize("mean", [Mean.ARITHMETIC, Mean.POWER])
@pytest.mark.parametrize("change", [lambda clip: clip, lambda clip: with_noise(clip, 4)], ids=["clean", "noisy"])
def test_flicker_of_4_percent_is_a_sixth_after_deflickering(
    mean: Mean, change: Callable[[SyntheticFrames], SyntheticFrames]
) -> None:
    flickering = list(with_flicker(change(a_scene()), 0.04))

    assert pulsing(list(deflickered(flickering, Deflicker(mean=mean)))) < pulsing(flickering) / 6


def test_light_that_differs_at_random_becomes_steadier() -> None:
    shares = 1 + np.random.default_rng(3).uniform(-0.03, 0.03, COUNT)
    flickering = lit(SCENE, shares)

    assert pulsing(list(deflickered(flickering, Deflicker()))) < 0.3 * pulsing(flickering)


def test_a_single_frame_that_is_off_is_brought_back_by_the_median() -> None:
    off = lit(SCENE, np.where(AT == 20, 1.04, 1.0))

    shown = list(deflickered(off, Deflicker(mean=Mean.MEDIAN)))

    assert psnr_db(off[20:21], SCENE[20:21]) < 35
    assert psnr_db(shown[20:21], SCENE[20:21]) > 48
    assert all(np.array_equal(one, drawn) for one, drawn in zip(shown[:20], SCENE, strict=False))


def test_a_larger_window_makes_slower_flicker_steady() -> None:
    flickering = lit(SCENE, 1 + 0.03 * np.cos(AT * 2 * np.pi / 8))

    small, large = (pulsing(list(deflickered(flickering, Deflicker(size=size)))) for size in (3, 15))

    assert large < 0.2 * pulsing(flickering) < small


@pytest.mark.parametrize("size", [2, 5, 129])
def test_no_frame_is_changed_by_more_than_the_limit(size: int) -> None:
    shares = np.random.default_rng(5).uniform(0.7, 1.1, COUNT)
    wild = lit([solid(*SIDE_PX, 160)] * COUNT, shares)

    shown = colours_of(deflickered(wild, Deflicker(size=size)))

    assert np.abs(shown / colours_of(wild) - 1).max() <= MOST + 0.5 / (160 * 0.7)


def test_flicker_on_either_side_of_a_cut_is_taken_out_without_touching_the_other() -> None:
    both = lit(SCENE[:20] + OTHER[20:], 1 + 0.03 * (-1.0) ** AT)

    shown = list(deflickered(both, Deflicker()))

    apart = [*deflickered(both[:20], Deflicker()), *deflickered(both[20:], Deflicker())]
    assert all(np.array_equal(one, other) for one, other in zip(shown, apart, strict=True))
    assert min(psnr_db([one], [drawn]) for one, drawn in zip(shown, SCENE[:20] + OTHER[20:], strict=True)) >= 42


@pytest.mark.parametrize(("size", "ahead"), [(2, 4), (5, 4), (21, 10)])
def test_only_as_many_frames_wait_as_decide_about_the_next(size: int, ahead: int) -> None:
    taken: list[int] = []

    def coming() -> Iterator[Frame]:
        for index, frame in enumerate(SCENE):
            taken.append(index)
            yield frame

    shown = deflickered(coming(), Deflicker(size=size))

    for index in range(20):
        next(shown)
        assert len(taken) == index + 1 + ahead
