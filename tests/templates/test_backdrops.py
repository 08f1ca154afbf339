"""Backdrops close their loop, carry no bands and no flicker, and are the same bytes on every machine."""

import numpy as np
import pytest

from vidgen_assets.clips.digest import Digest
from vidgen_assets.templates.backdrops import BackdropPainter, enlarge
from vidgen_assets.templates.scene import Backdrop

WIDTH, HEIGHT = 320, 180
LOOP = 270  # frames of nine seconds, the period the product card gives its backdrops
# Raise BACKDROP_RECIPE when one of these has to change.
GOLDEN = {
    "drift": "fbd4d38c525b",
    "bokeh": "c6c888e832c3",
    "silk": "994c5c30393d",
    "streaks": "f9455e18b14c",
}


def a_backdrop(kind: str, **changes: object) -> Backdrop:
    values = {
        "kind": kind,
        "base": "#1a2240",
        "glows": ("#24305e", "#36478c", "#5c70c4", "#8a7bb0"),
        "spark": "#f3cf9a",
        "seed": 11,
        "turns": 1,
        "energy": 0.6,
        "calm_boxes": ((20.0, 40.0, 120.0, 100.0),),
        "calm": 0.45,
    }
    return Backdrop.model_validate({**values, **changes})


def painted(kind: str, turn: float, **changes: object) -> np.ndarray:
    canvas = np.empty((HEIGHT, WIDTH, 4), np.uint8)
    BackdropPainter(a_backdrop(kind, **changes), WIDTH, HEIGHT).paint(turn, canvas)
    return canvas


KINDS = ("drift", "bokeh", "silk", "streaks")


@pytest.mark.parametrize("kind", KINDS)
def test_bytes_are_those_of_this_recipe(kind: str) -> None:
    assert Digest.of_bytes(painted(kind, 0.3).tobytes()).short == GOLDEN[kind]


@pytest.mark.parametrize("kind", KINDS)
def test_the_last_frame_flows_into_the_first(kind: str) -> None:
    assert np.abs(painted(kind, 1.0).astype(int) - painted(kind, 0.0)).max() <= 1


@pytest.mark.parametrize("kind", KINDS)
def test_it_moves_but_never_jumps(kind: str) -> None:
    frames = [painted(kind, frame / LOOP).astype(int) for frame in range(0, LOOP, 45)]
    steps = [painted(kind, (frame + 1) / LOOP).astype(int) for frame in range(0, LOOP, 45)]
    changes = [np.abs(after - before) for before, after in zip(frames, steps, strict=True)]
    assert 0.02 < np.mean([change.mean() for change in changes]) < 3
    assert max(int(change.max()) for change in changes) < 16


@pytest.mark.parametrize("kind", KINDS)
def test_brightness_does_not_flicker(kind: str) -> None:
    """A breath of 20 levels over 45 frames has a second difference of at most 10 (2 pi / 90)^2 = 0.05."""
    means = np.array([painted(kind, frame / LOOP)[..., :3].mean() for frame in range(30)])
    assert np.abs(np.diff(means, n=2)).max() < 0.05


def test_every_pixel_is_opaque() -> None:
    assert (painted("bokeh", 0.5)[..., 3] == 255).all()


def test_seeds_give_different_pictures() -> None:
    assert not np.array_equal(painted("drift", 0.2), painted("drift", 0.2, seed=12))


def test_calm_one_is_the_base_colour_under_the_words() -> None:
    under = painted("silk", 0.4, calm=1.0)[70:110, 50:110, :3].astype(int)
    assert np.abs(under - np.array([0x1A, 0x22, 0x40])).max() <= 2


def test_a_slow_gradient_has_no_bands() -> None:
    """Ten levels over 640 px: without grain a 64 px run of one value; with it, neighbours differ almost everywhere."""
    low = np.zeros((3, 41, 4), np.int32)
    low[..., :3] = (np.linspace(100, 110, 41) * 128)[None, :, None]
    low[..., 3] = 255 * 128
    grain = np.repeat(np.random.default_rng(1).integers(0, 256, (64, 640), dtype=np.int16), 4, axis=1)
    grain[:, 3::4] = 0
    canvas = np.empty((32, 640, 4), np.uint8)
    enlarge(low.astype(np.int16), 16, grain, canvas)
    values = canvas[..., 0].astype(float)
    assert np.abs(values.mean(axis=0) - np.linspace(100.5, 110.5, 640)).max() < 0.6  # the mean follows the ramp
    longest = max(len(list(run)) for row in canvas[..., 0] for run in _runs(row))
    assert longest < 24


def _runs(row: np.ndarray) -> list[np.ndarray]:
    return np.split(row, np.nonzero(np.diff(row.astype(int)))[0] + 1)
