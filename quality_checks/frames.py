"""What must be true of a clip's frames before they are encoded.

Every check reads the clip's recording (`vidgen_assets/frames/recording.py`): the features that were measured while
the frames were drawn. No check draws or decodes a frame. The measures are in `metrics/`, the limits in `thresholds.py`.
"""

from collections import Counter

from quality_checks.check import Check, Exhibit
from quality_checks.metrics.black import blackness
from quality_checks.metrics.flicker import most_reversals_per_s
from quality_checks.metrics.frozen import longest_standstill
from quality_checks.metrics.runs import Run
from vidgen_assets.clips.spec import ClipSpec
from vidgen_assets.clips.verdicts import CheckId, Finding, Outcome
from vidgen_assets.frames.features import GRID_UNITS_PER_LUMA
from vidgen_assets.frames.recording import FrameRecording

STAGE = "frames"


def frames_are_not_black(exhibit: Exhibit) -> Finding:
    limits, fps = exhibit.thresholds, exhibit.spec.fps
    found = blackness(
        [frame.features.near_black_fraction for frame in _recording(exhibit).frames],
        black_from=limits.black_frame_block_share,
    )
    measurements = {
        "black_lead_in_s": found.lead_in.duration_s(fps),
        "black_hole_s": found.hole.duration_s(fps),
        "black_tail_s": found.tail.duration_s(fps),
        "black_fraction": found.fraction,
    }
    if found.fraction > limits.longest_black_share:
        reason = f"{found.fraction:.0%} of the frames are black; at most {limits.longest_black_share:.0%} may be"
    elif found.hole.duration_s(fps) > limits.longest_black_hole_s:
        reason = f"black {_where(found.hole, exhibit.spec)}; a hole may last {limits.longest_black_hole_s} s"
    elif fade := _too_long([found.lead_in, found.tail], limits.longest_black_fade_s, exhibit.spec):
        reason = f"black {_where(fade, exhibit.spec)}; a fade may stay black for {limits.longest_black_fade_s} s"
    else:
        return Finding(Outcome.PASS, f"{found.fraction:.0%} of the frames are black", measurements)
    return Finding(Outcome.FAIL, reason, measurements)


def frames_are_not_frozen(exhibit: Exhibit) -> Finding:
    limits, features = exhibit.thresholds, [frame.features for frame in _recording(exhibit).frames]
    run = longest_standstill(
        [feature.change_peak for feature in features],
        [[cell / GRID_UNITS_PER_LUMA for cell in feature.grid] for feature in features],
        jump_luma=limits.still_jump_luma,
        drift_luma=limits.still_drift_luma,
    )
    still_s = run.duration_s(exhibit.spec.fps) if run.length > 1 else 0.0
    share = max(0, run.length - 1) / max(1, len(features) - 1)
    measurements = {"longest_standstill_s": still_s, "longest_standstill_share": share}
    if share > limits.longest_standstill_share:
        return Finding(Outcome.FAIL, f"one still picture {_where(run, exhibit.spec)}: {share:.0%} of it", measurements)
    if still_s > limits.longest_standstill_s:
        allowed = f"up to {limits.longest_standstill_s} s need no review"
        return Finding(Outcome.REVIEW, f"one still picture {_where(run, exhibit.spec)}; {allowed}", measurements)
    return Finding(Outcome.PASS, f"stands still for {still_s:.2f} s at most", measurements)


def frames_do_not_flicker(exhibit: Exhibit) -> Finding:
    limits, fps = exhibit.thresholds, exhibit.spec.fps
    means = [frame.features.luma_mean for frame in _recording(exhibit).frames]
    reversals = most_reversals_per_s(means, fps, step_luma=limits.flicker_step_luma)
    measurements = {"brightness_reversals_per_s": float(reversals)}
    reason = f"brightness turns round {reversals} times within a second"
    if reversals > limits.most_reversals_per_s:
        return Finding(Outcome.REVIEW, f"{reason}; up to {limits.most_reversals_per_s} need no review", measurements)
    return Finding(Outcome.PASS, reason, measurements)


