"""The loop of a training: steps, their log, checkpoints, going on after a stop, and what asks for a stop."""

import json
import math
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any, Protocol

import torch

from vidgen_assets.clips.errors import PermanentError


class Stopped(Exception):
    """The training was asked to stop between two steps."""


@dataclass(slots=True)
class Stop:
    """Asked between steps: true once `limit_s` seconds have passed since it was made, or a signal came."""

    limit_s: float = math.inf
    signalled: str | None = None
    """The name of the signal that came."""
    _began: float = field(default_factory=time.monotonic)

    def __call__(self) -> bool:
        return self.signalled is not None or time.monotonic() - self._began >= self.limit_s

    @contextmanager
    def on_signals(self) -> Iterator[None]:
        """Take SIGTERM and SIGINT as the wish to stop; the second one does what it did before.

        Only a process's main thread may do so; elsewhere this changes nothing.
        """
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}

        def heard(number: int, _frame: FrameType | None) -> None:
            self.signalled = signal.Signals(number).name
            for each, handler in before.items():
                signal.signal(each, handler)

        for number in before:
            signal.signal(number, heard)
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


class Trainable(Protocol):
    steps: int

    def step(self, step: int) -> dict[str, float]:
        """Do step `step` (from 0) and say how it went. Raises `Stopped` only before it has changed anything."""
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

    @property
    def log(self) -> Path:
        return self.folder / "log.jsonl"

    def go(self, training: Trainable) -> bool:
        """Run to the end or until stopped. Returns whether the end was reached.

        Raises `PermanentError` for a step that is no number; the checkpoint before it stays.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        done = self._resumed(training)
        saved = time.monotonic()
        with self.log.open("a", encoding="utf-8") as log:
            while done < training.steps and not self.is_stopped():
                began = time.process_time()
                try:
                    told = training.step(done)
                except Stopped as stopped:
                    self.tell(str(stopped))
                    break
                done += 1
                self._refuse_divergence(done, told)
                entry = {"step": done, "cpu_s": round(time.process_time() - began, 3)}
                log.write(json.dumps({**entry, **{name: round(value, 6) for name, value in told.items()}}) + "\n")
                if done % 50 == 0:
                    log.flush()
                    self.tell(f"step {done}/{training.steps} " + " ".join(f"{k}={v:.4g}" for k, v in told.items()))
                if time.monotonic() - saved > self.checkpoint_every_s:
                    log.flush()  # a kill must not leave a checkpoint whose steps the log lacks
                    self._save(training, done)
                    saved = time.monotonic()
        self._save(training, done)
        return done >= training.steps

    def _refuse_divergence(self, step: int, told: dict[str, float]) -> None:
        for name, value in told.items():
            if not math.isfinite(value):
                raise PermanentError(
                    f"step {step} of the training in {self.folder} is no number; the last checkpoint is from before it",
                    field=name,
                    value=value,
                    allowed="finite numbers",
                    remedy="Lower the learning rate or lengthen the warm-up, under another name.",
                )

    def _resumed(self, training: Trainable) -> int:
        done = 0
        if self.checkpoint.exists():
            kept = torch.load(self.checkpoint, map_location="cpu", weights_only=True)
            training.load(kept["training"])
            done = kept["done"]
            self.tell(f"goes on after step {done}")
        self._forget_after(done)
        return done

    def _forget_after(self, done: int) -> None:
        """The log's steps that the checkpoint doesn't hold are done again, so their lines go."""
        if self.log.exists():
            kept = [line for line in self.log.read_text(encoding="utf-8").splitlines() if _is_kept(line, done)]
            beside = self.log.with_suffix(".new")
            beside.write_text("".join(f"{line}\n" for line in kept), encoding="utf-8")
            beside.replace(self.log)

    def _save(self, training: Trainable, done: int) -> None:
        beside = self.checkpoint.with_suffix(".new")
        torch.save({"done": done, "training": training.state()}, beside)
        beside.replace(self.checkpoint)


def _is_kept(line: str, done: int) -> bool:
    try:
        return json.loads(line)["step"] <= done
    except (ValueError, KeyError):
        return False  # a line that a kill tore
