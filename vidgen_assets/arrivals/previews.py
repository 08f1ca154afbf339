"""The preview: a few seconds without sound, cut from moments all over the upload, small enough for a list of videos."""

from dataclasses import dataclass
from pathlib import Path

from vidgen_assets.arrivals.commands import PREVIEW_FILE, preview_arguments
from vidgen_assets.arrivals.facts import Facts
from vidgen_assets.arrivals.limits import LIMITS
from vidgen_assets.clips.errors import InputError
from vidgen_assets.clips.media_tools import MediaTools, Tool, ToolFailed
from vidgen_assets.clips.work import Recipe

RECIPE = Recipe("arrival_previews", 1)
_DEADLINE_S = 180.0


@dataclass(frozen=True, slots=True)
class Previewed:
    """The file, and the processor seconds of the tools."""

    path: Path
    cpu_s: float


def make_preview(upload: Path, facts: Facts, tools: MediaTools, out: Path) -> Previewed:
    """Write `preview.mp4` into the folder `out`: of the cuts, or where one of them can't be decoded, of the beginning.
    Raises `ToolFailed` if that can't be decoded either, `InputError` if decoding shows no picture."""
    cuts = cuts_of(facts)
    try:
        return _cut(upload, facts, cuts, tools, out)
    except (ToolFailed, InputError):
        if len(cuts) == 1:
            raise
        return _cut(upload, facts, [(0.0, LIMITS.preview_cuts * LIMITS.preview_cut_s)], tools, out)


def _cut(upload: Path, facts: Facts, cuts: list[tuple[float, float]], tools: MediaTools, out: Path) -> Previewed:
    run = tools.run(Tool.FFMPEG, preview_arguments(upload, facts, cuts), deadline_s=_DEADLINE_S, cwd=out)
    if not tools.probe(out / PREVIEW_FILE).get("streams"):
        raise InputError(
            "decoding it shows no picture to make a preview of",
            field="file",
            value=facts.name,
            allowed="a video whose pictures say when they are shown",
            remedy="Its times may be damaged: write it anew from where it comes from, and send that.",
        )
    return Previewed(out / PREVIEW_FILE, run.cpu_s)


def cuts_of(facts: Facts) -> list[tuple[float, float]]:
    """(start, duration) in seconds: all of a short upload, else cuts in the middle of equal stretches of a long one.

    One frame alone is held, so that there is something to play.
    """
    if facts.frame_count == 1:
        return [(0.0, LIMITS.still_preview_s)]
    count, cut_s = LIMITS.preview_cuts, LIMITS.preview_cut_s
    if facts.duration_s <= count * cut_s:
        return [(0.0, facts.duration_s)]
    stretch_s = facts.duration_s / count
    return [(number * stretch_s + (stretch_s - cut_s) / 2, cut_s) for number in range(count)]
