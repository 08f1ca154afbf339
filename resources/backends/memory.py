"""Running out of memory on the device: one retry with smaller levers, then it is final for that clip.

The same clip needs the same memory next time, so asking for a third try would only pay for the failure again.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from vidgen_assets.clips.errors import PermanentError
from vidgen_assets.models.release import Execution, Tiling

_Made = TypeVar("_Made")
_SMALLEST_TILE_PX = 64
_TILE_STEP_PX = 32  # the coarsest compression of the VAEs; a stride that isn't a multiple of it shifts the tiles
_CPU_ALLOCATOR_SAYS = ("can't allocate memory", "not enough memory")


class OutOfMemory(PermanentError):
    """A clip doesn't fit on the device, with the smallest levers there are."""


class Memory:
    """What the device had no room for, in this process: like work then begins with the smaller levers at once.

    `empty` lets go of what is loaded.
    """

    def __init__(self, empty: Callable[[], None]) -> None:
        self._empty = empty
        self._too_large: dict[str, str] = {}

    def work(
        self,
        do: Callable[[Any], _Made],
        pipeline: Callable[[Execution | None], Any],
        smaller: Execution | None,
        doing: str,
    ) -> tuple[_Made, Execution | None]:
        """`do` on the pipeline as the release has it, or once more with `smaller` levers; and which it was.

        Raises `OutOfMemory`, which names what was being done and the numbers of the device.
        """
        if doing not in self._too_large:
            try:
                return do(pipeline(None)), None
            except Exception as error:
                if not is_out_of_memory(error):
                    raise
                numbers = [_numbers(error)]
            self._empty()
        else:
            numbers = [self._too_large[doing]]
        if smaller is None:
            raise _too_large(doing, numbers, "there is no smaller way")
        self._too_large[doing] = numbers[0]
        try:
            return do(pipeline(smaller)), smaller
        except Exception as error:
            if not is_out_of_memory(error):
                raise
            self._empty()
            raise _too_large(doing, [*numbers, _numbers(error)], _named(smaller)) from error


def levers_for_denoising(execution: Execution) -> Execution | None:
    """With blocks brought to the device one group at a time; None if they are already, or if there is no device."""
    if execution.offload or execution.device == "cpu":
        return None
    return execution.model_copy(update={"offload": True, "compile": False})  # offloading breaks compiled blocks


def levers_for_decoding(execution: Execution, width: int, height: int) -> Execution | None:
    """With tiles half as large; None where a side would be below 64 pixels and overlaps outweigh what is decoded."""
    now = execution.tiling
    tile_width = _stepped((now.width if now else width) // 2)
    tile_height = _stepped((now.height if now else height) // 2)
    if min(tile_width, tile_height) < _SMALLEST_TILE_PX:
        return None
    stride = {"stride_height": _stepped(tile_height * 3 // 4), "stride_width": _stepped(tile_width * 3 // 4)}
    return execution.model_copy(update={"tiling": Tiling(height=tile_height, width=tile_width, **stride)})


def _stepped(length_px: int) -> int:
    return length_px // _TILE_STEP_PX * _TILE_STEP_PX


def is_out_of_memory(error: BaseException) -> bool:
    """CUDA has a class for it; PyTorch's CPU allocator says it in words."""
    import torch

    said = str(error)
    return isinstance(error, torch.OutOfMemoryError) or (
        isinstance(error, RuntimeError) and any(words in said for words in _CPU_ALLOCATOR_SAYS)
    )


def _numbers(error: BaseException) -> str:
    """What the allocator said, on one line: how much was asked for, how much is there."""
    import torch

    said = " ".join(str(error).split())[:300]
    if not torch.cuda.is_available():
        return said
    free, total = torch.cuda.mem_get_info()
    return f"{said} ({free / 2**30:.1f} of {total / 2**30:.1f} GiB free afterwards)"


def _named(smaller: Execution) -> str:
    tiles = f"tiles of {smaller.tiling.width}x{smaller.tiling.height}" if smaller.tiling else ""
    return f"also with {tiles or 'offloaded blocks'}"


def _too_large(doing: str, numbers: list[str], how: str) -> OutOfMemory:
    return OutOfMemory(
        f"{doing} ran out of memory, {how}: {'; then: '.join(numbers)}",
        field="model",
        remedy="Ask for a shorter clip or a smaller aspect, choose a release for less memory (tiling, offload), or a "
        "larger card.",
    )
