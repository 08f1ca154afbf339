"""A server's video is judged by what it holds, not by what was promised."""

from pathlib import Path
from typing import Any

import pytest

from quality_checks.remote_latents import remote_latents_fault
from tests.resources.backends.remote_desk import FRAMES, TOOLS, a_served_spec, an_mp4


def _fault(data: bytes, folder: Path, **changes: Any) -> str | None:
    path = folder / "latents.mp4"
    path.write_bytes(data)
    return remote_latents_fault(data, a_served_spec(**changes), TOOLS, path)


@pytest.mark.parametrize(
    "video",
    [
        {},
        {"frame_count": FRAMES + 4},  # the surplus isn't shown
        {"width": 128, "height": 128},  # cropped to more than half
    ],
)
def test_a_video_that_can_become_the_clip_has_no_fault(tmp_path: Path, video: dict[str, int]) -> None:
    assert _fault(an_mp4(tmp_path, **video), tmp_path) is None


@pytest.mark.parametrize(
    ("video", "fault"),
    [
        ({"frame_count": 5}, "it has 5 frames, fewer than the clip's 9"),
        ({"fps": 16}, "it runs at 16 frames a second, the clip at 8"),
        ({"width": 36, "height": 64}, "leaves 32% of the picture"),
    ],
)
def test_a_video_that_cannot_is_told_why(tmp_path: Path, video: dict[str, int], fault: str) -> None:
    assert fault in str(_fault(an_mp4(tmp_path, **video), tmp_path))


def test_what_is_no_mp4_is_a_fault(tmp_path: Path) -> None:
    assert "no MP4" in str(_fault(b"<html>a gateway's page</html>", tmp_path))


def test_a_torn_mp4_is_a_fault(tmp_path: Path) -> None:
    assert "can't be read" in str(_fault(an_mp4(tmp_path)[:400], tmp_path))
