"""Weights are found in a folder or in a hub's cache by pinned revision, and nothing is downloaded that is there."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.diffusion.releases import tiny_release
from vidgen_assets.clips.errors import PermanentError, TransientError
from vidgen_assets.diffusion.families.base import Step
from vidgen_assets.diffusion.loading import load_step, scheduler_of
from vidgen_assets.diffusion.weights import locate
from vidgen_assets.models.release import HubSource, ModelRelease, Scheduler

REVISION = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture
def from_hub(tiny_folder: Callable[[str], Path], tmp_path: Path) -> tuple[ModelRelease, Path]:
    """A release of a hub's repository, and a cache that holds it as the hub's own library lays it out."""
    folder, cache = tiny_folder("WanPipeline"), tmp_path / "cache"
    repository = cache / "models--studio--tiny-wan"
    shutil.copytree(folder, repository / "snapshots" / REVISION)
    release = tiny_release(folder, source=HubSource(repository="studio/tiny-wan", revision=REVISION))
    return release, cache


@pytest.fixture(autouse=True)
def nothing_is_fetched(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """A hub that can't be reached; whoever asks it for something is written down."""
    asked: list[Any] = []
    from vidgen_assets.diffusion import weights

    real = weights.snapshot_download

    def offline(*args: Any, local_files_only: bool = False, **kwargs: Any) -> str:
        if not local_files_only:
            asked.append(kwargs["allow_patterns"])
            raise OSError("no way to the hub")
        return real(*args, local_files_only=True, **kwargs)

    monkeypatch.setattr(weights, "snapshot_download", offline)
    return asked


def test_a_mounted_cache_is_enough(from_hub: tuple[ModelRelease, Path], nothing_is_fetched: list[Any]) -> None:
    release, cache = from_hub
    pipe = load_step(release, Step.DENOISE, cache)

    assert pipe.transformer is not None
    assert nothing_is_fetched == []


def test_what_the_cache_lacks_is_asked_for_and_only_that_step_of_it(
    from_hub: tuple[ModelRelease, Path], nothing_is_fetched: list[Any]
) -> None:
    release, cache = from_hub
    shutil.rmtree(cache / "models--studio--tiny-wan" / "snapshots" / REVISION / "vae")
    with pytest.raises(TransientError, match="the hub gave no weights") as told:
        load_step(release, Step.DECODE, cache)

    assert told.value.value == f"studio/tiny-wan@{REVISION}"
    assert nothing_is_fetched == [["model_index.json", "vae/*"]]


def test_an_empty_cache_is_trouble_that_may_pass(from_hub: tuple[ModelRelease, Path], tmp_path: Path) -> None:
    with pytest.raises(TransientError, match="the hub gave no weights"):
        locate(from_hub[0], ["vae"], tmp_path / "another cache")


def test_a_branch_is_no_revision() -> None:
    with pytest.raises(ValueError, match="branches and tags move"):
        HubSource(repository="studio/tiny-wan", revision="main")


def test_a_scheduler_or_option_that_there_isnt_is_named() -> None:
    with pytest.raises(PermanentError, match="no such scheduler"):
        scheduler_of(Scheduler(class_name="WanPipeline"))
    with pytest.raises(PermanentError, match="no such options") as told:
        scheduler_of(Scheduler(class_name="UniPCMultistepScheduler", config={"shfit": 3.0}))
    assert told.value.value == "shfit"
