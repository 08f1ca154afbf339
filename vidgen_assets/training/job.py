"""A whole training: autoencoder, pools of latents, transformer, folder. Each part is made once.

Everything is below one folder, and every part goes on from where it was stopped. The texture meter belongs to the
evaluation and comes with the package; a training makes one of its own only if it is asked to.
"""

import fcntl
import json
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import torch
import yaml
from pydantic import ValidationError

from vidgen_assets.backdrops.texture_meter import PACKAGED_WEIGHTS
from vidgen_assets.clips.errors import InputError
from vidgen_assets.training.autoencoder import AutoencoderTraining, lay_out
from vidgen_assets.training.basis import motion_basis, put_into
from vidgen_assets.training.config import TrainingConfig, read_config
from vidgen_assets.training.folder import load_vae, save_folder, save_vae
from vidgen_assets.training.pool import Pool, filled_pool
from vidgen_assets.training.running import Run, Stopped
from vidgen_assets.training.texture_meter import train_texture_meter
from vidgen_assets.training.transformer import TransformerTraining

DEVICES = ("cpu", "cuda")


def configuration(path: Path) -> TrainingConfig:
    """The configuration in the YAML file at `path`. Raises `InputError` naming the field that is wrong."""
    try:
        return read_config(path)
    except ValidationError as error:
        first = error.errors()[0]
        more = f", and {error.error_count() - 1} more" if error.error_count() > 1 else ""
        raise InputError(
            f"{path} is no configuration of a training: {first['msg']}{more}",
            field=".".join(map(str, first["loc"])) or "file",
            value=None if first["type"] == "missing" else first["input"],
            remedy="Mend the field; vidgen_assets/training/config.py has every field.",
        ) from error
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise InputError(
            f"the configuration can't be read: {error}", field="file", value=path, remedy="Name a YAML file."
        ) from error


def texture_meter_for(folder: Path) -> Path:
    """The weights of the texture meter for a training in `folder`: its own, or the package's.

    Raises `InputError` where there is neither.
    """
    own = folder / "texture_meter.safetensors"
    found = next((path for path in (own, PACKAGED_WEIGHTS) if path.exists()), None)
    if found is None:
        raise InputError(
            "no weights of the texture meter",
            field="file",
            value=own,
            remedy="`vidgen backdrops train CONFIG --texture-meter` trains one.",
        )
    return found


@dataclass(frozen=True, slots=True)
class Training:
    """A training in its folder. `device` is `cpu` or `cuda`; `with_texture_meter` trains one first."""

    config: TrainingConfig
    folder: Path
    device: str = "cpu"
    is_stopped: Callable[[], bool] = lambda: False
    tell: Callable[[str], None] = print
    with_texture_meter: bool = False

    @property
    def texture_meter(self) -> Path:
        return self.folder / "texture_meter.safetensors"

    @property
    def vae(self) -> Path:
        return self.folder / "vae"

    @property
    def motion_vae(self) -> Path:
        """The autoencoder with its latents in another basis, where the configuration asks for it."""
        return self.folder / "vae_by_motion"

    @property
    def pipeline(self) -> Path:
        return self.folder / "pipeline"

    def run(self) -> bool:
        """Go on until the pipeline's folder is written, or until stopped. Returns whether it is written.

        Raises `InputError` for a device that isn't there, a folder of another configuration, and a folder that
        another process is training in.
        """
        self._refuse_device()
        self.folder.mkdir(parents=True, exist_ok=True)
        with self._alone():
            self._pin()
            try:
                if self.with_texture_meter:
                    self._texture_meter()
                return self._autoencoder() and self._transformer()
            except Stopped as stopped:
                self.tell(str(stopped))
                return False

    def _refuse_device(self) -> None:
        there = DEVICES if torch.cuda.is_available() else DEVICES[:1]
        if self.device not in there:
            raise InputError(
                "this device is not on this machine",
                field="device",
                value=self.device,
                allowed=there,
                remedy="Name another device, or go on with this training on another machine.",
            )

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """The system lets go of the lock when the process ends, however it ends."""
        with (self.folder / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise InputError(
                    "another process is training in this folder",
                    field="folder",
                    value=self.folder,
                    remedy="Wait for it, or stop it: what it has done is kept.",
                ) from error
            yield

    def _pin(self) -> None:
        """The folder belongs to one configuration."""
        pinned = self.folder / "config.json"
        if not pinned.exists():
            beside = pinned.with_suffix(".new")
            beside.write_text(self.config.model_dump_json(indent=2), encoding="utf-8")
            beside.replace(pinned)
        elif _pinned(pinned) != self.config:
            raise InputError(
                "this folder holds a training of another configuration",
                field="file",
                value=pinned,
                remedy="Give the new configuration a name of its own, or remove the folder to begin anew.",
            )

    def _run_of(self, part: str) -> Run:
        return Run(self.folder / part, is_stopped=self.is_stopped, tell=self.tell)

    def _texture_meter(self) -> None:
        if self.texture_meter.exists():
            return

        def tell(told: str) -> None:
            self.tell(told)
            if self.is_stopped():  # it keeps no checkpoint: what it has done is done again
                raise Stopped("stopped in the texture meter's training, which begins anew")

        beside = self.texture_meter.with_suffix(".new")
        with self._timed("texture meter"):
            train_texture_meter(self.config.seed, beside, tell)
        beside.replace(self.texture_meter)

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
        if self._by_motion and not self.motion_vae.exists():
            self._turn_latents()
        pools = lru_cache(maxsize=1)(self._pool)  # one at a time in memory
        moments = pools(0).moments(equal=self._by_motion)
        training = TransformerTraining(self.config, pools, moments, self.device)
        with warnings.catch_warnings():
            # Weights stay in float32 under bfloat16 arithmetic, and torch tells once that this norm isn't fused then.
            warnings.filterwarnings("ignore", "Mismatch dtype between input and weight", UserWarning)
            if not self._run_of("transformer").go(training):
                return False
        training.average.put_into(training.model)
        save_folder(
            training.model.cpu(), load_vae(self._latents_vae), moments, self.config.transformer.shift, self.pipeline
        )
        return True

    @property
    def _by_motion(self) -> bool:
        return self.config.transformer.latents == "by motion"

    @property
    def _latents_vae(self) -> Path:
        return self.motion_vae if self._by_motion else self.vae

    def _turn_latents(self) -> None:
        with self._timed("basis of the latents"):
            vae = load_vae(self.vae).to(self.device)
            put_into(vae, motion_basis(vae, self.config))
        save_vae(vae.cpu(), self.motion_vae)

    def _pool(self, number: int) -> Pool:
        vae = load_vae(self._latents_vae).to(self.device)
        lay_out(vae)
        # Later pools are filled within a step of the transformer, whose time holds theirs.
        with self._timed("pool 0") if number == 0 else nullcontext():
            return filled_pool(self.config, vae, number, self.folder / "pools", self.device, self.is_stopped, self.tell)

    @contextmanager
    def _timed(self, part: str) -> Iterator[None]:
        """A line in `other_parts.jsonl` for the processor time of what has no steps, stopped or not."""
        began = time.process_time()
        try:
            yield
        finally:
            with (self.folder / "other_parts.jsonl").open("a", encoding="utf-8") as log:
                log.write(json.dumps({"part": part, "cpu_s": round(time.process_time() - began, 3)}) + "\n")


def _pinned(path: Path) -> TrainingConfig | None:
    """The configuration that the folder was begun with; None for one that today's fields don't fit."""
    try:
        return TrainingConfig.model_validate_json(path.read_bytes())
    except ValidationError:
        return None
