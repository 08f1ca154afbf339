"""When each word is heard: from an engine's own events where it has them, else guessed between its pauses.

Pure functions over samples. Events miss short words (`the`, `of`) and come more than once for numbers; a word without
one gets its share of the time between its neighbours, by characters.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np

from vidgen_assets.clips.narration import Word
from vidgen_assets.clips.speech import Samples, Spoken
from vidgen_assets.clips.words import as_said, words_of

_QUIET = 200
"""Of 32,767, -44 dBFS: below it nobody hears a word begin or end."""
_WINDOW_S = 0.005
_PAUSE_S = 0.3
_SENTENCE_END = re.compile(r"(?<=[.!?…।؟])\s+|(?<=[。！？])|\n+")
_MARGIN_WINDOWS = 4
"""What is left of the silence at both ends: a soft `f` or `h` begins below what counts as loud."""


def trimmed(samples: Samples, sample_rate_hz: int) -> tuple[Samples, int]:
    """`samples` without the silence at both ends, and how many were cut off in front."""
    loud = _loud_windows(samples, sample_rate_hz)
    if not loud.any():
        return samples[:0], 0
    window = _window(sample_rate_hz)
    first = max(0, int(np.argmax(loud)) - _MARGIN_WINDOWS)
    last = len(loud) - int(np.argmax(loud[::-1])) + _MARGIN_WINDOWS
    return samples[first * window : last * window], first * window


def heard_words(
    text: str, samples: Samples, sample_rate_hz: int, events: Sequence[tuple[int, int]]
) -> tuple[Word, ...]:
    """A `Word` for every word of `text`. `events` are (offset into the text, sample) in the order they were heard."""
    spans = words_of(text)
    starts = _filled(spans, _first_heard(spans, events), len(samples))
    ends = [*starts[1:], len(samples)]
    loud = _loud_windows(samples, sample_rate_hz)
    return tuple(
        Word(start=a, end=b, start_s=start / sample_rate_hz, end_s=_last_loud(loud, start, end, sample_rate_hz))
        for (a, b), start, end in zip(spans, starts, ends, strict=True)
    )


def spoken_in_phrases(text: str, say: Callable[[str], tuple[Samples, int]]) -> Spoken:
    """`text` for an engine that tells no times: said phrase by phrase, with a pause of its own after each.

    The words' times are an estimate: each gets its share of its phrase by its characters, and within a phrase of two
    seconds it may be off by some tenths. `say` returns samples and their rate.
    """
    pieces: list[Samples] = []
    words: list[Word] = []
    count, rate_hz = 0, 0
    for start, end in phrases_of(text):
        sound, rate_hz = say(as_said(text[start:end]))
        sound, _ = trimmed(sound, rate_hz)
        words += _moved(heard_words(text[start:end], sound, rate_hz, ()), start, count / rate_hz)
        pause = np.zeros(round(_PAUSE_S * rate_hz), np.int16)
        pieces += [sound, pause]
        count += len(sound) + len(pause)
    return Spoken(np.concatenate(pieces[:-1]), rate_hz, tuple(words))


def phrases_of(text: str) -> list[tuple[int, int]]:
    """Half-open offsets of the sentences of `text` that hold a word; what holds none goes with the one before."""
    ends = [match.end() for match in _SENTENCE_END.finditer(text)]
    found: list[tuple[int, int]] = []
    for start, end in pairwise([0, *ends, len(text)]):
        if words_of(text[start:end]):
            found.append((start, end))
    return found


def _moved(words: Sequence[Word], offset: int, start_s: float) -> list[Word]:
    return [
        Word(start=w.start + offset, end=w.end + offset, start_s=w.start_s + start_s, end_s=w.end_s + start_s)
        for w in words
    ]


def _first_heard(spans: Sequence[tuple[int, int]], events: Sequence[tuple[int, int]]) -> list[int | None]:
    """For each word the sample of its first event. One that would go back, in the text or in time, is passed over."""
    heard: list[int | None] = [None] * len(spans)
    begins = [start for start, _ in spans]
    newest, latest = -1, -1
    for at, sample in events:
        number = bisect_right(begins, at) - 1
        if number > newest and at < spans[number][1] and sample > latest:
            heard[number] = latest = sample
            newest = number
    return heard


def _filled(spans: Sequence[tuple[int, int]], heard: Sequence[int | None], sample_count: int) -> list[int]:
    """Starts in order; runs of words without an event share the time up to the next one by their characters."""
    known = [(n, sample) for n, sample in enumerate(heard) if sample is not None]
    if not known or known[0][0] != 0:
        known.insert(0, (0, 0))
    known.append((len(spans), sample_count))
    starts = [0] * len(spans)
    for (first, begin), (after, end) in pairwise(known):
        weights = [spans[n][1] - spans[n][0] for n in range(first, after)]
        passed = 0
        for n, weight in zip(range(first, after), weights, strict=True):
            starts[n] = begin + (end - begin) * passed // sum(weights)
            passed += weight
    return starts


def _last_loud(loud: np.ndarray, start: int, end: int, sample_rate_hz: int) -> float:
    """Where the word's sound ends, in seconds: before the pause in front of the next word."""
    window = _window(sample_rate_hz)
    first, last = start // window, max(start // window + 1, end // window)
    stretch = loud[first:last]
    heard = first + len(stretch) - int(np.argmax(stretch[::-1])) if stretch.any() else last
    return max(start + 1, min(end, heard * window)) / sample_rate_hz


def _loud_windows(samples: Samples, sample_rate_hz: int) -> np.ndarray:
    """For each window of 5 ms, the last one maybe shorter, whether anything in it is loud enough to be heard."""
    window = _window(sample_rate_hz)
    padded = np.zeros(-(-len(samples) // window) * window, np.int32)
    padded[: len(samples)] = np.abs(samples.astype(np.int32))
    return padded.reshape(-1, window).max(axis=1, initial=0) > _QUIET


def _window(sample_rate_hz: int) -> int:
    return max(1, round(_WINDOW_S * sample_rate_hz))
