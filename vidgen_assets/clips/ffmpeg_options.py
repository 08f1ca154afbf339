"""Options of ffmpeg that every one of our commands shares."""

from typing import Any

# ffmpeg-python hangs its operators on its streams at run time, where no type checker sees them.
Stream = Any

QUIET = ("-y", "-hide_banner", "-nostats", "-v", "error")
