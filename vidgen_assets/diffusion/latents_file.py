"""The `latents` artifact of a diffusion clip: the tensor, and all that another process needs to decode it.

A safetensors file whose document names pipeline, layout, shape, normalisation, the VAE by digest, and the clip as the
model made it. Written by denoising, read by decoding and, without torch, by `quality_checks/latents.py`.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import torch

from vidgen_assets.clips.errors import PermanentError
from vidgen_assets.diffusion.families import adapter_of
from vidgen_assets.diffusion.families.base import Job
from vidgen_assets.diffusion.tensor_file import TensorFileUnreadable, pack, unpack
from vidgen_assets.models.release import Sampling

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Latents:
    """Denoised latents in the pipeline's own layout, and what they are of."""

    tensor: torch.Tensor
    document: dict[str, Any]

    def to_bytes(self) -> bytes:
        """Kept in float32, which holds every smaller number format exactly."""
        return pack({"latents": self.tensor.to(torch.float32)}, self.document)

    @classmethod
    def from_bytes(cls, data: bytes) -> "Latents":
        """Raises `PermanentError` for bytes that are no latents of this format."""
        try:
            tensors, document = unpack(data)
            if document["format"] != FORMAT:
                raise TensorFileUnreadable(f"format {document['format']}, not {FORMAT}")
            return cls(tensors["latents"], document)
        except (TensorFileUnreadable, KeyError, TypeError) as error:
            raise PermanentError(
                f"these latents can't be decoded: {error}",
                field="latents",
                remedy="Materialise latents for this shard again.",
            ) from error

    def job(self, sampling: Sampling, dtype: str) -> Job:
        """The clip as the model made it."""
        clip = self.document["clip"]
        size = (clip["width"], clip["height"], clip["frame_count"])
        return Job(*size, Fraction(clip["fps"]), clip["seed"], sampling, dtype)


def describe(job: Job, tensor: torch.Tensor, pipeline: str, vae: str, vae_config: Any) -> dict[str, Any]:
    """The document of latents: what `Latents.document` holds. `vae` is the VAE's digest."""
    adapter = adapter_of(pipeline)
    return {
        "format": FORMAT,
        "pipeline": pipeline,
        "layout": adapter.layout,
        "shape": list(tensor.shape),
        "dtype": f"{tensor.dtype}".removeprefix("torch."),
        "normalisation": adapter.normalisation(vae_config),
        "vae": vae,
        "clip": {
            "width": job.width,
            "height": job.height,
            "frame_count": job.frame_count,
            "fps": str(job.fps),
            "seed": job.seed,
        },
    }
