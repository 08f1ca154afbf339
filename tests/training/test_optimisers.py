"""Muon's views are the parameters' own memory, a step is Muon's or AdamW's, and the average follows."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn

from vidgen_assets.training.optimisers import Average, Muon, Optimisers, orthogonal


def laid_out(layer: Any, order: torch.memory_format) -> Any:
    """The layer with its weight's bytes in another order, the same numbers in them."""
    layer.weight.data = layer.weight.data.to(memory_format=order)
    return layer


LAYOUTS: dict[str, Callable[[], Any]] = {
    "linear": lambda: nn.Linear(6, 4),
    "conv": lambda: nn.Conv2d(3, 5, 3),
    "conv of channels last": lambda: laid_out(nn.Conv2d(3, 5, 3), torch.channels_last),
    "conv 1x1 of channels last": lambda: laid_out(nn.Conv2d(3, 5, 1), torch.channels_last),
    "conv in time of channels last": lambda: laid_out(nn.Conv3d(3, 5, (3, 1, 1)), torch.channels_last_3d),
    "conv in space and time of channels last": lambda: laid_out(nn.Conv3d(3, 5, 3), torch.channels_last_3d),
}


def learnt(layer: nn.Module, steps: int = 1, rate: float = 0.1) -> Optimisers:
    optimisers = Optimisers(layer.named_parameters(), rate)
    for step in range(steps):
        torch.manual_seed(step)
        for parameter in layer.parameters():
            parameter.grad = torch.randn(parameter.shape)
        optimisers.step(rate)
    return optimisers


@pytest.mark.parametrize("layout", LAYOUTS)
def test_muons_views_share_the_parameters_memory(layout: str) -> None:
    layer = LAYOUTS[layout]()
    optimisers = Optimisers(layer.named_parameters(), 0.1)
    ((parameter, view),) = optimisers._matrices
    assert parameter is layer.weight
    assert view.data_ptr() == parameter.data_ptr()
    assert view.shape == (len(parameter), parameter[0].numel())


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_step_is_the_same_in_every_layout(layout: str) -> None:
    torch.manual_seed(0)
    one = LAYOUTS[layout]()
    other = laid_out(LAYOUTS[layout](), torch.contiguous_format)
    other.load_state_dict(one.state_dict())
    learnt(one, 2)
    learnt(other, 2)
    torch.testing.assert_close(one.weight, other.weight, rtol=0, atol=1e-5)


def test_a_step_of_muon_is_a_matrix_of_equal_singular_values() -> None:
    layer = nn.Linear(12, 8)
    before = layer.weight.detach().clone()
    learnt(layer, 1, rate=0.1)
    step = before * (1 - 0.1 * 0.01) - layer.weight.detach()
    values = torch.linalg.svdvals(step) / (0.1 * 0.2 * 12**0.5)  # match_rms_adamw scales by 0.2 sqrt(longer side)
    assert values.min() > 0.6
    assert values.max() < 1.3


def test_vectors_and_parts_that_are_named_are_adams() -> None:
    model = nn.ModuleDict({"first": nn.Linear(4, 4), "last": nn.Linear(4, 4)})
    optimisers = Optimisers(model.named_parameters(), 0.1, adam_only=("last",))
    assert [parameter is model["first"].weight for parameter, _ in optimisers._matrices] == [True]
    adams = {id(p) for group in optimisers._adam.param_groups for p in group["params"]}
    assert adams == {id(model["first"].bias), id(model["last"].weight), id(model["last"].bias)}


def test_gradients_are_clipped_told_and_dropped() -> None:
    layer = nn.Linear(3, 2)
    optimisers = Optimisers(layer.named_parameters(), 0.0)
    layer.weight.grad, layer.bias.grad = torch.full((2, 3), 2.0), torch.full((2,), 5.0)
    assert optimisers.step(0.0) == pytest.approx((6 * 4 + 2 * 25) ** 0.5)
    assert layer.weight.grad is None
    assert layer.bias.grad is None


def test_optimisers_go_on_from_their_state() -> None:
    def run(stop_at: int | None) -> torch.Tensor:
        torch.manual_seed(0)
        layer = laid_out(nn.Conv2d(3, 5, 3), torch.channels_last)
        optimisers = Optimisers(layer.named_parameters(), 0.1)
        for step in range(4):
            if step == stop_at:
                kept: dict[str, Any] = optimisers.state()
                optimisers = Optimisers(layer.named_parameters(), 0.1)
                optimisers.load(kept)
            torch.manual_seed(step)
            for parameter in layer.parameters():
                parameter.grad = torch.randn(parameter.shape)
            optimisers.step(0.1)
        return layer.weight.detach()

    assert torch.equal(run(None), run(2))


def test_an_average_follows_with_a_memory_that_grows() -> None:
    layer = nn.Linear(1, 1, bias=False)
    nn.init.zeros_(layer.weight)
    average = Average(layer)
    nn.init.ones_(layer.weight)
    average.follow(layer, 0, 0.5)
    assert average.tensors["weight"].item() == pytest.approx(0.9)  # of 1/10 from before
    for step in range(1, 40):
        average.follow(layer, step, 0.5)
    last = average.tensors["weight"].item()
    nn.init.zeros_(layer.weight)
    average.follow(layer, 1000, 0.5)
    assert average.tensors["weight"].item() == pytest.approx(0.5 * last)
    average.put_into(layer)
    assert layer.weight.item() == average.tensors["weight"].item()


@pytest.mark.parametrize("shape", [(3, 8, 8), (2, 4, 16), (2, 16, 4)])
def test_orthogonal_matrices_have_singular_values_near_one_in_the_same_directions(shape: tuple[int, ...]) -> None:
    torch.manual_seed(1)
    matrices = torch.randn(shape)
    found = orthogonal(matrices)
    assert torch.linalg.svdvals(found).sub(1).abs().max() < 0.35
    u, _, v = torch.linalg.svd(matrices, full_matrices=False)
    within = u.mT @ found @ v.mT
    assert (within - torch.diag_embed(within.diagonal(dim1=1, dim2=2))).abs().max() < 1e-3


def test_muon_steps_as_torchs_own_does_up_to_its_rounding() -> None:
    torch.manual_seed(2)
    ours, theirs = nn.Parameter(torch.randn(6, 9)), nn.Parameter(torch.empty(6, 9))
    theirs.data.copy_(ours.data)
    one = Muon([ours], lr=0.02, weight_decay=0.01)
    other = torch.optim.Muon([theirs], lr=0.02, weight_decay=0.01, adjust_lr_fn="match_rms_adamw")
    for step in range(4):
        torch.manual_seed(step)
        ours.grad = torch.randn(6, 9)
        theirs.grad = ours.grad.clone()
        one.step()
        other.step()
    torch.testing.assert_close(ours.data, theirs.data, rtol=0, atol=4e-3)


def test_a_parameter_without_a_gradient_stays() -> None:
    parameter = nn.Parameter(torch.ones(2, 3))
    Muon([parameter], lr=0.1, weight_decay=0.5).step()
    assert torch.equal(parameter.data, torch.ones(2, 3))


def test_arithmetic_in_halves_comes_to_nearly_the_same() -> None:
    torch.manual_seed(3)
    matrices = torch.randn(2, 8, 16)
    exact, rough = orthogonal(matrices), orthogonal(matrices, torch.bfloat16)
    assert rough.dtype == torch.float32
    assert not torch.equal(exact, rough)
    torch.testing.assert_close(exact, rough, rtol=0, atol=0.03)
