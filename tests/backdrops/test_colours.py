"""OKLab agrees with other implementations, and every palette goes from dark to light within sRGB."""

import itertools

import pytest
import torch

from vidgen_assets.backdrops.colours import RAMPS, along, oklab_of, ramp, srgb_of
from vidgen_assets.backdrops.vocabulary import PALETTES

# As bevy_color's tests of conversions and Ottosson's reference (white and black by definition) have them.
KNOWN = {
    (0.0, 0.0, 0.0): (0.0, 0.0, 0.0),
    (1.0, 1.0, 1.0): (1.0, 0.0, 0.0),
    (1.0, 0.0, 0.0): (0.627955, 0.224863, 0.125846),
    (1.0, 1.0, 0.0): (0.967983, -0.071369, 0.198570),
    (0.0, 0.0, 1.0): (0.452014, -0.032457, -0.311528),
}


@pytest.mark.parametrize(("srgb", "oklab"), KNOWN.items())
def test_known_colours_have_their_published_coordinates(
    srgb: tuple[float, float, float], oklab: tuple[float, float, float]
) -> None:
    assert oklab_of(torch.tensor(srgb)).tolist() == pytest.approx(oklab, abs=2e-4)
    assert srgb_of(torch.tensor(oklab)).tolist() == pytest.approx(srgb, abs=2e-3)


def test_there_and_back_gives_every_colour_of_8_bits() -> None:
    levels = torch.cat((torch.arange(12), torch.arange(15, 256, 15))) / 255  # below 11, sRGB's curve is straight
    srgb = torch.cartesian_prod(levels, levels, levels)
    assert float((srgb_of(oklab_of(srgb)) - srgb).abs().max()) < 0.1 / 255


def test_greys_are_grey_and_the_lighter_the_higher() -> None:
    found = oklab_of(torch.linspace(0, 1, 256)[:, None].expand(-1, 3))
    assert float(found[:, 1:].abs().max()) < 1e-4
    assert bool((found[:, 0].diff() > 0).all())


def test_what_srgb_cannot_show_is_clipped() -> None:
    beyond = torch.tensor([[0.5, 0.4, 0.0], [0.5, 0.0, -0.5], [1.4, 0.0, 0.0], [-0.2, 0.0, 0.0]])
    shown = srgb_of(beyond)
    assert float(shown.min()) >= 0
    assert float(shown.max()) <= 1
    assert shown[2].tolist() == pytest.approx([1, 1, 1])
    assert shown[3].tolist() == pytest.approx([0, 0, 0])


def test_every_palette_of_the_vocabulary_has_a_ramp() -> None:
    assert RAMPS.keys() == PALETTES.keys()


@pytest.mark.parametrize("palette", PALETTES)
def test_a_ramp_gets_lighter_all_the_way(palette: str) -> None:
    light = along(ramp(palette), torch.linspace(0, 1, 1025))[:, 0]
    assert float(light.diff().min()) > 2e-4
    assert float(light[-1] - light[0]) > 0.6


@pytest.mark.parametrize("palette", PALETTES)
def test_a_ramp_goes_through_its_stops_and_no_colour_that_srgb_lacks(palette: str) -> None:
    course = along(ramp(palette), torch.linspace(0, 1, 301))
    hexes = [
        "#" + "".join(f"{round(255 * float(part)):02x}" for part in srgb_of(course[at])) for at in range(0, 301, 100)
    ]
    assert tuple(hexes) == RAMPS[palette]
    assert float((oklab_of(srgb_of(course)) - course).norm(dim=1).max()) < 0.005


def test_beyond_its_ends_a_ramp_stays_as_it_is() -> None:
    stops = ramp("teal")
    assert torch.equal(along(stops, torch.tensor([-3.0, 0.0])), stops[[0, 0]])
    assert torch.allclose(along(stops, torch.tensor([1.0, 7.0])), stops[[3, 3]], atol=1e-6)


def test_no_two_palettes_are_near_each_other() -> None:
    """CSS Color 4 takes 0.02 in OKLab as the difference that can just be seen."""
    places = torch.linspace(0, 1, 65)
    courses = {name: along(ramp(name), places) for name in PALETTES}
    for one, other in itertools.combinations(PALETTES, 2):
        assert float(torch.cdist(courses[one], courses[other]).min(1).values.mean()) > 0.03, (one, other)
