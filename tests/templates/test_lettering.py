"""Type in every script: fonts that fall back, directions, joins, line breaks, sizes that fit."""

import time
from pathlib import Path

import numpy as np
import pytest
import skia

from vidgen_assets.clips.digest import Digest
from vidgen_assets.templates.breaking import leading_of
from vidgen_assets.templates.lettering import Typeface, balanced_lines, fit
from vidgen_assets.templates.library import TemplateLibrary
from vidgen_assets.templates.typeset import draw_text

CARD = TemplateLibrary().load("product_card")


def a_face(language: str = "en", style: str = "headline", tracking: float = 0.0) -> Typeface:
    return Typeface(CARD.fonts_of(CARD.document.styles[style], language), language, tracking)


def fonts_of(text: str, language: str) -> list[str]:
    return [run.font.stem for run in a_face(language).shape(text).runs]


@pytest.mark.parametrize(
    ("text", "language", "fonts"),
    [
        ("Light", "en", ["Manrope-ExtraBold"]),
        ("Привет", "ru", ["Manrope-ExtraBold"]),
        ("سلام", "ar", ["NotoSansArabic-Bold"]),
        ("שלום", "he", ["NotoSansHebrew-Bold"]),
        ("हिन्दी", "hi", ["NotoSansDevanagari-Bold"]),
        ("ไทย", "th", ["NotoSansThai-Bold"]),
        ("光る", "ja", ["NotoSansJP-Bold"]),
        ("骨门", "zh-Hans", ["NotoSansSC-Bold"]),
        ("한국어", "ko", ["NotoSansKR-Bold"]),
        ("iPhone を見る", "ja", ["Manrope-ExtraBold", "NotoSansJP-Bold"]),
    ],
)
def test_text_is_set_in_the_first_font_that_has_it(text: str, language: str, fonts: list[str]) -> None:
    assert fonts_of(text, language) == fonts


def test_lighter_styles_fall_back_to_lighter_fonts() -> None:
    assert a_face("ja", "supporting").shape("光").runs[0].font.stem == "NotoSansJP-Medium"


def test_ideographs_have_the_forms_of_the_language() -> None:
    japanese, chinese = (a_face(language).shape("骨").runs[0].font.stem for language in ("ja", "zh"))
    assert (japanese, chinese) == ("NotoSansJP-Bold", "NotoSansSC-Bold")


@pytest.mark.parametrize(("text", "least"), [("Ánh sáng Ề", 1.4), ("SỮA ẤM", 1.4), ("ề", 0.0), ("ÜBER Ñ", 0.0)])
def test_capitals_with_two_marks_have_room_above_them(text: str, least: float) -> None:
    assert leading_of(text) == least


def test_arabic_letters_join() -> None:
    face = a_face("ar")
    alone = [face.shape(letter).runs[0].ids[0] for letter in "سلم"]
    joined = face.shape("سلم").runs[0].ids
    assert set(joined).isdisjoint(alone)


def test_joined_letters_are_not_tracked() -> None:
    assert a_face("ar", tracking=0.2).width("سلام") == a_face("ar").width("سلام")
    assert a_face("en", tracking=0.2).width("abc") == pytest.approx(a_face("en").width("abc") + 0.4)


def test_a_right_to_left_word_is_seen_from_its_end() -> None:
    face = a_face("he")
    shin, final_mem = (face.shape(letter).runs[0].ids[0] for letter in "שם")
    ids = face.shape("שלום").runs[0].ids
    assert (ids[0], ids[-1]) == (final_mem, shin)


def test_vowel_signs_are_reordered() -> None:
    face = a_face("hi")
    # Written after the letter, seen before it.
    assert face.shape("कि").runs[0].ids[-1] == face.shape("क").runs[0].ids[0]


def test_what_no_font_has_is_named() -> None:
    assert a_face().missing("A 💡 lamp 𓀀") == "💡𓀀"
    assert a_face().missing("👩\u200d💻") == "👩💻"
    assert a_face("fa").missing("می‌خواهم") == ""


def test_marks_stay_with_their_letter() -> None:
    # Manrope has é but no lone mark for it; none has a circle around letters.
    face = a_face()
    assert face.missing("e\u0301") == ""
    assert face.shape("Cafe\u0301").runs[0].ids == face.shape("Café").runs[0].ids
    assert face.missing("a\u20dd") == "\u20dd"
    assert [run.font.stem for run in a_face("he").shape("שָׁלוֹם").runs] == ["NotoSansHebrew-Bold"]


def test_thai_marks_stand_above_their_letter() -> None:
    run = a_face("th").shape("นี้").runs[0]
    assert len(run.ids) == 3
    assert run.xs[1] == pytest.approx(run.xs[2], abs=0.1)
    assert a_face("th").width("นี้") == a_face("th").width("น")


def test_brackets_are_mirrored_where_text_runs_from_right_to_left() -> None:
    run = a_face("he").shape("ש(ש").runs[0]
    font = skia.FontMgr.New_Custom_Empty().makeFromFile(str(run.font))
    assert run.ids[1] == font.unicharToGlyph(ord(")"))


def test_signs_stay_with_their_letters() -> None:
    assert fonts_of("«שלום»!", "he") == ["NotoSansHebrew-Bold"]
    assert list(dict.fromkeys(fonts_of("אור (Pro)", "he"))) == ["Manrope-ExtraBold", "NotoSansHebrew-Bold"]


