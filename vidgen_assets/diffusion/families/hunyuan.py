"""HunyuanVideo, text-to-video. Two text encoders; guidance is embedded, so there is no negative prompt."""

from typing import Any

import torch
from torch import Tensor

from vidgen_assets.diffusion.families.base import Adapter, Job, Pipeline, Step, Tensors, drawn


class HunyuanVideo(Adapter):
    pipeline = "HunyuanVideoPipeline"
    layout = "BCFHW"
    weights = {  # noqa: RUF012 - a constant of the class
        Step.TEXT: ("text_encoder", "text_encoder_2"),
        Step.PICTURE: (),
        Step.DENOISE: ("transformer",),
        Step.DECODE: ("vae",),
    }

    def uses_guidance(self, job: Job) -> bool:
        return False

    def encode_text(self, pipe: Pipeline, text: str, job: Job) -> Tensors:
        embeds, pooled, mask = pipe.encode_prompt(text, max_sequence_length=job.sampling.max_sequence_length)
        return {"prompt_embeds": embeds, "pooled_prompt_embeds": pooled, "prompt_attention_mask": mask}

    def noise(self, pipe: Pipeline, job: Job, generator: torch.Generator) -> Tensor:
        frames = (job.frame_count - 1) // pipe.vae_scale_factor_temporal + 1
        side = pipe.vae_scale_factor_spatial
        channels = pipe.transformer.config.in_channels
        return drawn((1, channels, frames, job.height // side, job.width // side), generator)

    def arguments(self, job: Job) -> dict[str, Any]:
        return {**super().arguments(job), "max_sequence_length": job.sampling.max_sequence_length}

    def normalisation(self, vae_config: Any) -> dict[str, Any]:
        return {"scaling_factor": vae_config.scaling_factor}

    def decode(self, pipe: Pipeline, latents: Tensor, job: Job, generator: torch.Generator) -> Tensor:
        vae = pipe.vae
        return vae.decode(latents.to(vae.dtype) / vae.config.scaling_factor, return_dict=False)[0]
