"""Which texture a clip shows: a small convolutional classifier of the lightness of its frames.

It is trained on procedural scenes alone (`vidgen_assets.training.texture_meter`), blurred and noised so that it judges
shapes and not the sharpness of a decoder, and has never seen a clip of the model that it judges.
"""

from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from vidgen_assets.backdrops.meters import lightness
from vidgen_assets.backdrops.vocabulary import TEXTURES

PACKAGED_WEIGHTS = Path(__file__).with_suffix(".safetensors")
"""Where the weights that travel with the package lie, or would."""


class TextureClassifier(nn.Module):
    """(B, H, W) standardised lightness -> (B, textures) logits."""

    def __init__(self, widths: tuple[int, ...] = (16, 32, 48, 64)) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for before, after in zip((1, *widths), widths, strict=False):
            layers += [nn.Conv2d(before, after, 5 if before == 1 else 3, 2, 1), nn.GroupNorm(8, after), nn.SiLU()]
            layers += [nn.Conv2d(after, after, 3, 1, 1), nn.GroupNorm(8, after), nn.SiLU()]
        self.features = nn.Sequential(*layers)
        self.answer = nn.Linear(2 * widths[-1], len(TEXTURES))

    def forward(self, light: Tensor) -> Tensor:
        found = self.features(light[:, None])
        return self.answer(torch.cat((found.mean((2, 3)), found.amax((2, 3))), 1))


def standardised(light: Tensor) -> Tensor:
    """(B, H, W) with mean 0 and deviation 1 in each picture."""
    mean, deviation = light.mean((1, 2), keepdim=True), light.std((1, 2), keepdim=True)
    return (light - mean) / deviation.clamp_min(0.01)


@dataclass(frozen=True, slots=True)
class TextureRead:
    texture: str
    shares: tuple[float, ...]
    """How much speaks for each texture, in the vocabulary's order; they sum to 1."""


class TextureMeter:
    def __init__(self, weights: Path) -> None:
        self._classifier = TextureClassifier().eval()
        self._classifier.load_state_dict({name: value.float() for name, value in load_file(weights).items()})

    @torch.no_grad()
    def read(self, clip: Tensor) -> TextureRead:
        """Of a clip (frames, 3, height, width), sRGB in 0..1."""
        logits = self._classifier(standardised(lightness(clip[::4])))
        shares = logits.softmax(-1).mean(0)
        return TextureRead(list(TEXTURES)[int(shares.argmax())], tuple(shares.tolist()))
