"""Output profiles: sizes are even, keyframes aligned, and the digest is of what decides bytes."""

from fractions import Fraction

import pytest

from vidgen_assets.clips.profiles import OutputProfile, Rung, even, load_profiles
from vidgen_assets.clips.spec import Aspect

PROFILES = load_profiles()


@pytest.mark.parametrize(
    ("aspect", "size"),
    [
        (Aspect.LANDSCAPE, (1280, 720)),
        (Aspect.PORTRAIT, (720, 1280)),
        (Aspect.SQUARE, (720, 720)),
        (Aspect.FEED, (720, 900)),
    ],
)
def test_the_short_side_is_the_rungs_whatever_the_aspect(aspect: Aspect, size: tuple[int, int]) -> None:
    assert Rung(name="720p", short_side_px=720, bitrate_bps=1).size(aspect) == size


@pytest.mark.parametrize(("length", "expected"), [(853.3, 854), (480, 480), (1, 2), (0, 2), (Fraction(1441, 2), 720)])
def test_a_length_becomes_the_nearest_even_one(length: float | Fraction, expected: int) -> None:
    assert even(length) == expected


@pytest.mark.parametrize("profile", PROFILES.values(), ids=str)
@pytest.mark.parametrize("aspect", Aspect)
def test_what_ships_is_a_ladder_of_even_sizes_below_its_canvas(profile: OutputProfile, aspect: Aspect) -> None:
    sizes = [rung.size(aspect) for rung in profile.rungs]
    assert all(length % 2 == 0 for size in sizes for length in size)
    assert sizes[0] == profile.canvas(aspect) == max(sizes)
    assert sorted(sizes, reverse=True) == sizes
    bitrates = [rung.bitrate_bps for rung in profile.rungs]
    assert sorted(bitrates, reverse=True) == bitrates
    assert len({rung.name for rung in profile.rungs}) == len(profile.rungs)


@pytest.mark.parametrize(("fps", "frames"), [(Fraction(30), 60), (Fraction(30000, 1001), 60), (Fraction(1, 10), 1)])
def test_a_gop_is_whole_frames(fps: Fraction, frames: int) -> None:
    assert PROFILES["standard"].gop_frames(fps) == frames  # 2 s


def test_a_segment_is_whole_gops() -> None:
    longer = PROFILES["standard"].model_copy(update={"segment_s": 6})
    assert longer.segment_frames(Fraction(30000, 1001)) == 3 * 60


def test_the_digest_ignores_what_decides_no_bytes() -> None:
    profile = PROFILES["preview"]
    assert profile.model_copy(update={"name": "other", "description": "other"}).digest == profile.digest
    assert profile.model_copy(update={"preset": "slow"}).digest != profile.digest
