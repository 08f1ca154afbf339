"""Type fits where it is set, breaks evenly, and says when it can't."""

import pytest

from vidgen_assets.templates.document import load_template
from vidgen_assets.templates.lettering import Typeface, balanced_lines, fit

FACE = Typeface(load_template("product_card").font_path("heavy"), "en")


def test_kerning_is_applied() -> None:
    assert FACE.width("AV") < FACE.width("A") + FACE.width("V")


def test_tracking_widens_between_glyphs_only() -> None:
    tracked = Typeface(FACE.path, "en", tracking=0.1)
    assert tracked.width("HHH") == pytest.approx(FACE.width("HHH") + 0.2)


def test_lines_are_as_few_as_possible_and_evenly_filled() -> None:
    lines = balanced_lines(FACE, "one two six ten", FACE.width("one two six") * 1.01)
    assert lines == ("one two", "six ten")


def test_a_soft_hyphen_shows_only_where_the_line_breaks() -> None:
    word = "Schreib\u00adtisch\u00adlampe"
    assert balanced_lines(FACE, word, 99) == ("Schreibtischlampe",)
    assert balanced_lines(FACE, word, FACE.width("Schreibtisch-") * 1.01) == ("Schreib-", "tischlampe")


def test_a_no_break_space_holds() -> None:
    assert balanced_lines(FACE, "nur 129\u00a0€", FACE.width("129\u00a0€") * 1.01) == ("nur", "129\u00a0€")


def test_a_word_wider_than_the_line_fits_nowhere() -> None:
    assert balanced_lines(FACE, "unbreakable", FACE.width("unbreak")) is None


def test_the_largest_size_that_fits_is_found() -> None:
    width = 30 * FACE.width("Lumenhof")
    fitted = fit(FACE, "Lumenhof", sizes=(60, 20), width=width, lines=1, height=100, line_height=1.1)
    assert fitted is not None
    assert 29 <= fitted.size <= 30


def test_below_the_smallest_size_nothing_is_set() -> None:
    width = 19 * FACE.width("Lumenhof")
    assert fit(FACE, "Lumenhof", sizes=(60, 20), width=width, lines=1, height=100, line_height=1.1) is None


def test_characters_without_a_glyph_are_found() -> None:
    assert FACE.missing("Licht 光 für 光 alle\u00ad!") == "光"
