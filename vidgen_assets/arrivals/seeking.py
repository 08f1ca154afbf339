"""Pictures of single frames of an upload, each sought by itself: the way into a long video without decoding it all."""

import logging
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from vidgen_assets.arrivals.commands import Sought, moments_arguments
from vidgen_assets.arrivals.facts import Facts
from vidgen_assets.clips.media_tools import MediaTools, Tool, ToolFailed

_log = logging.getLogger(__name__)

_DEADLINE_S = 180.0
_AT_A_TIME = 8  # inputs of one command: a process less for each costs 60 ms less, and a decoder's memory more


def seek(
    upload: Path, facts: Facts, pictures: Sequence[Sought], tools: MediaTools, out: Path, *, longest_px: int
) -> float:
    """Write `pictures` into the folder `out`; the tools' processor seconds. What can't be found or decoded isn't
    written. A frame that is asked for twice is sought once.

    Raises `PermanentError` where it takes too long.
    """
    files: dict[float, list[Sought]] = {}
    for sought in pictures:
        files.setdefault(sought.frame_s, []).append(sought)
    first = [same[0] for same in files.values()]

    def command(some: Sequence[Sought]) -> float:
        arguments = moments_arguments(upload, facts, some, longest_px=longest_px)
        return tools.run(Tool.FFMPEG, arguments, deadline_s=_DEADLINE_S, cwd=out).cpu_s

    cpu_s = sum(_as_many_as_go(first[at : at + _AT_A_TIME], command) for at in range(0, len(first), _AT_A_TIME))
    for same in files.values():
        for other in same[1:]:
            if (out / same[0].file).is_file():
                shutil.copyfile(out / same[0].file, out / other.file)
    return cpu_s


def _as_many_as_go(some: Sequence[Sought], command: Callable[[Sequence[Sought]], float]) -> float:
    """Together, or where that fails, one by one: a damaged place costs its own picture and no other."""
    try:
        return command(some)
    except ToolFailed as error:
        if len(some) == 1:
            _log.warning("the picture at %.3f s can't be decoded: %s", some[0].frame_s, error.found)
            return 0.0
        return sum(_as_many_as_go([one], command) for one in some)
