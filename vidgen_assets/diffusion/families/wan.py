"""Wan 2.1 and 2.2, text-to-video and image-to-video. Latents are (B, C, F, H, W), normalised per channel."""

import html
import re
from typing import Any

import ftfy
import torch
from PIL import Image
from torch import Tensor

from vidgen_assets.diffusion.families.base import Adapter, Job, Pipeline, Step, Tensors, drawn, per_channel


class Wan(Adapter):
    pipeline = "WanPipeline"
    layout = "BCFHW"
    weights = {  # noqa: RUF012 - a constant of the class
        Step.TEXT: ("text_encoder",),
        Step.PICTURE: (),
        Step.DENOISE: ("transformer", "transformer_2"),
        Step.DECODE: ("vae",),
    }

    def clean(self, text: str) -> str:
        """As the pipeline does: broken encodings and HTML entities mended, white space collapsed."""
        return re.sub(r"\s+", " ", html.unescape(html.unescape(ftfy.fix_text(text)))).strip()

    def encode_text(self, pipe: Pipeline, text: str, job: Job) -> Tensors:
        embeds, _ = pipe.encode_prompt(
            text, do_classifier_free_guidance=False, max_sequence_length=job.sampling.max_sequence_length
        )
        return {"prompt_embeds": embeds}

    def noise(self, pipe: Pipeline, job: Job, generator: torch.Generator) -> Tensor:
        return drawn(self._shape(pipe, job), generator)

    def _shape(self, pipe: Pipeline, job: Job) -> tuple[int, ...]:
        frames = (job.frame_count - 1) // pipe.vae_scale_factor_temporal + 1
        side = pipe.vae_scale_factor_spatial
        return (1, pipe.vae.config.z_dim, frames, job.height // side, job.width // side)

    def arguments(self, job: Job) -> dict[str, Any]:
        second = job.sampling.guidance_scale_2
        return {
            **super().arguments(job),
            "max_sequence_length": job.sampling.max_sequence_length,
            **({} if second is None else {"guidance_scale_2": second}),
        }

    def normalisation(self, vae_config: Any) -> dict[str, Any]:
        return {"mean": list(vae_config.latents_mean), "std": list(vae_config.latents_std)}

    def decode(self, pipe: Pipeline, latents: Tensor, job: Job, generator: torch.Generator) -> Tensor:
        vae = pipe.vae
        latents = latents.to(vae.dtype)
        # Dividing by the reciprocal rounds otherwise than multiplying; the pipeline divides.
        latents = latents / (1.0 / per_channel(vae.config.latents_std, latents))
        return vae.decode(latents + per_channel(vae.config.latents_mean, latents), return_dict=False)[0]


class WanImage(Wan):
    """The first frame is a picture: its VAE latents with a mask, and for Wan 2.1 its CLIP embedding."""

    pipeline = "WanImageToVideoPipeline"
    weights = {**Wan.weights, Step.PICTURE: ("vae", "image_encoder")}  # noqa: RUF012

    def encode_picture(self, pipe: Pipeline, picture: Any, job: Job, generator: torch.Generator) -> Tensors:
        pixels = pipe.video_processor.preprocess(picture, height=job.height, width=job.width)
        pixels = pixels.to(pipe.vae.device, dtype=torch.float32)
        blank = torch.zeros(self._shape(pipe, job))
        _, *conditions = pipe.prepare_latents(
            pixels, 1, pipe.vae.config.z_dim, job.height, job.width, job.frame_count, torch.float32,
            pipe.vae.device, None, blank,
        )  # fmt: skip
        found = {f"condition_{number}": condition for number, condition in enumerate(conditions)}
        if pipe.image_encoder is not None:
            found["image_embeds"] = pipe.encode_image(picture, pipe.image_encoder.device)
        return found

    def begin_with(self, pipe: Pipeline, noise: Tensor, picture: Tensors) -> dict[str, Any]:
        """The call insists on encoding a picture itself, which needs the VAE: it is handed what was encoded before."""
        conditions = [picture[name] for name in sorted(picture) if name.startswith("condition_")]
        pipe.prepare_latents = lambda *_args, **_kwargs: (noise, *conditions)
        pipe.encode_image = lambda *_args, **_kwargs: picture["image_embeds"]
        return {"image": Image.new("RGB", (16, 16))}