def test_lines_run_as_their_paragraph() -> None:
    lines = balanced_lines(a_face("he"), "חדש בחנות שלנו iPhone 15 Pro Max במחיר מיוחד", 9, 4)
    assert lines
    assert "\u200fiPhone 15 Pro" in [line[:14] for line in lines]
    assert a_face(tracking=0.1).width("\u200fabc") == pytest.approx(a_face(tracking=0.1).width("abc"))


def test_no_line_begins_with_a_closing_sign() -> None:
    lines = balanced_lines(a_face("ja"), "角を曲がる、やさしい光。手仕上げのシェード、あたたかな灯り。", 8, 9)
    assert lines
    assert not [line for line in lines if line[0] in "、。」"]


def test_phrases_stay_whole_unless_type_would_get_much_smaller() -> None:
    face, text = a_face("ja"), "手仕上げのシェードが部屋を照らします"
    found = fit(face, text, sizes=(60, 10), width=400, lines=3, height=400, line_height=1.1)
    assert found
    assert found.lines == ("手仕上げの", "シェードが部屋を", "照らします")
    assert balanced_lines(face, text, 4, 6) == ("手仕上げ", "のシェー", "ドが部屋", "を照らし", "ます")


def test_a_soft_hyphen_shows_only_where_a_line_breaks() -> None:
    assert balanced_lines(a_face(), "Donau\u00addampf\u00adschiff", 5.0, 3) == (
        "Donau-",
        "dampfschiff"[:5] + "-",
        "schiff",
    )
    assert a_face().missing("Donau\u00addampf") == ""


def test_lines_are_balanced() -> None:
    face = a_face()
    lines = balanced_lines(face, "A lamp that follows the light of your day", 14, 3)
    assert lines
    widths = [face.width(line) for line in lines]
    assert max(widths) - min(widths) < 0.35 * max(widths)


def test_tall_scripts_get_more_room_between_lines() -> None:
    assert leading_of("abc") == 0
    assert 1.2 < leading_of("光") < leading_of("سلام")
    found = fit(a_face("ar"), "ضوء يدور حول الزاوية", sizes=(10, 5), width=60, lines=3, height=200, line_height=1.1)
    assert found
    assert found.line_height == leading_of("سلام")


def test_the_largest_size_that_fits_is_found() -> None:
    face = a_face()
    found = fit(face, "Light", sizes=(100, 10), width=150, lines=1, height=200, line_height=1.1)
    assert found
    assert face.width("Light") * found.size <= 150 < face.width("Light") * (found.size + 2)


@pytest.mark.parametrize(
    "text", ["word " * 2000, "x" * 10_000, "光" * 10_000, "س" * 10_000, "שלום ab 12 (c) " * 700, "💡" * 10_000]
)
def test_ten_thousand_characters_are_soon_found_too_long(text: str) -> None:
    began = time.process_time()
    assert fit(a_face(), text, sizes=(60, 30), width=600, lines=3, height=300, line_height=1.1) is None
    assert time.process_time() - began < 2  # a net against a blow-up: on a busy core they took 0.1 s at most (2026-11)


@pytest.mark.parametrize("heap", ["e" + "\u0301" * 9_999, "\u200d" * 10_000, "\u0651" * 10_000])
def test_a_heap_of_marks_is_shaped_in_one_go(heap: str) -> None:
    began = time.process_time()
    a_face().missing(heap)
    a_face().shape(heap)
    assert time.process_time() - began < 2


@pytest.mark.parametrize(
    ("text", "language", "golden"),
    [
        ("Light that turns", "en", "26518dd12502"),
        ("ضوء 15 يدور", "ar", "118105645e0a"),
        ("角を曲がる光", "ja", "d655f4654a84"),
        ("कि क्षेत्र", "hi", "5a899faf5b3c"),
        ("אור (Pro) 15", "he", "0539aed8c404"),
        ("น้ำใจที่นี่", "th", "3f077c016bbc"),
        ("转过街角", "zh-Hans", "a48aa8b93411"),
        ("모퉁이", "ko", "dd0d3a5e9b62"),
    ],
)
def test_drawn_lines_are_those_of_this_recipe(text: str, language: str, golden: str) -> None:
    """Raise SHAPING_RECIPE when one of these has to change."""
    first, second = (drawn(text, language) for _ in range(2))
    assert np.array_equal(first, second)
    assert first.min() < 50
    assert Digest.of_bytes(first.tobytes()).short == golden


def drawn(text: str, language: str) -> np.ndarray:
    pixels = np.full((60, 420, 4), 255, np.uint8)
    info = skia.ImageInfo.Make(420, 60, skia.kRGBA_8888_ColorType, skia.kOpaque_AlphaType)
    canvas = skia.Surface.MakeRasterDirect(info, pixels).getCanvas()
    draw_text(canvas, a_face(language).shape(text), 10, 42, 32, skia.Paint(AntiAlias=True, Color=skia.ColorBLACK))
    return pixels


def test_every_fallback_font_has_its_licence_beside_it() -> None:
    folder = Path(a_face().fonts[-1]).parent
    families = {path.stem.split("-")[0] for path in folder.glob("*.ttf")}
    assert {path.stem.removeprefix("OFL-") for path in folder.glob("OFL-*.txt")} == families
    assert sum(path.stat().st_size for path in folder.iterdir()) < 12_000_000
