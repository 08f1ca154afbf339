"""What must be true of a clip's sound before pictures are made to it. The sound is decoded and measured anew."""

import re
from functools import partial

import numpy as np
from numpy.typing import NDArray

from quality_checks.check import Check, Exhibit
from vidgen_assets.clips.media_tools import Tool, ToolFailed
from vidgen_assets.clips.narration import Narration
from vidgen_assets.clips.soundtrack import (
    CHANNELS,
    DESCRIPTION_FILE,
    DESCRIPTION_NARRATION_FILE,
    HIGHEST_PEAK_DBTP,
    MAIN_FILE,
    NARRATION_FILE,
    SAMPLE_RATE_HZ,
    TARGET_LUFS,
    read_narration,
    sample_count,
)
from vidgen_assets.clips.verdicts import CheckId, Finding, Outcome
from vidgen_assets.clips.words import without_spaces, words_of

STAGE = "soundtracks"
_DEADLINE_S = 120.0
_SUMMARY = re.compile(r"I:\s+(-?[\d.]+|-inf|nan) LUFS.*?Peak:\s+(-?[\d.]+|-inf|nan) dBFS", re.DOTALL)


def soundtracks_have_the_promised_length(exhibit: Exhibit) -> Finding:
    promised = sample_count(exhibit.spec.duration_s)
    faults, measurements = [], {}
    for file in _files(exhibit):
        sound = _samples(exhibit, file)
        if isinstance(sound, str):
            faults.append(sound)
            continue
        measurements[f"{file}_sample_count"] = float(len(sound))
        if len(sound) != promised:
            faults.append(f"{file} holds {len(sound)} samples, not {promised}")
    return _judged(faults, f"{promised} samples at {SAMPLE_RATE_HZ} Hz, as long as the frames", measurements)


def soundtracks_are_as_loud_as_promised(exhibit: Exhibit) -> Finding:
    limits = exhibit.thresholds
    faults, measurements = [], {}
    for file in _files(exhibit):
        lufs, peak_dbtp = _loudness(exhibit, file)
        if lufs is None:
            continue  # silence, or nothing that the meter's gate lets through
        measurements |= {f"{file}_lufs": lufs, f"{file}_peak_dbtp": peak_dbtp}
        if abs(lufs - TARGET_LUFS) > limits.loudness_slack_lu:
            faults.append(f"{file} is at {lufs:.1f} LUFS, not {TARGET_LUFS:g}")
        if peak_dbtp > HIGHEST_PEAK_DBTP + limits.peak_slack_db:
            faults.append(f"{file} peaks at {peak_dbtp:.1f} dBTP, over {HIGHEST_PEAK_DBTP:g}")
    return _judged(faults, f"{TARGET_LUFS:g} LUFS, or silence", measurements)


def narration_is_complete(exhibit: Exhibit) -> Finding:
    """All of the row's texts is said, and every word of what is said has a time within its slot and is heard there."""
    faults, measurements = [], {"words": 0.0}
    for narration_file, sound_file in ((NARRATION_FILE, MAIN_FILE), (DESCRIPTION_NARRATION_FILE, DESCRIPTION_FILE)):
        narration = read_narration(exhibit.path, narration_file)
        if narration is None:
            continue
        measurements["words"] += sum(len(slot.words) for slot in narration.slots)
        faults += _time_faults(narration, float(exhibit.spec.duration_s))
        faults += _silent_words(narration, _samples(exhibit, sound_file), exhibit.thresholds.quietest_word_dbfs)
    faults += _unsaid(exhibit.spec.script, "script", read_narration(exhibit.path, NARRATION_FILE))
    described = read_narration(exhibit.path, DESCRIPTION_NARRATION_FILE)
    faults += _unsaid(exhibit.spec.audio_description, "audio description", described)
    return _judged(faults, f"{measurements['words']:.0f} words, each in its slot and heard", measurements)


CHECKS: tuple[Check, ...] = (
    Check(
        CheckId(STAGE, "soundtracks_have_the_promised_length", 1),
        "Every track decodes without an error to exactly as many samples as the clip's frames take.",
        soundtracks_have_the_promised_length,
    ),
    Check(
        CheckId(STAGE, "soundtracks_are_as_loud_as_promised", 1),
        "Integrated loudness and true peak, measured anew (EBU R 128), are the promised ones; silence is silent.",
        soundtracks_are_as_loud_as_promised,
    ),
    Check(
        CheckId(STAGE, "narration_is_complete", 2),
        "Script and audio description are said to the last character; every word is heard at its time, in its slot.",
        narration_is_complete,
    ),
)


