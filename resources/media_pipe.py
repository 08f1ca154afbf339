"""Runs one command that is fed and read at the same time, such as a filter of raw frames, in bounded memory.

One thread does both by turns, as the command has room or has something to say, so that whoever makes the input works
in the caller's thread. Linux only.
"""

import os
import selectors
from collections.abc import Generator, Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO

from resources.media_process import Ended, supervised, widen

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
    with supervised(command, deadline_s=deadline_s, is_fed=True, cwd=cwd) as running:
        assert running.process.stdin is not None
        assert running.process.stdout is not None
        yield from _exchange(running.process.stdin, running.process.stdout, iter(stdin), piece_bytes)
    return running.ended


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
    widen(pipe)
    return descriptor
