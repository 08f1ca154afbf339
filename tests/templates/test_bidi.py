"""Directions: levels as in UAX 9, the order in which runs are seen, lines that run as their paragraph."""

import random
import unicodedata

import pytest
from bidi import get_display

from vidgen_assets.templates.bidi import caption_lines, is_right_to_left, levels_of, line_of, visual_order


def test_numbers_and_latin_keep_their_direction_within_hebrew() -> None:
    # "abc 12 DEF" with Hebrew capitals: read FED 12 abc from the right.
    levels = levels_of("שלום 12 ab", right_to_left=True)
    assert levels == (1, 1, 1, 1, 1, 2, 2, 1, 2, 2)


def test_runs_are_put_in_the_order_they_are_seen() -> None:
    assert visual_order([0, 1, 0]) == [0, 1, 2]
    assert visual_order([1, 2, 1]) == [2, 1, 0]
    assert visual_order([0, 1, 2, 1]) == [0, 3, 2, 1]


@pytest.mark.parametrize(
    ("text", "language", "is_so"),
    [("שלום abc", "en", True), ("abc שלום", "he", False), ("123", "ar", True), ("123", "en", False), ("", "ur", True),
     ("", "az-Arab", True)],
)  # fmt: skip
def test_a_paragraph_runs_as_its_first_letter_or_its_language(text: str, language: str, is_so: bool) -> None:
    assert is_right_to_left(text, language) is is_so


@pytest.mark.parametrize(
    ("text", "right_to_left", "levels"),
    [
        # The second bracket belongs to the first, which stands between Latin letters: both run with them.
        ("ש a (b) ש", True, (1, 1, 2, 2, 2, 2, 2, 1, 1)),
        # Hebrew within brackets in a Hebrew line: they run with the line, whatever stands before them.
        ("ש a (ש) b", True, (1, 1, 2, 1, 1, 1, 1, 1, 2)),
        ("a (ש) b", False, (0, 0, 0, 1, 0, 0, 0)),
        # Unmatched brackets are signs like others: the paragraph's direction at its end.
        ("ש a)", True, (1, 1, 2, 1)),
    ],
)
def test_brackets_that_belong_together_run_together(text: str, right_to_left: bool, levels: tuple[int, ...]) -> None:
    assert levels_of(text, right_to_left=right_to_left) == levels


def test_the_order_is_that_of_another_implementation() -> None:
    """The unicode-bidi crate, which python-bidi holds as well. It gives no levels and mirrors nothing."""
    dice = random.Random(7)
    signs = "abשא سل12٣ .,-%$()[]<>«»/+:!?\u0301\u05b0\u064b"
    for _ in range(3000):
        text = "".join(dice.choices(signs, k=dice.randint(1, 14)))
        for right_to_left in (False, True):
            levels = list(levels_of(text, right_to_left=right_to_left))
            spaces = len(text) - len(text.rstrip())
            levels[len(text) - spaces :] = [int(right_to_left)] * spaces  # L1, which needs no glyphs moved here
            seen = "".join(text[at] for at in visual_order(levels))
            assert seen == get_display(text, base_dir="LR"[right_to_left]), text


def test_joiners_stand_where_the_letter_before_them_does() -> None:
    assert levels_of("a\u200dש\u200cש", right_to_left=False) == (0, 0, 1, 1, 1)


@pytest.mark.parametrize(
    ("paragraph", "line", "expected"),
    [
        ("חדש iPhone 15!", "iPhone 15!", "\u200fiPhone 15!"),
        ("The new שלום", "שלום", "\u200eשלום"),
        ("The new שלום", "The new", "The new"),
        ("חדש iPhone", "חדש", "חדש"),
    ],
)
def test_a_line_runs_as_its_paragraph(paragraph: str, line: str, expected: str) -> None:
    assert line_of(paragraph, line, "en") == expected
    assert is_right_to_left(expected, "en") is is_right_to_left(paragraph, "en")


def test_ten_thousand_nested_brackets_are_no_trouble() -> None:
    levels = levels_of("(" * 5000 + "a" + ")" * 5000, right_to_left=True)
    assert unicodedata.bidirectional("(") == "ON"
    assert levels[5000] == 2
    assert set(levels) == {1, 2}


@pytest.mark.parametrize(
    ("lines", "language", "marked"),
    [
        (("אבג", "abc דהו"), "he", (False, True)),
        (("abc אבג", "דהו"), "he", (True, False)),  # by its first letter it would run from left to right
        (("abc def", "ghi"), "he", (False, False)),
        (("אבג", "abc"), "en", (False, True)),
        (("abc", "אבג"), "en", (False, True)),
        (("abc", "def"), "en", (False, False)),
    ],
)
def test_lines_of_a_caption_that_would_run_another_way_are_marked(
    lines: tuple[str, ...], language: str, marked: tuple[bool, ...]
) -> None:
    found = caption_lines(lines, language)
    assert tuple(new != old for new, old in zip(found, lines, strict=True)) == marked
    assert tuple(line.lstrip("\u200e\u200f") for line in found) == lines
