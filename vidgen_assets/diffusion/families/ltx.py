"""LTX-Video, text-to-video and image-to-video. Latents are packed to (B, tokens, C); the VAE may denoise once more."""

from typing import Any

import torch
from torch import Tensor

from vidgen_assets.diffusion.families.base import Adapter, Job, Pipeline, Step, Tensors, drawn, per_channel


class LTX(Adapter):
    pipeline = "LTXPipeline"
    layout = "BSC"
    weights = {  # noqa: RUF012 - a constant of the class
        Step.TEXT: ("text_encoder",),
        Step.PICTURE: (),
        Step.DENOISE: ("transformer",),
        Step.DECODE: ("vae",),
    }

    def encode_text(self, pipe: Pipeline, text: str, job: Job) -> Tensors:
        embeds, mask, *_ = pipe.encode_prompt(
            text, do_classifier_free_guidance=False, max_sequence_length=job.sampling.max_sequence_length
        )
        return {"prompt_embeds": embeds, "prompt_attention_mask": mask}

    def noise(self, pipe: Pipeline, job: Job, generator: torch.Generator) -> Tensor:
        noise = drawn(self._shape(pipe, job, pipe.transformer.config.in_channels), generator)
        return pipe._pack_latents(noise, pipe.transformer_spatial_patch_size, pipe.transformer_temporal_patch_size)

    def _shape(self, pipe: Pipeline, job: Job, channels: int) -> tuple[int, int, int, int, int]:
        frames = (job.frame_count - 1) // pipe.vae_temporal_compression_ratio + 1
        side = pipe.vae_spatial_compression_ratio
        return (1, channels, frames, job.height // side, job.width // side)

    def arguments(self, job: Job) -> dict[str, Any]:
        return {
            **super().arguments(job),
            "frame_rate": float(job.fps),
            "max_sequence_length": job.sampling.max_sequence_length,
        }

    def normalisation(self, vae_config: Any) -> dict[str, Any]:
        return {"mean": "vae.latents_mean", "std": "vae.latents_std", "scaling_factor": vae_config.scaling_factor}

    def decode(self, pipe: Pipeline, latents: Tensor, job: Job, generator: torch.Generator) -> Tensor:
        vae, channels = pipe.vae, pipe.vae.config.latent_channels
        shape = self._shape(pipe, job, channels)
        # The released transformers have patches of 1; others would have to be said in the file.
        latents = pipe._unpack_latents(latents, *shape[2:], 1, 1)
        latents = latents * per_channel(vae.latents_std, latents) / vae.config.scaling_factor
        latents = (latents + per_channel(vae.latents_mean, latents)).to(getattr(torch, job.dtype))  # as the embeddings
        if not vae.config.timestep_conditioning:
            return vae.decode(latents.to(vae.dtype), None, return_dict=False)[0]
        self._skip_what_denoising_drew(shape, generator)
        timestep = torch.tensor([job.sampling.decode_timestep], device=latents.device, dtype=latents.dtype)
        scale = job.sampling.decode_noise_scale
        mix = per_channel([timestep.item() if scale is None else scale], latents)
        noise = drawn(shape, generator, latents.dtype).to(latents.device)
        mixed = (1 - mix) * latents + mix * noise
        return vae.decode(mixed.to(vae.dtype), timestep, return_dict=False)[0]

    def _skip_what_denoising_drew(self, shape: tuple[int, ...], generator: torch.Generator) -> None:
        """The call draws the VAE's noise after the initial one, from the same generator."""
        drawn(shape, generator)


class LTXImage(LTX):
    """The first latent frame is the picture's, sampled from the VAE's posterior with the clip's generator."""

    pipeline = "LTXImageToVideoPipeline"
    weights = {**LTX.weights, Step.PICTURE: ("vae",)}  # noqa: RUF012

    def encode_picture(self, pipe: Pipeline, picture: Any, job: Job, generator: torch.Generator) -> Tensors:
        """What the call would begin with: the picture's latents where the mask is, noise elsewhere."""
        pixels = pipe.video_processor.preprocess(picture, height=job.height, width=job.width)
        latents, mask = pipe.prepare_latents(
            pixels.to(pipe.vae.device, dtype=pipe.vae.dtype), 1, pipe.vae.config.latent_channels, job.height,
            job.width, job.frame_count, torch.float32, pipe.vae.device, generator, None,
        )  # fmt: skip
        return {"latents": latents, "conditioning_mask": mask}

    def begin_with(self, pipe: Pipeline, noise: Tensor, picture: Tensors) -> dict[str, Any]:
        pipe.prepare_latents = lambda *_args, **_kwargs: (picture["latents"], picture["conditioning_mask"])
        return {"latents": picture["latents"]}

    def _skip_what_denoising_drew(self, shape: tuple[int, ...], generator: torch.Generator) -> None:
        """Before the noise, the picture's latent frame was sampled."""
        batch, channels, _, height, width = shape
        drawn((batch, channels, 1, height, width), generator)
        drawn(shape, generator)
