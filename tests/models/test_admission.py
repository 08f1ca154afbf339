"""Admission: a clip that its model can't or may not make is refused with field, value, what is allowed and a remedy."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import a_digest, a_release, a_served_release, a_spec
from vidgen_assets.clips.errors import InputError, PolicyError
from vidgen_assets.clips.spec import Aspect, ClipSpec, MediaFile, Route, Use
from vidgen_assets.models.admission import Admitted, Hardware, admit
from vidgen_assets.models.release import Bucket, ModelRelease
from vidgen_assets.prompts.specify import frame_count

HERE = Hardware(memory_gib=8, device="cpu")
PICTURE = MediaFile(reference="lamp.png", digest=a_digest("lamp"), size_bytes=9)


def a_models_clip(**changes: Any) -> ClipSpec:
    values: dict[str, Any] = {
        "template": None,
        "prompt": "soft amber light",
        "fps": "8",
        "frame_count": 9,
        "route": Route(backend="diffusion", release="backdrops-1", reason="asked for by name"),
    }
    return a_spec(**{**values, **changes})


def refused(spec: ClipSpec, release: ModelRelease, hardware: Hardware = HERE, tokens: int | None = None) -> InputError:
    """The error, which must say everything an error can say."""
    count = None if tokens is None else lambda _: tokens
    with pytest.raises((InputError, PolicyError)) as raised:
        admit(spec, release, hardware, count)
    error = raised.value
    assert error.field
    assert error.allowed
    assert error.remedy
    return error  # pyright: ignore[reportReturnType]


def test_a_fitting_clip_is_admitted_with_its_size_and_length() -> None:
    admitted = admit(a_models_clip(), a_release(), HERE, lambda prompt: len(prompt.split()))
    assert admitted == Admitted(Bucket(width=112, height=64), 9)


@pytest.mark.parametrize(
    ("clip", "release", "field", "said"),
    [
        ({"frame_count": 10}, {}, "duration_s", "10 frames are not among"),
        ({"fps": "24"}, {}, "fps", "not trained for this frame rate"),
        ({"aspect": Aspect.SQUARE}, {}, "aspect", "no pictures of this shape"),
        ({"prompt": None}, {}, "prompt", "needs a prompt"),
        ({"prompt": " "}, {}, "prompt", "needs a prompt"),
        ({"seed": 2**53}, {}, "seed", "no such seed"),
        ({"seed": -1}, {}, "seed", "no such seed"),
        ({"image": PICTURE}, {}, "image", "would not use the image"),
        ({}, {"pipeline": "WanImageToVideoPipeline"}, "image", "begins with an image"),
        ({}, {"memory_gib": 9}, "model", "needs 9 GiB"),
        ({}, {"execution": {"device": "cuda"}}, "model", "this deployment has none"),
    ],
)
def test_what_the_model_cannot_do_is_refused(
    clip: dict[str, Any], release: dict[str, Any], field: str, said: str
) -> None:
    error = refused(a_models_clip(**clip), a_release(**release))
    assert isinstance(error, InputError)
    assert error.field == field
    assert said in error.found


def test_a_duration_off_the_grid_is_answered_with_the_nearest_to_write() -> None:
    error = refused(a_models_clip(frame_count=11), a_release())
    assert error.value == "1.375"
    assert error.allowed == "9 frames (duration_s 1.125), 13 frames (duration_s 1.625)"
    assert refused(a_models_clip(frame_count=40), a_release()).allowed == "13 frames (duration_s 1.625)"
    assert refused(a_models_clip(frame_count=1), a_release()).allowed == "5 frames (duration_s 0.625)"


@given(st.integers(1, 120), st.sampled_from(["8", "12", "15", "16", "24000/1001", "30000/1001"]))
def test_the_durations_it_names_bring_a_count_of_the_grid(count: int, fps: str) -> None:
    release = a_release(fps=[fps], frame_grid={"step": 4, "least": 5, "most": 81})
    if release.frame_grid.holds(count):
        return
    allowed = refused(a_models_clip(fps=fps, frame_count=count), release).allowed or ""
    for offer in allowed.split(", "):
        wanted, duration = offer.removesuffix(")").split(" frames (duration_s ")
        assert frame_count(Fraction(duration), Fraction(fps)) == int(wanted)
        assert release.frame_grid.holds(int(wanted))


@pytest.mark.parametrize("territories", [("worldwide",), ("AT", "KR"), ("KR",)])
def test_a_licence_that_excludes_a_territory_excludes_the_world(territories: tuple[str, ...]) -> None:
    licence = {"name": "Community", "allows": ["commercial"], "excluded_territories": ["KR", "GB"]}
    error = refused(a_models_clip(territories=territories), a_release(licence=licence))
    assert isinstance(error, PolicyError)
    assert error.field == "territories"
    admit(a_models_clip(territories=("AT", "CH")), a_release(licence=licence), HERE, None)


def test_a_licence_forbids_the_uses_it_does_not_name() -> None:
    release = a_release(licence={"name": "Research only", "allows": ["research"]})
    error = refused(a_models_clip(), release)
    assert isinstance(error, PolicyError)
    assert (error.field, error.allowed) == ("use", "research")
    admit(a_models_clip(use=Use.RESEARCH), release, HERE, None)


def test_policy_is_said_before_capacity() -> None:
    release = a_release(licence={"name": "None", "allows": []}, memory_gib=900)
    assert isinstance(refused(a_models_clip(frame_count=10), release), PolicyError)


def test_words_outside_a_closed_vocabulary_are_named_with_near_ones() -> None:
    release = a_release(vocabulary={"words": ["soft", "amber", "light"], "floor": 1.0})
    error = refused(a_models_clip(prompt="soft ambre light"), release)
    assert "67%" in error.found
    assert "doesn't know ambre" in error.found
    assert error.remedy == "Try amber for ambre."
    admit(a_models_clip(prompt="Soft, AMBER light!"), release, HERE, None)


def test_a_share_of_unknown_words_may_be_allowed() -> None:
    release = a_release(vocabulary={"words": ["soft", "amber", "light"], "floor": 0.6})
    admit(a_models_clip(prompt="soft amber lantern"), release, HERE, None)
    assert refused(a_models_clip(prompt="!!!"), release).field == "prompt"


def test_a_prompt_is_never_cut_silently() -> None:
    admit(a_models_clip(), a_release(), HERE, lambda _: 16)
    error = refused(a_models_clip(), a_release(), tokens=17)
    assert (error.field, error.allowed) == ("prompt", "at most 16 tokens")


def test_a_server_takes_clips_with_and_without_an_image_and_has_its_own_memory() -> None:
    server = a_served_release(memory_gib=900, execution={"device": "cuda"})
    admit(a_models_clip(), server, HERE, None)
    admit(a_models_clip(image=PICTURE), server, HERE, None)


def test_a_release_for_gpus_is_held_against_the_cards_of_the_pool() -> None:
    release = a_release(memory_gib=40, execution={"device": "cuda"})
    admit(a_models_clip(), release, Hardware(79.6, "cuda"), None)
    assert refused(a_models_clip(), release, Hardware(24, "cuda")).field == "model"


@pytest.mark.parametrize(
    ("canvas", "bucket"),
    [((480, 270), "112x64"), ((1280, 720), "1280x704"), ((1000, 600), "832x480"), ((64, 36), "112x64")],
)
def test_the_largest_size_within_the_canvas_is_chosen_or_else_the_smallest(
    canvas: tuple[int, int], bucket: str
) -> None:
    sizes = [(1280, 704), (832, 480), (112, 64), (480, 832), (640, 640)]
    release = a_release(buckets=[{"width": width, "height": height} for width, height in sizes])
    admitted = admit(a_models_clip(width=canvas[0], height=canvas[1]), release, HERE, None)
    assert str(admitted.bucket) == bucket
