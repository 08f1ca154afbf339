"""What an encoding's folder holds, as its `encode.json` says: written by `encodes/`, read by `manifests/`.

The checks don't take it at its word: they look at the files and hold them against the spec and the profile.
"""

from fractions import Fraction
from pathlib import Path

from vidgen_assets.clips.digest import canonical_json
from vidgen_assets.clips.frozen import Frozen
from vidgen_assets.clips.spec import Rate

ENCODING_FILE = "encode.json"
SOUND_FILE = "audio.m4a"
DESCRIPTION_SOUND_FILE = "description.m4a"
REDRAWN_FRAMES_FILE = "redrawn-frames.json"
"""In an encoding whose frames came out otherwise than they were audited: the recording of those it encodes."""
REDRAWN_AUDIT_FILE = "redrawn-audit.json"
"""Beside it: which recording it replaces, and what every check of the `frames` stage found."""
CLIP_FILE = "clip.mp4"
POSTER_FILE = "poster.jpg"
FIRST_MASTER_FILE = "first.m3u8"
"""Of a package: the smallest rendition alone, to be played when its own files are there, before the others."""


def rendition_file(rung_name: str) -> str:
    return f"{rung_name}.mp4"


class Quality(Frozen):
    """Of a rung made for its clip: the encoder's quality level, and VMAF beside the frames at the rung's size."""

    level: int
    target_vmaf: float
    samples_vmaf: float
    """Of the worst sample; below the target where the rung's peak rate, or the encoder's best, didn't reach it."""
    vmaf: float
    """Of the whole."""


class LeftOut(Frozen):
    """A rung of the profile that this clip doesn't have."""

    name: str
    because: str


class Fallback(Frozen):
    """What another profile's encoder was asked for and didn't do."""

    profile: str
    because: str


class Rendition(Frozen):
    """One rung of the ladder, encoded. Bitrates are of the whole file over the clip's duration."""

    name: str
    file: str
    width: int
    height: int
    bitrate_bps: int  # asked of the encoder
    measured_bps: int
    quality: Quality | None = None


class SoundTrack(Frozen):
    file: str
    sample_rate_hz: int
    channels: int
    sample_count: int
    bitrate_bps: int
    is_silence: bool


class Encoding(Frozen):
    """Every file of one clip's encoding but this record, and the timing that all renditions share."""

    fps: Rate
    frame_count: int
    gop_frames: int
    segment_frames: int
    renditions: tuple[Rendition, ...]
    sound: SoundTrack
    description: SoundTrack | None = None
    clip: str = CLIP_FILE
    poster: str = POSTER_FILE
    left_out: tuple[LeftOut, ...] | None = None
    fallback: Fallback | None = None

    @property
    def duration_s(self) -> Fraction:
        return self.frame_count / self.fps

    @property
    def segment_s(self) -> Fraction:
        return self.segment_frames / self.fps

    def write(self, folder: Path) -> None:
        (folder / ENCODING_FILE).write_bytes(canonical_json(self.model_dump(mode="json", exclude_none=True)))

    @classmethod
    def read(cls, folder: Path) -> "Encoding":
        return cls.model_validate_json((folder / ENCODING_FILE).read_bytes())
