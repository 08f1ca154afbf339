"""Scenes are what their look says, the same for the same generator, and as they were when the model learnt them."""

import itertools
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from vidgen_assets.backdrops.colours import along, oklab_of, ramp
from vidgen_assets.backdrops.meters import lightness
from vidgen_assets.backdrops.motion import MEAN_RADIUS_PX, PX_PER_FRAME, SPREAD
from vidgen_assets.backdrops.scenes import FRAMES, HEIGHT, WIDTH, completed, render
from vidgen_assets.backdrops.textures import DRAWERS, Dice, noise
from vidgen_assets.backdrops.vocabulary import MOODS, MOTIONS, PALETTES, SPEEDS, TEXTURES, Look
from vidgen_assets.training.material import generator

Picture = NDArray[np.float32]

GOLDEN = Path(__file__).with_name("golden") / "scenes.png"
"""`golden_pictures` of SCENE_RECIPE 2: a row for each texture. It is drawn anew only together with a new recipe, and a
new recipe asks for a new training."""
NEAR_ENOUGH = 0.02
"""Mean difference in 1/255: processors round differently, which moves a pixel in some hundreds by one step."""

LOOKS = [
    Look(palette, texture, motion, speed, mood)
    for palette, texture, motion, speed, mood in zip(
        PALETTES, TEXTURES, [*MOTIONS, "left"], [*SPEEDS] * 3, [*reversed(MOODS)] * 3, strict=True
    )
]
"""Nine looks that together have every value of every aspect."""


def golden_pictures(look: Look) -> NDArray[np.uint8]:
    """(32, 3 * 56, 3): the first, the middle and the last of seven frames, side by side."""
    clip = render(look, generator("golden", look.texture), 7, 32, 56)[::3]
    return (torch.cat(tuple(clip), dim=2).permute(1, 2, 0) * 255).round().to(torch.uint8).numpy()


def difference(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    return float(np.abs(one.astype(float) - other.astype(float)).mean())


def moved(picture: Picture, motion: str, px: float) -> Picture:
    """By Pillow, whose conventions are its own: a picture as it looks after moving `px`."""
    image = Image.fromarray(picture)
    width, height = image.size
    if motion in ("clockwise", "anticlockwise"):
        degrees = math.degrees(px / MEAN_RADIUS_PX)
        return np.asarray(image.rotate(-degrees if motion == "clockwise" else degrees, Image.Resampling.BILINEAR))
    zoom = math.exp({"in": px, "out": -px}.get(motion, 0.0) / MEAN_RADIUS_PX)
    right, down = {"left": (-px, 0.0), "right": (px, 0.0), "up": (0.0, -px), "down": (0.0, px)}.get(motion, (0.0, 0.0))
    back = (1 / zoom, 0, width / 2 * (1 - 1 / zoom) - right, 0, 1 / zoom, height / 2 * (1 - 1 / zoom) - down)
    return np.asarray(image.transform(image.size, Image.Transform.AFFINE, back, Image.Resampling.BILINEAR))


def gap(one: Picture, other: Picture) -> float:
    """Away from the edges, over which new things come."""
    return float(np.abs(one - other)[24:-24, 24:-24].mean())


def light_of(look: Look, name: str, frames: int = FRAMES) -> Tensor:
    return lightness(render(look, generator(name), frames))


@pytest.mark.parametrize(("texture", "motion"), [(look.texture, look.motion) for look in LOOKS])
def test_a_scene_moves_its_own_way_at_its_pace_and_no_other_way(texture: str, motion: str) -> None:
    """Seven frames earlier, moved by Pillow every way at every pace of the speed's spread: its own way is nearest."""
    light = light_of(Look("slate", texture, motion, "steady", "calm"), "moving").numpy()
    before, after = light[3], light[9]
    paces = [6 * PX_PER_FRAME["steady"] * (1 + part * SPREAD) for part in (-1, -0.5, 0, 0.5, 1)]
    gaps = {way: min(gap(moved(before, way, px), after) for px in paces) for way in MOTIONS}
    nearest, second = sorted(gaps, key=gaps.__getitem__)[:2]
    assert nearest == motion
    assert gaps[motion] < 0.85 * gaps[second]
    assert gaps[motion] < 0.75 * gap(before, after)


@pytest.mark.parametrize(("slower", "faster"), [("slow", "steady"), ("steady", "fast")])
def test_a_faster_scene_changes_more_from_frame_to_frame(slower: str, faster: str) -> None:
    for texture in TEXTURES:
        change = {
            speed: float(lightness(clip).diff(dim=0).abs().mean())
            for speed in (slower, faster)
            if len(clip := render(Look("slate", texture, "left", speed, "calm"), generator("pace"), FRAMES, 48, 80))
        }
        assert change[faster] > 1.3 * change[slower], texture


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.texture)
def test_an_equal_generator_gives_the_same_bytes_and_another_seed_another_scene(look: Look) -> None:
    clip, again, other = (render(look, generator(seed), 3, 32, 48) for seed in (1, 1, 2))
    assert torch.equal(clip, again)
    assert float((clip - other).abs().mean()) > 0.01


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.texture)
def test_scenes_are_as_they_were_when_the_model_learnt_them(look: Look) -> None:
    row = list(TEXTURES).index(look.texture)
    golden = np.asarray(Image.open(GOLDEN))
    assert golden.shape == (32 * len(TEXTURES), 3 * 56, 3)
    assert difference(golden_pictures(look), golden[32 * row : 32 * (row + 1)]) < NEAR_ENOUGH


