"""What must be true of a clip's captions before they are packaged: legible, complete, in time."""

import re
from collections.abc import Sequence
from html import unescape

from quality_checks.check import Check, Exhibit
from vidgen_assets.clips.captions import (
    FEWEST_GAP_FRAMES,
    LONGEST_LINE,
    MOST_CHARACTERS_A_SECOND,
    SHORTEST_CUE_S,
    SUBRIP_FILE,
    WEBVTT_FILE,
    Captions,
    Cue,
)
from vidgen_assets.clips.narration import Narration
from vidgen_assets.clips.soundtrack import read_narration
from vidgen_assets.clips.verdicts import CheckId, Finding, Outcome
from vidgen_assets.clips.words import length_of, without_spaces

STAGE = "captions"
_ROUNDING_S = 0.0021
_TIME = r"(\d+):(\d\d):(\d\d)[.,](\d{3})"
_CUE = re.compile(rf"^{_TIME} --> {_TIME}\n((?:[^\n]+\n)+)", re.MULTILINE)
_MARKS = str.maketrans("", "", "\u200e\u200f\u2060")
"""They tell players which way a line runs and that a sign is no markup, and aren't seen."""
_SUBRIP_MARKUP = re.compile(r"[<{\\](?![ \u2060])|&(?=#?\w+;)|-->")
"""What begins markup to players of SubRip: they show something else from there on."""

Shown = tuple[int, int, tuple[str, ...]]
"""A cue: milliseconds from and to, and its lines."""


def captions_can_be_read(exhibit: Exhibit) -> Finding:
    captions, limits = Captions.read(exhibit.path), exhibit.thresholds
    gap_s = float(FEWEST_GAP_FRAMES / exhibit.spec.fps)
    faults, hurried, fastest = [], 0, 0.0
    for number, cue in enumerate(captions.cues, start=1):
        until_s = captions.cues[number].start_s if number < len(captions.cues) else float(exhibit.spec.duration_s)
        speed = _characters(cue) / max(0.001, cue.end_s - cue.start_s)
        fastest = max(fastest, speed)
        hurried += speed > MOST_CHARACTERS_A_SECOND or cue.end_s - cue.start_s < SHORTEST_CUE_S - _ROUNDING_S
        faults += [f"cue {number} {fault}" for fault in _cue_faults(cue, until_s, gap_s, number == len(captions.cues))]
        if speed > MOST_CHARACTERS_A_SECOND and until_s - cue.end_s > gap_s + _ROUNDING_S:
            faults.append(f"cue {number} is gone before it can be read: {speed:.1f} characters a second")
    measurements = {"cues": float(len(captions.cues)), "hurried_cues": float(hurried), "fastest_cps": round(fastest, 2)}
    if faults:
        return Finding(Outcome.FAIL, "; ".join(faults), measurements)
    if fastest > limits.fastest_captions_cps:
        return Finding(Outcome.REVIEW, f"speech so fast that {fastest:.1f} characters a second are shown", measurements)
    spoken = f"; {hurried} as fast as they are spoken" if hurried else ""
    return Finding(Outcome.PASS, f"{len(captions.cues)} cues that can be read{spoken}", measurements)


def captions_say_the_script(exhibit: Exhibit) -> Finding:
    """Script, speech and cues, character for character but for white space; and both files for players have the same
    cues."""
    captions, narration = Captions.read(exhibit.path), read_narration(exhibit.path)
    shown = without_spaces("".join(line for cue in captions.cues for line in cue.lines))
    said = without_spaces("".join(slot.text for slot in narration.slots)) if narration else ""
    faults = [] if shown == said else [f"the captions say {len(shown)} characters, the speech {len(said)}: they differ"]
    script = without_spaces(exhibit.spec.script or "")
    if script and narration is None:
        faults.append("the row has a script, and the captions know of no narration")
    elif script and script != said:
        faults.append(f"the row's script has {len(script)} characters, the speech {len(said)}: they differ")
    cues = [_shown(cue) for cue in captions.cues]
    for file in (WEBVTT_FILE, SUBRIP_FILE):
        found = _cues_in((exhibit.path / file).read_text(encoding="utf-8"), is_escaped=file == WEBVTT_FILE)
        if found != cues:
            faults.append(f"{file} {_difference(found, cues)}")
    return _judged(faults, f"{len(said)} characters, as they are said", {"characters": float(len(said))})


