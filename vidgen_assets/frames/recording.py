"""The `frames` artifact of a clip: a recording, whether the frames are drawn again or stored beside it.

It holds the recipe the frames follow from, each frame's digest and features, and a few evidence pictures. As bytes
it is canonical JSON: the same frames give the same artifact. Made and verified in `record.py`.
"""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from vidgen_assets.clips.digest import Digest, canonical_json
from vidgen_assets.clips.errors import PermanentError
from vidgen_assets.clips.generation import FrameShape
from vidgen_assets.frames.features import FEATURES_VERSION, FrameFeatures


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_bytes="base64", val_json_bytes="base64")


class RecordedFrame(_Frozen):
    """One frame as it was drawn: its size in pixels, the SHA-256 of its RGBA bytes, its features."""

    width: int
    height: int
    digest: Digest
    features: FrameFeatures


class Evidence(_Frozen):
    """A small picture of one frame, for people. Never judged and never encoded."""

    frame_index: int
    jpeg: bytes


class FrameRecording(_Frozen):
    """Frames in display order, what was promised of them (`shape`), and what they were drawn from (`recipe`)."""

    features_version: Literal[1] = FEATURES_VERSION
    shape: FrameShape
    recipe: dict[str, Any]
    frames: tuple[RecordedFrame, ...]
    evidence: tuple[Evidence, ...]
    stored: Digest | None = None
    """The frames themselves (`stored.py`), for clips whose frames are kept. They may be gone by now."""

    adherence: dict[str, Any] | None = None
    """What a closed vocabulary says was asked for, and what its meters see; for clips of a model that has them."""

    def to_bytes(self) -> bytes:
        unsaid = {name for name in ("stored", "adherence") if getattr(self, name) is None}
        return canonical_json(self.model_dump(mode="json", exclude=unsaid))

    @classmethod
    def from_bytes(cls, data: bytes) -> "FrameRecording":
        """Raises `PermanentError`, naming the first field that is wrong, if `data` isn't a recording."""
        try:
            return cls.model_validate_json(data)
        except ValidationError as error:
            raise _unreadable(error) from error


def _unreadable(error: ValidationError) -> PermanentError:
    first, *others = error.errors(include_url=False)
    return PermanentError(
        f"the frame recording can't be read: {first['msg']}" + (f" (and {len(others)} more)" if others else ""),
        field=".".join(str(part) for part in first["loc"]) or None,
        value=first["input"],
        remedy="Materialise the clip's frames again; the recording is made anew from its latents.",
    )