def frames_have_the_promised_count_and_size(exhibit: Exhibit) -> Finding:
    spec, recording = exhibit.spec, _recording(exhibit)
    sizes = Counter((frame.width, frame.height) for frame in recording.frames)
    wrong_sizes = {size: count for size, count in sizes.items() if size != (spec.width, spec.height)}
    faults = [
        *_count_faults(len(recording.frames), spec.frame_count),
        *(f"{count} frames are {w}x{h}, not {spec.width}x{spec.height}" for (w, h), count in wrong_sizes.items()),
        *([f"{recording.shape.fps} frames a second, not {spec.fps}"] if recording.shape.fps != spec.fps else []),
    ]
    measurements = {
        "frame_count": float(len(recording.frames)),
        "wrong_size_frame_count": float(sum(wrong_sizes.values())),
    }
    if faults:
        return Finding(Outcome.FAIL, "; ".join(faults), measurements)
    promised = f"{spec.frame_count} frames of {spec.width}x{spec.height} at {spec.fps} fps, as promised"
    return Finding(Outcome.PASS, promised, measurements)


def frames_show_what_was_asked(exhibit: Exhibit) -> Finding:
    """By the meters of a closed vocabulary. Other clips pass with the word that nothing measured them."""
    recording = _recording(exhibit)
    decode = recording.recipe.get("decode")
    promised = decode.get("meters") if isinstance(decode, dict) else None
    found = recording.adherence
    if found is None and promised is None:
        return Finding(Outcome.PASS, "no meters for what this clip is made with", {"adherence_coverage": 0.0})
    if found is None or found["meters"] != promised:
        return Finding(Outcome.FAIL, f"the meters {promised} should have measured the clip, and did not")
    asked, seen = found["asked"], found["seen"]
    missed = {aspect: value for aspect, value in asked.items() if seen[aspect] != value}
    measurements = {
        "adherence_coverage": found["coverage"],
        "adherence_asked": float(len(asked)),
        "adherence_met": float(len(asked) - len(missed)),
        "px_per_frame": found["px_per_frame"],
        "texture_share": found["texture_share"],
        "palette_distance": found["palette_distance"],
    }
    said = "; ".join(f"{aspect} {value} was asked for, {seen[aspect]} is seen" for aspect, value in missed.items())
    if any(aspect in exhibit.thresholds.decisive_aspects for aspect in missed):
        return Finding(Outcome.FAIL, said, measurements)
    if missed:
        return Finding(Outcome.REVIEW, said, measurements)
    return Finding(Outcome.PASS, f"shows {', '.join(f'{k} {v}' for k, v in asked.items())}", measurements)


CHECKS: tuple[Check, ...] = (
    Check(
        CheckId(STAGE, "frames_have_the_promised_count_and_size", 1),
        "As many frames as the spec asks for, each of the spec's width and height, at its rate.",
        frames_have_the_promised_count_and_size,
    ),
    Check(
        CheckId(STAGE, "frames_are_not_black", 1),
        "No stretch of near-black frames but short fades at the ends and short dips between.",
        frames_are_not_black,
    ),
    Check(
        CheckId(STAGE, "frames_are_not_frozen", 1),
        "No long stretch shows one unchanging picture; a slow drift counts as motion.",
        frames_are_not_frozen,
    ),
    Check(
        CheckId(STAGE, "frames_do_not_flicker", 1),
        "Brightness doesn't swing up and down from frame to frame.",
        frames_do_not_flicker,
    ),
    Check(
        CheckId(STAGE, "frames_show_what_was_asked", 1),
        "A clip of a model with a closed vocabulary shows the palette, texture, motion, speed and mood asked for.",
        frames_show_what_was_asked,
    ),
)


def _recording(exhibit: Exhibit) -> FrameRecording:
    return FrameRecording.from_bytes(exhibit.path.read_bytes())


def _count_faults(found: int, promised: int) -> list[str]:
    if found > promised:  # a recording stops one frame past the promise, so the true number isn't known
        return [f"more than the promised {promised} frames"]
    return [f"{found} frames, {promised} were promised"] if found < promised else []


def _too_long(fades: list[Run], limit_s: float, spec: ClipSpec) -> Run | None:
    return next((fade for fade in fades if fade.duration_s(spec.fps) > limit_s), None)


def _where(run: Run, spec: ClipSpec) -> str:
    """`for 2.40 s from frame 30 (1.00 s) of a clip of 6.00 s`."""
    begins_s, clip_s = float(run.start / spec.fps), float(spec.duration_s)
    return f"for {run.duration_s(spec.fps):.2f} s from frame {run.start} ({begins_s:.2f} s) of a clip of {clip_s:.2f} s"
