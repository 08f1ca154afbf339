"""Training of the texture meter on procedural scenes, apart from every model it will judge."""

from collections.abc import Callable
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor
from torch.nn import functional

from vidgen_assets.backdrops.meters import lightness
from vidgen_assets.backdrops.scenes import HEIGHT, WIDTH, render
from vidgen_assets.backdrops.texture_meter import TextureClassifier, standardised
from vidgen_assets.backdrops.vocabulary import ALL_LOOKS, TEXTURES
from vidgen_assets.training.material import drawn_look, generator

PICTURES, STEPS, BATCH = 7000, 2500, 48
_RATE = 2e-3


@torch.no_grad()
def _pictures(seed: int, count: int) -> tuple[Tensor, Tensor]:
    """(count, HEIGHT, WIDTH) lightness, and the number of the texture of each."""
    lights, labels = [], []
    names = list(TEXTURES)
    for index in range(count):
        dice = generator(seed, "texture meter", index)
        look = drawn_look(ALL_LOOKS, dice)
        # Three frames with a long way between them, one of which is used: the motion's end, middle or beginning.
        clip = render(look, dice, 3, HEIGHT, WIDTH)
        lights.append(lightness(clip[index % 3][None])[0].half())
        labels.append(names.index(look.texture))
    return torch.stack(lights), torch.tensor(labels)


def _worn(light: Tensor, dice: torch.Generator) -> Tensor:
    """As a decoder or an encoder may leave it: softer, noisier, mirrored."""
    if torch.rand((), generator=dice) < 0.6:
        sigma = 0.3 + 1.3 * float(torch.rand((), generator=dice))
        taps = torch.exp(-0.5 * (torch.arange(-4, 5) / sigma).square())
        taps = (taps / taps.sum()).view(1, 1, 1, -1)
        light = functional.conv2d(functional.pad(light[:, None], (4, 4, 0, 0), mode="replicate"), taps)
        light = functional.conv2d(functional.pad(light, (0, 0, 4, 4), mode="replicate"), taps.mT)[:, 0]
    light = light + 0.02 * torch.rand((), generator=dice) * torch.randn(light.shape, generator=dice)
    flips = [axis for axis in (1, 2) if torch.rand((), generator=dice) < 0.5]
    return light.flip(flips)


def train_texture_meter(seed: int, path: Path, tell: Callable[[str], None] = print) -> None:
    """Write the classifier's weights to `path`."""
    lights, labels = _pictures(seed, PICTURES)
    tell(f"{PICTURES} pictures drawn")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        classifier = TextureClassifier()
    optimiser = torch.optim.AdamW(classifier.parameters(), lr=_RATE, weight_decay=0.02)
    for step in range(STEPS):
        dice = generator(seed, "texture meter step", step)
        for group in optimiser.param_groups:
            group["lr"] = _RATE * min(1.0, (step + 1) / 50, 2 * (STEPS - step) / STEPS)
        chosen = torch.randint(len(labels), (BATCH,), generator=dice)
        light = standardised(_worn(lights[chosen].float(), dice))
        loss = functional.cross_entropy(classifier(light), labels[chosen], label_smoothing=0.02)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        if (step + 1) % 100 == 0:
            tell(f"texture meter: step {step + 1}/{STEPS} loss={loss.item():.4f}")
    save_file({name: value.half() for name, value in classifier.state_dict().items()}, path)
