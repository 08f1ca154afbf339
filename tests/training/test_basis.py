"""Latents in the basis of motion say the same in other words: weighed by what motion changes, and decoded alike."""

from pathlib import Path

import pytest
import torch
from torch import Tensor

from tests.training.tiny import DOCUMENT, a_config, a_training
from vidgen_assets.backdrops.scenes import render
from vidgen_assets.backdrops.vocabulary import Look
from vidgen_assets.training.autoencoder import decoded, encoded
from vidgen_assets.training.basis import Basis, motion_basis, put_into
from vidgen_assets.training.folder import load_vae
from vidgen_assets.training.job import Training
from vidgen_assets.training.material import generator

BY_MOTION = {**DOCUMENT["transformer"], "latents": "by motion", "textures": ["waves"]}
CONFIG = a_config(transformer=BY_MOTION)


def clips() -> Tensor:
    looks = [Look("teal", "waves", motion, "fast", "calm") for motion in ("left", "right", "in", "out")]
    scenes = [render(look, generator("basis test"), CONFIG.frames, 48, 64) for look in looks]
    return torch.stack(scenes).transpose(1, 2) * 2 - 1


def shares_of_motion(latents: Tensor) -> Tensor:
    """Of each channel: what left and right, in and out change, over all of its variance."""
    change = (latents[0::2] - latents[1::2]).square().mean((0, 2, 3, 4)) / 4
    return change / latents.var((0, 2, 3, 4))


@pytest.fixture(scope="module")
def basis(trained: Training) -> Basis:
    return motion_basis(load_vae(trained.vae), CONFIG)


@torch.no_grad()
def test_what_is_encoded_is_decoded_as_before(trained: Training, basis: Basis) -> None:
    before, after = load_vae(trained.vae), load_vae(trained.vae)
    put_into(after, basis)
    plain, turned = encoded(before, clips())[0], encoded(after, clips())[0]
    wanted = torch.einsum("dc,bcthw->bdthw", basis.matrix, plain - basis.mean.view(1, -1, 1, 1, 1))
    torch.testing.assert_close(turned, wanted, rtol=0, atol=1e-4)
    torch.testing.assert_close(decoded(after, turned), decoded(before, plain), rtol=0, atol=1e-4)


@torch.no_grad()
def test_however_an_autoencoder_mixes_its_channels_the_basis_is_the_same(trained: Training, basis: Basis) -> None:
    mixed = load_vae(trained.vae)
    mixing = torch.tensor([[1.0, 0.5, 0, 0], [0, 3, 0, 1], [0.2, 0, 1, 0], [0, -0.4, 0, 0.3]])
    put_into(mixed, Basis(mixing, torch.tensor([0.3, -1, 0, 2])))
    put_into(mixed, motion_basis(mixed, CONFIG))
    plain = load_vae(trained.vae)
    put_into(plain, basis)
    one, other = (encoded(vae, clips())[0] for vae in (mixed, plain))
    signs = (one * other).sum((0, 2, 3, 4), keepdim=True).sign()
    torch.testing.assert_close(one * signs, other, rtol=0, atol=2e-3)


def test_directions_are_in_the_order_of_motions_share_and_as_large(trained: Training, basis: Basis) -> None:
    """Looked at on fresh clips, so roughly: the last two channels hold more of motion, and more altogether, than the
    first two."""
    vae = load_vae(trained.vae)
    put_into(vae, basis)
    with torch.no_grad():
        latents = encoded(vae, clips())[0][:, :, 1:]
    shares, sizes = shares_of_motion(latents), latents.var((0, 2, 3, 4))
    assert shares[2:].sum() > shares[:2].sum()
    assert sizes[2:].sum() > sizes[:2].sum()


def test_a_training_by_motion_ships_the_turned_autoencoder(trained: Training, tmp_path: Path) -> None:
    (tmp_path / "vae").symlink_to(trained.vae)
    training = a_training(tmp_path, transformer=BY_MOTION)
    assert training.run()
    shipped, turned = load_vae(training.pipeline / "vae"), load_vae(training.motion_vae)
    torch.testing.assert_close(shipped.quant_conv.weight, turned.quant_conv.weight, rtol=0, atol=0)
    assert not torch.equal(shipped.quant_conv.weight, load_vae(trained.vae).quant_conv.weight)
    assert len(set(shipped.config.latents_std)) == 1  # one for all: their sizes are what the basis made them
    with torch.no_grad():
        held = encoded(shipped, clips())[0]
    assert 0.3 < float(held.std()) < 3
