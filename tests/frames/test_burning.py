"""Captions in the picture: when they are there, where, and that the rest of the frame stays as it was."""

from fractions import Fraction

import numpy as np
import pytest

from tests.synthetic.frames import SyntheticFrames, solid
from vidgen_assets.clips.captions import LONGEST_LINE, Captions, Cue
from vidgen_assets.clips.errors import InputError
from vidgen_assets.clips.generation import Frame, FrameShape
from vidgen_assets.frames.burning import Burnt, size_px
from vidgen_assets.templates.captioning import box_of, caption_band, caption_face

FPS = Fraction(10)
CAPTIONS = Captions(
    language="en",
    cues=(
        Cue(start_s=0.2, end_s=0.6, lines=("A lamp that follows",)),
        Cue(start_s=0.6, end_s=0.9, lines=("the light of the day,", "all by itself")),
    ),
)
SIZES = {"landscape": (640, 360), "portrait": (360, 640), "square": (360, 360), "feed": (360, 450)}


def grey(size: tuple[int, int] = (640, 360), level: int = 128) -> SyntheticFrames:
    picture = solid(*size, level)
    picture.setflags(write=False)  # as frames read from a file are
    return SyntheticFrames(FrameShape(*size, FPS, 12), lambda _: picture, 12)


def burnt(captions: Captions = CAPTIONS, size: tuple[int, int] = (640, 360), level: int = 128) -> list[Frame]:
    return list(Burnt(grey(size, level), captions))


def touched(frame: Frame, level: int = 128) -> np.ndarray:
    return np.argwhere((frame[..., :3] != level).any(axis=-1))


def test_a_cue_shows_from_its_start_until_just_before_its_end() -> None:
    shown = [len(touched(frame)) > 0 for frame in burnt()]

    assert shown == [False, False, True, True, True, True, True, True, True, False, False, False]


def test_cues_that_follow_each_other_are_told_apart() -> None:
    frames = burnt()

    assert np.array_equal(frames[2], frames[5])
    assert not np.array_equal(frames[5], frames[6])


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_two_full_lines_keep_inside_the_safe_area(size: tuple[int, int]) -> None:
    line = "wide words make a wide line, mm WWW more."[:LONGEST_LINE]
    captions = Captions(language="en", cues=(Cue(start_s=0, end_s=1, lines=(line, line)),))

    rows, columns = touched(burnt(captions, size)[0]).T

    width, height = size
    assert columns.min() >= 0.05 * width - 1
    assert columns.max() <= 0.95 * width
    assert rows.max() <= height * (0.82 if height > width else 0.92)
    assert rows.min() > height / 2
    assert abs(columns.min() + columns.max() + 1 - width) <= 2  # in the middle
    top, bottom = caption_band(*size)
    assert top < rows.min()
    assert rows.max() < bottom


@pytest.mark.parametrize("level", [0, 128, 255])
def test_type_is_readable_on_any_ground(level: int) -> None:
    frame = burnt(level=level)[3][..., 1].astype(float)

    rows, columns = touched(burnt(level=level)[3], level).T
    inside = frame[rows.min() + 2 : rows.max() - 1, columns.min() + 8 : columns.max() - 7]
    box, ink = np.median(inside), np.percentile(inside, 99.5)

    def luminance(value: float) -> float:
        return ((value / 255 + 0.055) / 1.055) ** 2.4

    assert (luminance(ink) + 0.05) / (luminance(box) + 0.05) >= 4.5  # WCAG 2.2, 1.4.3


def test_the_source_is_not_written_to_and_the_rest_stays() -> None:
    frames, source = burnt(), grey().draw(0)

    assert np.array_equal(frames[3][:180], source[:180])
    assert (source[..., :3] == 128).all()
    assert all(frame.flags.c_contiguous and (frame[..., 3] == 255).all() for frame in frames)


def test_one_size_for_the_whole_clip() -> None:
    shape, face = FrameShape(1280, 720, FPS, 12), caption_face("en")
    longer = Cue(start_s=1, end_s=2, lines=("m" * LONGEST_LINE,))

    assert size_px(CAPTIONS, shape, face) == 36
    assert size_px(CAPTIONS.model_copy(update={"cues": (*CAPTIONS.cues, longer)}), shape, face) < 36


def test_a_box_grows_upwards_with_its_lines() -> None:
    one, two = (box_of(widths, 36, 0.7, (1280, 720)) for widths in ([300.0], [300.0, 200.0]))

    assert one[3] == two[3] == pytest.approx(662.4)
    assert one[1] - two[1] == pytest.approx(1.28 * 36)


def test_characters_without_a_glyph_are_refused_before_anything_is_drawn() -> None:
    captions = Captions(language="chr", cues=(Cue(start_s=0, end_s=1, lines=("ᏣᎳᎩ",)),))

    with pytest.raises(InputError, match=r"can't be drawn into the picture.*'ᏣᎳᎩ'"):
        Burnt(grey(), captions)


@pytest.mark.parametrize(("language", "line"), [("ja", "灯り"), ("ar", "مصباح"), ("hi", "दीपक"), ("ru", "лампа")])
def test_other_scripts_are_drawn(language: str, line: str) -> None:
    captions = Captions(language=language, cues=(Cue(start_s=0, end_s=1, lines=(line,)),))

    frame = burnt(captions)[0]

    assert (frame[..., :3].min(axis=-1) > 240).sum() > 100  # white ink


def place_of(word: str, other: str, line: str, *, first: str, language: str) -> float:
    """Where `word` stands in the second line of a cue, from 0 at the text's left end to 1 at its right.

    `other` is as wide as `word`: what differs in the picture once it takes its place is the word.
    """
    frames = [
        burnt(Captions(language=language, cues=(Cue(start_s=0, end_s=1, lines=(first, line.format(each))),)))[0]
        for each in (word, other)
    ]
    columns = np.flatnonzero((frames[0] != frames[1]).any(axis=(0, 2)))
    lower = frames[0][310:326]  # the baseline of the second line is at 326
    inked = np.flatnonzero((lower[..., :3].min(axis=-1) > 200).any(axis=0))
    return float((columns.mean() - inked.min()) / (inked.max() - inked.min()))


HEBREW, LATIN = "המנורה החדשה של", "The new lamp by"


@pytest.mark.parametrize(
    ("first", "line", "language", "at_right"),
    [
        (HEBREW, "{} כבר כאן אצלנו", "he", True),  # the second line of a sentence from right to left
        (HEBREW, "{} כבר כאן אצלנו", "en", True),  # whatever the language: the cue's own first letter is Hebrew
        (LATIN, "{} כבר כאן אצלנו", "he", True),  # whatever the cue begins with: captions in Hebrew
        (LATIN, "{} כבר כאן אצלנו", "en", False),
        (LATIN, "{} is finally here", "he", False),  # not a letter of Hebrew is there
    ],
)
def test_both_lines_of_a_caption_run_as_the_caption_does(first: str, line: str, language: str, at_right: bool) -> None:
    """Its first word stands at the right end of the line that runs from right to left."""
    place = place_of("nunu", "unun", line, first=first, language=language)
    assert place > 0.75 if at_right else place < 0.25
