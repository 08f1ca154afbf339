"""What the texture meter does with any weights, and how often the packaged ones are right."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from vidgen_assets.backdrops.meters import lightness
from vidgen_assets.backdrops.scenes import FRAMES, HEIGHT, WIDTH, render
from vidgen_assets.backdrops.texture_meter import PACKAGED_WEIGHTS, TextureClassifier, TextureMeter, standardised
from vidgen_assets.backdrops.vocabulary import ALL_LOOKS, TEXTURES, Look
from vidgen_assets.training.material import drawn_look, generator

SCENES = 72
LOOK = Look("teal", "waves", "left", "slow", "calm")


def a_classifier(seed: int = 7) -> TextureClassifier:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return TextureClassifier().eval()


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    """In 16 bits, as they are kept."""
    path = tmp_path / "texture_meter.safetensors"
    save_file({name: value.half() for name, value in a_classifier().state_dict().items()}, path)
    return path


def test_the_shares_of_the_textures_sum_to_1_and_the_greatest_is_the_answer(weights: Path) -> None:
    found = TextureMeter(weights).read(render(LOOK, generator("texture"), FRAMES, 48, 80))
    assert len(found.shares) == len(TEXTURES)
    assert sum(found.shares) == pytest.approx(1)
    assert min(found.shares) > 0
    assert found.texture == list(TEXTURES)[found.shares.index(max(found.shares))]


def test_the_same_clip_is_read_the_same_and_every_fourth_frame_counts(weights: Path) -> None:
    clip = render(LOOK, generator("texture"), FRAMES, 48, 80)
    meter = TextureMeter(weights)
    between = clip.clone()
    between[1::4] = between[2::4] = between[3::4] = 0
    assert meter.read(clip) == meter.read(clip) == meter.read(between)
    clip[4] = clip[4].flip(-1) * 0.5
    assert meter.read(clip).shares != meter.read(between).shares


def test_the_weights_of_the_file_are_those_that_read(weights: Path) -> None:
    clip = render(LOOK, generator("texture"), 1, HEIGHT, WIDTH)
    with torch.no_grad():
        wanted = a_classifier()(standardised(lightness(clip))).softmax(-1)[0]
        other = a_classifier(8)(standardised(lightness(clip))).softmax(-1)[0]
    found = torch.tensor(TextureMeter(weights).read(clip).shares)
    assert float((found - wanted).abs().max()) < 2e-3
    assert float((found - other).abs().max()) > 5e-3


def test_pictures_of_other_sizes_get_an_answer_each() -> None:
    for batch, height, width in ((1, 32, 32), (3, HEIGHT, WIDTH), (2, 57, 91)):
        with torch.no_grad():
            assert a_classifier()(torch.zeros(batch, height, width)).shape == (batch, len(TEXTURES))


def test_each_picture_is_standardised_by_itself() -> None:
    dice = generator("standardised")
    light = torch.rand(4, 24, 32, generator=dice) * torch.tensor([1.0, 0.5, 0.2, 0.1])[:, None, None] + 0.3
    found = standardised(light)
    assert found.mean((1, 2)).tolist() == pytest.approx([0] * 4, abs=1e-5)
    assert found.std((1, 2)).tolist() == pytest.approx([1] * 4, rel=1e-4)
    assert torch.allclose(standardised(light[2:3]), found[2:3], atol=1e-5)


def test_the_answer_depends_on_neither_brightness_nor_contrast() -> None:
    clip = render(LOOK, generator("texture"), 1, HEIGHT, WIDTH)
    light = lightness(clip)
    with torch.no_grad():
        one, other = (a_classifier()(standardised(picture)) for picture in (light, 0.4 * light + 0.2))
    assert torch.allclose(one, other, atol=1e-4)


@pytest.mark.parametrize("level", [0.0, 0.5, 1.0])
def test_a_flat_clip_is_all_zero_and_gives_numbers(level: float, weights: Path) -> None:
    clip = torch.full((5, 3, 32, 32), level)
    assert float(standardised(lightness(clip)).abs().max()) < 1e-3
    assert sum(TextureMeter(weights).read(clip).shares) == pytest.approx(1)


def test_weights_of_another_shape_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "narrow.safetensors"
    save_file(TextureClassifier((8, 8, 8, 8)).state_dict(), path)
    with pytest.raises(RuntimeError, match="size mismatch"):
        TextureMeter(path)


def test_the_packaged_weights_know_scenes_that_they_have_not_seen() -> None:
    meter, names = TextureMeter(PACKAGED_WEIGHTS), list(TEXTURES)
    right = 0
    for index in range(SCENES):
        dice = generator("texture meter", "test", index)
        asked = names[index % len(names)]
        look = drawn_look(tuple(look for look in ALL_LOOKS if look.texture == asked), dice)
        right += meter.read(render(look, dice, 1, HEIGHT, WIDTH)).texture == asked
    assert right >= 0.97 * SCENES
