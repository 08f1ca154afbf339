"""A track as a manifest describes it, whichever manifest: what HLS and DASH have in common."""

from dataclasses import dataclass
from enum import StrEnum

from vidgen_assets.packages.folder import Bytes
from vidgen_assets.packages.rule import Place


class Kind(StrEnum):
    VIDEO = "video"
    AUDIO = "audio"
    TEXT = "text"
    IMAGE = "image"


@dataclass(frozen=True, slots=True)
class Piece:
    """One segment: where its bytes are (None: they aren't, which is reported) and what its manifest says of its time.

    `start_s` counts from the presentation's start. An average is DASH's `@duration`, which a segment may miss by half.
    """

    place: Place
    part: Bytes | None
    duration_s: float | None
    start_s: float | None = None
    is_average: bool = False
    is_discontinuous: bool = False
    """Whether its times have nothing to do with those of the one before (HLS)."""
    own_init: Bytes | None = None
    """Where it isn't the track's."""
    lacks_init: bool = False
    """Whether none is named for it, though one is for those after it (HLS)."""


@dataclass(frozen=True, slots=True)
class Track:
    """`init` is None where there is none, or where it isn't all there. `offset_s` is taken off the media's own times
    (DASH, `@presentationTimeOffset`); `has_init` says whether one is named at all."""

    place: Place
    pieces: tuple[Piece, ...]
    init: Bytes | None = None
    has_init: bool = False
    offset_s: float = 0.0

    @property
    def is_whole(self) -> bool:
        """Whether every byte that the manifest names is there."""
        return bool(self.pieces) and all(p.part for p in self.pieces) and (self.init is not None or not self.has_init)

    @property
    def files(self) -> tuple[str, ...]:
        parts = (self.init, *(piece.part for piece in self.pieces))
        return tuple(part.file for part in parts if part)
