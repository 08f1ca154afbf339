"""Captions cut from a narration whose words last a third of a second each."""

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.synthetic.media import TOOLS
from vidgen_assets.captions.cues import captions_of
from vidgen_assets.captions.files import WORD_JOINER, subrip, webvtt
from vidgen_assets.clips.captions import LONGEST_LINE, Captions, Cue
from vidgen_assets.clips.media_tools import Tool
from vidgen_assets.clips.narration import Narration, Slot, Word
from vidgen_assets.clips.words import length_of, words_of


def said(text: str, *, word_s: float = 1 / 3) -> Narration:
    words = tuple(
        Word(start=a, end=b, start_s=number * word_s, end_s=(number + 0.9) * word_s)
        for number, (a, b) in enumerate(words_of(text))
    )
    slot = Slot(name="part-1", text=text, start_s=0, end_s=len(words) * word_s + 2, words=words)
    return Narration(language="en", voice="v", slots=(slot,))


def cues_of(text: str, **timing: float) -> list[tuple[str, ...]]:
    return [cue.lines for cue in captions_of(said(text, **timing), "en", Fraction(30)).cues]


def test_lines_and_cues_end_with_their_sentences() -> None:
    cues = cues_of("It wakes with the sun. Touch it once to read, twice to rest. It never sleeps at all.")

    assert [line for lines in cues for line in lines] == [
        "It wakes with the sun.",
        "Touch it once to read, twice to rest.",
        "It never sleeps at all.",
    ]


def test_two_lines_break_after_a_comma_and_before_a_small_word() -> None:
    assert cues_of("Twelve hundred lumens of warm light, from a bulb that lasts fifteen years.") == [
        ("Twelve hundred lumens of warm light,", "from a bulb that lasts fifteen years.")
    ]


def test_numbers_and_words_stay_whole_and_marks_stay_with_them() -> None:
    lines = [
        line
        for cue in cues_of("Order today for just 1,499.90 € — at shop.example/lamp, or call us 😀!")
        for line in cue
    ]

    assert any("1,499.90 € —" in line for line in lines)
    assert lines[-1].endswith("call us 😀!")


def test_chinese_is_cut_where_a_line_may_break_and_without_spaces() -> None:
    cues = cues_of("今天天气很好，我们去公园吧！公园里有很多花，也有很多孩子在草地上玩耍，大家都非常开心。")

    assert all(len(line) <= LONGEST_LINE and " " not in line for lines in cues for line in lines)
    assert not any(line.startswith(("，", "。", "！")) for lines in cues for line in lines)


def test_a_word_longer_than_a_line_is_cut_at_its_edge() -> None:
    lines = [line for cue in cues_of("a" * 100) for line in cue]

    assert [len(line) for line in lines] == [42, 42, 16]


THAI = "แสงสว่างทำให้ห้องอบอุ่นและสวยงามมากขึ้นทุกวันเมื่อเราเปิดไฟในตอนเย็นหลังจากกลับบ้านมาเหนื่อยๆ"
ADDRESS = "https://www.example.com/a/very/long/address/that/never/ends/and/goes/on/for/ever/and/ever/index.html"


def test_thai_is_cut_between_its_words() -> None:
    lines = [line for cue in cues_of(THAI) for line in cue]

    assert lines == ["แสงสว่างทำให้ห้องอบอุ่นและสวยงามมากขึ้นทุก", "วันเมื่อเราเปิดไฟในตอนเย็นหลังจากกลับบ้านมาเหนื่อยๆ"]


@pytest.mark.parametrize(
    ("stretch", "never_ends_with", "never_begins_with"),
    [
        ("เกาะ" * 40, "เ", "า"),  # Thai: a vowel stands on both sides of its consonant
        ("ເກາະ" * 40, "ເ", "າ"),  # Lao
        ("မြန်မာ" * 40, "\u1039", "ာ"),  # Burmese
        ("ខ្មែរ" * 40, "\u17d2", "ែ"),  # Khmer
        ("क्ष" * 60, "\u094d", "\u094d"),
    ],
)
def test_no_vowel_or_mark_leaves_its_consonant(stretch: str, never_ends_with: str, never_begins_with: str) -> None:
    lines = [line for cue in cues_of(stretch) for line in cue]

    assert len(lines) > 1
    assert not any(line.endswith(never_ends_with) or line.startswith(never_begins_with) for line in lines)


