"""Voice and music as arrays: laid into the clip to the sample, looped, faded, ducked. Pure functions.

The side chain is the narration itself: its words' times drive the music's gain, so the music is down before the first
word and does not pump between two. Arrays are float32 of (samples, 2) at 48 kHz.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from vidgen_assets.clips.narration import Word
from vidgen_assets.clips.soundtrack import SAMPLE_RATE_HZ
from vidgen_assets.clips.speech import Samples
from vidgen_assets.soundtracks.decode import Sound

DUCKED_DB = 12.0
ATTACK_S, RELEASE_S = 0.25, 0.6
_JOINED_BELOW_S = ATTACK_S + RELEASE_S
"""Shorter pauses stay ducked: music that swells for a moment is heard as a fault."""
EDGE_FADE_S = 0.02
"""Long enough that a cut is no click, too short to be heard as a fade."""
BED_FADE_IN_S, BED_FADE_OUT_S = 0.5, 1.5
_SEAM_S = 0.05
SHORTEST_LOOP_S = _SEAM_S
"""What is shorter is no music, and two samples would take half a minute to be repeated for one."""


def laid_out(pieces: Sequence[tuple[float, Samples]], sample_rate_hz: int, duration_s: float) -> Samples:
    """Each piece at its start in seconds, in a silence of `duration_s`; what overlaps is added, and clipped."""
    track = np.zeros(max(1, round(duration_s * sample_rate_hz)), np.int32)
    for start_s, samples in pieces:
        first = round(start_s * sample_rate_hz)
        piece = samples[: max(0, len(track) - first)]
        track[first : first + len(piece)] += piece
    return np.clip(track, -32_768, 32_767).astype(np.int16)


def fitted(sound: Sound, sample_count: int) -> Sound:
    """`sound` cut to `sample_count`, or followed by silence."""
    out = np.zeros((sample_count, sound.shape[1]), np.float32)
    out[: min(sample_count, len(sound))] = sound[:sample_count]
    return out


def looped(sound: Sound, sample_count: int) -> Sound:
    """`sound`, of at least `SHORTEST_LOOP_S`, again and again, each time faded into the next over 50 ms, cut to
    `sample_count`."""
    seam = min(round(_SEAM_S * SAMPLE_RATE_HZ), len(sound) // 2)
    step = max(1, len(sound) - seam)
    out = np.zeros((sample_count + len(sound), sound.shape[1]), np.float32)
    rising = np.sqrt(np.linspace(0.0, 1.0, seam, dtype=np.float32))[:, None]
    for start in range(0, sample_count, step):
        piece = sound.copy()
        if seam:
            piece[:seam] *= rising if start else 1.0
            piece[-seam:] *= rising[::-1]
        out[start : start + len(sound)] += piece
    return out[:sample_count]


def faded(sound: Sound, fade_in_s: float = EDGE_FADE_S, fade_out_s: float = EDGE_FADE_S) -> Sound:
    """`sound` with straight fades at both ends, neither over more than half of it."""
    out = sound.copy()
    half = len(sound) // 2
    rise = min(half, round(fade_in_s * SAMPLE_RATE_HZ))
    fall = min(half, round(fade_out_s * SAMPLE_RATE_HZ))
    if rise:
        out[:rise] *= np.linspace(0.0, 1.0, rise, endpoint=False, dtype=np.float32)[:, None]
    if fall:
        out[-fall:] *= np.linspace(0.0, 1.0, fall, endpoint=False, dtype=np.float32)[::-1, None]
    return out


def duck_gains(words: Sequence[Word], sample_count: int, depth_db: float = DUCKED_DB) -> NDArray[np.float32]:
    """The factor for each sample: `depth_db` down from a word's start to its end, down and up again by ramps."""
    times_s, levels_db = [0.0], [0.0]
    for start_s, end_s in speech_stretches(words):
        times_s += [max(times_s[-1], start_s - ATTACK_S), start_s, end_s, end_s + RELEASE_S]
        levels_db += [levels_db[-1], -depth_db, -depth_db, 0.0]
    at_s = np.arange(sample_count) / SAMPLE_RATE_HZ
    return (10 ** (np.interp(at_s, times_s, levels_db) / 20)).astype(np.float32)


def speech_stretches(words: Sequence[Word]) -> list[tuple[float, float]]:
    """Stretches of speech in seconds, pauses too short for the music to come back counted in."""
    stretches: list[tuple[float, float]] = []
    for word in words:
        if stretches and word.start_s - stretches[-1][1] < _JOINED_BELOW_S:
            stretches[-1] = (stretches[-1][0], max(stretches[-1][1], word.end_s))
        else:
            stretches.append((word.start_s, word.end_s))
    return stretches


def raised(sound: Sound, gain_db: float) -> Sound:
    return (sound * np.float32(10 ** (gain_db / 20))).astype(np.float32)
