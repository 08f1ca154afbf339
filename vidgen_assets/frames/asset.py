"""The `frames` asset: each clip's frames, drawn once, recorded and measured."""

from pathlib import Path
from typing import Any

from quality_checks.frames import CHECKS
from resources.workshop import Workshop
from vidgen_assets.clips.artifact import Artifact
from vidgen_assets.clips.generation import GenerationBackend, Traced
from vidgen_assets.clips.work import Recipe
from vidgen_assets.frames.record import Recorder, record_frames
from vidgen_assets.frames.recording import FrameRecording
from vidgen_assets.frames.stored import write_frames
from vidgen_assets.latents.asset import LATENTS
from vidgen_assets.prompts.asset import PROMPTS
from vidgen_assets.stages.asset import stage_asset
from vidgen_assets.stages.stage import Made, Stage, Task, through_the_gate


def _inputs(task: Task, shop: Workshop) -> dict[str, Any]:
    backend = shop.backends[task.spec.route.backend]
    return {"latents": task.artifacts["latents"].digest, "decode": backend.decode_inputs(task.spec)}


def _make(task: Task, shop: Workshop, scratch: Path) -> Made:
    backend: GenerationBackend = shop.backends[task.spec.route.backend]
    stream = backend.decode(task.spec, shop.artifacts.read(task.artifacts["latents"].digest), shop.artifacts)
    recipe = {"backend": backend.name, **_inputs(task, shop)}
    if not backend.keeps_frames:
        return Made(record_frames(stream, recipe=recipe).to_bytes())
    recorder = Recorder(stream)
    kept, cpu_s = write_frames(recorder.watched(), stream.shape, shop.media, scratch)
    recording = recorder.recording(recipe, shop.artifacts.put_file(kept).digest)
    traced = stream if isinstance(stream, Traced) else None
    return Made(
        recording.to_bytes(),
        child_cpu_s=cpu_s,
        gpu_s=traced.gpu_s if traced else 0.0,
        provenance=traced.provenance if traced else {},
    )


def _picture(artifact: Artifact, shop: Workshop) -> bytes | None:
    """The frame in the middle of the evidence."""
    evidence = FrameRecording.from_bytes(shop.artifacts.read(artifact.digest)).evidence
    return evidence[len(evidence) // 2].jpeg if evidence else None


FRAMES = Stage(
    name="frames",
    upstream=(PROMPTS, LATENTS),
    recipe=Recipe("frames", 1),
    checks=CHECKS,
    gather=through_the_gate,
    inputs=_inputs,
    make=_make,
    picture=_picture,
)

frames = stage_asset(
    FRAMES,
    group="generation",
    kinds=("json", "numpy"),
    description="Each clip's frames: the recipe they are drawn from, the digest and features of every one, evidence.",
)
