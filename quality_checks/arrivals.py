"""What must be true of an upload, and of what is shown of it, before anybody sees it.

Probing and safety are asked of the samples, so that nothing is drawn of an upload that fails them; what is drawn is
then looked at once more. Safety fails closed: pictures that the guard couldn't look at get no verdict, and what has no
verdict goes nowhere.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, UnidentifiedImageError

from quality_checks.check import Check, Specimen
from quality_checks.metrics.flicker import most_reversals_per_s
from quality_checks.safety.policy import POLICY_RULES_VERSION, load_policy
from quality_checks.thresholds import THRESHOLDS
from vidgen_assets.arrivals.commands import PREVIEW_FILE, grey_arguments, spread_arguments
from vidgen_assets.arrivals.facts import Facts
from vidgen_assets.arrivals.limits import CODECS, LIMITS
from vidgen_assets.clips.media_tools import Tool, ToolFailed
from vidgen_assets.clips.picture_guard import Picture
from vidgen_assets.clips.profiles import within
from vidgen_assets.clips.renditions import POSTER_FILE
from vidgen_assets.clips.storyboards import STORYBOARD_FILE
from vidgen_assets.clips.verdicts import CheckId, Finding, Outcome, worst

_DEADLINE_S = 60.0
_MOST_REASONS = 3
_CUE = re.compile(
    r"(\d{2,}):(\d\d):(\d\d)\.(\d{3}) --> (\d{2,}):(\d\d):(\d\d)\.(\d{3})\n"
    r"([^\n#/]+)#xywh=(\d+),(\d+),(\d+),(\d+)\n"
)


def arrivals_can_be_shown(specimen: Specimen) -> Finding:
    """Nearly every moment was decoded, for as long as the file says it is, in a codec that is known."""
    facts = Facts.read(specimen.path)
    faults: list[str] = []
    if facts.codec not in CODECS:
        faults.append(f"its codec {facts.codec} isn't known here")
    if not 0 < facts.duration_s <= LIMITS.most_duration_s:
        faults.append(f"its duration of {facts.duration_s:g} s is not sane")
    if missing := _cut_off(facts):
        faults.append(missing)
    whole = [s for s in facts.samples if isinstance(_picture(specimen.path / s.file), np.ndarray)]
    seen = len(whole) / max(1, facts.asked_moments)
    if seen < LIMITS.least_share_of_moments:
        faults.append(f"only {len(whole)} of {facts.asked_moments} moments can be decoded")
    measured = {
        "duration_s": facts.duration_s,
        "frames": float(facts.frame_count),
        "moments": float(facts.asked_moments),
        "share_of_moments": seen,
    }
    said = f"{facts.codec}, {facts.width}x{facts.height}, {facts.duration_s:g} s: every moment can be seen"
    remedy = "It was damaged or cut off on its way: send it again, whole"
    return _judged(faults, said, measured, remedy)


def arrivals_obey_the_policy(specimen: Specimen) -> Finding:
    """The words that came with the upload break no rule, and no sampled picture shows what the guard looks for."""
    facts = Facts.read(specimen.path)
    policy = load_policy()
    matches = [(field, match) for field, text in facts.words.items() for match in policy.judge(text)]
    pictures = _guarded(specimen, [specimen.path / s.file for s in facts.samples], _moments(facts))
    named = [f"{m.category} ({m.rule}) in {field}: '{m.excerpt}'" for field, m in matches[:_MOST_REASONS]]
    outcome = worst([pictures.outcome, *(match.outcome for _, match in matches)])
    measured = {**pictures.measurements, "texts": float(len(facts.words)), "matches": float(len(matches))}
    reasons = named if pictures.outcome is Outcome.PASS and named else [*named, pictures.reason]
    return Finding(outcome, "; ".join(reasons), {**measured, "policy_rules_version": float(policy.version)})


def thumbnails_are_whole(specimen: Specimen) -> Finding:
    """A poster and at least one thumbnail decode, upright and no larger than asked for."""
    files = sorted(file.name for file in specimen.path.glob("*.jpg"))
    faults = [] if POSTER_FILE in files and len(files) > 1 else ["a poster or every thumbnail is missing"]
    for file in files:
        picture, most = _picture(specimen.path / file), LIMITS.poster_px if file == POSTER_FILE else LIMITS.thumbnail_px
        if isinstance(picture, str):
            faults.append(picture)
        elif max(picture.shape[:2]) > most:
            faults.append(f"{file} is {picture.shape[1]}x{picture.shape[0]}, over {most} on the longer side")
    return _judged(faults, f"{len(files)} pictures decode", {"pictures": float(len(files))})


def thumbnails_obey_the_policy(specimen: Specimen) -> Finding:
    """They are sought in the upload once more, and a file can be made to show other pictures to who seeks in it than to
    who reads it through: so they are put before the guard like the samples."""
    files = sorted(specimen.path.glob("*.jpg"))
    return _guarded(specimen, files, [f"in {file.name}" for file in files])


def storyboards_have_no_gaps(specimen: Specimen) -> Finding:
    """The cues follow one another without a gap from 0 on, and every tile lies within a sheet that is there."""
    text = (specimen.path / STORYBOARD_FILE).read_text(encoding="utf-8")
    cues = [match.groups() for match in _CUE.finditer(text)]
    faults = [] if text.startswith("WEBVTT\n") and text.count("-->") == len(cues) > 0 else ["it is no storyboard"]
    end_ms = 0
    for cue in cues:
        start_ms, next_ms = _milliseconds(cue[:4]), _milliseconds(cue[4:8])
        if start_ms != end_ms or next_ms <= start_ms:
            faults.append(f"a cue from {start_ms} to {next_ms} ms follows one that ends at {end_ms} ms")
        end_ms = next_ms
    sheets = {str(cue[8]): _picture(specimen.path / str(cue[8])) for cue in cues}
    faults += [picture for picture in sheets.values() if isinstance(picture, str)]
    for cue in cues:
        sheet, (x, y, width, height) = sheets[str(cue[8])], map(int, cue[9:])
        if not isinstance(sheet, str) and not (x + width <= sheet.shape[1] and y + height <= sheet.shape[0]):
            faults.append(f"{cue[8]} has no tile at {x},{y}")
    measured = {"tiles": float(len(cues)), "sheets": float(len(sheets)), "duration_s": end_ms / 1_000}
    return _judged(faults, f"{len(cues)} tiles on {len(sheets)} sheets", measured)


def previews_play(specimen: Specimen) -> Finding:
    """H.264 in 4:2:0 that decodes to its end, without sound, small and short, and not flashing."""
    path = specimen.path / PREVIEW_FILE
    try:
        probed = specimen.tools.probe(path)
        luma = specimen.tools.run(Tool.FFMPEG, grey_arguments(path), deadline_s=_DEADLINE_S).stdout
    except ToolFailed as error:
        return Finding(Outcome.FAIL, f"the preview can't be played: {error.found}")
    streams, duration_s = probed.get("streams", []), _lasts_s(probed)
    if not streams or not duration_s:
        return Finding(Outcome.FAIL, _NOTHING_TO_PLAY)
    stream, size_bytes, most_s = streams[0], path.stat().st_size, _longest_preview_s()
    found = tuple(str(stream.get(key)) for key in ("codec_name", "pix_fmt", "codec_type"))
    if found != ("h264", "yuv420p", "video"):
        return Finding(Outcome.FAIL, f"it is {' '.join(found)}")
    faults = [f"it has {len(streams)} streams, not one of pictures alone"] if len(streams) > 1 else []
    if (stream["width"], stream["height"]) != within(stream["width"], stream["height"], LIMITS.preview_px):
        faults.append(f"it is {stream['width']}x{stream['height']}")
    if duration_s > most_s or not luma:
        faults.append(f"it lasts {duration_s:g} s and shows {len(luma)} frames; {most_s:g} s are allowed")
    if size_bytes > LIMITS.most_preview_bytes:
        faults.append(f"it has {size_bytes} bytes; {LIMITS.most_preview_bytes} are allowed")
    reversals = most_reversals_per_s(
        [float(v) for v in luma], Fraction(stream["avg_frame_rate"]), step_luma=_FLASH_LUMA
    )
    measured = {"duration_s": duration_s, "size_bytes": float(size_bytes), "reversals_per_s": float(reversals)}
    if not faults and reversals > THRESHOLDS.most_reversals_per_s:
        reason = f"it flashes: its brightness turns round {reversals} times within a second"
        return Finding(Outcome.REVIEW, f"{reason}; {THRESHOLDS.most_reversals_per_s} are allowed", measured)
    return _judged(faults, f"it plays for {duration_s:g} s", measured)


def previews_obey_the_policy(specimen: Specimen) -> Finding:
    """Pictures from all over the preview, which shows more than was sampled, are put before the guard as well."""
    path, count = specimen.path / PREVIEW_FILE, LIMITS.previewed_pictures
    try:
        duration_s = _lasts_s(specimen.tools.probe(path))
        if not duration_s:
            return Finding(Outcome.FAIL, _NOTHING_TO_PLAY)
        arguments = spread_arguments(path, duration_s, count, f"{specimen.scratch}/%03d.jpg")
        specimen.tools.run(Tool.FFMPEG, arguments, deadline_s=_DEADLINE_S)
    except ToolFailed as error:
        return Finding(Outcome.FAIL, f"the preview can't be played: {error.found}")
    shown = sorted(specimen.scratch.glob("*.jpg"))
    return _guarded(specimen, shown, [f"at {number * duration_s / count:.1f} s" for number in range(len(shown))])


_NOTHING_TO_PLAY = "the preview has nothing to play"
_FLASH_LUMA = 20.0
"""ITU-R BT.1702 counts swings of 20 cd/m2 between dark and bright, about a tenth of what a screen gives."""


def _lasts_s(probed: Mapping[str, Any]) -> float:
    """As the container says; 0 for one without streams, which says nothing of its length."""
    return max(0.0, float(probed["format"].get("duration", 0)))


def _longest_preview_s() -> float:
    frame_s = 1 / LIMITS.least_preview_fps
    return LIMITS.preview_cuts * (LIMITS.preview_cut_s + frame_s)


def _guarded(specimen: Specimen, files: Sequence[Path], where: Sequence[str]) -> Finding:
    """What the guard says of pictures. Raises where it can't look, and for a picture that can't be read."""
    if not files:
        return Finding(Outcome.FAIL, "there is no picture to look at")
    pictures = [] if specimen.guard.scores(()) is None else [_read(file) for file in files]
    scores = specimen.guard.scores(pictures)
    measured = {"pictures": float(len(pictures))}
    if scores is None:
        return Finding(
            Outcome.PASS, "coverage: rules only, no guard looks at pictures",
            {**measured, "coverage_rules_only": 1.0},
        )  # fmt: skip
    highest = {category: max(s.get(category, 0.0) for s in scores) for s in scores for category in s}
    found = [
        (score, f"{category} {score:.2f} {place}")
        for answer, place in zip(scores, where, strict=True)
        for category, score in answer.items()
        if score >= LIMITS.picture_review_score
    ]
    found.sort(reverse=True)
    measured |= {f"highest_{category}": score for category, score in highest.items()}
    if not found:
        return Finding(Outcome.PASS, f"the guard has seen {len(pictures)} pictures and found nothing", measured)
    outcome = Outcome.FAIL if found[0][0] >= LIMITS.picture_fail_score else Outcome.REVIEW
    return Finding(outcome, f"pictures show {', '.join(said for _, said in found[:_MOST_REASONS])}", measured)


def _moments(facts: Facts) -> list[str]:
    return [f"at {sample.moment_s:.1f} s" for sample in facts.samples]


def _cut_off(facts: Facts) -> str | None:
    declared_s = facts.declared_duration_s
    if declared_s is None or declared_s - facts.duration_s <= LIMITS.duration_slack_s:
        return None
    if facts.duration_s >= LIMITS.least_share_of_duration * declared_s:
        return None
    return f"it ends after {facts.duration_s:g} s of the {declared_s:g} s that it says it has"


def _picture(path: Path) -> Picture | str:
    """The picture, or what is wrong with it."""
    try:
        return _read(path)
    except (UnidentifiedImageError, OSError) as error:
        return f"{path.name} can't be read: {type(error).__name__}"


def _read(path: Path) -> Picture:
    with Image.open(path) as picture:
        return np.asarray(picture.convert("RGB"))


def _milliseconds(parts: Iterable[str]) -> int:
    hours, minutes, seconds, milliseconds = map(int, parts)
    return ((hours * 60 + minutes) * 60 + seconds) * 1_000 + milliseconds


def _judged(faults: list[str], said: str, measured: dict[str, float], remedy: str | None = None) -> Finding:
    if not faults:
        return Finding(Outcome.PASS, said, measured)
    more = f"; and {len(faults) - _MOST_REASONS} more" if len(faults) > _MOST_REASONS else ""
    return Finding(
        Outcome.FAIL, f"{'; '.join(faults[:_MOST_REASONS])}{more}{f'. {remedy}' if remedy else ''}", measured
    )


PROBE_CHECKS = (
    Check(
        CheckId("arrival_probes", "arrivals_can_be_shown", 1),
        "Each upload decodes at nearly every moment, for as long as it says it is, in a codec that is known.",
        arrivals_can_be_shown,
    ),
    Check(
        CheckId("arrival_probes", "arrivals_obey_the_policy", POLICY_RULES_VERSION),
        "Names and tags break no rule of the policy on words; no sampled picture shows what the guard looks for.",
        arrivals_obey_the_policy,
    ),
)
THUMBNAIL_CHECKS = (
    Check(
        CheckId("arrival_thumbnails", "thumbnails_are_whole", 1),
        "Each upload has a poster and thumbnails that decode, no larger than asked for.",
        thumbnails_are_whole,
    ),
    Check(
        CheckId("arrival_thumbnails", "thumbnails_obey_the_policy", 1),
        "No poster and no thumbnail shows what the guard looks for.",
        thumbnails_obey_the_policy,
    ),
)
STORYBOARD_CHECKS = (
    Check(
        CheckId("arrival_storyboard", "storyboards_have_no_gaps", 1),
        "The cues follow one another without a gap, and every tile lies within a sheet that is there.",
        storyboards_have_no_gaps,
    ),
)
PREVIEW_CHECKS = (
    Check(
        CheckId("arrival_previews", "previews_play", 1),
        "Each preview is H.264 that decodes to its end, silent, small, short, and not flashing.",
        previews_play,
    ),
    Check(
        CheckId("arrival_previews", "previews_obey_the_policy", 1),
        "No picture of the preview shows what the guard looks for.",
        previews_obey_the_policy,
    ),
)
