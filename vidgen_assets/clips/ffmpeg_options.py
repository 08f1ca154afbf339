"""Options of ffmpeg that every one of our commands shares."""

from collections.abc import Iterable
from typing import Any

# ffmpeg-python hangs its operators on its streams at run time, where no type checker sees them.
Stream = Any

QUIET = ("-y", "-hide_banner", "-nostats", "-v", "error")


def frames_within(spans: Iterable[tuple[int, int]]) -> str:
    """What the filter `select` takes to let the frames of `spans` through, (first, last) each."""
    return "+".join(f"between(n,{first},{last})" for first, last in spans)
