"""A clip made again from its record alone: what comes out, what was promised, and that nothing is written."""

import math
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.numpy import load

from resources.artifact_store import key_of
from resources.backends.diffusion import DiffusionBackend
from resources.workshop import Workshop
from tests.diffusion.releases import tiny_release
from tests.diffusion.tiny import save_tiny
from tests.end_to_end.catalogs import a_clip
from tests.reports.replayed import (
    EXACT,
    a_shop,
    artifact_of,
    contents,
    make,
    make_clips,
    record_other_latents,
    rewrite,
    row_of,
    the,
)
from vidgen_assets.clips.errors import InputError, PermanentError
from vidgen_assets.clips.ledger import Status
from vidgen_assets.diffusion.latents_file import Latents
from vidgen_assets.diffusion.tensor_file import pack, unpack
from vidgen_assets.frames.asset import FRAMES
from vidgen_assets.frames.recording import FrameRecording
from vidgen_assets.latents.asset import LATENTS
from vidgen_assets.models.admission import Hardware
from vidgen_assets.prompts.asset import PROMPTS
from vidgen_assets.reports.replay import EnvironmentDifference, Likeness, Promise, Replay, replay
from vidgen_assets.soundtracks.asset import SOUNDTRACKS

PSNR_TOLERANCE_DB = 35.0


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """How a sum is split over threads decides its last bits, and tests share the machine."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny("WanPipeline", tmp_path_factory.mktemp("weights"))


@pytest.fixture(scope="module")
def made(weights: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with three clips. Not to be written to."""
    home = tmp_path_factory.mktemp("made")
    make_clips(home, weights)
    return home


@pytest.fixture
def home(made: Path, tmp_path: Path) -> Path:
    return shutil.copytree(made, tmp_path / "home")


@pytest.fixture
def shop(home: Path) -> Workshop:
    return a_shop(home)


def replayed(clip_id: str, shop: Workshop) -> Replay:
    return replay(the(clip_id, shop), shop)


def perturbed(shop: Workshop, clip_id: str, by: float) -> bytes:
    """The clip's latents with `by` added to every value."""
    found = Latents.from_bytes(shop.artifacts.read(artifact_of(LATENTS, the(clip_id, shop), shop).digest))
    return replace(found, tensor=found.tensor + by).to_bytes()


def in_another_environment(shop: Workshop, clip_id: str) -> None:
    clip = the(clip_id, shop)
    recorded = row_of(LATENTS, clip, shop).provenance
    rewrite(shop, clip, LATENTS, provenance={**recorded, "environment": {**recorded["environment"], "torch": "2.0.1"}})


@pytest.mark.parametrize(("clip_id", "promise"), [("lamp", "exact"), ("waves", "exact"), ("stars", "tolerance")])
def test_what_was_recorded_here_comes_out_equal_here(shop: Workshop, clip_id: str, promise: str) -> None:
    found = replayed(clip_id, shop)
    assert (found.verdict, found.promise, found.is_kept) == (Likeness.EQUAL, promise, True)
    assert found.latents is not None
    assert found.latents.are_equal
    assert found.frames.recorded_count == found.frames.drawn_count == (24 if clip_id == "lamp" else 9)
    assert found.environment == ()


def test_nothing_is_written_to_the_store(shop: Workshop, home: Path) -> None:
    before = contents(home / "store")
    for clip_id in ("lamp", "waves"):
        replayed(clip_id, shop)
    assert contents(home / "store") == before


def test_embeddings_of_an_earlier_making_are_not_used(shop: Workshop) -> None:
    kept = [key.removeprefix("cupboard/") for key in shop.objects.keys("cupboard")]
    for name in kept:
        tensors, document = unpack(shop.cupboard.get(name) or b"")
        zeros = {tensor: torch.zeros_like(values) for tensor, values in tensors.items()}
        shop.cupboard.put(name, pack(zeros, document))

    assert kept
    assert replayed("waves", shop).verdict is Likeness.EQUAL


def test_altered_weights_are_named_by_both_digests(shop: Workshop, weights: Path, tmp_path: Path) -> None:
    release = tiny_release(shutil.copytree(weights, tmp_path / "weights"), release_id=EXACT)
    file = next((tmp_path / "weights" / "transformer").glob("*.safetensors"))
    file.write_bytes(file.read_bytes()[:-1] + b"\x7f")
    backend = DiffusionBackend(lambda _: release, Hardware(8.0, "cpu"))
    with pytest.raises(PermanentError, match="not those that were registered") as caught:
        replayed("waves", replace(shop, backends={**shop.backends, "diffusion": backend}))

    error = caught.value
    assert (error.stage, error.clip_id, error.field) == ("latents", "waves", "components.transformer")
    assert error.allowed == release.components["transformer"]
    assert str(error.value).startswith("sha256:")


