"""Whether a generated clip shows what its prompt asked for, measured while its frames are drawn.

What the prompt asked for is read with the release's closed vocabulary; what is seen, by the meters it names.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from vidgen_assets.clips.generation import Frame, FrameShape, FrameStream
from vidgen_assets.models.release import Vocabulary
from vidgen_assets.models.vocabulary import read

if TYPE_CHECKING:  # torch takes seconds to import
    from vidgen_assets.backdrops.texture_meter import TextureMeter
    from vidgen_assets.diffusion.decode import Pictures


@dataclass(frozen=True, slots=True)
class MeasuredFrames:
    """A stream of frames whose scene is measured: `pictures` are the scene's own, in the model's size."""

    frames: FrameStream
    pictures: "Callable[[], Pictures]"
    prompt: str
    vocabulary: Vocabulary | None

    @property
    def shape(self) -> FrameShape:
        return self.frames.shape

    def __iter__(self) -> Iterator[Frame]:
        return iter(self.frames)

    def adherence(self) -> dict[str, Any] | None:
        return adherence(self.pictures(), self.prompt, self.vocabulary)


def adherence(pictures: "Pictures", prompt: str, vocabulary: Vocabulary | None) -> dict[str, Any] | None:
    """What was asked for and what is seen, as JSON; None for a release that names no meters."""
    if vocabulary is None or vocabulary.meters is None:
        return None
    from vidgen_assets.backdrops.meters import METERS_VERSION, clip_of, colouring, mood, movement

    reading, clip = read(prompt, vocabulary), clip_of(pictures)
    colours, moves, texture = colouring(clip), movement(clip), _texture_meter().read(clip)
    return {
        "meters": vocabulary.meters,
        "version": METERS_VERSION,
        "coverage": round(reading.coverage, 4),
        "asked": reading.wanted,
        "seen": {
            "palette": colours.palette,
            "texture": texture.texture,
            "motion": moves.motion,
            "speed": moves.speed,
            "mood": mood(colours),
        },
        "px_per_frame": round(moves.px_per_frame, 3),
        "texture_share": round(max(texture.shares), 4),
        "palette_distance": round(min(colours.distances), 4),
    }


@lru_cache(maxsize=1)
def _texture_meter() -> "TextureMeter":
    from vidgen_assets.backdrops.texture_meter import PACKAGED_WEIGHTS, TextureMeter

    return TextureMeter(PACKAGED_WEIGHTS)
