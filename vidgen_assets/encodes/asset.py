"""The `encodes` asset: frames drawn or read again, each held against its audited digest, into every rendition at once.

Where a frame comes out otherwise than it was audited (another processor's rounding), the frames drawn here are
recorded and audited before they are encoded, and the encoding keeps that recording and what was found.
"""

import logging
from pathlib import Path
from typing import Any

from quality_checks.check import Exhibit
from quality_checks.encodes import CHECKS
from quality_checks.thresholds import THRESHOLDS
from resources.drawing import drawn_frames
from resources.workshop import Workshop
from vidgen_assets.captions.asset import CAPTIONS
from vidgen_assets.clips.digest import Digest, canonical_json
from vidgen_assets.clips.errors import ArtifactCorrupt, ArtifactMissing, PermanentError
from vidgen_assets.clips.generation import FrameStream
from vidgen_assets.clips.profiles import load_profiles
from vidgen_assets.clips.renditions import REDRAWN_AUDIT_FILE, REDRAWN_FRAMES_FILE, Fallback
from vidgen_assets.clips.verdicts import Finding, Outcome
from vidgen_assets.encodes.ladder import RECIPE, EncodeReport, EncoderFailed, Probed, encode
from vidgen_assets.frames.asset import FRAMES
from vidgen_assets.frames.record import FramesDiffer, record_frames, verify_frame
from vidgen_assets.frames.recording import FrameRecording
from vidgen_assets.frames.stored import StoredFrames
from vidgen_assets.latents.asset import LATENTS
from vidgen_assets.prompts.asset import PROMPTS
from vidgen_assets.soundtracks.asset import SOUNDTRACKS
from vidgen_assets.stages.asset import stage_asset
from vidgen_assets.stages.stage import Made, Stage, Task, poster_of, through_the_gate

logger = logging.getLogger(__name__)


def _inputs(task: Task, _shop: Workshop) -> dict[str, Any]:
    return {
        "frames": task.artifacts["frames"].digest,
        "soundtrack": task.artifacts["soundtracks"].digest,
        "profile": load_profiles()[task.spec.profile].digest,
    }


def _make(task: Task, shop: Workshop, scratch: Path) -> Made:
    audited = FrameRecording.from_bytes(shop.artifacts.read(task.artifacts["frames"].digest))
    stream = _frames(task, audited, shop)
    out = scratch / "encodes"
    out.mkdir()
    try:
        report = _encode(task, stream, audited, shop, out)
    except FramesDiffer as difference:
        logger.warning("%s: %s; its frames are audited again", task.clip_id, difference.found)
        redrawn = record_frames(stream, recipe=audited.recipe)
        findings = _audit(redrawn, task, shop, scratch)
        report = _encode(task, stream, redrawn, shop, out)
        _keep(redrawn, findings, task, out)
    return Made(out, child_cpu_s=report.cpu_s)


def _frames(task: Task, audited: FrameRecording, shop: Workshop) -> FrameStream:
    """The stored frames; those that aren't stored, or no longer whole, are drawn again."""
    if audited.stored is not None:
        try:
            return StoredFrames(shop.artifacts.path(audited.stored), audited.shape, shop.media)
        except (ArtifactMissing, ArtifactCorrupt) as error:
            logger.warning("%s: its stored frames are lost and drawn again: %s", task.clip_id, error)
    latents = shop.artifacts.read(task.artifacts["latents"].digest)
    return drawn_frames(task.spec, latents, task.artifacts["captions"].digest, shop)


def _encode(task: Task, stream: FrameStream, audited: FrameRecording, shop: Workshop, out: Path) -> EncodeReport:
    """Raises `FramesDiffer` at the first frame that isn't the audited one."""
    if stream.shape != audited.shape:
        raise FramesDiffer(
            "the frames, drawn again, have another shape", value=stream.shape, allowed=str(audited.shape)
        )
    soundtrack = out.parent / "soundtrack"
    if not soundtrack.exists():
        shop.artifacts.check_out(task.artifacts["soundtracks"], soundtrack)
    profile, safe = load_profiles()[task.spec.profile], None
    probed = Probed(Digest.of_bytes(audited.to_bytes()), shop.cupboard)
    while True:
        try:
            return encode(
                stream, task.spec, profile, soundtrack, shop.media, out, verify_frame(audited), probed, safe
            )  # fmt: skip
        except EncoderFailed as failure:
            if profile.fallback is None:
                raise
            logger.warning("%s: encoded to %s instead: %s", task.clip_id, profile.fallback, failure)
            safe = Fallback(profile=profile.name, because=failure.found)
            profile = load_profiles()[profile.fallback]


def _audit(redrawn: FrameRecording, task: Task, shop: Workshop, scratch: Path) -> dict[str, Finding]:
    """What the checks of the `frames` stage find in frames drawn here. Raises `PermanentError` unless all pass."""
    path = scratch / REDRAWN_FRAMES_FILE
    path.write_bytes(redrawn.to_bytes())
    exhibit = Exhibit(spec=task.spec, path=path, tools=shop.media, thresholds=THRESHOLDS)
    findings = {str(check.id): check.examine(exhibit) for check in FRAMES.checks}
    refused = [f"{check}: {f.reason}" for check, f in findings.items() if f.outcome is not Outcome.PASS]
    if refused:
        raise PermanentError(
            f"the frames drawn here are not those that were audited, and don't pass: {'; '.join(refused)}",
            field="frames",
            remedy="See to this machine, then `vidgen run --retry-failed` on it or on another.",
        )
    return findings


def _keep(redrawn: FrameRecording, findings: dict[str, Finding], task: Task, out: Path) -> None:
    data = redrawn.to_bytes()
    (out / REDRAWN_FRAMES_FILE).write_bytes(data)
    audit = {
        "audited_frames": task.artifacts["frames"].digest,
        "redrawn_frames": Digest.of_bytes(data),
        "policy_version": THRESHOLDS.policy_version,
        "findings": {
            check: {"outcome": f.outcome.value, "reason": f.reason, "measurements": f.measurements}
            for check, f in findings.items()
        },
    }
    (out / REDRAWN_AUDIT_FILE).write_bytes(canonical_json(audit))


ENCODES = Stage(
    name="encodes",
    upstream=(PROMPTS, SOUNDTRACKS, CAPTIONS, LATENTS, FRAMES),
    recipe=RECIPE,
    checks=CHECKS,
    gather=through_the_gate,
    inputs=_inputs,
    make=_make,
    picture=poster_of,
)

encodes = stage_asset(
    ENCODES,
    group="delivery",
    kinds=("ffmpeg", "h264", "mp4"),
    description="Every rung of the bitrate ladder in H.264 and AAC with aligned GOPs, a downloadable MP4, a poster.",
)