@pytest.mark.parametrize(
    ("clip_id", "by", "verdict", "is_kept"),
    [
        ("stars", 1e-4, Likeness.WITHIN_TOLERANCE, True),
        ("stars", 0.5, Likeness.DIFFERENT, False),
        ("waves", 1e-4, Likeness.WITHIN_TOLERANCE, False),  # exactness was promised
    ],
)
def test_other_latents_in_the_record_are_told_in_numbers(
    shop: Workshop, tmp_path: Path, clip_id: str, by: float, verdict: Likeness, is_kept: bool
) -> None:
    data = perturbed(shop, clip_id, by)
    record_other_latents(shop, the(clip_id, shop), data, tmp_path)
    found = replayed(clip_id, shop)

    assert (found.verdict, found.is_kept) == (verdict, is_kept)
    recorded = load(data)["latents"].astype(np.float64)
    assert found.latents is not None
    assert found.latents.max_abs_difference == pytest.approx(by, rel=1e-2)
    assert found.latents.relative_l2 == pytest.approx(
        by * math.sqrt(recorded.size) / np.linalg.norm(recorded), rel=1e-2
    )


def test_frames_that_are_stored_are_compared_by_pixel(shop: Workshop, tmp_path: Path) -> None:
    record_other_latents(shop, the("stars", shop), perturbed(shop, "stars", 0.5), tmp_path)
    frames = replayed("stars", shop).frames

    assert frames.different == tuple(range(9))
    assert frames.psnr is not None
    assert 10 < frames.psnr.lowest_db < PSNR_TOLERANCE_DB
    assert frames.psnr.lowest_db <= frames.psnr.mean_db
    assert frames.features is None


def test_frames_that_are_gone_are_compared_by_features(shop: Workshop, tmp_path: Path) -> None:
    clip = the("stars", shop)
    record_other_latents(shop, clip, perturbed(shop, "stars", 0.5), tmp_path)
    recording = FrameRecording.from_bytes(shop.artifacts.read(artifact_of(FRAMES, clip, shop).digest))
    assert recording.stored is not None
    shop.objects.delete(key_of(recording.stored))
    frames = replayed("stars", shop).frames

    assert frames.psnr is None
    assert "no such artifact" in frames.why_no_psnr
    assert frames.features is not None
    assert frames.features["luma_mean"] > 0


def test_elsewhere_the_tolerance_is_promised_and_what_differs_is_named(shop: Workshop) -> None:
    in_another_environment(shop, "waves")
    found = replayed("waves", shop)

    assert found.environment == (EnvironmentDifference("latents", "torch", "2.0.1", torch.__version__),)
    assert (found.promise, found.why) == (Promise.TOLERANCE, "this is another environment: torch")
    assert (found.verdict, found.is_kept) == (Likeness.EQUAL, True)


def test_without_a_recorded_environment_only_the_tolerance_is_promised(shop: Workshop) -> None:
    rewrite(shop, the("waves", shop), LATENTS, provenance={})
    found = replayed("waves", shop)
    assert (found.promise, found.why) == (Promise.TOLERANCE, "the record names no environment of latents")


@pytest.mark.parametrize(("stage", "clip_id"), [(LATENTS, "lamp"), (FRAMES, "waves")])
def test_a_recipe_that_was_raised_since_promises_nothing(shop: Workshop, stage: Any, clip_id: str) -> None:
    rewrite(shop, the(clip_id, shop), stage, work_key=stage.recipe.work_key({"recipe": "of last year"}))
    found = replayed(clip_id, shop)
    assert (found.promise, found.is_kept, found.is_well) == (Promise.NONE, None, True)
    assert found.why == f"what decides the bytes of {stage.name} has changed since"


def test_a_timeline_is_equal_or_it_is_not(shop: Workshop, tmp_path: Path) -> None:
    clip = the("lamp", shop)
    data = shop.artifacts.read(artifact_of(LATENTS, clip, shop).digest)
    record_other_latents(shop, clip, data.replace(b"Product lamp", b"Product lump"), tmp_path)
    found = replayed("lamp", shop)

    assert (found.verdict, found.is_kept) == (Likeness.DIFFERENT, False)
    assert found.latents is not None
    assert found.latents.why_no_numbers == "these latents aren't tensors"
    assert found.frames.different
    assert found.frames.why_no_psnr == "the frames of this backend are not stored"


def test_a_resumed_clip_is_told_apart(shop: Workshop) -> None:
    clip = the("waves", shop)
    rewrite(shop, clip, LATENTS, provenance={**row_of(LATENTS, clip, shop).provenance, "resumed_from_step": 2})
    found = replayed("waves", shop)
    assert found.notes == ("the recorded latents were resumed from a checkpoint after step 2; these in one go",)
    assert found.is_kept


def test_a_clip_without_latents_is_refused_with_what_to_do(tmp_path: Path) -> None:
    shop = a_shop(tmp_path)
    make(shop, tmp_path, a_clip("lamp"), stages=(PROMPTS, SOUNDTRACKS))
    with pytest.raises(InputError, match="no latents yet") as caught:
        replayed("lamp", shop)
    assert caught.value.remedy == "`vidgen show shop/lamp` says where it stands; `vidgen run` takes it on."


def test_latents_of_an_earlier_spec_are_refused(shop: Workshop, home: Path) -> None:
    make(shop, home, a_clip("lamp", duration_s="1.5"), stages=(PROMPTS, SOUNDTRACKS))
    assert row_of(PROMPTS, the("lamp", shop), shop).status is Status.MADE
    with pytest.raises(InputError, match="latents were made from prompts and soundtracks that have been replaced"):
        replayed("lamp", shop)
