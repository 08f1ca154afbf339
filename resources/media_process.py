"""Runs one command to its end: fed, drained, timed, and gone with all its children when this returns.

Knows processes and nothing of media; `media_tools.py` says which command, and what its end means. A command that is fed
and read at once is in `media_pipe.py`. Linux only.
"""

import contextlib
import fcntl
import os
import resource
import signal
import subprocess
import threading
import time
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

STDERR_KEPT_BYTES = 8 << 10
_CHUNK_BYTES = 1 << 16
# Raw 720p frames through a pipe cost 3.8 ms of wall time each at 1 MiB, 10.6 at the default 64 KiB (2 cores,
# 2026-11-22): sixteen times fewer hand-overs between the two processes.
PIPE_BYTES = 1 << 20
Buffers = Iterable[bytes | memoryview]


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended. `returncode` is minus the signal's number where a signal ended it."""

    returncode: int
    stdout: bytes
    stderr_tail: str
    cpu_s: float
    wall_s: float
    missed_deadline: bool
    took_all_input: bool


@dataclass(slots=True)
class Running:
    """A command under supervision. Whoever feeds it says whether it took all; how it ended is known after the block."""

    process: subprocess.Popen[bytes]
    took_all_input: bool = True
    outcome: Ended | None = None

    @property
    def ended(self) -> Ended:
        if self.outcome is None:
            raise LookupError("the command is still running")
        return self.outcome


@contextlib.contextmanager
def supervised(
    command: Sequence[str], *, deadline_s: float, is_fed: bool, drains_stdout: bool = False, cwd: Path | None = None
) -> Iterator[Running]:
    """A command in a process group of its own, timed, its standard error drained, gone with all its children when the
    block is left. `is_fed` gives it a standard input; its output is drained and kept, or the block's to read.

    Raises `OSError` if the command can't be started.
    """
    started = time.monotonic()
    process = subprocess.Popen(
        command,
        cwd=cwd,
        stdin=subprocess.PIPE if is_fed else subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    watchdog = _Watchdog(process.pid, deadline_s)
    stdout = _Drain(process.stdout) if drains_stdout else None
    stderr = _Drain(process.stderr, keep_bytes=STDERR_KEPT_BYTES)
    running = Running(process)
    try:
        _limit_an_orphan(process.pid, deadline_s)
        yield running
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)  # not reaped yet: its number stays ours
    finally:
        watchdog.stop()
        _kill_group(process.pid)  # whoever is left: the command if it was interrupted, else children it forgot
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        kept_stdout, kept_stderr = stdout.finish() if stdout else b"", stderr.finish()
        for pipe in (process.stdin, process.stdout):
            _close(pipe)
        running.outcome = Ended(
            returncode=process.returncode,
            stdout=kept_stdout,
            stderr_tail=kept_stderr.decode("utf-8", "replace"),
            cpu_s=usage.ru_utime + usage.ru_stime,
            wall_s=time.monotonic() - started,
            missed_deadline=watchdog.fired,
            took_all_input=running.took_all_input,
        )


def run_to_end(
    command: Sequence[str], *, deadline_s: float, stdin: Buffers | None = None, cwd: Path | None = None
) -> Ended:
    """Run `command` in a process group of its own, feeding it `stdin` from the calling thread.

    `stdin` is iterated here, so whatever it raises, and any interrupt, ends the group and comes out of this call.
    Raises `OSError` if the command can't be started.
    """
    with supervised(command, deadline_s=deadline_s, is_fed=stdin is not None, drains_stdout=True, cwd=cwd) as running:
        running.took_all_input = _feed(running.process.stdin, stdin)
    return running.ended


def read_in_pieces(command: Sequence[str], *, piece_bytes: int, deadline_s: float) -> Generator[bytes, None, Ended]:
    """Run `command` and yield its output in pieces of exactly `piece_bytes`, the last one maybe shorter.

    The caller's pace is the command's: it waits while nobody reads. Leaving the loop early ends the process group. The
    generator's return value says how it ended; its `stdout` is empty. Raises `OSError` if it can't be started.
    """
    with supervised(command, deadline_s=deadline_s, is_fed=False) as running:
        output = running.process.stdout
        assert output is not None
        widen(output)
        while piece := output.read(piece_bytes):
            yield piece
    return running.ended


def widen(pipe: IO[bytes]) -> None:
    """Give a pipe room for `PIPE_BYTES`, if the kernel lets us; the default works too."""
    with contextlib.suppress(OSError):
        fcntl.fcntl(pipe.fileno(), fcntl.F_SETPIPE_SZ, PIPE_BYTES)


def _limit_an_orphan(pid: int, deadline_s: float) -> None:
    """Let the kernel end a command that outlives this process (`kill -9`, out of memory) and still works.

    A command that reads frames sees the end of its pipe and stops at once. For the others there is this limit on
    processor time: what the deadline leaves on all cores, which a supervised command can't reach. The usual means,
    PR_SET_PDEATHSIG, must be set between fork and exec, in a process full of other threads' locks (Python's
    documentation calls `preexec_fn` unsafe with threads), and fires when the *thread* that forked ends.
    """
    budget_s = int(deadline_s * (os.cpu_count() or 1)) + 1
    with contextlib.suppress(ProcessLookupError):  # it ended already
        resource.prlimit(pid, resource.RLIMIT_CPU, (budget_s, budget_s + 1))


def _feed(pipe: IO[bytes] | None, buffers: Buffers | None) -> bool:
    """Write everything and close. False if the reader went away before the end: its exit tells why."""
    if pipe is None or buffers is None:
        return True
    widen(pipe)
    for buffer in buffers:
        try:
            pipe.write(buffer)
        except BrokenPipeError:
            return False
    return _close(pipe)


def _close(pipe: IO[bytes] | None) -> bool:
    try:
        if pipe is not None:
            pipe.close()
    except BrokenPipeError:
        return False
    return True


def _kill_group(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)


class _Watchdog:
    """Kills a process group at its deadline. Must be stopped before the group's leader is reaped."""

    def __init__(self, pid: int, deadline_s: float) -> None:
        self.fired = False
        self._pid = pid
        self._timer = threading.Timer(deadline_s, self._fire)
        self._timer.daemon = True
        self._timer.start()

    def _fire(self) -> None:
        self.fired = True
        _kill_group(self._pid)

    def stop(self) -> None:
        self._timer.cancel()
        self._timer.join()


class _Drain:
    """Empties a pipe in a thread of its own, so that a talkative command never blocks; may keep the tail only."""

    def __init__(self, pipe: IO[bytes] | None, keep_bytes: int | None = None) -> None:
        assert pipe is not None
        self._pipe = pipe
        self._keep_bytes = keep_bytes
        self._kept = bytearray()
        self._thread = threading.Thread(target=self._drain, daemon=True)
        self._thread.start()

    def _drain(self) -> None:
        while chunk := self._pipe.read1(_CHUNK_BYTES):  # pyright: ignore[reportAttributeAccessIssue]
            self._kept += chunk
            if self._keep_bytes is not None:
                del self._kept[: -self._keep_bytes]

    def finish(self) -> bytes:
        self._thread.join()
        self._pipe.close()
        return bytes(self._kept)
