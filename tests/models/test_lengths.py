"""A clip that lasts as long as its narration, brought to what its model makes; the grid here is 5, 9 or 13 frames."""

from fractions import Fraction

import pytest

from tests.builders import a_release, a_spec
from vidgen_assets.clips.errors import InputError
from vidgen_assets.clips.post import Interpolate
from vidgen_assets.models.lengths import lasting_at_least

RELEASE = a_release()


def count_for(frames: int, fps: int = 8, steps: tuple[Interpolate, ...] = ()) -> int:
    spec = a_spec(template=None, prompt="soft light", fps=Fraction(fps), frame_count=frames)
    return lasting_at_least(spec, RELEASE, steps).frame_count


@pytest.mark.parametrize(("spoken", "made"), [(1, 5), (5, 5), (6, 9), (9, 9), (10, 13), (13, 13)])
def test_a_clip_gets_the_next_count_of_its_models_grid(spoken: int, made: int) -> None:
    assert count_for(spoken) == made


def test_frames_that_a_step_makes_between_count_for_the_clip_and_not_for_the_model() -> None:
    # 20 frames at 24 need 7 drawn at 8; the model draws 9, and the 25th is the first that the ninth is drawn for.
    assert count_for(20, fps=24, steps=(Interpolate(from_fps=Fraction(8)),)) == 25


def test_what_the_model_has_no_time_for_is_refused_with_both_lengths() -> None:
    with pytest.raises(
        InputError, match=r"takes 1\.8 s to say, and backdrops-1 makes clips of up to 1\.62 s"
    ) as refused:
        count_for(14)
    assert refused.value.field == "script"
