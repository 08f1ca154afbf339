"""A storyboard: which small picture on which sheet stands for when, as WebVTT for a player's seek bar.

Cues' texts are `FILE#xywh=x,y,width,height` (W3C Media Fragments), as players take them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from vidgen_assets.clips.vtt_times import span

STORYBOARD_FILE = "storyboard.vtt"


@dataclass(frozen=True, slots=True)
class Tile:
    """A picture on a sheet: from when to when it stands, in seconds, and where it is, in pixels."""

    start_s: float | Fraction
    end_s: float | Fraction
    file: str
    x: int
    y: int
    width: int
    height: int

    @property
    def fragment(self) -> str:
        return f"{self.file}#xywh={self.x},{self.y},{self.width},{self.height}"


def storyboard(tiles: Iterable[Tile]) -> str:
    """The WebVTT file."""
    cues = (f"{span(tile.start_s, tile.end_s)}\n{tile.fragment}\n" for tile in tiles)
    return "\n".join(["WEBVTT\n", *cues])
