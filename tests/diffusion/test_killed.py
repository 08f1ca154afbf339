"""`kill -9` at every step: another process ends in the identical latents, or starts anew and says why."""

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.architecture.tree import REPOSITORY
from tests.diffusion.killing import RESUMED

pytestmark = pytest.mark.drill

SLOWEST_HONEST_RUN_S = 240  # a deadline against hanging, not a measure
RESTARTED = {"wan-cached": "cache between steps", "cogvideo-dpm": "variable of its loop"}


@pytest.fixture(scope="module")
def killings(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tests.diffusion.killing", str(tmp_path_factory.mktemp("killing"))],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=SLOWEST_HONEST_RUN_S,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    return json.loads(ran.stdout.splitlines()[-1])


def test_every_process_was_really_killed_at_every_step(killings: list[dict[str, Any]]) -> None:
    told = {(row["case"], row["step"], row["moment"]) for row in killings if row["signal"] == 9}

    expected = {(case, step, moment) for case in RESUMED for step in (1, 2, 3) for moment in ("before", "after")}
    assert expected <= told
    assert {(case, step, "before") for case in RESTARTED for step in (1, 2, 3)} <= told


def test_a_killed_clip_is_resumed_to_the_identical_latents(killings: list[dict[str, Any]]) -> None:
    rows = [row for row in killings if row["case"] in RESUMED]

    assert all(row["equal"] for row in rows), [row for row in rows if not row["equal"]]
    assert all(row["why"] is None for row in rows)
    # A checkpoint after each step: killed before it is written, the clip goes on from the one before.
    assert all(row["from"] == row["step"] - (row["moment"] == "before") for row in rows)


def test_what_cant_be_resumed_starts_anew_and_says_why(killings: list[dict[str, Any]]) -> None:
    rows = [row for row in killings if row["case"] in RESTARTED]

    assert all(row["equal"] and row["from"] == 0 for row in rows)
    assert all(RESTARTED[row["case"]] in row["why"] for row in rows)
