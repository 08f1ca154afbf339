"""The loop: what a checkpoint holds, what its log says, and what ends it."""

import json
import math
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from vidgen_assets.clips.errors import PermanentError
from vidgen_assets.training.running import Run, Stop, Stopped


class Counting:
    """Adds up the numbers of its steps; `at` may interfere before a step is done."""

    def __init__(self, steps: int = 10, at: Callable[[int], float] = lambda step: 0.5) -> None:
        self.steps, self.at, self.total = steps, at, torch.zeros(())

    def step(self, step: int) -> dict[str, float]:
        loss = self.at(step)
        self.total += step
        return {"loss": loss}

    def state(self) -> dict[str, Any]:
        return {"total": self.total}

    def load(self, state: dict[str, Any]) -> None:
        self.total = state["total"]


def a_run(folder: Path, is_stopped: Callable[[], bool] = lambda: False, every_s: float = 300.0) -> Run:
    return Run(folder, every_s, is_stopped, lambda told: None)


def steps_told(folder: Path) -> list[int]:
    return [json.loads(line)["step"] for line in (folder / "log.jsonl").read_text().splitlines()]


def failing(step_that_fails: int, error: BaseException) -> Callable[[int], float]:
    def at(step: int) -> float:
        if step == step_that_fails:
            raise error
        return 0.5

    return at


def test_a_run_does_every_step_once(tmp_path: Path) -> None:
    training = Counting()
    assert a_run(tmp_path).go(training)
    assert training.total == sum(range(10))
    assert steps_told(tmp_path) == list(range(1, 11))


def test_a_kill_costs_what_was_done_since_the_checkpoint_and_no_line_twice(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        a_run(tmp_path).go(Counting(at=failing(4, KeyboardInterrupt())))
    assert not (tmp_path / "checkpoint.pt").exists()
    again = Counting()
    assert a_run(tmp_path).go(again)
    assert again.total == sum(range(10))
    assert steps_told(tmp_path) == list(range(1, 11))


def test_a_checkpoint_never_holds_steps_that_the_log_lacks(tmp_path: Path) -> None:
    def at(step: int) -> float:
        if (tmp_path / "checkpoint.pt").exists():
            done = torch.load(tmp_path / "checkpoint.pt", weights_only=True)["done"]
            assert steps_told(tmp_path)[-1] >= done
            seen.append(done)
        return 0.5

    seen: list[int] = []
    a_run(tmp_path, every_s=0.0).go(Counting(at=at))
    assert seen == list(range(1, 10))


def test_a_line_that_a_kill_tore_goes(tmp_path: Path) -> None:
    assert not a_run(tmp_path, iter([False, False, True]).__next__).go(Counting())
    with (tmp_path / "log.jsonl").open("a") as log:
        log.write('{"step": 3, "los')
    assert a_run(tmp_path).go(Counting())
    assert steps_told(tmp_path) == list(range(1, 11))


def test_a_step_that_is_stopped_before_it_begins_costs_no_step(tmp_path: Path) -> None:
    assert not a_run(tmp_path).go(Counting(at=failing(6, Stopped("while it fetched its clips"))))
    kept = torch.load(tmp_path / "checkpoint.pt", weights_only=True)
    assert (kept["done"], kept["training"]["total"]) == (6, sum(range(6)))


@pytest.mark.parametrize("loss", [math.nan, math.inf])
def test_a_training_that_diverges_ends_and_keeps_no_checkpoint_of_it(tmp_path: Path, loss: float) -> None:
    diverging = Counting(at=lambda step: loss if step == 7 else 0.5)
    with pytest.raises(PermanentError, match=r"step 8 .*Field loss.*Lower the learning rate"):
        a_run(tmp_path, every_s=0.0).go(diverging)
    assert torch.load(tmp_path / "checkpoint.pt", weights_only=True)["done"] == 7
    assert steps_told(tmp_path) == list(range(1, 8))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_and_the_second_one_does_what_it_did(number: signal.Signals) -> None:
    came: list[int] = []
    before = signal.signal(number, lambda got, frame: came.append(got))
    try:
        stop = Stop()
        with stop.on_signals():
            assert not stop()
            os.kill(os.getpid(), number)
            assert stop()
            assert (stop.signalled, came) == (number.name, [])
            os.kill(os.getpid(), number)
        os.kill(os.getpid(), number)
        assert came == [number, number]
    finally:
        signal.signal(number, before)


def test_a_limit_stops_by_itself() -> None:
    assert Stop(limit_s=0.0)()
    assert not Stop(limit_s=3600.0)()
    assert Stop(limit_s=0.0).signalled is None
