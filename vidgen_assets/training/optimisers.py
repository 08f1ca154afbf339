"""Muon for the matrices, AdamW for the rest.

Muon: K. Jordan et al., "Muon: An optimizer for hidden layers in neural networks", 2024. Convolutions are matrices of
(outputs, everything else); torch's Muon takes matrices only, so it is handed views that share their memory.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import torch
from torch import Tensor, nn


def _matrix(tensor: Tensor, like: Tensor) -> Tensor:
    """`tensor` as (outputs, everything else), the latter in the order in which `like` lies in memory."""
    order = sorted(range(1, like.ndim), key=lambda axis: -like.stride(axis))
    return tensor.permute(0, *order).reshape(len(tensor), -1)


class Optimisers:
    """Both optimisers as one. `adam_only` names parts (prefixes of parameter names) that Muon shall leave alone."""

    def __init__(
        self, named: Iterable[tuple[str, nn.Parameter]], learning_rate: float, adam_only: Sequence[str] = ()
    ) -> None:
        self._matrices: list[tuple[nn.Parameter, nn.Parameter]] = []
        others: list[nn.Parameter] = []
        for name, parameter in named:
            if parameter.ndim >= 2 and min(parameter.flatten(1).shape) > 1 and not name.startswith(tuple(adam_only)):
                self._matrices.append((parameter, nn.Parameter(_matrix(parameter.data, parameter))))
            else:
                others.append(parameter)
        self._muon = torch.optim.Muon(
            [view for _, view in self._matrices], lr=learning_rate, weight_decay=0.01, adjust_lr_fn="match_rms_adamw"
        )
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
