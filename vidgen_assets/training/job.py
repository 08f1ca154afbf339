"""A whole training: texture meter, autoencoder, pools of latents, transformer, folder. Each part is made once.

Everything is below one folder, and every part goes on from where it was stopped.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from vidgen_assets.clips.errors import InputError
from vidgen_assets.training.autoencoder import AutoencoderTraining
from vidgen_assets.training.config import TrainingConfig
from vidgen_assets.training.folder import load_vae, save_folder, save_vae
from vidgen_assets.training.pool import Pool, filled_pool
from vidgen_assets.training.running import Run, Stopped
from vidgen_assets.training.texture_meter import train_texture_meter
from vidgen_assets.training.transformer import TransformerTraining


@dataclass(frozen=True, slots=True)
class Training:
    """A training in its folder. `device` is `cpu` or `cuda`."""

    config: TrainingConfig
    folder: Path
    device: str = "cpu"
    is_stopped: Callable[[], bool] = lambda: False
    tell: Callable[[str], None] = print

    @property
    def texture_meter(self) -> Path:
        return self.folder / "texture_meter.safetensors"

    @property
    def vae(self) -> Path:
        return self.folder / "vae"

    @property
    def pipeline(self) -> Path:
        return self.folder / "pipeline"

    def run(self) -> bool:
        """Go on until the pipeline's folder is written, or until stopped. Returns whether it is written."""
        self._pin()
        try:
            if not self.texture_meter.exists():
                train_texture_meter(self.config.seed, self.texture_meter, self.tell)
            return self._autoencoder() and self._transformer()
        except Stopped as stopped:
            self.tell(str(stopped))
            return False

    def _pin(self) -> None:
        """The folder belongs to one configuration."""
        pinned = self.folder / "config.json"
        if not pinned.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            pinned.write_text(self.config.model_dump_json(indent=2), encoding="utf-8")
        elif TrainingConfig.model_validate_json(pinned.read_bytes()) != self.config:
            raise InputError(
                "this folder holds a training of another configuration",
                file=pinned,
                remedy="Give the new configuration a name of its own, or remove the folder to begin anew.",
            )

    def _run_of(self, part: str) -> Run:
        return Run(self.folder / part, is_stopped=self.is_stopped, tell=self.tell)

    def _autoencoder(self) -> bool:
        if self.vae.exists():
            return True
        training = AutoencoderTraining(self.config, self.device)
        if not self._run_of("autoencoder").go(training):
            return False
        training.average.put_into(training.vae)
        save_vae(training.vae.cpu(), self.vae)
        return True

    def _transformer(self) -> bool:
        if self.pipeline.exists():
            return True
        pools = lru_cache(maxsize=1)(self._pool)
        first = pools(0)
        training = TransformerTraining(self.config, pools, first.moments(), self.device)
        if not self._run_of("transformer").go(training):
            return False
        training.average.put_into(training.model)
        save_folder(training.model.cpu(), load_vae(self.vae), first.moments(), self.pipeline)
        return True

    def _pool(self, number: int) -> Pool:
        vae = load_vae(self.vae).to(self.device)
        return filled_pool(self.config, vae, number, self.folder / "pools", self.device, self.is_stopped, self.tell)
