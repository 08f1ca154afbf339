"""A backend whose frames are post-processed: asked for less where the steps make the rest, unchanged without steps."""

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from quality_checks.check import Exhibit
from quality_checks.latents import latents_are_well_formed
from quality_checks.thresholds import THRESHOLDS
from resources.backends.post import PostProcessing
from resources.backends.procedural import ProceduralBackend
from resources.media_tools import LocalMediaTools
from tests.builders import a_digest, a_release, a_spec
from tests.diffusion.desk import Drawer, Shelf
from vidgen_assets.clips.errors import InputError
from vidgen_assets.clips.generation import Desk, FrameShape, Measured
from vidgen_assets.clips.post import drawn_spec
from vidgen_assets.clips.profiles import load_profiles
from vidgen_assets.clips.spec import ClipSpec, Route
from vidgen_assets.clips.verdicts import Outcome
from vidgen_assets.models.admission import Hardware, admit
from vidgen_assets.training.release import vocabulary

DESK = Desk(a_digest("work"), Shelf(), Drawer())
TOOLS = LocalMediaTools()
ANYWHERE = Hardware(memory_gib=float("inf"), device="cuda")
INNER = ProceduralBackend(
    lambda _: a_release(
        "scenes-1",
        family="scenes",
        backend="procedural",
        pipeline="scenes",
        source={"kind": "built-in"},
        components={},
        vocabulary=vocabulary(),
        fps=[16],
    )
)
BACKEND = PostProcessing(INNER, TOOLS)


def a_clip(profile: str, **changes: Any) -> ClipSpec:
    """19 frames at 24 a second: the last begins when the 13th at 16 a second does."""
    route = Route(backend="procedural", release="scenes-1", reason="asked for by name")
    values: dict[str, Any] = {"template": None, "variables": {}, "frame_count": 19, "fps": Fraction(24), "route": route}
    values |= {"width": 224, "height": 128, "prompt": "gold waves drifting left fast", "profile": profile}
    return a_spec(**{**values, **changes})


def test_without_steps_keys_and_frames_are_the_inner_backends() -> None:
    spec = a_clip("standard", frame_count=13, fps=Fraction(16))
    latents = BACKEND.make_latents(spec, DESK).data

    assert BACKEND.latent_inputs(spec) == INNER.latent_inputs(spec)
    assert BACKEND.decode_inputs(spec) == INNER.decode_inputs(spec)
    assert type(BACKEND.decode(spec, latents, DESK.media)) is type(INNER.decode(spec, latents, DESK.media))
    assert (BACKEND.name, BACKEND.keeps_frames) == (INNER.name, INNER.keeps_frames)


def test_a_clip_may_be_faster_than_its_model() -> None:
    spec = a_clip("smooth")
    BACKEND.admit(spec)

    frames = BACKEND.decode(spec, BACKEND.make_latents(spec, DESK).data, DESK.media)

    assert isinstance(frames, Measured)
    assert frames.shape == FrameShape(224, 128, Fraction(24), 19)
    shown = np.stack([frame[..., :3] for frame in frames]).astype(float)
    assert shown.shape == (19, 128, 224, 3)
    moved = np.abs(np.diff(shown, axis=0)).mean(axis=(1, 2, 3))
    assert moved.min() > 0.1 * moved.max()  # no frame is the one before once more


def test_its_latents_are_sound_for_the_check(tmp_path: Any) -> None:
    path = tmp_path / "latents"
    path.write_bytes(BACKEND.make_latents(a_clip("smooth"), DESK).data)

    finding = latents_are_well_formed(Exhibit(spec=a_clip("smooth"), path=path, tools=TOOLS, thresholds=THRESHOLDS))

    assert finding.outcome is Outcome.PASS, finding.reason


def test_a_profile_with_steps_has_a_key_of_its_own_for_frames_and_shares_the_latents() -> None:
    plain = a_clip("standard", frame_count=13, fps=Fraction(16))
    polished = plain.model_copy(update={"profile": "polished"})

    assert BACKEND.latent_inputs(polished) == BACKEND.latent_inputs(plain)
    post = BACKEND.decode_inputs(polished)["post"]
    assert [step["step"] for step in post["steps"]] == ["deflicker", "denoise", "grade", "sharpen"]
    assert {**BACKEND.decode_inputs(plain), "post": post} == BACKEND.decode_inputs(polished)


def test_what_is_drawn_is_what_is_admitted_and_the_objection_says_so() -> None:
    with pytest.raises(InputError, match="13 frames") as caught:
        BACKEND.admit(a_clip("smooth", frame_count=24))

    assert "The profile smooth has 16 frames of 224x128 at 16 a second drawn" in str(caught.value)


@pytest.mark.parametrize(("fps", "frame_count"), [(Fraction(24), 121), (Fraction(30), 152), (Fraction(25), 126)])
def test_wans_81_frames_at_16_become_a_clip_of_any_rate(fps: Fraction, frame_count: int) -> None:
    grid, sizes = {"step": 4, "least": 17, "most": 81}, [{"width": 832, "height": 480}]
    wan = a_release("wan-1", fps=[16], frame_grid=grid, buckets=sizes)
    spec = a_clip("smooth", fps=fps, frame_count=frame_count, width=1280, height=720)

    admitted = admit(drawn_spec(spec, load_profiles()["smooth"].post), wan, ANYWHERE, None)

    assert admitted.frame_count == 81
