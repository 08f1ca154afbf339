"""Tiny weights, made once for all tests of a worker."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch

from tests.diffusion.tiny import save_tiny


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> Iterator[None]:
    """How a sum is split over threads decides its last bits, and tests share the machine."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The folder with the tiny weights of a pipeline class. Not to be written to."""
    made: dict[str, Path] = {}

    def folder(pipeline: str) -> Path:
        if pipeline not in made:
            made[pipeline] = save_tiny(pipeline, tmp_path_factory.mktemp(pipeline))
        return made[pipeline]

    return folder
