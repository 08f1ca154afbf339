"""Colour arithmetic agrees with WCAG's own numbers, and every palette can be read."""

import itertools

import pytest

from vidgen_assets.templates.colours import BLACK, WHITE, Colour
from vidgen_assets.templates.palette import READABLE_CONTRAST, bright_palette, deep_palette, most_legible

BRANDS = ("#000000", "#ffffff", "#ff0000", "#00ff00", "#0000ff", "#ffff00", "#808080", "#1f3a5f", "#ffb545")


def test_black_on_white_is_21_to_1() -> None:
    assert BLACK.contrast(WHITE) == pytest.approx(21)


def test_the_grey_that_wcag_calls_just_readable_on_white() -> None:
    assert Colour.of_hex("#767676").contrast(WHITE) == pytest.approx(4.54, abs=0.005)


@pytest.mark.parametrize("text", ["#fff", "red", "#12345g", "123456", "#1234567"])
def test_other_notations_are_no_colours(text: str) -> None:
    with pytest.raises(ValueError, match="#rrggbb"):
        Colour.of_hex(text)


@pytest.mark.parametrize("brand", BRANDS)
def test_mixing_with_itself_changes_nothing(brand: str) -> None:
    colour = Colour.of_hex(brand)
    assert colour.mixed(colour, 0.5).hex == brand


@pytest.mark.parametrize("pair", list(itertools.product(BRANDS, BRANDS)))
@pytest.mark.parametrize("mood", [deep_palette, bright_palette])
def test_some_ink_reads_on_every_surface_of_every_brand(pair: tuple[str, str], mood: type) -> None:
    palette = mood(Colour.of_hex(pair[0]), Colour.of_hex(pair[1]), WHITE)
    for surface in (palette.base, palette.badge, palette.button):
        ink = most_legible((Colour.of_hex(pair[0]), Colour.of_hex(pair[1])), surface)
        assert ink.contrast(surface) >= READABLE_CONTRAST
