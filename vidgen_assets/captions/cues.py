"""Cues from a narration: which words stand together, on which line, from when to when.

Each part's words are divided by least cost (dynamic programming): every cue fits into two lines, breaks stand where
readers like them, and a cue stays long enough to be read. The text is cut from the script's own characters.
"""

import math
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise

from vidgen_assets.captions.breaking import Token, break_cost
from vidgen_assets.clips.captions import (
    FEWEST_GAP_FRAMES,
    LONGEST_LINE,
    MOST_CHARACTERS_A_SECOND,
    SHORTEST_CUE_S,
    Captions,
    Cue,
)
from vidgen_assets.clips.narration import Narration, Slot, Word
from vidgen_assets.clips.words import breaks_of, clusters_of, length_of, without_spaces

_LINGER_S = 0.3
_EARLIEST_S = 0.5
"""How long before its first word a cue may come, where it couldn't be read otherwise."""
_LONGEST_CUE_S = 7.0
_LONG_PAUSE_S = 1.0
_EACH_CUE, _TOO_LONG, _TOO_SHORT, _OVER_A_PAUSE, _TOO_FAST, _UNEVEN = 3.0, 20.0, 6.0, 6.0, 2.0, 0.1


def captions_of(narration: Narration, language: str, fps: Fraction) -> Captions:
    """The cues of all that is said, in order and none over another."""
    groups = [group for slot in narration.slots for group in divided(tokens_of(slot))]
    return Captions(language=language, cues=tuple(_timed(groups, narration.duration_s, float(FEWEST_GAP_FRAMES / fps))))


def tokens_of(slot: Slot) -> list[Token]:
    """The slot's text word by word, each with the marks up to the next one. A word longer than a line is cut."""
    words = slot.words
    edges = [0, *(word.start for word in words[1:]), len(slot.text)]
    found: list[Token] = []
    for word, first, last in zip(words, edges, edges[1:], strict=False):
        text = " ".join(slot.text[first:last].split())
        is_glued = first > 0 and not slot.text[first - 1].isspace()
        found += _tokens_of_word(text, is_glued, word)
    return found


def _tokens_of_word(text: str, is_glued: bool, word: Word) -> Iterator[Token]:
    """Pieces of a word share its time by their characters, white space left out."""
    each_s = (word.end_s - word.start_s) / max(1, len(without_spaces(text)))
    start_s = word.start_s
    for piece in _pieces(text):
        shown = piece.strip()
        end_s = start_s + len(without_spaces(shown)) * each_s
        yield Token(shown, length_of(shown), is_glued and not piece[0].isspace(), start_s, end_s)
        is_glued, start_s = not piece[-1].isspace(), end_s


def _pieces(text: str) -> Iterator[str]:
    """`text` in stretches that a line can hold: each ends where a line may break, if that leaves half a line."""
    if length_of(text) <= LONGEST_LINE:
        yield text
        return
    piece, length = "", 0
    for cluster in clusters_of(text):
        added = length_of(cluster)
        if length + added > LONGEST_LINE:
            at = _last_break(piece, cluster)
            yield piece[:at]
            piece = piece[at:]
            length = length_of(piece)
        piece, length = piece + cluster, length + added
    yield piece


def _last_break(piece: str, following: str) -> int:
    """The last place in the second half of `piece` at which a line may break; its end without one."""
    at = breaks_of(piece + following[:1])[-1:]
    return at[0] if at and 2 * at[0] >= len(piece) else len(piece)


def divided(tokens: Sequence[Token]) -> list[list[Token]]:
    """`tokens` as the words of cues, in order, at the least cost."""
    best: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, len(tokens) + 1):
        choices: list[tuple[float, int]] = []
        length = 0
        for start in range(end - 1, -1, -1):
            length += tokens[start].length
            if length > 2 * LONGEST_LINE:
                break
            choices.append((best[start][0] + _cue_cost(tokens, start, end), start))
        best.append(min(choices))
    groups: list[list[Token]] = []
    end = len(tokens)
    while end:
        start = best[end][1]
        groups.append(list(tokens[start:end]))
        end = start
    return groups[::-1]


def _cue_cost(tokens: Sequence[Token], start: int, end: int) -> float:
    group = tokens[start:end]
    line_cost, _ = _lines(group)
    until_s = tokens[end].start_s if end < len(tokens) else group[-1].end_s + _LONG_PAUSE_S
    stays_s = max(0.1, until_s - group[0].start_s)
    characters_a_second = _length(group) / stays_s
    cost = _EACH_CUE + line_cost + break_cost(tokens, end)
    cost += _TOO_LONG if group[-1].end_s - group[0].start_s > _LONGEST_CUE_S else 0.0
    cost += _TOO_SHORT if stays_s < SHORTEST_CUE_S else 0.0
    cost += _TOO_FAST * max(0.0, characters_a_second - MOST_CHARACTERS_A_SECOND)
    return cost + sum(_OVER_A_PAUSE for a, b in pairwise(group) if b.start_s - a.end_s > _LONG_PAUSE_S)


def _lines(group: Sequence[Token]) -> tuple[float, int]:
    """The cost of setting `group` in one line or two, and after how many of its words the line ends."""
    total = _length(group)
    if total <= LONGEST_LINE:
        return 0.0, len(group)
    choices = [(math.inf, len(group))]
    first = 0
    for at in range(1, len(group)):
        first += group[at - 1].length + (0 if at == 1 or group[at - 1].is_glued else 1)
        second = total - first - (0 if group[at].is_glued else 1)
        if first <= LONGEST_LINE and second <= LONGEST_LINE:
            choices.append((break_cost(group, at) / 2 + _UNEVEN * abs(first - second), at))
    return min(choices)


def _length(group: Sequence[Token]) -> int:
    return sum(token.length + (0 if token.is_glued else 1) for token in group) - (0 if group[0].is_glued else 1)


def _timed(groups: Sequence[Sequence[Token]], clip_s: float, gap_s: float) -> Iterator[Cue]:
    """A cue comes with its first word and lingers after its last as long as it takes to be read, if nothing follows;
    where that isn't enough, it comes a little before its first word."""
    free_from_s = 0.0
    for number, group in enumerate(groups):
        start_s = max(group[0].start_s, free_from_s)
        until_s = groups[number + 1][0].start_s - gap_s if number + 1 < len(groups) else clip_s
        reads_s = max(SHORTEST_CUE_S, _length(group) / MOST_CHARACTERS_A_SECOND + 0.002)
        end_s = min(until_s, max(group[-1].end_s + _LINGER_S, start_s + reads_s))
        if end_s - start_s < reads_s:
            start_s = max(free_from_s, start_s - _EARLIEST_S, end_s - reads_s)
        end_s = max(end_s, start_s + 0.001)
        yield Cue(start_s=_milliseconds(start_s), end_s=max(_milliseconds(end_s), 0.001), lines=_set(group))
        free_from_s = end_s + gap_s


def _milliseconds(seconds: float) -> float:
    return round(seconds, 3)


def _set(group: Sequence[Token]) -> tuple[str, ...]:
    _, at = _lines(group)
    return tuple(_joined(line) for line in (group[:at], group[at:]) if line)


def _joined(line: Sequence[Token]) -> str:
    return "".join(
        token.text if number == 0 or token.is_glued else f" {token.text}" for number, token in enumerate(line)
    )
