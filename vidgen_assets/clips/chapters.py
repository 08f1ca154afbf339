"""Chapters: stretches of a clip with a title each, as players list them."""

import json
from collections.abc import Sequence

from pydantic import Field

from vidgen_assets.clips.frozen import Frozen
from vidgen_assets.clips.vtt_times import escaped, span

WEBVTT_FILE = "chapters.vtt"
HLS_FILE = "chapters.json"
HLS_DATA_ID = "com.apple.hls.chapters"


class Chapter(Frozen):
    """From `start_s` to `end_s`, both from the clip's start."""

    title: str = Field(min_length=1)
    start_s: float = Field(ge=0)
    end_s: float = Field(gt=0)


def webvtt(chapters: Sequence[Chapter]) -> str:
    """A chapters track."""
    cues = [f"{span(chapter.start_s, chapter.end_s)}\n{escaped(chapter.title)}\n" for chapter in chapters]
    return "\n".join(["WEBVTT\n", *cues])


def for_hls(chapters: Sequence[Chapter], language: str) -> str:
    """JSON as Apple's players take it from session data with `HLS_DATA_ID`."""
    rows = [
        {
            "chapter": number,
            "start-time": round(chapter.start_s, 3),
            "duration": round(chapter.end_s - chapter.start_s, 3),
            "titles": [{"language": language, "title": chapter.title}],
        }
        for number, chapter in enumerate(chapters, start=1)
    ]
    return json.dumps(rows, ensure_ascii=False, indent=2) + "\n"
