"""What a trained folder says of itself when it becomes a model release."""

from pathlib import Path
from typing import Any

import yaml

from vidgen_assets.backdrops.vocabulary import ASPECTS, FILLERS, words
from vidgen_assets.models.components import component_digests
from vidgen_assets.models.release import ModelRelease, Vocabulary
from vidgen_assets.models.shipped import RELEASE_FILE
from vidgen_assets.training.config import TrainingConfig

STEPS, GUIDANCE = 12, 2.5
FAMILY = "backdrops"
FPS = ("8", "12")
_MEMORY_GIB = 1.0
_LICENCE = {"name": "Apache License 2.0", "spdx": "Apache-2.0", "allows": ["commercial", "internal", "research"]}


def vocabulary() -> Vocabulary:
    """The closed vocabulary of backdrops: every word is understood, a palette and a texture are named."""
    return Vocabulary(
        words=words(),
        floor=1.0,
        fillers=FILLERS,
        aspects=ASPECTS,
        required=("palette", "texture"),
        meters="backdrops",
    )


def release_of(config: TrainingConfig, pipeline: Path, source: dict[str, Any] | None = None) -> ModelRelease:
    """The release of a trained pipeline's folder, which is its source unless another is given."""
    return ModelRelease.model_validate(
        {
            **_shared(config),
            "id": config.name,
            "family": FAMILY,
            "backend": "diffusion",
            "pipeline": "WanPipeline",
            "source": source or {"kind": "folder", "path": str(pipeline.resolve())},
            "components": component_digests(pipeline),
            "notes": "Trained by this project on scenes of its own making.",
        }
    )


def computed_release(config: TrainingConfig, name: str) -> ModelRelease:
    """The scenes that a training learns, computed instead, at the same sizes and length."""
    return ModelRelease.model_validate(
        {
            **_shared(config),
            "id": name,
            "family": f"{FAMILY}-computed",
            "backend": "procedural",
            "pipeline": "scenes",
            "source": {"kind": "built-in"},
        }
    )


def _shared(config: TrainingConfig) -> dict[str, Any]:
    return {
        "licence": _LICENCE,
        "buckets": [{"width": size.width, "height": size.height} for size in config.transformer.phases[-1].formats],
        "frame_grid": {"step": 4, "least": config.frames, "most": config.frames},
        "fps": FPS,
        "memory_gib": _MEMORY_GIB,
        "sampling": {
            "steps": STEPS,
            "guidance_scale": GUIDANCE,
            "max_sequence_length": config.transformer.longest_prompt,
            "scheduler": {
                "class_name": "FlowMatchEulerDiscreteScheduler",
                "config": {
                    "num_train_timesteps": 1000,
                    "shift": config.transformer.shift,
                    "use_dynamic_shifting": False,
                },
            },
        },
        "execution": {"device": "cpu", "dtype": "float32", "vae_dtype": "float32"},
        "vocabulary": vocabulary(),
    }


def write_release(release: ModelRelease, folder: Path) -> Path:
    """`release.yaml` in a folder, as `vidgen models add` reads it."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / RELEASE_FILE
    document = release.model_dump(mode="json", exclude_none=True)
    path.write_text(yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=120), encoding="utf-8")
    return path
