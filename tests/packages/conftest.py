"""One package for all tests of a process, and a copy of it for each test that breaks it."""

import shutil
from pathlib import Path

import pytest

from tests.packages.whole import a_whole_package


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return a_whole_package(tmp_path_factory.mktemp("whole"))


@pytest.fixture
def folder(whole: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(whole, tmp_path / "package"))
