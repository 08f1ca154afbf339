"""Line breaks: spaces and hyphens, kinsoku, words of Thai, phrases of Japanese, Chinese and Korean."""

import pytest

from vidgen_assets.templates.breaking import phrases_of, pieces_of


def shown(pieces: tuple[tuple[str, str], ...]) -> list[str]:
    return [piece for piece, _ in pieces]


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("two words", [("two", " "), ("words", "")]),
        ("well-known", [("well-", ""), ("known", "")]),
        ("Donau\u00adschiff", [("Donau", "\u00ad"), ("schiff", "")]),
        ("光、る", [("光、", ""), ("る", "")]),
        ("「光」", [("「光」", "")]),
        ("光 lamp", [("光", " "), ("lamp", "")]),
        ("光　る", [("光", "\u3000"), ("る", "")]),
        ("ไทย\u200bไทย", [("ไทย", ""), ("ไทย", "")]),
    ],
)
def test_lines_break_where_they_may(text: str, pieces: list[tuple[str, str]]) -> None:
    assert list(pieces_of(text)) == pieces


@pytest.mark.parametrize(
    ("text", "language", "phrases"),
    [
        ("手仕上げのシェードが部屋を照らします", "ja", ["手仕上げの", "シェードが", "部屋を", "照らします"]),
        ("今天是晴天。", "zh-Hans", ["今天", "是", "晴天。"]),
        ("부드러운 빛이 방을", "ko", ["부드러운", "빛이", "방을"]),
        ("新しいMacBook Proを見る", "en", ["新しい", "MacBook", "Proを", "見る"]),
        ("two words", "ja", ["two", "words"]),
        ("部屋を　照らす", "ja", ["部屋を", "照らす"]),
    ],
)
def test_phrases_stay_whole(text: str, language: str, phrases: list[str]) -> None:
    assert shown(phrases_of(text, language)) == phrases


def test_traditional_chinese_has_a_model_of_its_own() -> None:
    assert "".join(shown(phrases_of("照亮您的每一個夜晚", "zh-Hant-TW"))) == "照亮您的每一個夜晚"


def test_thai_breaks_between_words() -> None:
    assert shown(pieces_of("ทุกมุมบ้านของคุณ")) == ["ทุก", "มุม", "บ้าน", "ของ", "คุณ"]


def test_no_thai_vowel_leaves_its_consonant() -> None:
    pieces = shown(pieces_of("น้ำใจที่เต็มไปด้วยความรักและความเข้าใจๆ" * 4))
    assert not [piece for piece in pieces if piece[0] in "ะาำๆฯ\u0e31\u0e34\u0e48\u0e49" or piece[-1] in "เแโใไ"]


def test_no_piece_begins_with_a_closing_sign() -> None:
    text = "角を曲がる、やさしい光。「手仕上げ」のシェード（新）！"
    for pieces in (pieces_of(text), phrases_of(text, "ja")):
        assert not [piece for piece in shown(pieces) if piece[0] in "、。」）！ー" or piece[-1] in "「（"]
