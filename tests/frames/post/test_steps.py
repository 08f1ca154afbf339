"""What each step does to frames: its default leaves a clean clip alone, and it mends the defect that it is for.

Bounds are in PSNR over all frames and channels: 40 dB is a mean error of 2 levels, which nobody sees in motion. They
are those of docs/profiles.md; templates with cuts are in test_templates.py, and deflickering is in test_flicker.py.
"""

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import pytest

from resources.media_tools import LocalMediaTools
from tests.synthetic.frames import SyntheticFrames, solid
from tests.synthetic.pictures_in_motion import (
    SIDE_PX,
    SPEED_PX_PER_S,
    a_scene,
    colours_of,
    psnr_db,
    with_noise,
)
from vidgen_assets.clips.generation import Frame, FrameShape
from vidgen_assets.clips.post import Deflicker, Denoise, Grade, Interpolate, Motion, Sharpen, Step, Upscale
from vidgen_assets.clips.profiles import load_profiles
from vidgen_assets.frames.post.stream import PostProcessed

TOOLS = LocalMediaTools()
UNCHANGED_DB = 100
SLOW, FAST = Fraction(12), Fraction(24)


def processed(clip: SyntheticFrames, *steps: Step, shape: FrameShape | None = None) -> list[Frame]:
    return list(PostProcessed(clip, shape or clip.shape, steps, TOOLS))


@pytest.mark.parametrize(
    ("step", "least_db"),
    [
        (Grade(), 70),
        (Denoise(), 60),
        (Denoise.model_validate({"strength": "medium"}), 50),
        (Deflicker(), UNCHANGED_DB),
        (Sharpen(), 45),
    ],
    ids=lambda value: value.step if not isinstance(value, int) else None,
)
def test_a_default_leaves_a_clean_clip_alone(step: Step, least_db: float) -> None:
    assert psnr_db(processed(a_scene(), step), a_scene()) >= least_db


@pytest.mark.parametrize("lut", ["warm", "cool", "soft_contrast"])
def test_a_grade_that_ships_is_a_tint(lut: str) -> None:
    moved = np.abs(colours_of(processed(a_scene(), Grade(lut=lut))) - colours_of(a_scene()))

    assert 1 < moved.max() <= 12


@pytest.mark.parametrize(
    "steps",
    [
        (Grade(strength=0),),
        (Grade(),),
        (Denoise.model_validate({"strength": "none"}),),
        (Sharpen(amount=0),),
        (Deflicker(),),
        (Denoise(), Deflicker(), Sharpen()),
    ],
    ids=lambda steps: "+".join(step.step for step in steps),
)
def test_a_still_flat_colour_stays_within_a_level(steps: Sequence[Step]) -> None:
    colours = [(0, 0, 0), (255, 255, 255), (255, 0, 0), (13, 200, 97), (250, 240, 10), (1, 2, 3)]

    def draw(_: int) -> Frame:
        frame = solid(96, 64, 0)
        for number, colour in enumerate(colours):
            frame[:, number * 16 : number * 16 + 16, :3] = colour
        return frame

    clip = SyntheticFrames(FrameShape(96, 64, FAST, 6), draw, 6)
    inside = np.arange(96) % 16 // 4 % 3 != 0  # away from the edges, which sharpening is meant to change
    off = np.abs(colours_of(processed(clip, *steps)) - colours_of(clip))[:, :, inside]

    assert off.max() <= 1


def test_red_noise_is_denoised_as_green_and_blue_are() -> None:
    clean, noisy = a_scene(), with_noise(a_scene(), 4)

    left = (colours_of(processed(noisy, Denoise())) - colours_of(clean))[4:].std(axis=(0, 1, 2))

    assert left.max() < 0.75 * 4  # a quarter of the noise is gone at least, in each channel
    assert left.max() - left.min() < 0.3


def test_more_noise_is_taken_by_medium() -> None:
    clean, noisy = a_scene(), with_noise(a_scene(), 4)

    left = colours_of(processed(noisy, Denoise.model_validate({"strength": "medium"}))) - colours_of(clean)

    assert left[4:].std() < 0.5 * 4


