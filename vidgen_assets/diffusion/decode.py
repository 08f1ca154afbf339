"""Decoding: latents become frames, through the VAE alone. The last of the three steps.

`decode` gives the model's own frames; fitting them to the canvas is `canvas.py`.
"""

import numpy as np
import torch
from numpy.typing import NDArray

from vidgen_assets.clips.errors import PermanentError
from vidgen_assets.diffusion.encode import seeded
from vidgen_assets.diffusion.families import adapter_of
from vidgen_assets.diffusion.families.base import Job, Pipeline

Pictures = NDArray[np.uint8]
"""(frames, height, width, 3), RGB."""


def decode(pipe: Pipeline, latents: torch.Tensor, job: Job) -> Pictures:
    """The frames of `latents`, rounded to bytes as diffusers does for pictures.

    Raises `PermanentError` for frames that are not numbers or not as many as promised; lets the device's out-of-memory
    errors through.
    """
    with torch.no_grad():
        device = next(pipe.vae.parameters()).device
        video = adapter_of(type(pipe).__name__).decode(pipe, latents.to(device), job, seeded(job))
    if not bool(torch.isfinite(video).all()):
        raise PermanentError(
            "decoding gave pixels that are no numbers",
            field="execution.vae_dtype",
            value=f"{video.dtype}".removeprefix("torch."),
            allowed="finite numbers",
            remedy="Register a release whose VAE runs in float32.",
        )
    frames = pipe.video_processor.postprocess_video(video, output_type="np")[0]
    if frames.shape[:3] != (job.frame_count, job.height, job.width):
        raise PermanentError(
            "the model made other frames than it was asked for",
            field="frames",
            value="x".join(map(str, frames.shape[:3])),
            allowed=f"{job.frame_count}x{job.height}x{job.width} (frames, height, width)",
            remedy="The release's buckets or frame grid are wrong; register it anew with those that the model has.",
        )
    return (frames * 255).round().astype(np.uint8)
