"""What steps cost, worked by hand: a step's seconds a megapixel-frame times the megapixels it makes."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from tests.builders import a_spec
from vidgen_assets.clips.post import (
    Deflicker,
    Denoise,
    DenoiseStrength,
    Grade,
    Interpolate,
    Motion,
    Sharpen,
    Step,
    Upscale,
    drawn_spec,
)
from vidgen_assets.clips.post_costs import PostCosts
from vidgen_assets.clips.prices import load_price_book
from vidgen_assets.clips.profiles import AudioFormat, OutputProfile, Rung, load_profiles
from vidgen_assets.clips.spec import Aspect

COSTS = PostCosts(
    grade=1.0,
    denoise=2.0,
    deflicker=4.0,
    sharpen=8.0,
    upscale=16.0,
    interpolate_compensated=32.0,
    interpolate_blend=64.0,
    pipe=128.0,
    burnt_captions=256.0,
)
PIPELESS = COSTS.model_copy(update={"pipe": 0.0})
FPS = Fraction(20)


def a_profile(*steps: Step, **changes: Any) -> OutputProfile:
    """A canvas of 1000x1000: a megapixel a frame."""
    values: dict[str, Any] = {
        "name": "square",
        "description": "",
        "gop_s": 1,
        "segment_s": 1,
        "peak_ratio": 1.5,
        "preset": "veryfast",
        "rungs": (Rung(name="only", short_side_px=1000, bitrate_bps=100_000),),
        "audio": AudioFormat(bitrate_bps=96_000, sample_rate_hz=48_000, channels=2),
        "post": steps,
    }
    return OutputProfile(**{**values, **changes})


def cost(*steps: Step, by_template: bool = False, costs: PostCosts = PIPELESS, **changes: Any) -> float:
    """Of a clip of a second: 20 megapixel-frames."""
    profile = a_profile(*steps, **changes)
    return costs.cpu_s(profile, Aspect.SQUARE, FPS, Fraction(1), by_template=by_template)


def test_a_profile_without_steps_costs_nothing_more() -> None:
    assert cost(costs=COSTS) == 0


@pytest.mark.parametrize(
    ("step", "seconds"),
    [(Grade(), 1), (Denoise(), 2), (Deflicker(), 4), (Sharpen(), 8)],
    ids=["grade", "denoise", "deflicker", "sharpen"],
)
def test_a_filter_costs_its_seconds_for_every_frame(step: Step, seconds: int) -> None:
    assert cost(step) == 20 * seconds


@pytest.mark.parametrize("step", [Denoise(strength=DenoiseStrength.NONE), Grade(strength=0), Sharpen(amount=0)])
def test_a_step_that_does_nothing_costs_nothing(step: Step) -> None:
    assert cost(step) == 0


def test_a_templates_frames_are_filtered_twice() -> None:
    assert cost(Grade(), by_template=True) == 2 * cost(Grade())


def test_frames_made_between_cost_by_what_is_made_and_filters_before_them_by_what_is_drawn() -> None:
    between = Interpolate(from_fps=Fraction(10))
    assert cost(between) == 20 * 32
    assert cost(Denoise(), between) == 10 * 2 + 20 * 32
    assert cost(Interpolate(from_fps=Fraction(10), motion=Motion.BLEND)) == 20 * 64


def test_filters_before_an_enlargement_work_on_fewer_pixels() -> None:
    larger = Upscale(from_short_side_px=500)
    assert cost(larger) == 20 * 16
    assert cost(Denoise(), larger, Sharpen()) == 20 * (0.25 * 2 + 16 + 8)


def test_steps_that_make_no_difference_to_the_clip_are_free() -> None:
    assert cost(Interpolate(from_fps=FPS), Upscale(from_short_side_px=1000)) == 0
    assert cost(Interpolate(from_fps=Fraction(10)), Upscale(from_short_side_px=500), by_template=True) == 0


def test_the_pipe_is_paid_once_for_what_goes_in_and_what_comes_out() -> None:
    assert cost(Grade(), Sharpen(), costs=COSTS) == 20 * (1 + 8 + 128)
    # 10 of a quarter of a megapixel go in, 20 whole ones come out
    small = cost(Interpolate(from_fps=Fraction(10)), Upscale(from_short_side_px=500), costs=COSTS)
    assert small == 20 * 0.25 * 32 + 20 * 16 + 128 * (2.5 + 20) / 2


def test_captions_in_the_picture_count() -> None:
    assert cost(burn_captions=True, by_template=True) == 2 * 20 * 256


def test_what_is_counted_as_drawn_is_what_a_model_is_asked_for() -> None:
    steps = (Interpolate(from_fps=Fraction(10)), Upscale(from_short_side_px=500))
    drawn = drawn_spec(a_spec(template=None, fps=FPS, frame_count=20, width=1000, height=1000), steps)
    assert (drawn.width, drawn.height, drawn.fps, drawn.frame_count) == (500, 500, 10, 10)


def test_the_book_that_ships_has_a_price_for_every_step() -> None:
    costs = load_price_book().estimate.post_cpu_s_per_megapixel_frame
    assert all(value > 0 for value in costs.model_dump().values())


def test_the_books_seconds_are_the_milliseconds_that_the_page_about_profiles_shows() -> None:
    """A 720p frame is 0.9216 megapixels."""
    page = (Path(__file__).parents[2] / "docs" / "profiles.md").read_text(encoding="utf-8")
    costs = load_price_book().estimate.post_cpu_s_per_megapixel_frame
    for step, seconds, digits in (
        ("grade", costs.grade, 0),
        ("denoise", costs.denoise, 0),
        ("deflicker", costs.deflicker, 0),
        ("interpolate", costs.interpolate_compensated, 0),
        ("sharpen", costs.sharpen, 0),
        ("upscale", costs.upscale, 1),
    ):
        row = next(line for line in page.splitlines() if line.startswith(f"| `{step}` | `"))
        assert row.endswith(f"| {seconds * 921.6:.{digits}f} |"), row
    assert f"| {costs.interpolate_blend * 921.6:.0f} with `blend` |" in page
    assert f"to and from ffmpeg, takes {costs.pipe * 921.6:.0f} once per frame" in page


@pytest.mark.parametrize(("by_template", "seconds"), [(False, 20), (True, 39)])
def test_ten_seconds_of_a_polished_clip_cost_what_the_page_says(by_template: bool, seconds: int) -> None:
    costs, polished = load_price_book().estimate.post_cpu_s_per_megapixel_frame, load_profiles()["polished"]
    found = costs.cpu_s(polished, Aspect.LANDSCAPE, Fraction(30), Fraction(10), by_template=by_template)
    assert round(found) == seconds
