"""A command that is fed and read at once: every byte in order, both ways, however much either side holds back."""

import itertools
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from resources.media_pipe import pipe_through
from resources.media_tools import LocalMediaTools
from vidgen_assets.clips.errors import PermanentError
from vidgen_assets.clips.media_tools import Tool, ToolFailed

SOON_S = 20.0  # a net against hanging, not a measure
SHELL = ["/bin/sh", "-c"]


def through(script: str, stdin: Iterator[bytes], piece_bytes: int = 1 << 16, deadline_s: float = SOON_S):
    return pipe_through([*SHELL, script], stdin=stdin, piece_bytes=piece_bytes, deadline_s=deadline_s)


def buffers(count: int, size: int = 300_000) -> Iterator[bytes]:
    return (bytes([number % 251]) * size for number in range(count))


def test_what_goes_in_comes_out_in_order_and_in_whole_pieces() -> None:
    pieces = list(through("cat", buffers(40)))

    assert b"".join(pieces) == b"".join(buffers(40))
    assert {len(piece) for piece in pieces[:-1]} == {1 << 16}
    assert len(pieces[-1]) == 40 * 300_000 % (1 << 16)


def test_a_command_that_speaks_only_at_the_end_is_fed_to_the_end() -> None:
    assert b"".join(through("wc -c", buffers(20), 64)).split() == [b"6000000"]


def test_a_command_that_speaks_before_it_reads_does_not_block() -> None:
    said = b"".join(through("head -c 3000000 /dev/zero; wc -c", buffers(10)))

    assert said[:3_000_000] == bytes(3_000_000)
    assert said[3_000_000:].split() == [b"3000000"]


def test_a_command_that_has_enough_may_stop_reading() -> None:
    assert b"".join(through("head -c 10", itertools.repeat(b"x" * 100_000))) == b"x" * 10


def test_no_input_at_all_is_an_end() -> None:
    assert list(through("cat; echo end", iter([b"", b""]), 8)) == [b"end\n"]


def test_nothing_is_fed_while_nobody_reads() -> None:
    fed: list[int] = []

    def counted() -> Iterator[bytes]:
        for number in range(200):
            fed.append(number)
            yield bytes(1 << 20)

    pieces = through("cat", counted(), 1 << 20)
    next(pieces)
    held = len(fed)
    time.sleep(0.05)

    assert len(fed) == held < 10  # two pipes of a mebibyte, and what is in hand
    pieces.close()


def test_what_the_input_raises_comes_out_and_ends_the_command(tmp_path: Path) -> None:
    began = tmp_path / "pid"

    def broken() -> Iterator[bytes]:
        deadline = time.monotonic() + SOON_S
        while not (began.exists() and began.read_text()) and time.monotonic() < deadline:
            yield b"x"
        raise LookupError("nothing left to draw")

    with pytest.raises(LookupError, match="nothing left"):
        list(through(f"echo $$ > {began}; cat; sleep 60", broken()))
    assert not Path(f"/proc/{began.read_text().strip()}").exists()


def test_leaving_early_ends_the_command_and_its_children(tmp_path: Path) -> None:
    pieces = through(f"sleep 60 & echo $! > {tmp_path}/child; cat", buffers(100))
    next(pieces)
    child = Path(f"/proc/{(tmp_path / 'child').read_text().strip()}")

    pieces.close()

    deadline = time.monotonic() + SOON_S
    while child.exists() and _is_alive(child) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not (child.exists() and _is_alive(child))


def test_a_missed_deadline_and_a_failure_are_told(tmp_path: Path) -> None:
    path = tmp_path / "tool"
    tools = _tool(path, "sleep 60")
    with pytest.raises(PermanentError, match=r"did not end within 0\.2 s"):
        list(tools.pipe(Tool.FFMPEG, [], stdin=iter([b"x"]), piece_bytes=9, deadline_s=0.2))
    with pytest.raises(ToolFailed, match="ended with code 3: no such filter"):
        list(
            _tool(path, "cat >/dev/null; echo 'no such filter' >&2; exit 3").pipe(
                Tool.FFMPEG, [], stdin=iter([b"x"]), piece_bytes=9, deadline_s=SOON_S
            )
        )


def test_a_run_says_where_it_ran_and_what_it_cost(tmp_path: Path) -> None:
    pieces = _tool(tmp_path / "tool", "pwd; cat").pipe(
        Tool.FFMPEG, ["one arg"], stdin=iter([b"!"]), piece_bytes=999, deadline_s=SOON_S, cwd=tmp_path
    )
    said: list[bytes] = []
    try:
        while True:
            said.append(bytes(next(pieces)))
    except StopIteration as end:
        run = end.value

    assert said == [f"{tmp_path}\n!".encode()]
    assert run.command_line == f"{tmp_path}/tool 'one arg'"
    assert run.cpu_s >= 0


def _tool(path: Path, script: str) -> LocalMediaTools:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return LocalMediaTools(ffmpeg=path)


def _is_alive(process: Path) -> bool:
    try:
        os.kill(int(process.name), 0)
        return "\nState:\tZ" not in (process / "status").read_text()
    except (OSError, ProcessLookupError):
        return False
