"""The `frames` asset: each clip's frames, drawn once, recorded and measured."""

from pathlib import Path
from typing import Any

from quality_checks.frames import CHECKS
from resources.drawing import drawing_inputs, drawn_frames
from resources.workshop import Workshop
from vidgen_assets.captions.asset import CAPTIONS
from vidgen_assets.clips.artifact import Artifact
from vidgen_assets.clips.generation import FrameStream, GenerationBackend, Traced
from vidgen_assets.clips.work import Recipe
from vidgen_assets.frames.record import Recorder, record_frames
from vidgen_assets.frames.recording import FrameRecording
from vidgen_assets.frames.stored import write_frames
from vidgen_assets.frames.wrapped import Filtered
from vidgen_assets.latents.asset import LATENTS
from vidgen_assets.prompts.asset import PROMPTS
from vidgen_assets.stages.asset import stage_asset
from vidgen_assets.stages.stage import Made, Stage, Task, through_the_gate


def _inputs(task: Task, shop: Workshop) -> dict[str, Any]:
    latents, captions = (task.artifacts[name].digest for name in ("latents", "captions"))
    return drawing_inputs(task.spec, latents, captions, shop)


def _make(task: Task, shop: Workshop, scratch: Path) -> Made:
    backend: GenerationBackend = shop.backends[task.spec.route.backend]
    latents = shop.artifacts.read(task.artifacts["latents"].digest)
    stream = drawn_frames(task.spec, latents, task.artifacts["captions"].digest, shop)
    recipe = {"backend": backend.name, **_inputs(task, shop)}
    if not backend.keeps_frames:
        recording = record_frames(stream, recipe=recipe)
        return Made(recording.to_bytes(), child_cpu_s=_filters_cpu_s(stream))
    recorder = Recorder(stream)
    kept, cpu_s = write_frames(recorder.watched(), stream.shape, shop.media, scratch)
    recording = recorder.recording(recipe, shop.artifacts.put_file(kept).digest)
    traced = stream if isinstance(stream, Traced) else None
    return Made(
        recording.to_bytes(),
        child_cpu_s=cpu_s + _filters_cpu_s(stream),
        gpu_s=traced.gpu_s if traced else 0.0,
        provenance=traced.provenance if traced else {},
    )


def _filters_cpu_s(stream: FrameStream) -> float:
    return stream.cpu_s if isinstance(stream, Filtered) else 0.0


def _picture(artifact: Artifact, shop: Workshop) -> bytes | None:
    """The frame in the middle of the evidence."""
    evidence = FrameRecording.from_bytes(shop.artifacts.read(artifact.digest)).evidence
    return evidence[len(evidence) // 2].jpeg if evidence else None


FRAMES = Stage(
    name="frames",
    upstream=(PROMPTS, CAPTIONS, LATENTS),
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
