import io

import pytest
from PIL import Image

from vidgen_assets.clips.contact_sheet import contact_sheet
from vidgen_assets.clips.errors import PermanentError

RED, BLUE = (200, 0, 0), (0, 0, 200)


def a_picture(colour: tuple[int, int, int], width: int = 320, height: int = 180) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(out, "PNG")
    return out.getvalue()


def opened(sheet: bytes) -> Image.Image:
    return Image.open(io.BytesIO(sheet))


def colour_at(sheet: bytes, x: float, y: float) -> tuple[int, ...]:
    pixel = opened(sheet).getpixel((round(x), round(y)))
    assert isinstance(pixel, tuple)
    return tuple(int(channel) for channel in pixel)


def test_a_full_row_is_as_wide_as_asked() -> None:
    sheet = opened(contact_sheet([(f"clip {n}", a_picture(RED)) for n in range(6)], 4, 960))

    assert sheet.format == "JPEG"
    assert sheet.width == pytest.approx(960, abs=4)  # cells are whole pixels


def test_pictures_run_from_left_to_right_and_then_down() -> None:
    sheet = contact_sheet([("a", a_picture(RED)), ("b", a_picture(RED)), ("c", a_picture(BLUE))], 2, 640)

    assert colour_at(sheet, 160, 90) == pytest.approx(RED, abs=4)
    assert colour_at(sheet, 480, 90) == pytest.approx(RED, abs=4)
    assert colour_at(sheet, 160, 310) == pytest.approx(BLUE, abs=4)
    assert max(colour_at(sheet, 480, 310)) < 40  # the fourth cell is empty


def test_a_portrait_keeps_its_aspect_in_the_middle_of_a_square_cell() -> None:
    sheet = contact_sheet([("tall", a_picture(RED, 180, 320))], 1, 424)

    assert colour_at(sheet, 212, 212) == pytest.approx(RED, abs=4)
    assert max(colour_at(sheet, 40, 212)) < 60  # 400 px cell, 225 px picture: 87 px of mat on either side


def test_a_long_caption_stays_in_its_cell() -> None:
    sheet = contact_sheet([("x" * 500, a_picture(RED)), ("", a_picture(BLUE))], 2, 640)

    caption_of_the_second = opened(sheet).crop((340, 195, 620, 210)).convert("L")
    darkest, brightest = caption_of_the_second.getextrema()
    assert isinstance(brightest, int | float)
    assert brightest < 60, f"{darkest}..{brightest}: the first caption runs into the second cell"


def test_what_is_no_picture_is_named() -> None:
    with pytest.raises(PermanentError, match="'spring-007'"):
        contact_sheet([("spring-007", b"not a picture")], 3, 640)


def test_nothing_has_no_sheet() -> None:
    with pytest.raises(ValueError, match="at least one picture"):
        contact_sheet([], 3, 640)
