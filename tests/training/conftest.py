"""One finished training for all tests of this folder, which none of them changes."""

import pytest

from tests.training.tiny import finished
from vidgen_assets.training.job import Training


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Training:
    return finished(tmp_path_factory.mktemp("training") / "tiny")
