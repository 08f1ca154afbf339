"""What a trained folder says of itself when it becomes a model release."""

import shutil
from pathlib import Path
from typing import Any

import yaml

from vidgen_assets.backdrops.vocabulary import ASPECTS, EVERYTHING, FILLERS, Offer, words
from vidgen_assets.clips.errors import InputError
from vidgen_assets.models.components import component_digests
from vidgen_assets.models.release import ModelRelease, Vocabulary
from vidgen_assets.models.shipped import RELEASE_FILE
from vidgen_assets.training.config import Format, TrainingConfig

STEPS, GUIDANCE = 12, 2.5
FAMILY = "backdrops"
FPS = ("8", "12")
_MEMORY_GIB = 1.0
_LICENCE = {"name": "Apache License 2.0", "spdx": "Apache-2.0", "allows": ["commercial", "internal", "research"]}


def vocabulary(offer: Offer = EVERYTHING) -> Vocabulary:
    """The closed vocabulary of backdrops: every word is understood, a palette and a texture are named."""
    aspects = offer.aspects()
    return Vocabulary(
        words=words(aspects),
        floor=1.0,
        fillers=FILLERS,
        aspects=aspects,
        required=("palette", "texture"),
        meters="backdrops",
    )


def offer_of(release: ModelRelease) -> Offer:
    """What a release of backdrops offers; everything for one that doesn't say."""
    aspects = {**ASPECTS, **(release.vocabulary.aspects if release.vocabulary else {})}
    return Offer(tuple(aspects["texture"]), tuple(aspects["motion"]))


def release_of(
    config: TrainingConfig, pipeline: Path, source: dict[str, Any] | None = None, offer: Offer = EVERYTHING
) -> ModelRelease:
    """The release of a trained pipeline's folder, which is its source unless another is given."""
    return ModelRelease.model_validate(
        {
            **_shared(config, offer),
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
            **_shared(config, EVERYTHING),
            "id": name,
            "family": f"{FAMILY}-computed",
            "backend": "procedural",
            "pipeline": "scenes",
            "source": {"kind": "built-in"},
        }
    )


def _full_sizes(config: TrainingConfig) -> list[Format]:
    """Of the last phase's formats, those that nothing near twice their size stands beside: small ones help to learn."""
    formats = config.transformer.phases[-1].formats
    largest = max(size.width * size.height for size in formats)
    return [size for size in formats if 2 * size.width * size.height > largest]


def _shared(config: TrainingConfig, offer: Offer) -> dict[str, Any]:
    return {
        "licence": _LICENCE,
        "buckets": [{"width": size.width, "height": size.height} for size in _full_sizes(config)],
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
        "vocabulary": vocabulary(offer),
    }


def write_model(training: Path, out: Path, offer: Offer = EVERYTHING, *, ships: bool = False) -> Path:
    """Write the model of the finished training in a folder, and its release beside it, into the new folder `out`.

    A model that `ships` is found by the name of its folder in `models/`, any other by its path. Returns the path of
    the release. Raises `InputError` for a training that isn't finished, and where `out` is there already: a release's
    bytes don't change under its name.
    """
    pipeline = training / "pipeline"
    if not pipeline.is_dir():
        raise InputError(
            "this training is not finished",
            field="training",
            value=training,
            remedy="`vidgen backdrops train` goes on where it was stopped.",
        )
    if out.exists():
        raise InputError("this folder is there already", field="out", value=out, remedy="Name a new one.")
    config = TrainingConfig.model_validate_json((training / "config.json").read_bytes())
    beside = out.with_name(out.name + ".new")
    shutil.rmtree(beside, ignore_errors=True)
    shutil.copytree(pipeline, beside)
    source = {"kind": "shipped", "name": out.name} if ships else {"kind": "folder", "path": str(out.resolve())}
    write_release(release_of(config, pipeline, source, offer), beside)
    described = yaml.safe_dump(config.model_dump(mode="json"), sort_keys=False)
    (beside / "training.yaml").write_text(described, encoding="utf-8")
    beside.rename(out)
    return out / RELEASE_FILE


def write_release(release: ModelRelease, folder: Path) -> Path:
    """`release.yaml` in a folder, as `vidgen models add` reads it."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / RELEASE_FILE
    document = release.model_dump(mode="json", exclude_none=True)
    path.write_text(yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=120), encoding="utf-8")
    return path