def captions_follow_the_speech(exhibit: Exhibit) -> Finding:
    captions, narration = Captions.read(exhibit.path), read_narration(exhibit.path)
    if narration is None:
        return _judged([] if not captions.cues else ["cues without speech"], "nobody speaks", {})
    starts, ends = _heard(narration)
    early, late, cut, at = 0.0, 0.0, 0.0, 0
    for cue in captions.cues:
        count = len(without_spaces("".join(cue.lines)))
        if at + count > len(starts):
            return Finding(Outcome.FAIL, "the cues say more than is said")
        early, late = max(early, starts[at] - cue.start_s), max(late, cue.start_s - starts[at])
        cut = max(cut, ends[at + count - 1] - cue.end_s)
        at += count
    limits = exhibit.thresholds
    faults = [
        f"a cue {what} by {by_s:.2f} s"
        for what, by_s, most_s in (
            ("comes before its words", early, limits.earliest_caption_s),
            ("comes after its words", late, limits.latest_caption_s),
            ("goes before its last word ends", cut, limits.latest_caption_s),
        )
        if by_s > most_s
    ]
    measured = {"early_s": round(early, 3), "late_s": round(late, 3), "cut_s": round(cut, 3)}
    return _judged(faults, "every cue comes and goes with its words", measured)


CHECKS: tuple[Check, ...] = (
    Check(
        CheckId(STAGE, "captions_can_be_read", 2),
        f"At most {LONGEST_LINE} characters a line, two lines, {MOST_CHARACTERS_A_SECOND} characters a second unless "
        "speech is faster and nothing is left to linger in.",
        captions_can_be_read,
    ),
    Check(
        CheckId(STAGE, "captions_say_the_script", 3),
        "The cues together are the script as it is spoken, character for character, and every file has the same cues.",
        captions_say_the_script,
    ),
    Check(
        CheckId(STAGE, "captions_follow_the_speech", 2),
        "Every cue comes with its first word and stays to its last.",
        captions_follow_the_speech,
    ),
)


def _cue_faults(cue: Cue, until_s: float, gap_s: float, is_last: bool) -> list[str]:
    faults = [f"has a line of {length_of(line)} characters" for line in cue.lines if length_of(line) > LONGEST_LINE]
    if not cue.start_s < cue.end_s:
        faults.append(f"ends at {cue.end_s} s, before it begins")
    if cue.end_s > until_s - (0 if is_last else gap_s) + _ROUNDING_S:
        faults.append(f"ends at {cue.end_s:.3f} s, too close to {until_s:.3f} s")
    return faults


def _characters(cue: Cue) -> int:
    return sum(length_of(line) for line in cue.lines) + len(cue.lines) - 1


def _heard(narration: Narration) -> tuple[list[float], list[float]]:
    """For each character of the spoken text, white space left out, when it begins and ends: characters share their
    word's time alike."""
    starts: list[float] = []
    ends: list[float] = []
    for slot in narration.slots:
        edges = [0, *(word.start for word in slot.words[1:]), len(slot.text)]
        for word, first, last in zip(slot.words, edges, edges[1:], strict=False):
            count = len(without_spaces(slot.text[first:last]))
            edges_s = [word.start_s + (word.end_s - word.start_s) * n / max(1, count) for n in range(count + 1)]
            starts += edges_s[:-1]
            ends += edges_s[1:]
    return starts, ends


def _cues_in(text: str, *, is_escaped: bool) -> list[Shown]:
    """The cues of a WebVTT or SubRip file as viewers see them."""
    found: list[Shown] = []
    for *times, lines in _CUE.findall(text):
        clock = [int(part) for part in times]
        seen = unescape(lines) if is_escaped else _SUBRIP_MARKUP.sub("", lines)
        shown = tuple(seen.translate(_MARKS).removesuffix("\n").split("\n"))
        found.append((_milliseconds(*clock[:4]), _milliseconds(*clock[4:]), shown))
    return found


def _shown(cue: Cue) -> Shown:
    lines = tuple(line.translate(_MARKS) for line in cue.lines)
    return round(cue.start_s * 1000), round(cue.end_s * 1000), lines


def _difference(found: Sequence[Shown], cues: Sequence[Shown]) -> str:
    if len(found) != len(cues):
        return f"has {len(found)} cues, not {len(cues)}"
    number = next(number for number, (one, other) in enumerate(zip(found, cues, strict=True), 1) if one != other)
    times_differ = found[number - 1][:2] != cues[number - 1][:2]
    return f"has {'other times' if times_differ else 'another text'} than cue {number}"


def _milliseconds(hours: int, minutes: int, seconds: int, milliseconds: int) -> int:
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + milliseconds


def _judged(faults: list[str], passed: str, measurements: dict[str, float]) -> Finding:
    if faults:
        return Finding(Outcome.FAIL, "; ".join(faults), measurements)
    return Finding(Outcome.PASS, passed, measurements)
