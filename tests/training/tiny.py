"""A training that takes seconds: the real one's parts, each as small as its classes allow."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
import yaml
from safetensors.torch import save_file

from vidgen_assets.backdrops.texture_meter import TextureClassifier
from vidgen_assets.training.config import TrainingConfig
from vidgen_assets.training.job import Training

STEPS = 6

DOCUMENT: dict[str, Any] = {
    "name": "tiny",
    "seed": 7,
    "frames": 5,
    "autoencoder": {
        "base_dim": 8,
        "z_dim": 4,
        "dim_mult": [1, 1, 1],
        "courses": [
            {"steps": STEPS - 2, "learning_rate": 0.002, "warmup": 2},
            {"steps": 2, "learning_rate": 0.001, "warmup": 1, "emphasis": {"stars": 4.0}},
        ],
        "stages": [{"until": STEPS, "format": {"height": 32, "width": 32, "batch": 2}}],
    },
    "transformer": {
        "layers": 2,
        "heads": 2,
        "head_dim": 24,
        "ffn_dim": 64,
        "text_dim": 16,
        "text_layers": 1,
        "courses": [
            {"steps": STEPS - 2, "learning_rate": 0.002, "warmup": 2},
            {"steps": 2, "learning_rate": 0.001, "warmup": 1},
        ],
        "phases": [
            {"until": STEPS // 2, "formats": [{"height": 32, "width": 32, "batch": 2}], "clips": 60, "frames": 1},
            {"until": STEPS, "formats": [{"height": 32, "width": 32, "batch": 2}], "clips": 24, "shift": 2},
        ],
    },
}


def a_config(**changes: Any) -> TrainingConfig:
    return TrainingConfig.model_validate({**DOCUMENT, **changes})


def a_config_file(folder: Path, **changes: Any) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "tiny.yaml"
    path.write_text(yaml.safe_dump({**DOCUMENT, **changes}))
    return path


def a_training(folder: Path, is_stopped: Callable[[], bool] = lambda: False, **changes: Any) -> Training:
    return Training(a_config(**changes), folder, is_stopped=is_stopped, tell=lambda told: None)


def finished(folder: Path, **changes: Any) -> Training:
    """The training run to its end, beside an untrained texture meter."""
    training = a_training(folder, **changes)
    assert training.run()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        save_file(TextureClassifier().state_dict(), training.texture_meter)
    return training


class Asked:
    """Says stop at the `nth` time it's asked, and from then on."""

    def __init__(self, nth: int) -> None:
        self.nth, self.times = nth, 0

    def __call__(self) -> bool:
        self.times += 1
        return self.times >= self.nth
