"""Output profiles as data: rungs, GOP, segments, audio. The encoder that obeys them lives in `encodes/`."""

from fractions import Fraction
from functools import cache
from importlib.resources import files
from typing import Any

import yaml
from pydantic import PositiveInt

from vidgen_assets.clips.digest import Digest
from vidgen_assets.clips.frozen import Frozen
from vidgen_assets.clips.spec import Aspect


class Rung(Frozen):
    """One rendition of the ladder."""

    name: str
    short_side_px: PositiveInt
    bitrate_bps: PositiveInt

    def size(self, aspect: Aspect) -> tuple[int, int]:
        """(width, height) in pixels, both even, as 4:2:0 chroma needs."""
        ratio = aspect.ratio
        long_side = even(self.short_side_px * max(ratio, 1 / ratio))
        short_side = even(Fraction(self.short_side_px))
        return (long_side, short_side) if ratio >= 1 else (short_side, long_side)


class AudioFormat(Frozen):
    bitrate_bps: PositiveInt
    sample_rate_hz: PositiveInt
    channels: PositiveInt


class OutputProfile(Frozen):
    """What a clip is encoded to. The first rung is the canvas that frames are drawn on."""

    name: str
    description: str
    gop_s: PositiveInt
    segment_s: PositiveInt
    peak_ratio: float
    preset: str
    rungs: tuple[Rung, ...]
    audio: AudioFormat

    def canvas(self, aspect: Aspect) -> tuple[int, int]:
        return self.rungs[0].size(aspect)

    def gop_frames(self, fps: Fraction) -> int:
        """Frames from one keyframe to the next: `gop_s`, to the nearest whole frame of a fractional rate."""
        return max(1, round(self.gop_s * fps))

    def segment_frames(self, fps: Fraction) -> int:
        """Frames of a segment: `segment_s`, to the nearest whole number of GOPs."""
        return max(1, round(Fraction(self.segment_s, self.gop_s))) * self.gop_frames(fps)

    @property
    def digest(self) -> Digest:
        """Of what decides bytes: the name and the description do not."""
        return Digest.of_json(self.model_dump(mode="json", exclude={"name", "description"}))


def even(length: Fraction | float) -> int:
    """The even number of pixels nearest to `length`, at least 2."""
    return max(2, 2 * round(length / 2))


@cache
def load_profiles() -> dict[str, OutputProfile]:
    """The profiles that ship, by name."""
    text = files("vidgen_assets.clips").joinpath("data/profiles.yaml").read_text(encoding="utf-8")
    rows: dict[str, Any] = yaml.safe_load(text)
    return {name: OutputProfile(name=name, **row) for name, row in rows.items()}
