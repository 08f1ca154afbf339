"""Encoding: texts and a picture become the tensors that denoising is conditioned on. The first of the three steps.

A text is encoded alone, whatever clips ask for it: positive and negative prompts are the same kind of thing, and each
distinct one is encoded once.
"""

from typing import Any

import torch

from vidgen_assets.diffusion.families import adapter_of
from vidgen_assets.diffusion.families.base import Job, Pipeline, Tensors


def encode_text(pipe: Pipeline, text: str, job: Job) -> Tensors:
    """The embedding of one text, with its mask where the family has one.

    `torch.no_grad` is part of the result: with gradients on, attention takes another path, off by 7e-7.
    """
    with torch.no_grad():
        return adapter_of(type(pipe).__name__).encode_text(pipe, text, job)


def encode_picture(pipe: Pipeline, picture: Any, job: Job) -> Tensors:
    """What the picture (PIL) contributes; depends on the seed where the family samples it."""
    with torch.no_grad():
        return adapter_of(type(pipe).__name__).encode_picture(pipe, picture, job, seeded(job))


def texts_of(pipeline: str, prompt: str, job: Job) -> tuple[str, ...]:
    """The texts that a clip needs encoded: its prompt, and the negative one if the release's guidance uses it."""
    adapter = adapter_of(pipeline)
    texts = (prompt, job.sampling.negative_prompt) if adapter.uses_guidance(job) else (prompt,)
    return tuple(adapter.clean(text) for text in texts)


def seeded(job: Job) -> torch.Generator:
    """The clip's own generator. On the CPU, so that the numbers don't depend on the GPU."""
    return torch.Generator("cpu").manual_seed(job.seed)
