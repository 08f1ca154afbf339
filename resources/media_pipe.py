"""Runs one command that is fed and read at the same time, such as a filter of raw frames, in bounded memory.

One thread does both by turns, as the command has room or has something to say, so that whoever makes the input works
in the caller's thread. Linux only.
"""

import contextlib
import fcntl
import os
import selectors
import subprocess
import time
from collections.abc import Generator, Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO

from resources.media_process import (
    PIPE_BYTES,
    STDERR_KEPT_BYTES,
    Drain,
    Ended,
    Watchdog,
    kill_group,
    limit_an_orphan,
)

Buffer = bytes | memoryview


def pipe_through(
    command: Sequence[str],
    *,
    stdin: Iterable[Buffer],
    piece_bytes: int,
    deadline_s: float,
    cwd: Path | None = None,
) -> Generator[bytearray, None, Ended]:
    """Run `command` on `stdin` and yield its output in pieces of exactly `piece_bytes`, the last one maybe shorter.

    What `stdin` raises, an interrupt, and a caller who leaves early end the process group. The generator's return value
    says how the command ended: it counts as having taken all input, even if it closed its own before, since a filter
    may know that it has enough. Raises `OSError` if it can't be started.
    """
    started = time.monotonic()
    process = subprocess.Popen(
        command,
        cwd=cwd,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    watchdog = Watchdog(process.pid, deadline_s)
    stderr = Drain(process.stderr, keep_bytes=STDERR_KEPT_BYTES)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        limit_an_orphan(process.pid, deadline_s)
        yield from _exchange(process.stdin, process.stdout, iter(stdin), piece_bytes)
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)  # not reaped yet: its number stays ours
    finally:
        watchdog.stop()
        kill_group(process.pid)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        kept_stderr = stderr.finish()
        process.stdin.close()
        process.stdout.close()
    return Ended(
        returncode=process.returncode,
        stdout=b"",
        stderr_tail=kept_stderr.decode("utf-8", "replace"),
        cpu_s=usage.ru_utime + usage.ru_stime,
        wall_s=time.monotonic() - started,
        missed_deadline=watchdog.fired,
        took_all_input=True,
    )


def _exchange(
    into: IO[bytes], out: IO[bytes], buffers: Iterator[Buffer], piece_bytes: int
) -> Generator[bytearray, None, None]:
    """Feed `buffers` and yield pieces until the output ends."""
    feed, gather = _Feed(into, buffers), _Gather(out, piece_bytes)
    with selectors.DefaultSelector() as ready:
        ready.register(out, selectors.EVENT_READ, gather)
        ready.register(into, selectors.EVENT_WRITE, feed)
        while not gather.ended:
            for key, _ in ready.select():
                if key.data is feed and not feed.goes_on():
                    ready.unregister(into)
                    into.close()
                elif key.data is gather and (piece := gather.next_piece()) is not None:
                    yield piece


class _Feed:
    """The writing end: as much at a time as the pipe takes."""

    def __init__(self, pipe: IO[bytes], buffers: Iterator[Buffer]) -> None:
        self._descriptor = _unblocked(pipe)
        self._buffers = buffers
        self._left = memoryview(b"")

    def goes_on(self) -> bool:
        """Write what there is room for. False once everything is written, or nobody reads any more."""
        while not self._left:
            buffer = next(self._buffers, None)
            if buffer is None:
                return False
            self._left = memoryview(buffer).cast("B")
        try:
            self._left = self._left[os.write(self._descriptor, self._left) :]
        except BlockingIOError:
            return True
        except BrokenPipeError:  # how it ended says whether that was right
            return False
        return True


class _Gather:
    """The reading end: puts pieces together."""

    def __init__(self, pipe: IO[bytes], piece_bytes: int) -> None:
        self._descriptor = _unblocked(pipe)
        self._piece_bytes = piece_bytes
        self._piece, self._filled = bytearray(piece_bytes), 0
        self.ended = False

    def next_piece(self) -> bytearray | None:
        """Read what there is: a piece if that completes one, or the rest once the output has ended."""
        with memoryview(self._piece) as whole:
            read = os.readv(self._descriptor, [whole[self._filled :]])
        self._filled += read
        self.ended = read == 0
        if self._filled < self._piece_bytes and not (self.ended and self._filled):
            return None
        piece = self._piece[: self._filled] if self.ended else self._piece
        self._piece, self._filled = bytearray(self._piece_bytes), 0
        return piece


def _unblocked(pipe: IO[bytes]) -> int:
    descriptor = pipe.fileno()
    os.set_blocking(descriptor, False)
    with contextlib.suppress(OSError):  # the kernel may refuse a bigger pipe; the default one works too
        fcntl.fcntl(descriptor, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
    return descriptor
