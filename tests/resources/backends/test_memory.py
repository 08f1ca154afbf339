"""What is tried when the device has run out: smaller levers that fit together, or none."""

import pytest

from resources.backends.memory import levers_for_decoding, levers_for_denoising
from vidgen_assets.models.release import Execution, Tiling

GPU = Execution(device="cuda", dtype="bfloat16", compile=True)


def test_denoising_goes_on_with_offloaded_blocks_that_aren_t_compiled() -> None:
    smaller = levers_for_denoising(GPU)

    assert smaller is not None
    assert (smaller.offload, smaller.compile, smaller.dtype) == (True, False, "bfloat16")


def test_there_is_nothing_to_offload_from_a_processor_or_twice() -> None:
    assert levers_for_denoising(Execution()) is None
    assert levers_for_denoising(GPU.model_copy(update={"offload": True})) is None


@pytest.mark.parametrize(("width", "height"), [(832, 480), (1280, 720), (1280, 704), (704, 480), (480, 832)])
def test_tiles_and_strides_are_whole_latents_of_every_vae(width: int, height: int) -> None:
    smaller = levers_for_decoding(GPU, width, height)

    assert smaller is not None
    assert smaller.tiling is not None
    assert all(length % 32 == 0 for length in smaller.tiling.model_dump().values())
    assert smaller.tiling.stride_width < smaller.tiling.width <= width // 2


def test_tiles_get_smaller_until_overlaps_outweigh_them() -> None:
    tiny = Tiling(height=96, width=128, stride_height=64, stride_width=96)

    assert levers_for_decoding(GPU.model_copy(update={"tiling": tiny}), 832, 480) is None
