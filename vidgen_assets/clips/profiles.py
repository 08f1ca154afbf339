"""Output profiles as data: post-processing, rungs, GOP, segments, audio. Guide: docs/profiles.md.

The steps of `post` are in `post.py`; who obeys them is in `frames/post/`, who obeys the rest in `encodes/`.
"""

from collections.abc import Mapping
from fractions import Fraction
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import yaml
from pydantic import Field, PositiveInt, ValidationError

from vidgen_assets.clips.digest import Digest
from vidgen_assets.clips.encoders import Encoder
from vidgen_assets.clips.errors import InputError
from vidgen_assets.clips.frozen import Frozen
from vidgen_assets.clips.post import Post
from vidgen_assets.clips.spec import Aspect

_NOT_THE_ENCODERS = {"name", "description", "post", "burn_captions", "fallback"}


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


class PerClip(Frozen):
    """A ladder that is made for each clip: every rung as good as it has to be and no better."""

    target_vmaf: float = Field(default=95.0, ge=50, le=99)
    """Of the worst sample, and of the whole rendition, beside the frames at the rung's own size."""
    samples: PositiveInt = 5
    """How many parts of the clip are tried, spread over it. With three of a second, four seconds that grew finer and
    finer came out 1.7 below their target."""
    sample_s: float = Field(default=1.0, ge=0.2, le=10)
    """How long each of them is."""
    slack_vmaf: float = Field(default=1.0, gt=0, le=10)
    """How far below the target a rendition may come out whose samples reached it."""
    most_of_the_next: float = Field(default=0.8, gt=0, le=1)
    """A rung that needs more than this share of the bits of the rung above it helps nobody, and is left out."""


class OutputProfile(Frozen):
    """What a clip is encoded to. The first rung is the canvas that frames are drawn on."""

    name: str
    description: str
    gop_s: PositiveInt
    segment_s: PositiveInt
    peak_ratio: float
    preset: str
    rungs: tuple[Rung, ...] = Field(min_length=1)
    audio: AudioFormat
    encoder: Encoder = Encoder.X264
    per_clip: PerClip | None = None
    """Where it is given, rungs' bit rates are only limits: their peaks aren't passed."""
    fallback: str | None = None
    """The profile that a clip is encoded to when this one's encoder fails."""
    post: Post = ()
    """What is done to the frames before they are audited and encoded, in this order."""

    burn_captions: bool = False
    """Whether captions are drawn into the picture, after `post`."""

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
        """Of what the encoder obeys. Name and description decide no bytes; what is done to the frames is in the key of
        the frames, whose digest the encoder's key holds. A fallback is for when there are no bytes."""
        return Digest.of_json(self.model_dump(mode="json", exclude=_NOT_THE_ENCODERS, exclude_defaults=True))


def even(length: Fraction | float) -> int:
    """The even number of pixels nearest to `length`, at least 2."""
    return max(2, 2 * round(length / 2))


def within(width: int, height: int, longest_px: int) -> tuple[int, int]:
    """The even size with these proportions whose longer side is at most `longest_px`; never larger than it was."""
    scale = min(1.0, longest_px / max(width, height))
    return even(width * scale), even(height * scale)


@cache
def load_profiles() -> dict[str, OutputProfile]:
    """The profiles that ship, by name."""
    with as_file(files("vidgen_assets.clips").joinpath("data/profiles.yaml")) as path:
        return read_profiles(path)


def read_profiles(path: Path) -> dict[str, OutputProfile]:
    """The profiles of a file, by name; `.cube` files that they name lie in the same folder or below it.

    Raises `InputError` naming the first field that is wrong.
    """
    rows: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    profiles = {name: _profile(name, row, path.parent) for name, row in rows.items()}
    for profile in profiles.values():
        if profile.fallback is not None:
            _refuse_fallback(profile, profiles)
    return profiles


def _refuse_fallback(profile: OutputProfile, profiles: Mapping[str, OutputProfile]) -> None:
    """Unless the profile's fallback can take its frames, segments and rungs' names over, and has none of its own."""
    safe = profiles.get(profile.fallback or "")
    if safe is None or safe.fallback is not None or not _is_alike(profile, safe):
        fitting = [each.name for each in profiles.values() if each.fallback is None and _is_alike(profile, each)]
        raise InputError(
            f"the profile {profile.name} is wrong: its fallback can't stand in for it",
            field="fallback",
            value=profile.fallback,
            allowed=", ".join(fitting) or "none of these profiles",
            remedy="A fallback has the same rungs, GOPs, segments, steps and sound, and no fallback of its own.",
        )


def _is_alike(profile: OutputProfile, safe: OutputProfile) -> bool:
    def shape(of: OutputProfile) -> tuple[Any, ...]:
        rungs = [(rung.name, rung.short_side_px) for rung in of.rungs]
        return rungs, of.gop_s, of.segment_s, of.audio, of.post, of.burn_captions

    return safe is not profile and shape(profile) == shape(safe)


def _profile(name: str, row: Mapping[str, Any], folder: Path) -> OutputProfile:
    try:
        steps = [_located(step, folder) for step in row.get("post", ())]
        return OutputProfile.model_validate({"name": name, **row, "post": steps})
    except ValidationError as error:
        first, *others = error.errors(include_url=False)
        raise InputError(
            f"the profile {name} is wrong: {first['msg']}" + (f" (and {len(others)} more)" if others else ""),
            field=".".join(str(part) for part in first["loc"]) or None,
            value=first["input"],
            remedy="Mend it in the profiles' file; docs/profiles.md has every field.",
        ) from error


def _located(step: Any, folder: Path) -> Any:
    """The step with the name of its `.cube` file made a path in `folder`; names of tables stay."""
    lut = step.get("lut") if isinstance(step, dict) else None
    if not isinstance(lut, str) or not lut.endswith(".cube"):
        return step
    path = (folder / lut).resolve()
    if not path.is_relative_to(folder.resolve()):
        remedy = "Put the file beside the profiles."
        raise InputError("a table lies outside the profiles' folder", field="post.lut", value=lut, remedy=remedy)
    return {**step, "lut": str(path)}
