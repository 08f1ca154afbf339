"""Output profiles as data: post-processing, rungs, GOP, segments, audio. Guide: docs/profiles.md.

The steps of `post` are in `post.py`; who obeys them is in `frames/post/`, who obeys the rest in `encodes/`.
"""

from collections.abc import Mapping
from fractions import Fraction
from functools import cache
from importlib.resources import as_file, files
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, PositiveInt, ValidationError, field_validator, model_validator
from pydantic_core import PydanticCustomError

from vidgen_assets.clips.digest import Digest
from vidgen_assets.clips.encoders import Encoder
from vidgen_assets.clips.errors import InputError
from vidgen_assets.clips.frozen import Frozen
from vidgen_assets.clips.plain_yaml import load_plain, plain_numbers
from vidgen_assets.clips.post import Post
from vidgen_assets.clips.spec import Aspect

_NOT_THE_ENCODERS = {"name", "description", "post", "burn_captions", "fallback"}
_REMEDY = "Mend it in the profiles' file; docs/profiles.md has every field."
# Of what AAC is coded at (ISO/IEC 14496-3, 1.6.3).
_SampleRate = Literal[8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 64_000, 88_200, 96_000]
_Channels = Literal[1, 2, 3, 4, 5, 6, 8]
_Seconds = Annotated[int, Field(ge=1, le=60)]


class Rung(Frozen):
    """One rendition of the ladder."""

    # A folder of the package is named after it, and the encoder's and the packager's arguments have it.
    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]*$", max_length=40)
    short_side_px: int = Field(ge=16, le=4_320)
    bitrate_bps: int = Field(ge=10_000, le=200_000_000)

    def size(self, aspect: Aspect) -> tuple[int, int]:
        """(width, height) in pixels, both even, as 4:2:0 chroma needs."""
        ratio = aspect.ratio
        long_side = even(self.short_side_px * max(ratio, 1 / ratio))
        short_side = even(Fraction(self.short_side_px))
        return (long_side, short_side) if ratio >= 1 else (short_side, long_side)


class AudioFormat(Frozen):
    bitrate_bps: int = Field(ge=8_000, le=1_536_000)
    sample_rate_hz: _SampleRate
    channels: _Channels


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
    gop_s: _Seconds
    segment_s: _Seconds
    peak_ratio: float = Field(ge=1, le=10, allow_inf_nan=False)
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

    @field_validator("rungs")
    @classmethod
    def _descend(cls, rungs: tuple[Rung, ...]) -> tuple[Rung, ...]:
        """The first is the canvas, so it has to be the largest; two of one size, or of one name, are one too many."""
        names = [rung.name for rung in rungs]
        if twice := next((name for name in names if names.count(name) > 1), None):
            raise _wrong("two rungs have one name", value=twice, allowed="each name once")
        sizes = [even(Fraction(rung.short_side_px)) for rung in rungs]
        if any(above <= below for above, below in pairwise(sizes)):
            raise _wrong("rungs aren't in order of their size", value=sizes, allowed="the largest first, none twice")
        return rungs

    @model_validator(mode="after")
    def _agree(self) -> Self:
        if self.preset not in self.encoder.presets:
            allowed = f"{', '.join(self.encoder.presets)} for {self.encoder}"
            raise _wrong("its encoder has no such preset", field="preset", value=self.preset, allowed=allowed)
        if self.segment_s % self.gop_s:
            allowed = f"{self.gop_s} s, the length of a GOP, or two, three … times that"
            raise _wrong("segments aren't whole GOPs", field="segment_s", value=self.segment_s, allowed=allowed)
        return self

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

    Raises `InputError` naming the file, the profile and the first field that is wrong.
    """
    rows = _mapping(_document(path), path.name, "file", "profiles by name")
    profiles = {name: _profile(name, row, path) for name, row in rows.items()}
    for profile in profiles.values():
        if profile.fallback is not None:
            _refuse_fallback(profile, profiles, path)
    return profiles


def _document(path: Path) -> Any:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        remedy = "Name a file of profiles, written in UTF-8."
        raise InputError(f"{path.name} can't be read: {error}", field="file", value=path, remedy=remedy) from error
    return plain_numbers(load_plain(text, path.name))


def _mapping(found: Any, what: str, field: str, allowed: str) -> Mapping[str, Any]:
    if isinstance(found, dict) and found:
        return found
    wrong = f"{what} doesn't hold what it should" if found else f"{what} is empty"
    raise InputError(wrong, field=field, value=found, allowed=allowed, remedy=_REMEDY)


def _refuse_fallback(profile: OutputProfile, profiles: Mapping[str, OutputProfile], path: Path) -> None:
    """Unless the profile's fallback can take its frames, segments and rungs' names over, and has none of its own."""
    safe = profiles.get(profile.fallback or "")
    if safe is None or safe.fallback is not None or not _is_alike(profile, safe):
        fitting = [each.name for each in profiles.values() if each.fallback is None and _is_alike(profile, each)]
        raise InputError(
            f"{path.name}: the profile {profile.name} is wrong: its fallback can't stand in for it",
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


def _profile(name: str, row: Any, path: Path) -> OutputProfile:
    wrong = f"{path.name}: the profile {name} is wrong"
    fields = _mapping(row, f"{wrong}: it", name, "its fields by name")
    try:
        steps = fields.get("post", [])
        if isinstance(steps, list):  # anything else is refused as it is
            steps = [_located(step, path.parent) for step in steps]
        if "name" in fields:
            raise InputError("a profile is named by its key", field="name", value=fields["name"])
        return OutputProfile.model_validate({"name": name, **fields, "post": steps})
    except InputError as error:
        raise InputError(
            f"{wrong}: {error.found}",
            field=error.field,
            value=error.value,
            allowed=error.allowed,
            remedy=error.remedy or _REMEDY,
        ) from error
    except ValidationError as error:
        raise _explained(wrong, error) from error


def _explained(wrong: str, error: ValidationError) -> InputError:
    """The first complaint, and how many more there are."""
    first, *others = error.errors(include_url=False)
    told = first.get("ctx", {})
    return InputError(
        f"{wrong}: {first['msg']}" + (f" (and {len(others)} more)" if others else ""),
        field=told.get("field") or ".".join(str(part) for part in first["loc"]) or None,
        value=told.get("value", first["input"]),
        allowed=told.get("allowed") or told.get("expected") or _allowed(told),
        remedy=_REMEDY,
    )


def _allowed(told: Mapping[str, Any]) -> str | None:
    """In words, what pydantic's own complaint compared with."""
    if "pattern" in told:
        return "lower-case letters, digits, - and _, a letter or digit first"
    bounds = {"ge": "at least", "gt": "more than", "le": "at most", "lt": "less than"}
    return next((f"{words} {told[key]:g}" for key, words in bounds.items() if key in told), None)


def _wrong(said: str, *, value: Any, allowed: str, field: str | None = None) -> PydanticCustomError:
    """A complaint of ours. Without a `field` it's the one that is being validated."""
    told = {"said": said, "value": value, "allowed": allowed}
    return PydanticCustomError("profile", "{said}", told | ({"field": field} if field else {}))


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
