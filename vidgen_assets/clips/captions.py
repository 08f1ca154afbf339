"""Captions as values: cues of one or two lines, in the clip's time. Making and writing them lives in `captions/`."""

from pathlib import Path

from pydantic import Field

from vidgen_assets.clips.digest import canonical_json
from vidgen_assets.clips.frozen import Frozen

LONGEST_LINE = 42
MOST_LINES = 2
MOST_CHARACTERS_A_SECOND = 17
SHORTEST_CUE_S = 0.8
FEWEST_GAP_FRAMES = 2
"""Between two cues, so that one is seen to go before the next one comes."""

CAPTIONS_FILE = "captions.json"
WEBVTT_FILE = "captions.vtt"
SUBRIP_FILE = "captions.srt"


class Cue(Frozen):
    """Shown from `start_s` to `end_s`, both from the clip's start."""

    start_s: float = Field(ge=0)
    end_s: float = Field(gt=0)
    lines: tuple[str, ...] = Field(min_length=1, max_length=MOST_LINES)


class Captions(Frozen):
    """The cues of one clip in order; none overlaps another."""

    language: str
    cues: tuple[Cue, ...] = ()

    def to_bytes(self) -> bytes:
        return canonical_json(self.model_dump(mode="json"))

    @classmethod
    def read(cls, folder: Path) -> "Captions":
        """Those of a folder of captions."""
        return cls.model_validate_json((folder / CAPTIONS_FILE).read_bytes())
