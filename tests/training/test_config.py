"""Courses, stages and shares, by numbers worked out by hand."""

import pytest
import torch

from tests.training.tiny import DOCUMENT, a_config
from vidgen_assets.training.config import Course, Format, Phase


def test_a_course_rises_stays_and_falls_to_nothing() -> None:
    course = Course(steps=100, learning_rate=0.8, warmup=3, decay=0.2)
    assert [course.rate(step) for step in (0, 1, 2, 3, 50, 80)] == pytest.approx([0.2, 0.4, 0.6, 0.8, 0.8, 0.8])
    assert [course.rate(step) for step in (90, 95, 99)] == pytest.approx([0.4, 0.2, 0.04])


def test_a_course_without_warmup_and_decay_is_flat() -> None:
    course = Course(steps=10, learning_rate=0.5, warmup=0, decay=0.0)
    assert {course.rate(step) for step in range(10)} == {0.5}


def test_stages_follow_each_other() -> None:
    document = {**DOCUMENT["autoencoder"]}
    document["stages"] = [
        {"until": 4, "format": {"height": 32, "width": 32}},
        {"until": 6, "format": {"height": 96, "width": 176}},
    ]
    autoencoder = a_config(autoencoder=document).autoencoder
    assert [autoencoder.stage(step).format.height for step in range(6)] == [32] * 4 + [96] * 2


def test_courses_follow_each_other() -> None:
    autoencoder = a_config().autoencoder
    found = [autoencoder.course(step) for step in range(6)]
    assert [(autoencoder.courses.index(course), within) for course, within in found] == [
        (0, 0), (0, 1), (0, 2), (0, 3), (1, 0), (1, 1),
    ]  # fmt: skip
    assert autoencoder.steps == 6
    with pytest.raises(ValueError, match="after the last one of 6"):
        autoencoder.course(6)


def test_an_emphasis_is_on_textures() -> None:
    with pytest.raises(ValueError, match="no such texture: clouds; allowed: gradient, bokeh"):
        Course(steps=1, learning_rate=0.1, emphasis={"clouds": 2.0})


def test_stages_that_end_too_early_are_refused() -> None:
    document = {**DOCUMENT["autoencoder"], "stages": [{"until": 5, "format": {"height": 32, "width": 32}}]}
    with pytest.raises(ValueError, match="The last stage ends before step 6"):
        a_config(autoencoder=document)


def test_phases_follow_each_other_and_formats_share_out_their_clips() -> None:
    wide, square = Format(height=32, width=64, batch=2, weight=3), Format(height=32, width=32, batch=2, weight=1)
    formats = [wide.model_dump(), square.model_dump()]
    phases = [{"until": 3, "formats": formats[:1], "clips": 9}, {"until": 6, "formats": formats, "clips": 100}]
    transformer = a_config(transformer={**DOCUMENT["transformer"], "phases": phases}).transformer
    assert [transformer.pool_of(step) for step in range(6)] == [0, 0, 0, 1, 1, 1]
    assert [transformer.phases[1].share(size) for size in transformer.phases[1].formats] == [75, 25]


@pytest.mark.parametrize(
    ("ends", "said"),
    [((3, 5), "ends before step 6"), ((4, 4, 6), "after the one before"), ((5, 3, 6), "after the one")],
)
def test_phases_that_leave_steps_without_clips_are_refused(ends: tuple[int, ...], said: str) -> None:
    phases = [{**DOCUMENT["transformer"]["phases"][0], "until": end} for end in ends]
    with pytest.raises(ValueError, match=said):
        a_config(transformer={**DOCUMENT["transformer"], "phases": phases})


def test_a_shift_moves_times_towards_noise_and_leaves_the_ends() -> None:
    phase = Phase(until=1, formats=(Format(height=32, width=32),), clips=1, shift=4)
    moved = phase.moved(torch.tensor([0.0, 0.2, 0.5, 0.8, 1.0]))
    assert moved.tolist() == pytest.approx([0.0, 0.5, 0.8, 16 / 17, 1.0])


def test_sampling_has_the_shift_of_the_last_phase() -> None:
    assert [phase.shift for phase in a_config().transformer.phases] == [1.0, 2.0]
    assert a_config().transformer.shift == 2.0


def test_a_transformer_may_learn_some_textures_alone_each_named_once() -> None:
    some = {**DOCUMENT["transformer"], "textures": ["stars", "aurora"]}
    assert a_config(transformer=some).transformer.textures == ("stars", "aurora")
    for textures, said in (
        (["clouds"], "no such texture: clouds"),
        (["stars", "stars"], "once each"),
        ([], "at least"),
    ):
        with pytest.raises(ValueError, match=said):
            a_config(transformer={**DOCUMENT["transformer"], "textures": textures})
