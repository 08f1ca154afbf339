"""Where sounds lie, how far music is ducked, that nothing clicks: by numbers worked by hand."""

import numpy as np

from vidgen_assets.clips.narration import Word
from vidgen_assets.soundtracks.mix import duck_gains, faded, fitted, laid_out, looped, speech_stretches

HALF = 10 ** (-12 / 20)


def a_word(start_s: float, end_s: float) -> Word:
    return Word(start=0, end=1, start_s=start_s, end_s=end_s)


def test_a_piece_lies_at_its_sample() -> None:
    track = laid_out([(0.5, np.full(10, 7, np.int16))], 100, 1.0)

    assert len(track) == 100
    assert np.flatnonzero(track).tolist() == list(range(50, 60))


def test_music_is_twelve_decibels_down_while_somebody_speaks_and_back_after() -> None:
    gains = duck_gains([a_word(1.0, 2.0)], 4 * 48_000)

    assert gains[0] == 1.0
    assert abs(gains[round(0.875 * 48_000)] - 10 ** (-6 / 20)) < 1e-3  # half of the attack of 0.25 s
    assert np.allclose(gains[48_000 : 2 * 48_000], HALF)
    assert abs(gains[round(2.3 * 48_000)] - 10 ** (-6 / 20)) < 1e-3  # half of the release of 0.6 s
    assert gains[-1] == 1.0


def test_music_stays_down_in_a_short_pause() -> None:
    assert speech_stretches([a_word(0, 1), a_word(1.5, 2), a_word(4, 5)]) == [(0, 2), (4, 5)]


def test_a_short_bed_is_repeated_to_the_last_sample() -> None:
    sound = np.ones((48_000, 2), np.float32)
    bed = looped(sound, 100_000)

    assert len(bed) == 100_000
    assert bed[24_000, 0] == 1.0
    assert bed[90_000, 0] == 1.0
    assert bed.min() > 0.99  # the seams are faded into each other at equal power, never to silence


def test_a_sound_is_cut_or_padded_and_begins_and_ends_in_silence() -> None:
    short = fitted(np.ones((10, 2), np.float32), 4_000)
    whole = faded(np.ones((4_000, 2), np.float32))

    assert short[10:].max() == 0.0
    assert (whole[0, 0], whole[-1, 0], whole[2_000, 0]) == (0.0, 0.0, 1.0)
