"""Latents in a basis where motion shows.

What an autoencoder of soft pictures learns is lopsided: three directions among its channels held three quarters of the
latents' variance, and there another motion of the same picture changed less than 1 % of it, elsewhere 4 to 12 %
(2026-11). A transformer that is trained on such latents learns pictures first and motion last. Channels are therefore
mixed, so that directions weigh by what motion changes in them. The mixing and its inverse are linear and become part of
the convolutions at the autoencoder's two ends: what it encodes and decodes stays as it was, up to rounding.
"""

from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import torch
from torch import Tensor

from vidgen_assets.backdrops.scenes import render
from vidgen_assets.backdrops.vocabulary import SPEEDS
from vidgen_assets.training.autoencoder import encoded
from vidgen_assets.training.config import TrainingConfig
from vidgen_assets.training.material import drawn_look, generator, split

_OPPOSITES = {"left": "right", "up": "down", "in": "out", "clockwise": "anticlockwise"}
_ROUNDS, _SIZE_PX = 2, 96
_PLAIN = 0.02
"""The weight of a direction that motion doesn't change, where others weigh the share that it does change."""
_EMPTY = 1e-3
"""A direction with less of the variance than this holds nothing and isn't enlarged."""


@dataclass(frozen=True, slots=True)
class Basis:
    """New latents are `matrix` @ (latents - `mean`) along the channels. Their variance is 1 in the mean."""

    matrix: Tensor
    mean: Tensor


def motion_basis(vae: Any, config: TrainingConfig) -> Basis:
    """The basis for what the transformer of `config` is trained on.

    Its directions are those of a linear discriminant analysis (R. A. Fisher, "The use of multiple measurements in
    taxonomic problems", 1936): uncorrelated, and each as large as the share of its variance that is motion's.
    """
    latents, moved = _latents_and_what_motion_changes(vae, config)
    mean, deviation = latents.mean(1), latents.std(1)
    scaled = (latents - mean[:, None]) / deviation[:, None]
    values, directions = torch.linalg.eigh(torch.cov(scaled))
    white = (directions / torch.where(values < _EMPTY * values.sum(), 1.0, values).sqrt()).T
    change = white @ (moved / deviation[:, None])
    shares, turned = torch.linalg.eigh(change @ change.T / change.shape[1])
    size = (shares.clamp_min(0) + _PLAIN).sqrt()
    matrix = (turned * size).T @ white
    matrix = matrix / (matrix @ scaled).square().mean().sqrt()
    return Basis(matrix / deviation[None], mean)


@torch.no_grad()
def _latents_and_what_motion_changes(vae: Any, config: TrainingConfig) -> tuple[Tensor, Tensor]:
    """Latents of scenes, and half the difference that opposite motions make where both show the same picture, which is
    in the middle frame: each (channels, places)."""
    device = next(vae.parameters()).device
    all_latents: list[Tensor] = []
    moved: list[Tensor] = []
    for texture, speed, motion, turn in product(config.transformer.textures, SPEEDS, _OPPOSITES, range(_ROUNDS)):
        looks = tuple(look for look in split(config.held_out)[0] if (look.texture, look.speed) == (texture, speed))
        name = ("basis", texture, speed, motion, turn)
        look = replace(drawn_look(looks, generator(config.seed, *name)), motion=motion)
        pair = [
            render(each, generator(config.seed, *name, "scene"), config.frames, _SIZE_PX, _SIZE_PX, device)
            for each in (look, replace(look, motion=_OPPOSITES[motion]))
        ]
        mean, _ = encoded(vae, torch.stack(pair).transpose(1, 2) * 2 - 1)
        mean = mean.cpu()
        all_latents.append(mean[:, :, 1:].transpose(0, 1).flatten(1))  # the first holds one picture, the others four
        moved.append(((mean[0] - mean[1]) / 2)[:, mean.shape[2] // 2].flatten(1))
    return torch.cat(all_latents, 1), torch.cat(moved, 1)


@torch.no_grad()
def put_into(vae: Any, basis: Basis) -> None:
    """Make `basis` that of the latents which `vae` (AutoencoderKLWan) encodes to and decodes from."""
    count = len(basis.mean)
    first, last = vae.quant_conv, vae.post_quant_conv
    device, kind = first.weight.device, first.weight.dtype
    matrix, mean = basis.matrix.double(), basis.mean.double()
    into = first.weight[:count].flatten(1).cpu().double()
    first.weight[:count] = (matrix @ into).to(device, kind).view_as(first.weight[:count])
    first.bias[:count] = (matrix @ (first.bias[:count].cpu().double() - mean)).to(device, kind)
    out = last.weight.flatten(1).cpu().double()
    last.bias += (out @ mean).to(device, kind)
    last.weight.copy_((out @ torch.linalg.inv(matrix)).to(device, kind).view_as(last.weight))
