"""CogVideoX, text-to-video. Latents are (B, F, C, H, W), scaled by one factor; noise is drawn in the model's dtype."""

from typing import Any

import torch
from torch import Tensor

from vidgen_assets.diffusion.families.base import Adapter, Job, Pipeline, Step, Tensors, drawn


class CogVideoX(Adapter):
    pipeline = "CogVideoXPipeline"
    layout = "BFCHW"
    weights = {  # noqa: RUF012 - a constant of the class
        Step.TEXT: ("text_encoder",),
        Step.PICTURE: (),
        Step.DENOISE: ("transformer",),
        Step.DECODE: ("vae",),
    }

    def encode_text(self, pipe: Pipeline, text: str, job: Job) -> Tensors:
        embeds, _ = pipe.encode_prompt(
            text, do_classifier_free_guidance=False, max_sequence_length=job.sampling.max_sequence_length
        )
        return {"prompt_embeds": embeds}

    def noise(self, pipe: Pipeline, job: Job, generator: torch.Generator) -> Tensor:
        side = pipe.vae_scale_factor_spatial
        frames = (job.frame_count - 1) // pipe.vae_scale_factor_temporal + 1
        temporal_patch = pipe.transformer.config.patch_size_t or 1
        frames += -frames % temporal_patch  # CogVideoX 1.5 pads to whole patches, and drops them again when decoding
        shape = (1, frames, pipe.transformer.config.in_channels, job.height // side, job.width // side)
        return drawn(shape, generator, pipe.transformer.dtype)

    def arguments(self, job: Job) -> dict[str, Any]:
        return {**super().arguments(job), "max_sequence_length": job.sampling.max_sequence_length}

    def normalisation(self, vae_config: Any) -> dict[str, Any]:
        return {"scaling_factor": vae_config.scaling_factor}

    def decode(self, pipe: Pipeline, latents: Tensor, job: Job, generator: torch.Generator) -> Tensor:
        frames = (job.frame_count - 1) // pipe.vae_scale_factor_temporal + 1
        return pipe.decode_latents(latents[:, latents.shape[1] - frames :].to(pipe.vae.dtype))