def _files(exhibit: Exhibit) -> list[str]:
    has_description = (exhibit.path / DESCRIPTION_FILE).is_file() or bool(exhibit.spec.audio_description)
    return [MAIN_FILE, DESCRIPTION_FILE] if has_description else [MAIN_FILE]


def _samples(exhibit: Exhibit, file: str) -> NDArray[np.int16] | str:
    """(samples, 2) as they are decoded, or what is wrong with the file."""
    source = ["-v", "error", "-xerror", "-err_detect", "explode", "-i", f"file:{exhibit.path / file}"]
    try:
        described = exhibit.tools.probe(exhibit.path / file)["streams"][0]
        run = exhibit.tools.run(Tool.FFMPEG, [*source, "-f", "s16le", "-"], deadline_s=_DEADLINE_S)
    except ToolFailed as error:
        return f"{file} is damaged or missing: {error.found}"
    found = (described["codec_name"], int(described["sample_rate"]), described["channels"])
    if found != ("flac", SAMPLE_RATE_HZ, CHANNELS):
        return f"{file} is {found[0]} with {found[2]} channels at {found[1]} Hz"
    return np.frombuffer(run.stdout, dtype="<i2").reshape(-1, CHANNELS)


def _loudness(exhibit: Exhibit, file: str) -> tuple[float | None, float]:
    source, meter = f"file:{exhibit.path / file}", "ebur128=peak=true:framelog=quiet"
    run = exhibit.tools.run(
        Tool.FFMPEG, ["-nostats", "-i", source, "-af", meter, "-f", "null", "-"], deadline_s=_DEADLINE_S
    )
    summary = _SUMMARY.search(run.stderr_tail)
    if summary is None:
        raise LookupError(f"the meter said nothing of {file}: {run.stderr_tail[-300:]}")
    lufs = float(summary[1])
    return (lufs if np.isfinite(lufs) and lufs > -69.0 else None), float(summary[2])


def _unsaid(text: str | None, what: str, narration: Narration | None) -> list[str]:
    """Whether anything else is said than `text`, which the row has; a template's own words aren't the row's."""
    if not text:
        return []
    if narration is None:
        return [f"the row has a text as its {what}, and nobody says it"]
    wanted, said = without_spaces(text), without_spaces("".join(slot.text for slot in narration.slots))
    return [] if wanted == said else [f"the {what} has {len(wanted)} characters, and {len(said)} are said: they differ"]


def _time_faults(narration: Narration, clip_s: float) -> list[str]:
    faults: list[str] = []
    if not narration.slots or narration.slots[0].start_s != 0 or abs(narration.duration_s - clip_s) > 1e-3:
        faults.append(f"the slots end at {narration.duration_s:.3f} s, the clip at {clip_s:.3f} s")
    for slot in narration.slots:
        spans = [(word.start, word.end) for word in slot.words]
        if spans != words_of(slot.text):
            faults.append(f"{slot.name} has {len(spans)} words with a time, of {len(words_of(slot.text))}")
        outside = [w for w in slot.words if not slot.start_s - 1e-3 <= w.start_s <= w.end_s <= slot.end_s + 1e-3]
        faults += [f"{slot.name}: the word at {w.start_s:.2f} s is outside of its slot" for w in outside[:3]]
        if any(a.start_s > b.start_s for a, b in zip(slot.words, slot.words[1:], strict=False)):
            faults.append(f"the words of {slot.name} are out of order")
    return faults


def _silent_words(narration: Narration, sound: NDArray[np.int16] | str, quietest_dbfs: float) -> list[str]:
    if isinstance(sound, str):
        return [sound]
    least = 32_768 * 10 ** (quietest_dbfs / 20)
    is_silent = partial(_is_below, sound, least)
    said = [(slot.text[word.start : word.end], word) for slot in narration.slots for word in slot.words]
    silent = [text for text, word in said if is_silent(word.start_s, word.end_s)]
    return [f"{len(silent)} words aren't heard: {', '.join(silent[:5])}"] if silent else []


def _is_below(sound: NDArray[np.int16], least: float, start_s: float, end_s: float) -> bool:
    stretch = sound[round(start_s * SAMPLE_RATE_HZ) : max(round(end_s * SAMPLE_RATE_HZ), 1)]
    return not len(stretch) or int(np.abs(stretch.astype(np.int32)).max()) < least


def _judged(faults: list[str], passed: str, measurements: dict[str, float]) -> Finding:
    if faults:
        return Finding(Outcome.FAIL, "; ".join(faults), measurements)
    return Finding(Outcome.PASS, passed, measurements)
