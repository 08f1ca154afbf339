"""What a family of pipelines must answer, so that its three steps can be driven apart.

A family knows its own pipeline class and nothing of stores, releases or other families. Tensors are named as the
pipeline's own arguments. Shapes: B batch (1), C channels, F latent frames, H and W latent height and width.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any, ClassVar

import torch
from torch import Tensor

from vidgen_assets.models.release import Sampling

Tensors = dict[str, Tensor]
# Pipelines of diffusers are typed by their components, which differ from class to class.
Pipeline = Any


class Step(StrEnum):
    """What a process loads weights for. Text and picture are the two halves of encoding."""

    TEXT = "text"
    PICTURE = "picture"
    DENOISE = "denoise"
    DECODE = "decode"


@dataclass(frozen=True, slots=True)
class Job:
    """One clip as the model makes it: pixels, frames and rate of the model, not of the finished video."""

    width: int
    height: int
    frame_count: int
    fps: Fraction
    seed: int
    sampling: Sampling
    dtype: str = "float32"  # of the denoising, which some pipelines also decode in


class Adapter(ABC):
    """The answers that most families share; each family overrides what is its own."""

    pipeline: ClassVar[str]
    layout: ClassVar[str]
    """The axes of the latents that the pipeline returns."""
    weights: ClassVar[dict[Step, tuple[str, ...]]]
    """The components whose weights each step needs; those without weights (schedulers) come with any step."""

    def clean(self, text: str) -> str:
        """`text` as the pipeline hands it to its tokenizer."""
        return text

    @abstractmethod
    def encode_text(self, pipe: Pipeline, text: str, job: Job) -> Tensors:
        """What one prompt becomes: named like the pipeline's arguments for the positive prompt."""

    def text_arguments(self, positive: Tensors, negative: Tensors | None) -> Tensors:
        """Arguments of the call; `negative` is given when guidance needs it."""
        refused = {f"negative_{name}": tensor for name, tensor in (negative or {}).items()}
        return positive | refused

    def encode_picture(self, pipe: Pipeline, picture: Any, job: Job, generator: torch.Generator) -> Tensors:
        """What a picture becomes; `generator` has drawn nothing before. Families without a picture give nothing."""
        return {}

    def uses_guidance(self, job: Job) -> bool:
        """Whether a negative prompt is denoised beside the positive one."""
        return job.sampling.guidance_scale > 1.0

    @abstractmethod
    def noise(self, pipe: Pipeline, job: Job, generator: torch.Generator) -> Tensor:
        """The noise that denoising begins with, drawn on the CPU in float32, as the pipeline's own call would."""

    def arguments(self, job: Job) -> dict[str, Any]:
        """The call's arguments beside texts and latents."""
        return {
            "width": job.width,
            "height": job.height,
            "num_frames": job.frame_count,
            "num_inference_steps": job.sampling.steps,
            "guidance_scale": job.sampling.guidance_scale,
        }

    def begin_with(self, pipe: Pipeline, noise: Tensor, picture: Tensors) -> dict[str, Any]:
        """Arguments that make the call begin with `noise` and `picture`."""
        return {"latents": noise}

    @abstractmethod
    def normalisation(self, vae_config: Any) -> dict[str, Any]:
        """How latents of the pipeline become latents of its VAE: numbers, or the names of buffers in its weights."""

    @abstractmethod
    def decode(self, pipe: Pipeline, latents: Tensor, job: Job, generator: torch.Generator) -> Tensor:
        """(1, 3, frames, height, width) in -1..1. `generator` has drawn nothing before."""


def per_channel(values: Any, like: Tensor) -> Tensor:
    """A list of numbers per channel, shaped to multiply (B, C, F, H, W)."""
    return torch.as_tensor(values).view(1, -1, 1, 1, 1).to(like.device, like.dtype)


def drawn(shape: tuple[int, ...], generator: torch.Generator, dtype: torch.dtype = torch.float32) -> Tensor:
    """Gaussian noise from a CPU generator: the same numbers whatever device denoises."""
    return torch.randn(shape, generator=generator, dtype=dtype)
