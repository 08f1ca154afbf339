"""A lattice of one level of 8 bits is found in every texture's company, and real clips have none."""

import math

import pytest
import torch
from torch import Tensor

from vidgen_assets.backdrops.scenes import HEIGHT, WIDTH, render
from vidgen_assets.backdrops.vocabulary import TEXTURES, Look
from vidgen_assets.training.evaluation import GATES, in_8_bits
from vidgen_assets.training.lattice import lattice, lattice_lines
from vidgen_assets.training.material import generator

Y, X = torch.meshgrid(torch.arange(HEIGHT), torch.arange(WIDTH), indexing="ij")


def wave(place: Tensor, period_px: float) -> Tensor:
    return torch.cos(2 * math.pi * place / period_px)


PATTERNS = {
    "columns of 2 px": ((wave(X, 2)), (0.0, 0.5)),
    "a chequerboard": (wave(X, 2) * wave(Y, 2), (0.5, 0.5)),
    "cells of 8 px": (wave(X, 8) * wave(Y, 8), (1 / 8, 1 / 8)),
    "rows of 8 px": (wave(Y, 8), (1 / 8, 0.0)),
    "rows of 16 px": (wave(Y, 16), (1 / 16, 0.0)),
}


@pytest.fixture(scope="module")
def real() -> list[Tensor]:
    """A clip of each texture, two frames long to be quick."""
    looks = [Look("ocean", texture, "left", "steady", "calm") for texture in TEXTURES]
    return [render(look, generator("lattice", look.texture), 2) for look in looks]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_lattice_of_one_level_misses_the_gate_and_is_named(pattern: str, real: list[Tensor]) -> None:
    shape, where = PATTERNS[pattern]
    lines = [lattice_lines(in_8_bits(clip)) for clip in real]
    found = lattice([lattice_lines(in_8_bits(clip + shape / 255)) for clip in real], lines)
    assert found.excess_db > GATES["lattice_db"]
    assert (found.down, found.across) == where


def test_more_of_a_lattice_is_more_decibels(real: list[Tensor]) -> None:
    shape, _ = PATTERNS["cells of 8 px"]
    lines = [lattice_lines(in_8_bits(clip)) for clip in real]
    found = [
        lattice([lattice_lines(in_8_bits(clip + levels * shape / 255)) for clip in real], lines).excess_db
        for levels in (0.0, 0.1, 1.0, 2.0)
    ]
    assert found == sorted(found)
    assert found[0] == 0
    assert found[1] < 0.5  # nobody sees a tenth of a level


def test_a_wave_beside_the_lattices_frequencies_is_no_lattice() -> None:
    flat = torch.full((1, 3, HEIGHT, WIDTH), 0.5)
    waved = flat + 4 / 255 * wave(X, WIDTH / 17)  # 17 waves across: a lattice has 11 or 22
    assert lattice_lines(waved).max() < 0.5


def test_noise_is_no_lattice() -> None:
    noises = [0.5 + 0.05 * torch.randn(4, 3, HEIGHT, WIDTH, generator=generator("noise", at)) for at in range(16)]
    lines = [lattice_lines(noise) for noise in noises]
    assert lattice(lines[:8], lines[8:]).excess_db < GATES["lattice_db"]


def test_the_error_is_that_of_a_mean() -> None:
    lines = torch.zeros(4, 9, 9)
    lines[:, 2, 3] = torch.tensor([1.0, 2.0, 3.0, 4.0])
    found = lattice(list(lines), list(torch.zeros(4, 9, 9)))
    assert (found.excess_db, found.down, found.across) == (2.5, 2 / 16, 3 / 16)
    assert found.error_db == pytest.approx(1.2909944 / 2)


def test_black_clips_have_no_lattice() -> None:
    assert lattice_lines(torch.zeros(2, 3, HEIGHT, WIDTH)).abs().max() == 0
