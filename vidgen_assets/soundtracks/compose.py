"""One clip's folder of sound, from what it says and what it plays."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vidgen_assets.clips.errors import InputError
from vidgen_assets.clips.media_tools import MediaTools
from vidgen_assets.clips.soundtrack import (
    DESCRIPTION_FILE,
    DESCRIPTION_NARRATION_FILE,
    MAIN_FILE,
    NARRATION_FILE,
    SAMPLE_RATE_HZ,
    Loudness,
    Soundtrack,
    sample_count,
)
from vidgen_assets.clips.spec import ClipSpec, MediaFile
from vidgen_assets.narration.describe import Described
from vidgen_assets.narration.narrate import Narrated
from vidgen_assets.soundtracks.decode import Sound, decoded, voiced
from vidgen_assets.soundtracks.loudness import levelled, measured
from vidgen_assets.soundtracks.mix import (
    BED_FADE_IN_S,
    BED_FADE_OUT_S,
    SHORTEST_LOOP_S,
    duck_gains,
    faded,
    fitted,
    laid_out,
    looped,
    raised,
)

BED_UNDER_VOICE_DB = 6.0
"""How far music stays under the voice while nobody speaks; ducked, it is 18 dB under it."""
_MOST_BED_GAIN_DB = 20.0


@dataclass(frozen=True, slots=True)
class Voices:
    """Who is heard: the narration, the description over it, neither, or both."""

    narrated: Narrated | None = None
    described: Described | None = None


def compose(spec: ClipSpec, voices: Voices, recording: Path | None, tools: MediaTools, out: Path) -> float:
    """Make the soundtrack's files in the empty folder `out`; the processor seconds that tools took.

    `recording` is the file of `spec.audio`. Raises `InputError` for one that can't be decoded, or is too short to be
    repeated as music.
    """
    workbench = _Workbench(spec, tools, out)
    bed_gain_db = None
    if voices.narrated is None:
        mixed = workbench.bed(recording) if spec.is_unspoken else workbench.recording(recording)
    else:
        voice = workbench.voice(voices.narrated)
        mixed, bed_gain_db = workbench.over_music(voice, voices.narrated, recording)
        (out / NARRATION_FILE).write_bytes(voices.narrated.narration.to_bytes())
    main = workbench.level(mixed, MAIN_FILE)
    description = None
    if voices.described is not None:
        said = voices.described.narrated
        description = workbench.level(workbench.described(mixed, said), DESCRIPTION_FILE)
        (out / DESCRIPTION_NARRATION_FILE).write_bytes(said.narration.to_bytes())
    Soundtrack(
        sample_count=workbench.samples,
        is_silence=not np.any(mixed),
        main=main,
        description=description,
        has_description=voices.described is not None,
        narrator=voices.narrated.spoken_by if voices.narrated else None,
        describer=voices.described.narrated.spoken_by if voices.described else None,
        describes_over_speech=voices.described is not None and voices.described.is_over_speech,
        bed_gain_db=bed_gain_db,
    ).write(out)
    return workbench.cpu_s


class _Workbench:
    """The steps, each with its processor time counted."""

    def __init__(self, spec: ClipSpec, tools: MediaTools, out: Path) -> None:
        self._spec, self._tools, self._out = spec, tools, out
        self.samples = sample_count(spec.duration_s)
        self.cpu_s = 0.0

    def recording(self, path: Path | None) -> Sound:
        """The customer's sound, cut or padded, or silence."""
        return self._silence() if path is None else faded(fitted(self._decoded(path), self.samples))

    def bed(self, path: Path | None) -> Sound:
        """The customer's music to the clip's end, nothing over it, or silence."""
        if path is None:
            return self._silence()
        music = self._decoded(path)
        if len(music) < SHORTEST_LOOP_S * SAMPLE_RATE_HZ:
            raise _too_short(self._spec.audio, len(music) / SAMPLE_RATE_HZ)
        return faded(looped(music, self.samples), BED_FADE_IN_S, BED_FADE_OUT_S)

    def voice(self, narrated: Narrated) -> Sound:
        pieces = [(place.sound_start_s, place.spoken) for place in narrated.placed if place.spoken]
        if not pieces:
            return self._silence()
        rate_hz = pieces[0][1].sample_rate_hz
        track = laid_out([(at, said.samples) for at, said in pieces], rate_hz, float(self._spec.duration_s))
        sound, cpu_s = voiced(track, rate_hz, self._tools)
        self.cpu_s += cpu_s
        return faded(fitted(sound, self.samples))

    def over_music(self, voice: Sound, narrated: Narrated, path: Path | None) -> tuple[Sound, float | None]:
        if path is None:
            return voice, None
        bed = self.bed(path)
        wanted_lufs = self._lufs(voice) - BED_UNDER_VOICE_DB
        gain_db = float(np.clip(wanted_lufs - self._lufs(bed), -60.0, _MOST_BED_GAIN_DB)) if np.any(bed) else 0.0
        words = [word for place in narrated.placed for word in place.slot.words]
        ducked = raised(bed, gain_db) * duck_gains(words, self.samples)[:, None]
        return (voice + ducked).astype(np.float32), round(gain_db, 2)

    def described(self, mixed: Sound, said: Narrated) -> Sound:
        """The description's voice over the ducked main sound, as loud as that is."""
        voice = self.voice(said)
        words = [word for place in said.placed for word in place.slot.words]
        lift_db = self._lufs(mixed) - self._lufs(voice) if np.any(mixed) else 0.0
        lifted = raised(voice, float(np.clip(lift_db, -40.0, 40.0)))
        return (lifted + mixed * duck_gains(words, self.samples)[:, None]).astype(np.float32)

    def level(self, sound: Sound, file: str) -> Loudness | None:
        loudness, cpu_s = levelled(sound, self._out / file, self._tools)
        self.cpu_s += cpu_s
        return loudness

    def _silence(self) -> Sound:
        return np.zeros((self.samples, 2), np.float32)

    def _decoded(self, path: Path) -> Sound:
        assert self._spec.audio is not None
        length_s = float(self._spec.duration_s) + 1  # no more is read than is heard
        sound, cpu_s = decoded(self._spec.audio, path, length_s, self._tools)
        self.cpu_s += cpu_s
        return sound

    def _lufs(self, sound: Sound) -> float:
        raw = self._out / "measured.f32"
        raw.write_bytes(sound.astype("<f4").tobytes())
        try:
            found = measured(raw, self._tools)
        finally:
            raw.unlink()
        self.cpu_s += found.cpu_s
        return max(-70.0, found.lufs)


def _too_short(file: MediaFile | None, length_s: float) -> InputError:
    return InputError(
        f"the music lasts {length_s * 1000:.3g} ms, and is to be repeated to the clip's end",
        field="audio",
        value=file.reference if file else None,
        allowed=f"at least {SHORTEST_LOOP_S * 1000:g} ms of sound",
        remedy="Send the whole piece, or leave audio empty.",
    )
