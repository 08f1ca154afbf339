import time

import pytest

from quality_checks.safety.normalise import plain_letters, readings, reorders


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Ｆｕｌｌ Ｗｉｄｔｈ", "full width"),
        ("\u0441\u043e\u0440\u0443", "copy"),  # Cyrillic throughout
        ("Crème Brûlée, Straße, Tötung", "creme brulee, strasse, totung"),
        ("smørrebrød, œuvre", "smorrebrod, oeuvre"),
        ("ze\u200bro\u00adwi\u2060dth", "zerowidth"),
        ("𝐛𝐨𝐥𝐝 ⓒⓘⓡⓒⓛⓔⓓ ꜱᴍᴀʟʟ", "bold circled small"),
        ("🇦🇧🇨", "abc"),
        ("  one\t two\n", "one two"),
        ("snake_case", "snake case"),
    ],
)
def test_disguises_come_off(text: str, plain: str) -> None:
    assert plain_letters(text) == plain


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("l4mp", "lamp"),
        ("$1lk", "silk"),
        ("g1ow", "glow"),
        ("l a m p", "lamp"),
        ("l.a-m_p", "lamp"),
        ("la-mp", "lamp"),
        ("laaaamp", "lamp"),
        ("gloooow", "gloow"),
        ("l*mp", "lamp"),
        ("c*nd*l", "candel"),
    ],
)
def test_a_disguised_word_has_the_reading_a_person_sees(text: str, reading: str) -> None:
    assert reading in readings(text)


def test_plain_text_has_one_reading() -> None:
    assert readings("A warm lamp on an oak table, 19 EUR") == ("a warm lamp on an oak table, 19 eur",)


def test_overrides_reorder_and_the_marks_of_arabic_do_not() -> None:
    assert reorders("a\u202eb")
    assert reorders("a\u2066b\u2069")
    assert reorders("a\u200fb")
    assert not reorders("سعر 10\u200f ريال")


@pytest.mark.parametrize(
    "text", ["a" * 10_000, "c*" * 5_000, "a b " * 2_500, "1-" * 5_000, "aaa" * 3_333, "a." * 5_000]
)
def test_the_longest_texts_are_read_in_no_time(text: str) -> None:
    started = time.process_time()
    readings(text)
    assert time.process_time() - started < 1