def test_marks_on_letters_are_not_read_as_characters() -> None:
    assert length_of("น้ำ") == 1
    assert length_of("မြန်မာ") == 3
    assert length_of("soft\u00adhyphen\u200b") == 10
    assert length_of("e\u0301 👨‍👩‍👧") == 3


def test_an_address_longer_than_a_line_is_cut_where_a_line_may_break() -> None:
    lines = [line for cue in cues_of(f"Visit {ADDRESS} now.") for line in cue]

    assert "".join(lines).replace(" ", "") == f"Visit{ADDRESS}now."
    assert all(line.endswith("/") for line in lines[:-1])


def test_pieces_of_a_word_share_its_time_by_their_characters() -> None:
    """42 of a hundred characters, twice, and sixteen, in ten seconds."""
    cues = captions_of(said("a" * 100, word_s=10 / 0.9), "en", Fraction(30)).cues

    assert [cue.lines for cue in cues] == [("a" * 42,), ("a" * 42, "a" * 16)]
    assert cues[1].start_s == pytest.approx(4.2)


def test_a_space_within_a_cut_word_is_kept() -> None:
    lines = [line for cue in cues_of("a" * 41 + " — — and") for line in cue]

    assert " ".join(lines) == "a" * 41 + " — — and"


def test_a_cue_lingers_until_it_can_be_read() -> None:
    # 23 characters at 17 a second are 1.353 s; the words take 0.6
    (cue,) = captions_of(said("Extraordinary lampshade", word_s=0.3), "en", Fraction(30)).cues

    assert cue.end_s == pytest.approx(23 / 17, abs=0.01)


def test_two_frames_lie_between_cues() -> None:
    first, second = captions_of(
        said("It wakes with the sun. Touch it once to read, twice to rest. It never sleeps at all."), "en", Fraction(25)
    ).cues

    assert second.start_s - first.end_s >= 2 / 25 - 1e-6


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=300))
def test_whatever_is_said_is_shown_to_the_character(text: str) -> None:
    captions = captions_of(said(text), "en", Fraction(30))
    shown = "".join("".join(line.split()) for cue in captions.cues for line in cue.lines)

    assert shown == ("".join(text.split()) if words_of(text) else "")
    assert all(length_of(line) <= LONGEST_LINE for cue in captions.cues for line in cue.lines)


def test_markup_in_a_text_is_text_in_webvtt() -> None:
    captions = Captions(language="en", cues=(Cue(start_s=1.5, end_s=3661.25, lines=("a <b> & {c}", "d --> e")),))

    assert webvtt(captions) == ("WEBVTT\n\n1\n00:00:01.500 --> 01:01:01.250\na &lt;b&gt; &amp; {c}\nd --&gt; e\n")


def test_markup_in_a_text_is_text_to_a_player_of_subrip(tmp_path: Path) -> None:
    """Read back by ffmpeg, which drops a text with an arrow, runs tags and breaks a line at a backslash."""
    texts = (
        ("<i>a</i> <b>", "{\\an8}x {y:i}z"),
        ("00:00:07,000 --> 00:00:09,000 Buy now", "1 < 2, R&D"),
        ("C:\\New\\home", "&lt;b&gt;"),
    )
    cues = tuple(Cue(start_s=2 * n, end_s=2 * n + 1, lines=lines) for n, lines in enumerate(texts))
    file = tmp_path / "captions.srt"
    file.write_text(subrip(Captions(language="en", cues=cues)), encoding="utf-8")

    read = TOOLS.run(Tool.FFMPEG, ["-v", "error", "-i", str(file), "-f", "webvtt", "-"], deadline_s=20).stdout.decode()
    shown = [block.split("\n")[1:] for block in read.replace(WORD_JOINER, "").strip().split("\n\n")[1:]]
    assert shown == [list(lines) for lines in texts]
    assert "1 < 2, R&D" in file.read_text(encoding="utf-8")


def test_both_files_say_which_way_a_line_runs_that_begins_with_a_word_of_another_script() -> None:
    lines = ("המנורה החדשה של", "Lumen כבר כאן")
    captions = Captions(language="he", cues=(Cue(start_s=0, end_s=1, lines=lines),))

    assert "המנורה החדשה של\n\u200fLumen כבר כאן\n" in webvtt(captions)
    assert "המנורה החדשה של\n\u200fLumen כבר כאן\n" in subrip(captions)
