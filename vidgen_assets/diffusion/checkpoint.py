"""A clip between two denoising steps, as bytes: latents, the scheduler's memory, the generator's state.

Latents alone are not enough: multistep schedulers (UniPC, DPM++) remember earlier predictions, and without them the
result is off by up to 0.39. What can't be written down makes a scheduler not resumable, which is said, not ignored.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from vidgen_assets.clips.errors import PermanentError
from vidgen_assets.diffusion.tensor_file import TensorFileUnreadable, pack, unpack

FORMAT = 1
_TENSOR, _ARRAY, _TUPLE = "$tensor", "$array", "$tuple"
_NOT_STATE = frozenset({"_internal_dict"})  # the configuration, which the release holds


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """`steps_done` steps of the clip whose work is `key`, on the machine with this `fingerprint`."""

    key: str
    fingerprint: str
    steps_done: int
    latents: torch.Tensor
    scheduler: Mapping[str, Any]
    generator: torch.Tensor

    def to_bytes(self) -> bytes:
        """Raises `PermanentError` for a scheduler that remembers something that can't be written down."""
        tensors = {"latents": self.latents, "generator": self.generator}
        state = _written(dict(self.scheduler), "scheduler", tensors)
        document = {
            "format": FORMAT,
            "key": self.key,
            "fingerprint": self.fingerprint,
            "steps_done": self.steps_done,
            "scheduler": state,
        }
        return pack(tensors, document)

    @classmethod
    def from_bytes(cls, data: bytes) -> "Checkpoint | None":
        """None for bytes that are no checkpoint of this format: the clip then starts anew."""
        try:
            tensors, document = unpack(data)
            if document["format"] != FORMAT:
                return None
            return cls(
                key=document["key"],
                fingerprint=document["fingerprint"],
                steps_done=int(document["steps_done"]),
                latents=tensors["latents"],
                scheduler=_read(document["scheduler"], tensors),
                generator=tensors["generator"],
            )
        except (TensorFileUnreadable, KeyError, TypeError, ValueError):
            return None


def state_of(scheduler: Any) -> dict[str, Any]:
    """What the scheduler remembers between steps, its configuration left out."""
    return {name: value for name, value in vars(scheduler).items() if name not in _NOT_STATE}


def put_back(scheduler: Any, state: Mapping[str, Any], device: Any) -> None:
    """Give the scheduler its memory back; tensors go where the ones it has now are."""
    for name, value in state.items():
        setattr(scheduler, name, _placed(value, getattr(scheduler, name, None), device))


def _placed(value: Any, now: Any, device: Any) -> Any:
    """Tensors that the scheduler keeps on the CPU (its sigmas) stay there; predictions go to the latents' device."""
    if isinstance(value, torch.Tensor):
        return value.to(now.device if isinstance(now, torch.Tensor) else device)
    if isinstance(value, list):
        return [_placed(item, None, device) for item in value]
    return value


def _written(value: Any, place: str, tensors: dict[str, torch.Tensor]) -> Any:
    """`value` as JSON, its tensors moved to `tensors` under their place."""
    match value:
        case torch.Tensor():
            tensors[place] = value.clone()  # two names may share memory, which safetensors refuses
            return {_TENSOR: place}
        case np.ndarray():
            tensors[place] = torch.from_numpy(np.array(value))
            return {_ARRAY: place}
        case np.generic():
            return value.item()
        case None | bool() | int() | float() | str():
            return value
        case tuple():
            return {_TUPLE: [_written(item, f"{place}.{number}", tensors) for number, item in enumerate(value)]}
        case list():
            return [_written(item, f"{place}.{number}", tensors) for number, item in enumerate(value)]
        case dict():
            return {str(name): _written(item, f"{place}.{name}", tensors) for name, item in value.items()}
        case _:
            raise PermanentError(
                "the scheduler remembers something that a checkpoint can't hold",
                field=place,
                value=type(value).__name__,
                allowed="numbers, texts, tensors, arrays, and lists of them",
                remedy="Use another scheduler, or have its clips start anew when they are interrupted.",
            )


def _read(value: Any, tensors: Mapping[str, torch.Tensor]) -> Any:
    match value:
        case {"$tensor": place}:
            return tensors[place]
        case {"$array": place}:
            return tensors[place].numpy()
        case {"$tuple": items}:
            return tuple(_read(item, tensors) for item in items)
        case list():
            return [_read(item, tensors) for item in value]
        case dict():
            return {name: _read(item, tensors) for name, item in value.items()}
        case _:
            return value
