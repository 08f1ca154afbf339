"""A served video is brought to the clip's canvas, count and rate, or refused with both numbers."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from resources.video_frames import VideoFrames
from tests.resources.backends.remote_desk import FPS, FRAMES, TOOLS, an_mp4
from vidgen_assets.clips.errors import PermanentError
from vidgen_assets.clips.generation import FrameShape
from vidgen_assets.clips.media_tools import ToolFailed


def _frames(
    video: bytes, *, width: int = 64, height: int = 36, fps: int = FPS, frame_count: int = FRAMES
) -> VideoFrames:
    return VideoFrames(video, FrameShape(width, height, Fraction(fps), frame_count), TOOLS)


def test_reading_again_draws_the_same_bytes(tmp_path: Path) -> None:
    frames = _frames(an_mp4(tmp_path))
    assert [frame.tobytes() for frame in frames] == [frame.tobytes() for frame in frames]


def test_a_square_is_cropped_evenly_to_the_canvas(tmp_path: Path) -> None:
    whole = next(iter(_frames(an_mp4(tmp_path, width=64, height=64), width=64, height=64)))
    cropped = next(iter(_frames(an_mp4(tmp_path, width=64, height=64), width=64, height=36)))

    assert np.array_equal(cropped, whole[14:50])
    assert (cropped[..., 3] == 255).all()


def test_a_smaller_video_is_scaled_up(tmp_path: Path) -> None:
    frame = next(iter(_frames(an_mp4(tmp_path), width=128, height=72)))
    assert frame.shape == (72, 128, 4)


def test_the_surplus_is_not_shown_and_told(tmp_path: Path) -> None:
    frames = _frames(an_mp4(tmp_path, frame_count=13))
    assert len(list(frames)) == FRAMES
    assert frames.provenance["frames_not_shown"] == 4


def test_a_shorter_video_is_refused_with_both_counts(tmp_path: Path) -> None:
    with pytest.raises(PermanentError, match="has 5 frames, fewer than the 9"):
        list(_frames(an_mp4(tmp_path, frame_count=5)))


def test_another_rate_is_refused_with_both_rates(tmp_path: Path) -> None:
    with pytest.raises(PermanentError, match="runs at 16 frames a second, the clip at 8"):
        list(_frames(an_mp4(tmp_path, fps=16)))


def test_a_torn_video_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ToolFailed):
        list(_frames(an_mp4(tmp_path)[:400]))


def test_leaving_early_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    video = an_mp4(tmp_path)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    reading = iter(_frames(video))
    next(reading)
    assert list(scratch.iterdir())
    reading.close()  # pyright: ignore[reportAttributeAccessIssue]
    assert not list(scratch.iterdir())
