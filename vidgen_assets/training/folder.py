"""What was learnt as a plain folder that `WanPipeline.from_pretrained` reads, in bfloat16 safetensors."""

import shutil
from pathlib import Path
from typing import Any

import diffusers
import torch
from torch import nn

from vidgen_assets.training.transformer import TextToLatents

d: Any = diffusers


def save_folder(
    model: TextToLatents, vae: Any, moments: tuple[list[float], list[float]], shift: float, folder: Path
) -> None:
    """Write the pipeline. `moments` are the latents' mean and deviation per channel; they go into the VAE's config.

    `shift` moves the scheduler's times towards noise.
    """
    mean, deviation = moments
    described = {name: value for name, value in vae.config.items() if not name.startswith("_")}  # not where it was read
    shipped = d.AutoencoderKLWan.from_config({**described, "latents_mean": mean, "latents_std": deviation})
    shipped.load_state_dict(vae.state_dict())
    beside = folder.with_name(folder.name + ".new")
    shutil.rmtree(beside, ignore_errors=True)
    pipeline = d.WanPipeline(
        tokenizer=model.tokenizer,
        text_encoder=_halved(model.text_encoder),
        vae=_halved(shipped),
        scheduler=d.FlowMatchEulerDiscreteScheduler(shift=shift),
        transformer=_halved(model.transformer),
    )
    pipeline.save_pretrained(beside, safe_serialization=True)
    shutil.rmtree(folder, ignore_errors=True)
    beside.rename(folder)


def save_vae(vae: Any, folder: Path) -> None:
    """Write the autoencoder into the new `folder`, which is there only when it is whole."""
    beside = folder.with_name(folder.name + ".new")
    shutil.rmtree(beside, ignore_errors=True)
    _halved(vae).save_pretrained(beside, safe_serialization=True)
    beside.rename(folder)


def load_vae(folder: Path) -> Any:
    return d.AutoencoderKLWan.from_pretrained(folder, dtype=torch.float32).eval()


def load_pipeline(folder: Path) -> Any:
    """The pipeline in float32: bfloat16 saves space on disk, and rounds on the way."""
    pipeline = d.WanPipeline.from_pretrained(folder, dtype=torch.float32)
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


def _halved(part: nn.Module) -> Any:
    """`part` in bfloat16, but for what its class wants to keep in float32 (norms, the time's embedding)."""
    kept = set(getattr(part, "_keep_in_fp32_modules", None) or ())
    for name, parameter in part.named_parameters():
        if kept.isdisjoint(name.split(".")):
            parameter.data = parameter.data.to(torch.bfloat16)
    return part
