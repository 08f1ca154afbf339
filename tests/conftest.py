"""What holds for every test: no settings of the caller leak in, and what didn't run is said plainly.

Tests that need a server or a browser carry a marker from the table below, and are skipped where its variable is unset.
"""

import gc
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from hypothesis import settings

from tests.dagster_machinery import no_instance_left_behind


@dataclass(frozen=True, slots=True)
class Need:
    """What a marker asks for: the variable that points at it, and how to get it."""

    variable: str
    remedy: str


NEEDS = {
    "needs_s3": Need("VIDGEN_TEST_S3_ENDPOINT", "`make test-s3` starts an S3 server and runs them"),
    "needs_postgres": Need("VIDGEN_TEST_POSTGRES_URL", "`make test-postgres` starts a PostgreSQL and runs them"),
    "drill": Need("VIDGEN_TEST_DRILLS", "`make test-drills` runs them"),
    "needs_browser": Need("VIDGEN_TEST_BROWSER", "`make test-browser` runs them in a Chromium"),
}

SLOWEST_FIRST = ("end_to_end/test_killed.py", "diffusion/test_killed.py", "end_to_end/test_walk.py", "end_to_end")
"""Files that take a minute: begun last, one of them would keep a single process busy at the end."""

os.environ.setdefault("OMP_NUM_THREADS", "1")
"""The tests share the cores out to processes; threads of torch in each of them would wait for one another."""

os.environ["VIDGEN_SHIPPED_MODELS"] = "0"
"""A home of the tests knows no model that a test hasn't named, those of whole modules included."""

settings.register_profile("vidgen", derandomize=True, deadline=None)
settings.load_profile("vidgen")


_KEPT = ("VIDGEN_TEST_", "VIDGEN_SHIPPED_MODELS")


@pytest.fixture(autouse=True)
def _nothing_of_the_callers_settings(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Settings in the caller's environment go, and the home is one that nobody keeps clips and keys in."""
    for variable in list(os.environ):
        if variable == "DAGSTER_HOME" or (variable.startswith("VIDGEN_") and not variable.startswith(_KEPT)):
            monkeypatch.delenv(variable)
    monkeypatch.setenv("VIDGEN_HOME", str(tmp_path_factory.getbasetemp() / "home"))


@pytest.fixture(autouse=True)
def _no_instance_of_an_earlier_test() -> Iterator[None]:
    with no_instance_left_behind():
        yield


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=_turn)


def pytest_collection_finish() -> None:
    """What the imports left behind stays to the end; the collector needn't walk through it after each clip."""
    gc.freeze()


def _turn(item: pytest.Item) -> int:
    path = item.path.as_posix()
    return next((turn for turn, name in enumerate(SLOWEST_FIRST) if name in path), len(SLOWEST_FIRST))


def pytest_runtest_setup(item: pytest.Item) -> None:
    for marker, need in NEEDS.items():
        if item.get_closest_marker(marker) and not os.environ.get(need.variable):
            pytest.skip(f"{marker}: {need.variable} is not set")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = Counter(
        marker for report in terminalreporter.stats.get("skipped", []) for marker in report.keywords if marker in NEEDS
    )
    for marker, count in sorted(skipped.items()):
        terminalreporter.write_line(f"not run: {count} tests marked {marker}; {NEEDS[marker].remedy}", yellow=True)
