"""Scenes without a model: what a prompt says is what they show, and what it leaves open follows from the seed."""

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

from quality_checks.check import Exhibit
from quality_checks.latents import latents_are_well_formed
from quality_checks.thresholds import THRESHOLDS
from resources.backends.procedural import ProceduralBackend
from tests.builders import a_digest, a_release, a_spec
from tests.diffusion.desk import Drawer, Shelf
from vidgen_assets.backdrops.meters import clip_of, colouring, movement
from vidgen_assets.clips.errors import InputError, PermanentError
from vidgen_assets.clips.generation import Desk, GenerationBackend
from vidgen_assets.clips.media_tools import MediaTools
from vidgen_assets.clips.spec import ClipSpec, Route
from vidgen_assets.clips.verdicts import Outcome
from vidgen_assets.models.registration import check_release
from vidgen_assets.models.release import ModelRelease
from vidgen_assets.training.release import vocabulary

PROMPT = "gold waves drifting left fast"


def scenes(**changes: Any) -> ModelRelease:
    values: Mapping[str, Any] = {
        "family": "scenes",
        "backend": "procedural",
        "pipeline": "scenes",
        "source": {"kind": "built-in"},
        "components": {},
        "vocabulary": vocabulary(),
    }
    return a_release("scenes-1", **{**values, **changes})


@pytest.fixture
def backend() -> ProceduralBackend:
    return ProceduralBackend(lambda _: scenes())


def a_clip(prompt: str = PROMPT, **changes: Any) -> ClipSpec:
    route = Route(backend="procedural", release="scenes-1", reason="asked for by name")
    values: dict[str, Any] = {"template": None, "variables": {}, "frame_count": 13, "fps": Fraction(8), "route": route}
    values |= {"width": 224, "height": 128, "prompt": prompt}
    return a_spec(**{**values, **changes})


DESK = Desk(a_digest("work"), Shelf(), Drawer())


def pictures(backend: ProceduralBackend, spec: ClipSpec) -> np.ndarray:
    frames = backend.decode(spec, backend.make_latents(spec, DESK).data, DESK.media)
    return np.stack([frame[..., :3] for frame in frames])


def test_it_keeps_the_protocol(backend: ProceduralBackend) -> None:
    check_release(scenes())
    assert isinstance(backend.name, str)
    kept: GenerationBackend = backend
    assert kept.keeps_frames


def test_a_clip_shows_what_its_prompt_says(backend: ProceduralBackend) -> None:
    backend.admit(a_clip())
    shown = pictures(backend, a_clip())
    assert shown.shape == (13, 128, 224, 3)
    assert colouring(clip_of(shown)).palette == "gold"
    moves = movement(clip_of(shown[:, ::2, ::2]))
    assert (moves.motion, moves.speed) == ("left", "fast")


def test_the_stream_says_what_is_seen(backend: ProceduralBackend, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = a_clip()
    assert backend.decode_inputs(spec)["meters"] == "backdrops"
    assert hasattr(backend.decode(spec, backend.make_latents(spec, DESK).data, DESK.media), "adherence")


def test_what_is_left_open_follows_from_the_seed(backend: ProceduralBackend) -> None:
    vague = a_clip("gold waves")
    assert np.array_equal(pictures(backend, vague), pictures(backend, vague))
    assert not np.array_equal(pictures(backend, vague), pictures(backend, a_clip("gold waves", seed=8)))


@pytest.mark.parametrize("prompt", ["gold waves at sea", "gold blue waves", "waves", ""])
def test_what_it_cannot_show_is_refused(backend: ProceduralBackend, prompt: str) -> None:
    with pytest.raises(InputError):
        backend.admit(a_clip(prompt))


@pytest.mark.parametrize("changes", [{"prompt": "gold waves"}, {"seed": 8}, {"frame_count": 9}])
def test_what_decides_bytes_is_in_the_key(backend: ProceduralBackend, changes: dict[str, Any]) -> None:
    assert backend.latent_inputs(a_clip(**changes)) != backend.latent_inputs(a_clip())


def test_other_words_for_the_same_scene_are_the_same_work(backend: ProceduralBackend) -> None:
    other = a_clip("honey yellow flowing liquid, moving left quickly")
    assert backend.latent_inputs(other) == backend.latent_inputs(a_clip())


def test_latents_of_another_edition_draw_nothing(backend: ProceduralBackend) -> None:
    data = backend.make_latents(a_clip(), DESK).data.replace(b'"recipe":2', b'"recipe":1')
    with pytest.raises(PermanentError, match="another edition"):
        list(backend.decode(a_clip(), data, DESK.media))


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        (lambda data: data, Outcome.PASS),
        (lambda data: data.replace(b'"seed":7', b'"seed":8'), Outcome.FAIL),
        (lambda data: data[:-4], Outcome.FAIL),
        (lambda _: b"", Outcome.FAIL),
        (lambda data: data.replace(b'"wanted"', b'"wishes"'), Outcome.FAIL),
    ],
)
def test_its_latents_are_judged(backend: ProceduralBackend, tmp_path: Path, change: Any, outcome: Outcome) -> None:
    path = tmp_path / "latents"
    path.write_bytes(change(backend.make_latents(a_clip(), DESK).data))
    exhibit = Exhibit(a_clip(), path, cast(MediaTools, None), THRESHOLDS)
    assert latents_are_well_formed(exhibit).outcome is outcome


@pytest.mark.parametrize(
    "changes",
    [
        {"source": {"kind": "folder", "path": "/models/x"}},
        {"pipeline": "WanPipeline"},
        {"components": {"vae": a_digest("vae")}},
        {"vocabulary": None},
    ],
)
def test_a_release_that_is_no_scene_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        check_release(scenes(**changes))
