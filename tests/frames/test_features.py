import numpy as np
import pytest

from tests.synthetic.frames import a_clip, solid
from vidgen_assets.frames.features import FeatureMeter, reduced_luma


def test_a_flat_frame_has_its_own_luma_and_no_spread() -> None:
    features = FeatureMeter().measure(solid(160, 90, 100))

    assert (features.luma_mean, features.luma_std, features.near_black_fraction) == (100.0, 0.0, 0.0)
    assert features.grid == (10_000,) * 64


def test_half_black_half_white_is_worked_by_hand() -> None:
    columns = np.where(np.arange(160) < 80, 0, 255).astype(np.uint8)

    features = FeatureMeter().measure(solid(160, 90, columns))

    assert (features.luma_mean, features.luma_std, features.near_black_fraction) == (127.5, 127.5, 0.5)
    assert features.grid[:8] == (0, 0, 0, 0, 25_500, 25_500, 25_500, 25_500)


def test_near_black_reaches_up_to_luma_16() -> None:
    assert FeatureMeter().measure(solid(32, 32, 16)).near_black_fraction == 1.0
    assert FeatureMeter().measure(solid(32, 32, 17)).near_black_fraction == 0.0


def test_change_is_to_the_frame_before() -> None:
    meter = FeatureMeter()
    meter.measure(solid(160, 80, 100))
    brighter_corner = solid(160, 80, 100)
    brighter_corner[:8, :16] = 140  # 128 of 12,800 pixels rise by 40

    changed, unchanged = meter.measure(brighter_corner), meter.measure(brighter_corner.copy())

    assert (changed.change_mean, changed.change_peak) == (0.4, 40.0)
    assert (unchanged.change_mean, unchanged.change_peak) == (0.0, 0.0)


def test_the_first_frame_has_no_change_and_one_of_another_size_is_all_change() -> None:
    meter = FeatureMeter()

    assert meter.measure(solid(32, 32, 100)).change_peak == 0.0
    assert meter.measure(solid(64, 32, 100)).change_peak == 255.0


@pytest.mark.parametrize(
    ("size", "reduced"),
    [((1280, 720), (160, 90)), ((720, 1280), (90, 160)), ((160, 90), (160, 90)), ((3, 2), (3, 2))],
)
def test_blocks_are_square_and_about_160_on_the_longer_side(size: tuple[int, int], reduced: tuple[int, int]) -> None:
    width, height = size

    assert reduced_luma(solid(width, height, 77)).shape == (reduced[1], reduced[0])


def test_a_dot_of_4_px_at_720p_is_never_between_the_samples() -> None:
    for corner in range(8):
        frame = solid(1280, 720, 0)
        frame[400 + corner : 404 + corner, 600 + corner : 604 + corner] = 255

        assert reduced_luma(frame).max() >= 63


def test_a_frame_smaller_than_the_grid_is_measured() -> None:
    assert FeatureMeter().measure(solid(3, 2, 50)).grid == (5_000,) * 64


def test_the_same_frames_have_the_same_features() -> None:
    first, second = FeatureMeter(), FeatureMeter()

    assert [first.measure(f) for f in a_clip(5)] == [second.measure(f) for f in a_clip(5)]
