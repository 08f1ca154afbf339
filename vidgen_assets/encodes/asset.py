"""The `encodes` asset: frames drawn again, each held against its audited digest, into every rendition at once."""

from pathlib import Path
from typing import Any

from quality_checks.encodes import CHECKS
from resources.workshop import Workshop
from vidgen_assets.clips.artifact import Artifact
from vidgen_assets.clips.profiles import load_profiles
from vidgen_assets.encodes.ladder import RECIPE, encode
from vidgen_assets.frames.asset import FRAMES
from vidgen_assets.frames.record import verify_frame
from vidgen_assets.frames.recording import FrameRecording
from vidgen_assets.latents.asset import LATENTS
from vidgen_assets.prompts.asset import PROMPTS
from vidgen_assets.stages.asset import stage_asset
from vidgen_assets.stages.stage import Made, Stage, Task, through_the_gate


def _inputs(task: Task, _shop: Workshop) -> dict[str, Any]:
    sound = task.spec.audio
    return {
        "frames": task.artifacts["frames"].digest,
        "sound": sound.digest if sound else None,
        "profile": load_profiles()[task.spec.profile].digest,
    }


def _make(task: Task, shop: Workshop, scratch: Path) -> Made:
    spec = task.spec
    stream = shop.backends[spec.route.backend].decode(
        shop.artifacts.read(task.artifacts["latents"].digest), shop.artifacts
    )
    audited = FrameRecording.from_bytes(shop.artifacts.read(task.artifacts["frames"].digest))
    sound = shop.artifacts.path(spec.audio.digest) if spec.audio else None
    out = scratch / "encodes"
    out.mkdir()
    profile = load_profiles()[spec.profile]
    report = encode(stream, spec, profile, sound, shop.media, out, on_frame=verify_frame(audited))
    return Made(out, child_cpu_s=report.cpu_s)


def _picture(artifact: Artifact, shop: Workshop) -> bytes | None:
    poster = shop.artifacts.listing(artifact.digest).get("poster.jpg")
    return shop.artifacts.read(poster.digest) if poster else None


ENCODES = Stage(
    name="encodes",
    upstream=(PROMPTS, LATENTS, FRAMES),
    recipe=RECIPE,
    checks=CHECKS,
    gather=through_the_gate,
    inputs=_inputs,
    make=_make,
    picture=_picture,
)

encodes = stage_asset(
    ENCODES,
    group="delivery",
    kinds=("ffmpeg", "h264", "mp4"),
    description="Every rung of the bitrate ladder in H.264 and AAC with aligned GOPs, a downloadable MP4, a poster.",
)
