"""The models that come along: whole, small, ours, plain folders of diffusers, and found by a new home."""

from pathlib import Path
from typing import Any

import diffusers
import pytest
import torch

from vidgen_assets.backdrops.meters import colouring, movement
from vidgen_assets.cli.release_file import read_release
from vidgen_assets.cli.session import open_session
from vidgen_assets.models.components import component_digests
from vidgen_assets.models.registry import Status
from vidgen_assets.models.release import ShippedSource
from vidgen_assets.models.routing import Asked, choose_release
from vidgen_assets.models.shipped import shipped_releases

MOST_BYTES = 25_000_000
MODEL = next(path for path in shipped_releases() if path.parent.name.startswith("backdrops-2"))


@pytest.mark.parametrize("path", shipped_releases(), ids=lambda path: path.parent.name)
def test_what_comes_along_is_whole_small_and_described(path: Path) -> None:
    release = read_release(path)
    assert release.id == path.parent.name
    assert sum(file.stat().st_size for file in path.parent.rglob("*") if file.is_file()) < MOST_BYTES
    assert len((path.parent / "README.md").read_text(encoding="utf-8")) > 400
    if isinstance(release.source, ShippedSource):
        assert release.components == component_digests(path.parent)
        assert "Apache License" in (path.parent / "LICENSE").read_text(encoding="utf-8")


def test_the_model_is_a_plain_folder_of_diffusers_whose_clip_shows_what_was_asked() -> None:
    pipeline: Any = diffusers.WanPipeline.from_pretrained(MODEL.parent, dtype=torch.float32)  # type: ignore[attr-defined]
    pipeline.set_progress_bar_config(disable=True)
    release = read_release(MODEL)
    bucket, sampling = release.buckets[0], release.sampling
    found = pipeline(
        "ocean blue waves drifting left fast, calm", negative_prompt="", height=bucket.height, width=bucket.width,
        num_frames=release.frame_grid.least, num_inference_steps=sampling.steps,
        guidance_scale=sampling.guidance_scale, max_sequence_length=sampling.max_sequence_length,
        generator=torch.Generator().manual_seed(0), output_type="pt",
    )  # fmt: skip
    clip = found.frames[0].float()
    assert clip.shape == (13, 3, 96, 176)
    assert movement(clip).motion == "left"
    assert colouring(clip).palette == "ocean"


def test_a_new_home_takes_them_in_and_asks_the_model_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("VIDGEN_SHIPPED_MODELS", "1")
    monkeypatch.setenv("VIDGEN_HOME", str(tmp_path))
    state = open_session().shop.models.state()
    assert {name: standing.status for name, standing in state.releases.items()} == {
        path.parent.name: Status.ACTIVE for path in shipped_releases()
    }
    route = choose_release(Asked("shop", "clip-1", None, "standard", "default", has_image=False), state, previous=None)
    assert route.release == MODEL.parent.name
