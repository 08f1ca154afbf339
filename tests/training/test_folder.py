"""What is written is a plain pipeline, and holds what was learnt."""

import json
from pathlib import Path
from typing import Any

import diffusers
import torch

from vidgen_assets.training.folder import load_pipeline
from vidgen_assets.training.job import Training

d: Any = diffusers


def test_the_folder_loads_as_any_pipeline_and_makes_a_clip(trained: Training) -> None:
    pipeline = d.WanPipeline.from_pretrained(trained.pipeline)
    pipeline.set_progress_bar_config(disable=True)
    made = pipeline(
        prompt="ocean blue bokeh, drifting left", height=32, width=48, num_frames=5, num_inference_steps=2,
        guidance_scale=2.0, generator=torch.Generator().manual_seed(0), output_type="pt",
    ).frames  # fmt: skip
    assert made.shape == (1, 5, 3, 32, 48)
    assert made.isfinite().all()
    assert made.std() > 0.01


def test_the_pipelines_vae_is_the_one_that_was_trained(trained: Training) -> None:
    inside, before = (d.AutoencoderKLWan.from_pretrained(folder) for folder in (trained.pipeline / "vae", trained.vae))
    assert inside.state_dict().keys() == before.state_dict().keys()
    for name, value in before.state_dict().items():
        assert torch.equal(inside.state_dict()[name], value), name


def test_the_latents_moments_are_the_pools(trained: Training) -> None:
    config = load_pipeline(trained.pipeline).vae.config
    assert len(config.latents_mean) == len(config.latents_std) == trained.config.autoencoder.z_dim
    assert all(deviation > 0 for deviation in config.latents_std)
    assert config.latents_std != [1.0] * trained.config.autoencoder.z_dim


def test_nothing_in_the_folder_says_where_it_was_made(trained: Training) -> None:
    where = str(trained.folder)
    found = [path.name for path in Path(trained.pipeline).rglob("*.json") if where in path.read_text(encoding="utf-8")]
    assert not found
    assert "_name_or_path" not in json.loads((trained.pipeline / "vae" / "config.json").read_text())


def test_weights_are_kept_in_bfloat16(trained: Training) -> None:
    vae = d.AutoencoderKLWan.from_pretrained(trained.pipeline / "vae", dtype="auto")
    numbers = sum(value.numel() for value in vae.state_dict().values())
    size = (trained.pipeline / "vae" / "diffusion_pytorch_model.safetensors").stat().st_size
    assert size < 2 * numbers + 40_000  # and the header


def test_the_scheduler_has_the_shift_that_the_last_phase_was_trained_with(trained: Training) -> None:
    assert load_pipeline(trained.pipeline).scheduler.config.shift == trained.config.transformer.shift == 2.0
