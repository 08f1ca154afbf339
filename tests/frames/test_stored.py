"""Frames that are kept come back byte for byte, the same file each time, and damage is told."""

import contextlib
from fractions import Fraction
from pathlib import Path

import numpy as np

from resources.media_tools import LocalMediaTools
from vidgen_assets.clips.generation import Frame, FrameShape
from vidgen_assets.clips.media_tools import ToolFailed
from vidgen_assets.frames.stored import StoredFrames, write_frames

TOOLS = LocalMediaTools()
SHAPE = FrameShape(width=66, height=38, fps=Fraction(30_000, 1001), frame_count=6)


def noise() -> list[Frame]:
    """Every value of every channel, and edges that no smooth picture has."""
    dice = np.random.default_rng(7)
    frames = dice.integers(0, 256, (SHAPE.frame_count, SHAPE.height, SHAPE.width, 4), dtype=np.uint8)
    frames[..., 3] = 255
    return list(frames)


def test_noise_comes_back_byte_for_byte_as_often_as_asked(tmp_path: Path) -> None:
    path, cpu_s = write_frames(noise(), SHAPE, TOOLS, tmp_path)
    stored = StoredFrames(path, SHAPE, TOOLS)

    assert cpu_s > 0
    for _ in range(2):
        read = list(stored)
        assert len(read) == SHAPE.frame_count
        assert all(np.array_equal(a, b) for a, b in zip(read, noise(), strict=True))


def test_the_same_frames_are_the_same_file(tmp_path: Path) -> None:
    files = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        files.append(write_frames(noise(), SHAPE, TOOLS, tmp_path / name)[0].read_bytes())

    assert files[0] == files[1]


def test_a_file_that_is_cut_short_gives_fewer_frames_and_no_torn_one(tmp_path: Path) -> None:
    path, _ = write_frames(noise(), SHAPE, TOOLS, tmp_path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    read: list[Frame] = []
    with contextlib.suppress(ToolFailed):
        read.extend(StoredFrames(path, SHAPE, TOOLS))

    assert len(read) < SHAPE.frame_count
    assert all(np.array_equal(a, b) for a, b in zip(read, noise(), strict=False))


def test_leaving_early_ends_the_reader(tmp_path: Path) -> None:
    path, _ = write_frames(noise(), SHAPE, TOOLS, tmp_path)
    frames = iter(StoredFrames(path, SHAPE, TOOLS))

    assert np.array_equal(next(frames), noise()[0])
    frames.close()  # pyright: ignore[reportAttributeAccessIssue]
