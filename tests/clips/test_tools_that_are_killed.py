"""What is said of a tool that somebody, or the kernel, has killed."""

from pathlib import Path

import pytest

from resources.media_tools import LocalMediaTools
from vidgen_assets.clips.errors import CapacityError
from vidgen_assets.clips.media_tools import Tool


def test_a_killed_tool_is_said_to_be_killed_and_memory_to_be_one_reason(tmp_path: Path) -> None:
    script = tmp_path / "ffmpeg"
    script.write_text("#!/bin/sh\nkill -KILL $$\n")
    script.chmod(0o755)

    with pytest.raises(CapacityError, match=r"ffmpeg was killed \(signal 9\).*memory") as caught:
        LocalMediaTools(ffmpeg=script).run(Tool.FFMPEG, [], deadline_s=20)

    assert "ran out of memory" not in str(caught.value)
