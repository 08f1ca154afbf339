"""Makes the shop's music bed, a soft loop of pads and plucks: `python make_music.py [FILE]`.

Everything is computed: four chords, two bars each, and a tail that is folded back to the start so the loop has no seam.
The file is checked in; run this only to change it.
"""

import subprocess
import sys
from pathlib import Path

import imageio_ffmpeg
import numpy as np
from numpy.typing import NDArray

RATE_HZ = 32_000
BEAT_S = 0.5
CHORD_BEATS = 4
TAIL_S = 2.4
Stereo = NDArray[np.float64]

# Dmaj9, Bm7, Gmaj9, A6sus: MIDI note numbers, bass first.
CHORDS = ((38, 57, 61, 64, 66), (47, 57, 62, 66, 69), (43, 57, 59, 62, 66), (45, 57, 59, 64, 66))
PLUCKS = ((78, 73, 76, 81), (78, 74, 69, 81), (78, 74, 71, 83), (76, 71, 73, 78))


def frequency_hz(note: int) -> float:
    return 440.0 * 2 ** ((note - 69) / 12)


def pad(note: int, length_s: float, random: np.random.Generator) -> Stereo:
    """Three detuned voices of few harmonics per ear, swelling and fading."""
    time = np.arange(int(length_s * RATE_HZ)) / RATE_HZ
    ears = []
    for _ in range(2):
        voice = np.zeros_like(time)
        for detune in (-0.0016, 0.0, 0.0019):
            for harmonic, level in ((1, 1.0), (2, 0.28), (3, 0.10)):
                phase = random.random()
                voice += level * np.sin(2 * np.pi * (frequency_hz(note) * (1 + detune) * harmonic * time + phase))
        ears.append(voice)
    swell = np.minimum(1, time / 0.7) * np.minimum(1, (length_s - time) / 1.1)
    return np.stack(ears, axis=1) * (swell * swell * (3 - 2 * swell))[:, None]


def pluck(note: int, pan: float) -> Stereo:
    """A mallet on wood: quick attack, overtones that die first."""
    time = np.arange(int(1.6 * RATE_HZ)) / RATE_HZ
    tone = sum(
        level * np.sin(2 * np.pi * frequency_hz(note) * ratio * time) * np.exp(-decay * time)
        for ratio, level, decay in ((1, 1.0, 4.2), (2, 0.25, 7.5), (3.93, 0.12, 16.0))
    )
    tone = tone * np.minimum(1, time / 0.004)
    return np.stack([tone * np.cos(pan * np.pi / 2), tone * np.sin(pan * np.pi / 2)], axis=1)


def music() -> Stereo:
    random = np.random.default_rng(2026)
    chord_s = BEAT_S * CHORD_BEATS
    loop = int(chord_s * len(CHORDS) * RATE_HZ)
    mix = np.zeros((loop + int(TAIL_S * RATE_HZ), 2))
    for index, (chord, plucks) in enumerate(zip(CHORDS, PLUCKS, strict=True)):
        start_s = index * chord_s
        for voice, note in enumerate(chord):
            _add(mix, pad(note, chord_s + 1.2, random), start_s, 0.050 if voice else 0.085)
        for beat, note in enumerate(plucks):
            _add(mix, pluck(note, 0.28 + 0.44 * (beat % 2)), start_s + beat * BEAT_S, 0.085)
            _add(mix, pluck(note, 0.72 - 0.44 * (beat % 2)), start_s + (beat + 0.75) * BEAT_S, 0.026)
    mix[: len(mix) - loop] += mix[loop:]
    return _gentle(mix[:loop])


def _add(mix: Stereo, sound: Stereo, start_s: float, level: float) -> None:
    start = int(start_s * RATE_HZ)
    end = min(len(mix), start + len(sound))
    mix[start:end] += level * sound[: end - start]


def _gentle(mix: Stereo) -> Stereo:
    """Peaks at -6 dBFS."""
    return mix * (0.5 / np.abs(mix).max())


def main(path: Path) -> None:
    samples = np.round(music() * 32767).astype("<i2")
    command = [
        imageio_ffmpeg.get_ffmpeg_exe(),
        *("-v", "error", "-y", "-f", "s16le", "-ar", str(RATE_HZ), "-ac", "2", "-i", "-"),
        *("-map_metadata", "-1", "-bitexact", "-c:a", "flac", "-compression_level", "12", str(path)),
    ]
    subprocess.run(command, input=samples.tobytes(), check=True)
    print(f"{path}: {len(samples) / RATE_HZ:.1f} s, {path.stat().st_size // 1024} kB")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "audio" / "lamplight.flac")