def test_sharpening_makes_edges_steeper_and_leaves_flats() -> None:
    sharp, plain = colours_of(processed(a_scene(), Sharpen())), colours_of(a_scene())

    bar = SIDE_PX[0] // 6
    across = np.s_[0, -20, bar - 1 : bar + 1, 1]  # the last column of the ground and the first of the bar
    assert np.diff(sharp[across])[0] > 1.1 * np.diff(plain[across])[0]
    assert np.abs(sharp - plain)[:, :8, -20:].max() <= 1


@pytest.mark.parametrize(("motion", "off_px"), [(Motion.COMPENSATED, 0.75), (Motion.BLEND, 0.75)])
def test_made_frames_show_the_disc_where_it_is_at_that_time(motion: Motion, off_px: float) -> None:
    slow, fast = a_scene(13, fps=SLOW), a_scene(24, fps=FAST)

    frames = processed(slow, Interpolate(from_fps=SLOW, motion=motion), shape=fast.shape)

    covered = colours_of(frames)[..., 0] > 215  # only the disc is that red
    centres = [float(np.argwhere(picture)[:, 1].mean()) for picture in covered]
    wanted = [centres[0] + SPEED_PX_PER_S * index / FAST for index in range(len(centres))]
    assert len(frames) == 24
    assert np.abs(np.array(centres) - np.array(wanted, dtype=float)).max() <= off_px


def test_motion_compensation_is_nearer_to_the_truth_than_blending() -> None:
    slow, fast = a_scene(13, fps=SLOW), a_scene(24, fps=FAST)

    def made(motion: Motion) -> float:
        frames = processed(slow, Interpolate(from_fps=SLOW, motion=motion), shape=fast.shape)
        return psnr_db(frames[1::2], list(fast)[1::2])

    assert made(Motion.COMPENSATED) > 48
    assert made(Motion.COMPENSATED) > made(Motion.BLEND) + 10


def test_frames_that_were_drawn_are_not_made_again() -> None:
    slow = a_scene(13, fps=SLOW)

    frames = processed(slow, Interpolate(from_fps=SLOW), shape=a_scene(26, fps=FAST).shape)

    assert np.array_equal(colours_of(frames[::2]), colours_of(slow))
    assert np.array_equal(frames[25], frames[24])  # nothing comes after the last one: it stays


def test_a_cut_stays_a_cut() -> None:
    def draw(index: int) -> Frame:
        return a_scene(12, fps=SLOW).draw(index) if index < 6 else solid(*SIDE_PX, 20)

    clip = SyntheticFrames(FrameShape(*SIDE_PX, SLOW, 12), draw, 12)
    frames = colours_of(processed(clip, Interpolate(from_fps=SLOW), shape=FrameShape(*SIDE_PX, FAST, 24)))

    before, after = frames[10], frames[12]
    assert min(np.abs(frames[11] - before).mean(), np.abs(frames[11] - after).mean()) < 1


@pytest.mark.parametrize(("fps", "count"), [(Fraction(30), 30), (Fraction(30000, 1001), 30), (Fraction(25), 25)])
def test_rates_that_share_no_frame_keep_their_count(fps: Fraction, count: int) -> None:
    shape = FrameShape(*SIDE_PX, fps, count)

    assert len(processed(a_scene(12, fps=SLOW), Interpolate(from_fps=SLOW), shape=shape)) == count


def test_an_enlarged_frame_shows_the_same_colours_at_the_same_places() -> None:
    width, height = SIDE_PX
    small = a_scene(4, size=(width // 2, height // 2))

    large = processed(small, Upscale(from_short_side_px=height // 2), shape=a_scene(4).shape)

    back = colours_of(large).reshape(4, height // 2, 2, width // 2, 2, 3).mean(axis=(2, 4))
    assert large[0].shape == (height, width, 4)
    assert np.abs(back - colours_of(small)).mean() < 1


@pytest.mark.parametrize("name", ["polished", "smooth"])
def test_the_steps_of_a_profile_that_ships_keep_a_clean_clip(name: str) -> None:
    steps = load_profiles()[name].post
    drawn = a_scene(24, fps=Fraction(16)) if name == "smooth" else a_scene(24)
    wanted = a_scene(36) if name == "smooth" else a_scene(24)

    frames = processed(drawn, *steps, shape=wanted.shape)

    assert psnr_db(frames, wanted) > 36


def test_alpha_stays_opaque() -> None:
    frames = processed(a_scene(3), Denoise(), Grade(lut="warm"))

    assert all((frame[..., 3] == 255).all() for frame in frames)
