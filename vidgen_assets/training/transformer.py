"""The transformer: diffusers' WanTransformer3DModel, trained by flow matching with the text encoder beside it.

Flow matching along straight lines: Y. Lipman et al., "Flow Matching for Generative Modeling", 2023; times drawn as in
P. Esser et al., "Scaling Rectified Flow Transformers for High-Resolution Image Synthesis", 2024 (logit-normal).
"""

import random
from collections.abc import Callable
from typing import Any

import diffusers
import torch
from torch import Tensor, nn
from torch.nn.attention import SDPBackend, sdpa_kernel

from vidgen_assets.training.config import TrainingConfig
from vidgen_assets.training.material import generator, in_words
from vidgen_assets.training.optimisers import Average, Optimisers
from vidgen_assets.training.pool import Pool
from vidgen_assets.training.words import learn_to_read, new_text_encoder, new_tokenizer

_TIME_SPREAD = 1.2
_CLOCK = 1000  # time steps of the scheduler


class TextToLatents(nn.Module):
    """Both parts that learn: prompts' tokens and noisy latents in, the flow out."""

    def __init__(self, config: TrainingConfig) -> None:
        super().__init__()
        size = config.transformer
        self.tokenizer = new_tokenizer(size.longest_prompt)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(config.seed)
            self.text_encoder = new_text_encoder(config, len(self.tokenizer))
            self.transformer = diffusers.WanTransformer3DModel(  # type: ignore[attr-defined]
                patch_size=(1, 2, 2), num_attention_heads=size.heads, attention_head_dim=size.head_dim,
                in_channels=config.autoencoder.z_dim, out_channels=config.autoencoder.z_dim, text_dim=size.text_dim,
                freq_dim=256, ffn_dim=size.ffn_dim, num_layers=size.layers, rope_max_seq_len=64,
            )  # fmt: skip

    def forward(self, noisy: Tensor, clock: Tensor, tokens: Tensor, mask: Tensor) -> Tensor:
        said = self.text_encoder(tokens, mask).last_hidden_state * mask[..., None]  # padding is zero, as the pipeline's
        return self.transformer(noisy, clock, said, return_dict=False)[0]


class TransformerTraining:
    """`pool_of` gives a pool by number; `moments` are the latents' mean and deviation per channel."""

    def __init__(
        self, config: TrainingConfig, pool_of: Callable[[int], Pool], moments: tuple[list[float], list[float]],
        device: str = "cpu",
    ) -> None:  # fmt: skip
        self._config, self._device, self._pool_of = config, device, pool_of
        self.steps = config.transformer.steps
        self.model = TextToLatents(config).to(device)
        mean, std = (torch.tensor(part, device=device).view(1, -1, 1, 1, 1) for part in moments)
        self._mean, self._std = mean, std
        self._optimisers = Optimisers(
            self.model.named_parameters(),
            config.transformer.courses[0].learning_rate,
            adam_only=("text_encoder", "transformer.patch_embedding", "transformer.proj_out"),
            arithmetic=torch.bfloat16 if config.transformer.precision == "bfloat16" else torch.float32,
        )
        self.average = Average(self.model)
        self._flow = torch.compile(self.model, dynamic=False) if config.transformer.compile else self.model

    def step(self, step: int) -> dict[str, float]:
        if step == 0 and self._config.transformer.reading_steps:
            learn_to_read(self.model.text_encoder, self.model.tokenizer, self._config)
        latents, tokens, mask, dice = self._batch(step)
        phase = self._config.transformer.phases[self._config.transformer.pool_of(step)]
        time = phase.moved(torch.sigmoid(torch.randn(len(latents), generator=dice) * _TIME_SPREAD)).to(self._device)
        noise = torch.randn(latents.shape, generator=dice).to(self._device)
        part = time.view(-1, 1, 1, 1, 1)
        half = self._config.transformer.precision == "bfloat16"
        with torch.autocast(self._device, torch.bfloat16, enabled=half), sdpa_kernel(SDPBackend.MATH):
            flow = self._flow(latents + (noise - latents) * part, time * _CLOCK, tokens, mask)
        error = flow.float() - (noise - latents)
        loss = error.square().mean()
        (loss + self._config.transformer.motion_weight * of_motion(error)).backward()
        course, within = self._config.transformer.course(step)
        norm = self._optimisers.step(course.rate(within))
        self.average.follow(self.model, step, course.ema)
        return {"loss": loss.item(), "norm": norm}

    def state(self) -> dict[str, Any]:
        return {
            "model": self.model.state_dict(),
            "average": self.average.tensors,
            "optimisers": self._optimisers.state(),
        }

    def load(self, state: dict[str, Any]) -> None:
        self.model.load_state_dict(state["model"])
        self.average.tensors = {name: value.to(self._device) for name, value in state["average"].items()}
        self._optimisers.load(state["optimisers"])

    def _batch(self, step: int) -> tuple[Tensor, Tensor, Tensor, torch.Generator]:
        size = self._config.transformer
        dice = generator(self._config.seed, "transformer", step)
        number = size.pool_of(step)
        formats = size.phases[number].formats
        at = int(torch.multinomial(torch.tensor([each.weight for each in formats]), 1, generator=dice))
        shelf = self._pool_of(number).shelves[at]
        chosen = torch.randint(len(shelf.looks), (formats[at].batch,), generator=dice)
        chooser = random.Random(f"{self._config.seed}/{step}")
        prompts = [
            "" if chooser.random() < size.prompt_dropout else in_words(shelf.looks[index], chooser)
            for index in chosen.tolist()
        ]
        said = self.model.tokenizer(
            prompts, padding="max_length", max_length=size.longest_prompt, truncation=True, return_tensors="pt"
        )
        latents = (shelf.latents[chosen].float().to(self._device) - self._mean) / self._std
        return latents, said.input_ids.to(self._device), said.attention_mask.to(self._device), dice


def of_motion(error: Tensor) -> Tensor:
    """The mean square of the differences between neighbours in time of (clips, channels, time, rows, columns).

    The first latent frame is left out: it holds one picture, where each of the others holds four.
    """
    if error.shape[2] < 3:
        return error.new_zeros(())
    return error[:, :, 1:].diff(dim=2).square().mean()
