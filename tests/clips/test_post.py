"""Steps as data: what a profile may say, in which order, and what is then asked of the backend."""

from fractions import Fraction
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from tests.builders import a_spec
from vidgen_assets.clips.post import Grade, Interpolate, Post, Step, Upscale, drawn_spec, step_document
from vidgen_assets.clips.spec import ClipSpec

POST: TypeAdapter[tuple[Step, ...]] = TypeAdapter(Post)


def a_model_clip(**changes: Any) -> ClipSpec:
    return a_spec(template=None, variables={}, prompt="gold waves", **changes)


def test_steps_are_told_apart_by_name_and_have_defaults() -> None:
    steps = POST.validate_python([{"step": "denoise"}, {"step": "grade", "lut": "warm"}])

    assert [step.step for step in steps] == ["denoise", "grade"]
    assert steps[1] == Grade(lut="warm", strength=1.0)


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        ([{"step": "blur"}], "'grade', 'denoise', 'deflicker', 'interpolate', 'sharpen', 'upscale'"),
        ([{"step": "sharpen", "amount": 9}], "less than or equal to 1.5"),
        ([{"step": "sharpen", "amount": float("nan")}], "finite"),
        ([{"step": "sharpen", "amnt": 1}], "Extra inputs"),
        ([{"step": "grade", "lut": "teal"}], "no table 'teal'; allowed: cool, neutral, soft_contrast, warm"),
        ([{"step": "interpolate"}], "Field required"),
        ([{"step": "interpolate", "from_fps": 0}], "greater than 0"),
        ([{"step": "upscale", "from_short_side_px": 333}], "multiple of 2"),
        ([{"step": "denoise"}, {"step": "denoise"}], "denoise stands there twice"),
        ([{"step": "sharpen"}, {"step": "denoise"}], "denoise comes after sharpen, which spoils"),
        ([{"step": "upscale", "from_short_side_px": 90}, {"step": "deflicker"}], "deflicker comes after upscale"),
        ([{"step": "interpolate", "from_fps": 8}, {"step": "deflicker"}], "deflicker comes after interpolate"),
    ],
)
def test_nonsense_is_refused_with_what_is_allowed(steps: list[dict[str, Any]], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        POST.validate_python(steps)


@pytest.mark.parametrize(
    ("frame_count", "fps", "from_fps", "drawn"),
    [
        (30, 30, 15, 15),  # the last frame begins at 29/30 s, the 15th drawn one lasts from 14/15 to 1 s
        (24, 24, 16, 16),
        (152, 30, 16, 81),  # Wan's 81 frames at 16 last 5.0625 s, which is 152 frames at 30
        (1, 30, 8, 1),
        (31, 30, 15, 16),  # the last frame begins at 1 s, so one more is drawn
    ],
)
def test_enough_frames_are_drawn_to_last_to_the_clips_end(
    frame_count: int, fps: int, from_fps: int, drawn: int
) -> None:
    spec = a_model_clip(frame_count=frame_count, fps=Fraction(fps))

    asked = drawn_spec(spec, [Interpolate(from_fps=Fraction(from_fps))])

    assert (asked.frame_count, asked.fps) == (drawn, from_fps)


def test_a_clip_that_is_not_faster_is_drawn_as_it_is() -> None:
    spec = a_model_clip(fps=Fraction(16))

    assert drawn_spec(spec, [Interpolate(from_fps=Fraction(16))]) is spec
    assert drawn_spec(spec, [Interpolate(from_fps=Fraction(24))]) is spec


@pytest.mark.parametrize(
    ("size", "asked"), [((1280, 720), (640, 360)), ((720, 1280), (360, 640)), ((720, 900), (360, 450))]
)
def test_a_smaller_canvas_of_the_same_shape_is_asked_for(size: tuple[int, int], asked: tuple[int, int]) -> None:
    spec = a_model_clip(width=size[0], height=size[1])

    drawn = drawn_spec(spec, [Upscale(from_short_side_px=360)])

    assert (drawn.width, drawn.height) == asked
    assert drawn_spec(spec, [Upscale(from_short_side_px=720)]) is spec


def test_a_template_draws_every_frame_at_full_size() -> None:
    spec = a_spec()

    assert drawn_spec(spec, [Interpolate(from_fps=Fraction(8)), Upscale(from_short_side_px=90)]) is spec


def test_a_table_stands_in_the_key_by_its_digest() -> None:
    document = step_document(Grade(lut="warm", strength=0.5))

    assert document["lut"].startswith("sha256:")
    assert (document["step"], document["strength"]) == ("grade", 0.5)
