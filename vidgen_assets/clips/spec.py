"""What a clip is: the request as the customer wrote it, and the spec the factory works from.

`ClipRequest` is one validated catalog row; `ClipSpec` is that row with every choice made (route, canvas, frame
count, seed, media by digest). Both are frozen. Reading files lives in `catalogs/`, choosing in `prompts/`.
"""

import re
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PlainSerializer

from vidgen_assets.clips.digest import Digest
from vidgen_assets.clips.frozen import Frozen

VariableValue = str | int | float | bool | tuple[str, ...]


class Aspect(StrEnum):
    """Width to height of the picture."""

    LANDSCAPE = "16:9"
    PORTRAIT = "9:16"
    SQUARE = "1:1"
    FEED = "4:5"

    @property
    def ratio(self) -> Fraction:
        width, height = self.value.split(":")
        return Fraction(int(width), int(height))


class Priority(StrEnum):
    """How soon somebody waits for the clip: seconds, today, or whenever the machines are idle."""

    INTERACTIVE = "interactive"
    STANDARD = "standard"
    BATCH = "batch"


class Use(StrEnum):
    """What a clip is made for; a model's licence may forbid it."""

    COMMERCIAL = "commercial"
    INTERNAL = "internal"
    RESEARCH = "research"


WORLDWIDE = "worldwide"

LANGUAGE_TAG = r"^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$"
LANGUAGES_ALLOWED = "a BCP 47 tag of language, script and region: en, de-AT, zh-Hant-TW"
NO_VOICE = "none"
"""In place of a voice's name: nobody speaks, and what a template would have said is left out."""

SHORTEST_CLIP_S, LONGEST_CLIP_S = 0.5, 60

_RATE = re.compile(r"[0-9]{1,6}(\.[0-9]{1,6}|/[1-9][0-9]{0,5})?")


def _fraction(value: Any) -> Fraction:
    if isinstance(value, Fraction):
        return value
    if not _RATE.fullmatch(str(value)):
        raise ValueError(f"a rate reads like 30, 29.97 or 30000/1001, got {value!r}")
    return Fraction(str(value))


Rate = Annotated[Fraction, BeforeValidator(_fraction), PlainSerializer(str, return_type=str)]
"""Frames per second, exact: `30`, `30000/1001`."""


class ClipRequest(Frozen):
    """One validated and normalised catalog row, its media still named by reference."""

    clip_id: str
    prompt: str | None = None
    template: str | None = None
    backdrop: str | None = None  # a prompt for a generated scene that stands behind the template's layers
    variables: dict[str, VariableValue] = Field(default_factory=dict)
    script: str | None = None
    voice: str | None = None  # who speaks, by name; `NO_VOICE` for nobody
    audio_description: str | None = None  # spoken on a second track, for those who don't see the picture
    language: str
    image: str | None = None
    audio: str | None = None
    model: str | None = None  # a release or a family of releases, asked for by name
    use: Use = Use.COMMERCIAL
    territories: tuple[str, ...] = (WORLDWIDE,)  # where the clip is shown: ISO 3166-1 alpha-2, or worldwide
    duration_s: Decimal | None  # None: as long as its narration
    fps: Rate
    aspect: Aspect
    seed: int | None = None
    profile: str
    priority: Priority
    campaign: str
    owner: str
    customer: str


class MediaFile(Frozen):
    """A picture or sound of the customer's, copied into the artifact store: bytes by digest."""

    reference: str
    digest: Digest
    size_bytes: int


class Route(Frozen):
    """Which backend and release make the clip, and why. Chosen once and kept."""

    backend: str
    release: str
    reason: str


_UNMENTIONED = ("backdrop", "pictures", "voice", "audio_description")


class ClipSpec(Frozen):
    """Everything the stages may read about a clip. Times are frames at `fps`; sizes are pixels."""

    clip_id: str
    catalog: str
    prompt: str | None
    template: str | None
    backdrop: str | None = None
    variables: dict[str, VariableValue]
    script: str | None
    voice: str | None = None
    audio_description: str | None = None
    language: str
    image: MediaFile | None
    pictures: dict[str, MediaFile] = Field(default_factory=dict)
    """Those that variables of a template name, by reference."""
    audio: MediaFile | None
    use: Use
    territories: tuple[str, ...]
    fps: Rate
    frame_count: int
    aspect: Aspect
    width: int
    height: int
    seed: int
    profile: str
    priority: Priority
    campaign: str
    owner: str
    customer: str
    route: Route

    @property
    def duration_s(self) -> Fraction:
        return Fraction(self.frame_count) / self.fps

    @property
    def is_unspoken(self) -> bool:
        """Whether the row wants nobody to speak, a template's own narration included."""
        return self.voice == NO_VOICE

    def to_json(self) -> dict[str, Any]:
        """What a clip doesn't have it doesn't mention: it keeps the digest of times before there was such a thing."""
        return self.model_dump(mode="json", exclude={name for name in _UNMENTIONED if not getattr(self, name)})

    @property
    def digest(self) -> Digest:
        return Digest.of_json(self.to_json())
