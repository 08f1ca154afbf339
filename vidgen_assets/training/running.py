"""The loop of a training: steps, their log, checkpoints, and going on after a stop."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import torch


class Stopped(Exception):
    """The training was asked to stop between two steps."""


class Trainable(Protocol):
    steps: int

    def step(self, step: int) -> dict[str, float]:
        """Do step `step` (from 0) and say how it went."""
        ...

    def state(self) -> dict[str, Any]: ...

    def load(self, state: dict[str, Any]) -> None: ...


@dataclass(frozen=True, slots=True)
class Run:
    """A training in its folder: `checkpoint.pt` and `log.jsonl`."""

    folder: Path
    checkpoint_every_s: float = 300.0
    is_stopped: Callable[[], bool] = lambda: False
    tell: Callable[[str], None] = print

    @property
    def checkpoint(self) -> Path:
        return self.folder / "checkpoint.pt"

    def go(self, training: Trainable) -> bool:
        """Run to the end or until stopped. Returns whether the end was reached."""
        self.folder.mkdir(parents=True, exist_ok=True)
        done = self._resumed(training)
        saved = time.monotonic()
        with (self.folder / "log.jsonl").open("a", encoding="utf-8") as log:
            while done < training.steps and not self.is_stopped():
                began = time.process_time()
                told = training.step(done)
                done += 1
                entry = {"step": done, "cpu_s": round(time.process_time() - began, 3)}
                log.write(json.dumps({**entry, **{name: round(value, 6) for name, value in told.items()}}) + "\n")
                if done % 50 == 0:
                    log.flush()
                    self.tell(f"step {done}/{training.steps} " + " ".join(f"{k}={v:.4g}" for k, v in told.items()))
                if time.monotonic() - saved > self.checkpoint_every_s:
                    self._save(training, done)
                    saved = time.monotonic()
        self._save(training, done)
        return done >= training.steps

    def _resumed(self, training: Trainable) -> int:
        if not self.checkpoint.exists():
            return 0
        kept = torch.load(self.checkpoint, map_location="cpu", weights_only=True)
        training.load(kept["training"])
        self._forget_after(kept["done"])
        self.tell(f"goes on after step {kept['done']}")
        return kept["done"]

    def _forget_after(self, done: int) -> None:
        """The log's steps that the checkpoint doesn't hold are done again, so their lines go."""
        path = self.folder / "log.jsonl"
        if path.exists():
            kept = [line for line in path.read_text(encoding="utf-8").splitlines() if _is_kept(line, done)]
            path.write_text("".join(f"{line}\n" for line in kept), encoding="utf-8")

    def _save(self, training: Trainable, done: int) -> None:
        beside = self.checkpoint.with_suffix(".new")
        torch.save({"done": done, "training": training.state()}, beside)
        beside.replace(self.checkpoint)


def _is_kept(line: str, done: int) -> bool:
    try:
        return json.loads(line)["step"] <= done
    except (ValueError, KeyError):
        return False  # a line that a kill tore
