"""Muon for the matrices, AdamW for the rest.

Muon: K. Jordan et al., "Muon: An optimizer for hidden layers in neural networks", 2024. Convolutions are matrices of
(outputs, everything else), handed over as views that share their memory.

Torch's own Muon computes in bfloat16 whatever the machine, and one matrix after the other. A processor without
instructions for it did 1.3 GFLOP/s in bfloat16 and 114 in float32 (2026-11): a step of the transformer's training took
32 s of it with torch's Muon, and 5 to 6 with this one.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import torch
from torch import Tensor, nn


def _matrix(tensor: Tensor, like: Tensor) -> Tensor:
    """`tensor` as (outputs, everything else), the latter in the order in which `like` lies in memory."""
    order = sorted(range(1, like.ndim), key=lambda axis: -like.stride(axis))
    return tensor.permute(0, *order).reshape(len(tensor), -1)


_COEFFICIENTS = (3.4445, -4.7750, 2.0315)
"""Of the quintic whose five turns bring every singular value near 1, somewhere from 0.7 to 1.2."""
_TURNS, _LEAST_NORM = 5, 1e-7


def orthogonal(matrices: Tensor, arithmetic: torch.dtype = torch.float32) -> Tensor:
    """The nearest orthogonal matrices, roughly, of (matrices, rows, columns), by Newton and Schulz's iteration.

    In bfloat16 on a GPU in any case: it is enough, and faster there.
    """
    a, b, c = _COEFFICIENTS
    is_tall = matrices.shape[1] > matrices.shape[2]
    found = matrices.mT if is_tall else matrices
    found = found.to(torch.bfloat16 if matrices.is_cuda else arithmetic)
    found = found / found.flatten(1).norm(dim=1).clamp_min(_LEAST_NORM)[:, None, None]
    for _ in range(_TURNS):
        gram = found @ found.mT
        found = torch.baddbmm(found, torch.baddbmm(gram, gram, gram, beta=b, alpha=c), found, beta=a)
    return (found.mT if is_tall else found).to(matrices.dtype)


class Muon(torch.optim.Optimizer):
    """Nesterov's momentum, made orthogonal. Its updates are as large as AdamW's, so both share a learning rate (J. Liu
    et al., "Muon is Scalable for LLM Training", 2025: 0.2 times the root of the longer side)."""

    def __init__(
        self, params: Iterable[nn.Parameter], lr: float, weight_decay: float, momentum: float = 0.95,
        arithmetic: torch.dtype = torch.float32,
    ) -> None:  # fmt: skip
        super().__init__(params, {"lr": lr, "weight_decay": weight_decay, "momentum": momentum})
        self._arithmetic = arithmetic

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]  # noqa: ARG002
        """One step with the gradients at hand. Matrices of one shape are worked on at once."""
        for group in self.param_groups:
            alike: dict[torch.Size, list[nn.Parameter]] = {}
            for parameter in group["params"]:
                if parameter.grad is not None:
                    alike.setdefault(parameter.shape, []).append(parameter)
            for shape, parameters in alike.items():
                moved = torch.stack([self._moved(each, group["momentum"]) for each in parameters])
                found = orthogonal(moved, self._arithmetic)
                rate = group["lr"] * 0.2 * max(shape) ** 0.5
                for parameter, update in zip(parameters, found, strict=True):
                    parameter.mul_(1 - group["lr"] * group["weight_decay"]).add_(update, alpha=-rate)

    def _moved(self, parameter: nn.Parameter, momentum: float) -> Tensor:
        state, gradient = self.state[parameter], parameter.grad
        assert gradient is not None
        if "momentum_buffer" not in state:
            state["momentum_buffer"] = torch.zeros_like(gradient)
        state["momentum_buffer"].lerp_(gradient, 1 - momentum)
        return gradient.lerp(state["momentum_buffer"], momentum)


class Optimisers:
    """Both optimisers as one. `adam_only` names parts (prefixes of parameter names) that Muon shall leave alone.

    `arithmetic` is that of Muon's matrices on a processor.
    """

    def __init__(
        self, named: Iterable[tuple[str, nn.Parameter]], learning_rate: float, adam_only: Sequence[str] = (),
        arithmetic: torch.dtype = torch.float32,
    ) -> None:  # fmt: skip
        self._matrices: list[tuple[nn.Parameter, nn.Parameter]] = []
        others: list[nn.Parameter] = []
        for name, parameter in named:
            if parameter.ndim >= 2 and min(parameter.flatten(1).shape) > 1 and not name.startswith(tuple(adam_only)):
                self._matrices.append((parameter, nn.Parameter(_matrix(parameter.data, parameter))))
            else:
                others.append(parameter)
        views = [view for _, view in self._matrices]
        self._muon = Muon(views, lr=learning_rate, weight_decay=0.01, arithmetic=arithmetic)
        self._adam = torch.optim.AdamW(others, lr=learning_rate, betas=(0.9, 0.98), weight_decay=0.0)
        self._parameters = [*(parameter for parameter, _ in self._matrices), *others]

    def step(self, learning_rate: float, clip: float = 1.0) -> float:
        """One step with the gradients at hand, which are then dropped.

        Returns the norm of the gradients before they were clipped.
        """
        norm = nn.utils.clip_grad_norm_(self._parameters, clip)
        for parameter, view in self._matrices:
            view.grad = None if parameter.grad is None else _matrix(parameter.grad, parameter)
        for optimiser in (self._muon, self._adam):
            for group in optimiser.param_groups:
                group["lr"] = learning_rate
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
        for parameter in self._parameters:
            parameter.grad = None
        return float(norm)

    def state(self) -> dict[str, Any]:
        return {"muon": self._muon.state_dict(), "adam": self._adam.state_dict()}

    def load(self, state: dict[str, Any]) -> None:
        self._muon.load_state_dict(state["muon"])
        self._adam.load_state_dict(state["adam"])


class Average:
    """An exponential moving average of a model's parameters, begun with a shorter memory."""

    def __init__(self, model: nn.Module) -> None:
        self.tensors: dict[str, Tensor] = {name: value.detach().clone() for name, value in model.named_parameters()}

    @torch.no_grad()
    def follow(self, model: nn.Module, step: int, decay: float) -> None:
        """Take in the parameters after step `step` (from 0); at most `decay` of the average stays."""
        decay = min(decay, (1 + step) / (10 + step))
        for name, value in model.named_parameters():
            self.tensors[name].lerp_(value.detach(), 1 - decay)

    @torch.no_grad()
    def put_into(self, model: nn.Module) -> None:
        for name, value in model.named_parameters():
            value.copy_(self.tensors[name])
