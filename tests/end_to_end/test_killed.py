"""`kill -9` at any moment, then the same command: the same digests, nothing lost, nothing finished done again."""

import random
import time
from pathlib import Path

import pytest

from resources.ledgers import Ledgers
from resources.workshop import Workshop, open_workshop
from tests.end_to_end.catalogs import a_clip, write_catalog
from tests.end_to_end.running import start_run
from vidgen_assets.definitions import ASSETS

pytestmark = pytest.mark.drill

SHARD = "shop.g1.0000"
HOMES, KILLS_PER_HOME = 5, 4


def test_killed_at_twenty_random_moments(tmp_path: Path) -> None:
    catalog = write_catalog(tmp_path / "shop.csv", [a_clip(f"clip-{n}") for n in range(1, 4)])
    began = time.monotonic()
    assert _finish(tmp_path / "undisturbed", catalog) == 0
    undisturbed_s = time.monotonic() - began
    expected = _state(tmp_path / "undisturbed")
    assert len(expected) == 3 * len(ASSETS)
    dice = random.Random(20261122)
    interrupted, latest_s = 0, undisturbed_s / 3
    for n in range(HOMES):
        home = tmp_path / f"home-{n}"
        for _ in range(KILLS_PER_HOME):
            was_running = _kill_after(dice.uniform(0.0, latest_s), home, catalog)
            interrupted += was_running
            if not was_running:  # the machine is quicker than it was while the undisturbed run was timed
                latest_s *= 0.7
        assert _finish(home, catalog) == 0
        assert _state(home) == expected
    assert interrupted >= HOMES * KILLS_PER_HOME * 3 // 4, "too few were interrupted"


def _kill_after(delay_s: float, home: Path, catalog: Path) -> bool:
    """Start, kill after `delay_s`; says whether it was still running. What was finished must stay as it is."""
    finished = _finished(home)
    process = start_run(home, catalog)
    process.join(delay_s)
    running = process.is_alive()
    process.kill()
    process.join()
    _assert_untouched(home, finished)
    return running


def _finish(home: Path, catalog: Path) -> int | None:
    finished = _finished(home)
    process = start_run(home, catalog)
    process.join(120)
    _assert_untouched(home, finished)
    return process.exitcode


def _finished(home: Path) -> dict[Path, int]:
    """The memos of finished work and when each was written: work that's done again writes its memo again."""
    return {path: path.stat().st_mtime_ns for path in (home / "store" / "work").rglob("*.done")}


def _assert_untouched(home: Path, finished: dict[Path, int]) -> None:
    now = _finished(home)
    assert {path: now.get(path) for path in finished} == finished


def _shop(home: Path) -> Workshop:
    return open_workshop(str(home / "store"), home=home)


def _state(home: Path) -> dict[tuple[str, str], str | None]:
    """Every stage's digest of every clip, and proof that each artifact is whole and every release is laid out."""
    shop = _shop(home)
    ledgers: Ledgers = shop.ledgers
    state: dict[tuple[str, str], str | None] = {}
    for stage in (asset.key.to_user_string() for asset in ASSETS):
        attempt = ledgers.latest(stage, SHARD)
        assert attempt is not None
        for row in attempt.rows:
            assert row.artifact is not None
            assert shop.artifacts.holds(row.artifact)
            state[stage, row.clip_id] = row.digest
    envelopes = list((home / "store" / "releases").rglob("release.dsse.json"))
    assert len(envelopes) == 3
    return state


@pytest.fixture(autouse=True)
def no_stray_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("VIDGEN_HOME", str(tmp_path / "unused"))
