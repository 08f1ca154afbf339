"""Releases of tiny weights, for tests: `tiny_release(folder)` is what `vidgen models add` would register."""

from pathlib import Path
from typing import Any

from vidgen_assets.clips.spec import Use
from vidgen_assets.models.components import component_digests
from vidgen_assets.models.release import Bucket, Checkpoints, FolderSource, FrameGrid, Licence, ModelRelease, Scheduler

EULER = Scheduler(class_name="FlowMatchEulerDiscreteScheduler", config={"shift": 3.0})
_FLOW = {"prediction_type": "flow_prediction", "use_flow_sigmas": True, "flow_shift": 3.0, "num_train_timesteps": 1000}
UNIPC = Scheduler(class_name="UniPCMultistepScheduler", config=_FLOW)
DPM = Scheduler(class_name="DPMSolverMultistepScheduler", config={**_FLOW, "algorithm_type": "dpmsolver++"})
COGVIDEO_DDIM = Scheduler(class_name="CogVideoXDDIMScheduler")
COGVIDEO_DPM = Scheduler(class_name="CogVideoXDPMScheduler")


def tiny_release(
    folder: Path,
    pipeline: str = "WanPipeline",
    *,
    release_id: str = "tiny",
    scheduler: Scheduler = EULER,
    steps: int = 4,
    every_steps: int = 1,
    **changes: Any,
) -> ModelRelease:
    """A release of the weights in `folder`, `changes` made to its fields."""
    release = ModelRelease.model_validate(
        {
            "id": release_id,
            "family": "tiny",
            "backend": "diffusion",
            "pipeline": pipeline,
            "source": FolderSource(path=str(folder)),
            "components": component_digests(folder),
            "licence": Licence(name="none", allows=tuple(Use)),
            "buckets": (Bucket(width=112, height=64), Bucket(width=64, height=64)),
            "frame_grid": FrameGrid(step=8, least=9, most=33),
            "fps": ("8", "16", "24", "30"),
            "memory_gib": 0.1,
            "sampling": {
                "steps": steps,
                "guidance_scale": 3.0,
                "negative_prompt": "blurry",
                "max_sequence_length": 16,
                "scheduler": scheduler,
            },
            "checkpoints": Checkpoints(every_steps=every_steps),
        }
    )
    return release.model_copy(update=changes)