def test_the_golden_pictures_would_show_another_scene_and_a_pace_3_percent_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is near enough is near."""
    golden = np.asarray(Image.open(GOLDEN)).reshape(len(TEXTURES), 32, 3 * 56, 3)
    fast = [(look, picture) for look, picture in zip(LOOKS, golden, strict=True) if look.speed == "fast"]
    monkeypatch.setitem(PX_PER_FRAME, "fast", PX_PER_FRAME["fast"] * 1.03)
    assert min(difference(golden_pictures(look), picture) for look, picture in fast) > 3 * NEAR_ENOUGH
    assert min(difference(one, other) for one, other in itertools.combinations(golden, 2)) > 100 * NEAR_ENOUGH


@pytest.mark.parametrize(
    ("frames", "height", "width"), [(1, 32, 48), (2, 16, 16), (5, 32, 32), (13, 33, 57), (9, 64, 32)]
)
def test_other_sizes_and_lengths_are_whole_clips(frames: int, height: int, width: int) -> None:
    for look in LOOKS:
        clip = render(look, generator("size", look.texture), frames, height, width)
        assert (clip.shape, clip.dtype, clip.is_contiguous()) == ((frames, 3, height, width), torch.float32, True)
        assert float(clip.min()) >= 0
        assert float(clip.max()) <= 1
        assert float(clip.std()) > 0.01, look


def test_a_larger_clip_shows_the_same_gradient_with_more_around_it() -> None:
    """Sizes are in pixels, not in shares of the picture: formats differ in what they cut out."""
    look = Look("rose", "gradient", "left", "slow", "calm")
    small, large = (render(look, generator("cut"), 5, height, width) for height, width in ((32, 48), (64, 80)))
    assert torch.allclose(small, large[..., 16:-16, 16:-16], atol=2e-5)


@pytest.mark.parametrize("mood", MOODS)
def test_a_mood_is_where_on_the_ramp_the_light_lies(mood: str) -> None:
    low, high = {"calm": (0.15, 0.83), "dramatic": (0.0, 1.0), "airy": (0.46, 1.0)}[mood]
    stops = along(ramp("slate"), torch.tensor([low, high]))[:, 0]
    for texture in TEXTURES:
        light = light_of(Look("slate", texture, "left", "slow", mood), f"mood {mood}", 1)
        assert float(light.min()) > float(stops[0]) - 2e-3, texture
        assert float(light.max()) < float(stops[1]) + 2e-3, texture


def test_colours_keep_to_the_ramp_but_for_the_tint() -> None:
    clip = render(Look("violet", "waves", "in", "steady", "dramatic"), generator("tint"), 3)
    pixels = oklab_of(clip.movedim(1, -1)).reshape(-1, 3)[::37]
    off = torch.cdist(pixels, along(ramp("violet"), torch.linspace(0, 1, 201))).min(1).values
    assert 0.002 < float(off.mean()) < 0.02


def test_a_smooth_noise_is_around_nothing_with_a_variance_of_one() -> None:
    x, y = torch.meshgrid(torch.linspace(-40, 40, 300), torch.linspace(-40, 40, 300), indexing="xy")
    values = torch.stack(
        [noise(Dice(generator("noise", n), "cpu"), 4.0, 1.5)(x[None], y[None], torch.zeros(1, 1, 1)) for n in range(8)]
    )
    assert abs(float(values.mean())) < 0.03
    assert float(values.square().mean()) == pytest.approx(1, abs=0.1)


def test_what_is_left_open_of_a_look_is_drawn_and_what_is_wanted_changes_no_other_draw() -> None:
    open_looks = [completed({}, generator("open", index)) for index in range(60)]
    wanted = [completed({"motion": "up", "mood": "airy"}, generator("open", index)) for index in range(60)]
    assert wanted == [replace(look, motion="up", mood="airy") for look in open_looks]
    assert {look.palette for look in open_looks} == set(PALETTES)
    with pytest.raises(ValueError, match="The palette is 'beige'; allowed: ember"):
        completed({"palette": "beige"}, generator("open"))


def test_every_texture_of_the_vocabulary_is_drawn() -> None:
    assert DRAWERS.keys() == TEXTURES.keys()
    assert (FRAMES % 4, HEIGHT % 16, WIDTH % 16) == (1, 0, 0)
