"""What a soundtrack's folder holds, as its `soundtrack.json` says: written by `soundtracks/`, read by `encodes/`.

The checks don't take it at its word: they measure the sound.
"""

from fractions import Fraction
from pathlib import Path

from vidgen_assets.clips.digest import canonical_json
from vidgen_assets.clips.frozen import Frozen
from vidgen_assets.clips.narration import Narration

SOUNDTRACK_FILE = "soundtrack.json"
MAIN_FILE = "main.flac"
DESCRIPTION_FILE = "description.flac"
"""The main sound with the audio description over it; only where the row has one."""
NARRATION_FILE = "narration.json"
DESCRIPTION_NARRATION_FILE = "description.json"

SAMPLE_RATE_HZ = 48_000
CHANNELS = 2
TARGET_LUFS = -16.0
"""Integrated loudness, as podcasts and the web have it (AES TD1008); measured as ITU-R BS.1770-4 says."""
HIGHEST_PEAK_DBTP = -1.5


class Loudness(Frozen):
    """One track's loudness: what came in, what was done, what went out. Levels are LUFS and dBTP."""

    input_lufs: float
    input_peak_dbtp: float
    gain_db: float
    """The one gain that the whole track got in the second pass."""
    limited_by_db: float = 0.0
    """By how much single peaks were held back before, so that one gain could bring the whole to its target."""
    target_lufs: float = TARGET_LUFS
    output_lufs: float
    output_peak_dbtp: float


class SpokenBy(Frozen):
    """Who spoke, and how fast (1 is natural)."""

    engine: str
    voice: str
    fingerprint: str
    licence: str
    rate: float


class Soundtrack(Frozen):
    """Everything about one clip's sound but the samples. No loudness: silence, or too quiet for any to be measured."""

    sample_rate_hz: int = SAMPLE_RATE_HZ
    channels: int = CHANNELS
    sample_count: int
    is_silence: bool
    main: Loudness | None = None
    description: Loudness | None = None
    has_description: bool = False
    narrator: SpokenBy | None = None
    describer: SpokenBy | None = None
    describes_over_speech: bool = False
    """The description didn't fit into the narration's pauses, and is heard over it."""
    bed_gain_db: float | None = None
    """What the music got so as to stay under the voice, before it is ducked; None without music under a voice."""

    def write(self, folder: Path) -> None:
        (folder / SOUNDTRACK_FILE).write_bytes(canonical_json(self.model_dump(mode="json")))

    @classmethod
    def read(cls, folder: Path) -> "Soundtrack":
        return cls.model_validate_json((folder / SOUNDTRACK_FILE).read_bytes())


def read_narration(folder: Path, file: str = NARRATION_FILE) -> Narration | None:
    """What is said in the soundtrack at `folder`, None if nobody speaks."""
    path = folder / file
    return Narration.model_validate_json(path.read_bytes()) if path.is_file() else None


def sample_count(duration_s: Fraction, sample_rate_hz: int = SAMPLE_RATE_HZ) -> int:
    """Samples per channel in `duration_s`, to the nearest, at least 1."""
    return max(1, round(duration_s * sample_rate_hz))
