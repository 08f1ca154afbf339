"""Latents of many clips, encoded once and drawn from again and again."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from vidgen_assets.backdrops.scenes import render
from vidgen_assets.backdrops.vocabulary import ALL_LOOKS, Look, Offer
from vidgen_assets.training.autoencoder import encoded
from vidgen_assets.training.config import Format, TrainingConfig
from vidgen_assets.training.material import drawn_look, generator, split
from vidgen_assets.training.running import Stopped

_FRAMES_AT_ONCE = 52
_SAVED_EVERY = 400


@dataclass(frozen=True, slots=True)
class Shelf:
    """Clips of one format. `latents` is (clips, channels, time, rows, columns), not yet normalised."""

    latents: Tensor
    looks: tuple[Look, ...]


@dataclass(frozen=True, slots=True)
class Pool:
    """A shelf for each of the phase's formats, in its order."""

    shelves: tuple[Shelf, ...]

    def moments(self, *, equal: bool = False) -> tuple[list[float], list[float]]:
        """Mean and standard deviation of each channel; with `equal`, one deviation for all: that of all values."""
        values = torch.cat([shelf.latents.float().transpose(0, 1).flatten(1) for shelf in self.shelves], 1)
        mean, variance = values.mean(1), values.var(1)
        if equal:
            variance = variance.mean().expand_as(variance)
        return mean.tolist(), variance.sqrt().clamp_min(1e-3).tolist()


def filled_pool(
    config: TrainingConfig, vae: Any, number: int, folder: Path, device: str, is_stopped: Callable[[], bool],
    tell: Callable[[str], None],
) -> Pool:  # fmt: skip
    """Pool `number`, read from `folder` or made and kept there; a half-made one is gone on with.

    Raises `Stopped` if it's stopped before it is whole.
    """
    folder.mkdir(parents=True, exist_ok=True)
    return Pool(
        tuple(
            _filled_shelf(
                config, vae, number, size, folder / f"{number}-{size.width}x{size.height}.safetensors", device,
                is_stopped, tell,
            )
            for size in config.transformer.phases[number].formats
        )
    )  # fmt: skip


@torch.no_grad()
def _filled_shelf(
    config: TrainingConfig, vae: Any, number: int, size: Format, path: Path, device: str,
    is_stopped: Callable[[], bool], tell: Callable[[str], None],
) -> Shelf:  # fmt: skip
    phase = config.transformer.phases[number]
    count = phase.share(size)
    looks = tuple(filter(Offer(config.transformer.textures, phase.motions).has, split(config.held_out)[0]))
    parts: list[Tensor] = []
    shown: list[Tensor] = []
    if path.exists():
        kept = load_file(path)
        parts, shown = [kept["latents"]], [kept["looks"]]
    done = sum(map(len, parts))
    at_once = _FRAMES_AT_ONCE // config.frames_of(number)
    name = f"{size.width}x{size.height}"
    while done < count:
        dice = [generator(config.seed, "pool", number, name, at) for at in range(done, min(count, done + at_once))]
        drawn = [drawn_look(looks, die) for die in dice]
        clips = [
            render(look, die, config.frames_of(number), size.height, size.width, device)
            for look, die in zip(drawn, dice, strict=True)
        ]
        mean, _ = encoded(vae, torch.stack(clips).transpose(1, 2) * 2 - 1)
        parts.append(mean.to("cpu", torch.bfloat16).contiguous())
        shown.append(torch.tensor([ALL_LOOKS.index(look) for look in drawn]))
        done += len(dice)
        stopped = is_stopped()
        if done % _SAVED_EVERY < at_once or done == count or stopped:
            parts, shown = [torch.cat(parts)], [torch.cat(shown)]
            beside = path.with_suffix(".new")
            save_file({"latents": parts[0], "looks": shown[0]}, beside)
            beside.replace(path)
            tell(f"pool {number}, {name}: {done}/{count} clips")
        if stopped and done < count:
            raise Stopped(f"pool {number}, {name}: stopped at clip {done} of {count}")
    return Shelf(torch.cat(parts)[:count], tuple(ALL_LOOKS[index] for index in torch.cat(shown)[:count].tolist()))
