"""A customer's picture is read as people see it, or refused with what to do."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from tests.templates.cards import a_cutout, a_photograph
from vidgen_assets.clips.errors import InputError
from vidgen_assets.templates.pictures import read_picture


def refusal(path: Path) -> InputError:
    with pytest.raises(InputError) as caught:
        read_picture(path, "pictures/lamp.png")
    assert (caught.value.field, caught.value.value) == ("image", "pictures/lamp.png")
    assert caught.value.remedy
    return caught.value


def test_a_transparent_background_makes_a_cutout_trimmed_to_the_product(tmp_path: Path) -> None:
    picture = read_picture(a_cutout(tmp_path), "disc.png")
    assert picture.is_cutout
    assert picture.image.size == (161, 201)  # the ellipse from 20,20 to 180,220, both ends included


def test_a_jpeg_is_a_photograph(tmp_path: Path) -> None:
    assert not read_picture(a_photograph(tmp_path), "photograph.jpg").is_cutout


def test_a_camera_held_upright_is_seen_upright(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # orientation: turn by 90 degrees
    Image.new("RGB", (200, 100)).save(tmp_path / "turned.jpg", exif=exif)
    assert read_picture(tmp_path / "turned.jpg", "turned.jpg").image.size == (100, 200)


@pytest.mark.parametrize("make", [a_cutout, a_photograph])
@pytest.mark.parametrize("share", [0.3, 0.9])
def test_a_file_cut_short_is_refused(tmp_path: Path, make: Callable[[Path], Path], share: float) -> None:
    whole = make(tmp_path)
    whole.write_bytes(whole.read_bytes()[: int(whole.stat().st_size * share)])
    assert "damaged or cut short" in refusal(whole).found


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"<svg xmlns='http://www.w3.org/2000/svg'/>"])
def test_what_is_no_picture_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "lamp.png").write_bytes(content)
    assert "no picture" in refusal(tmp_path / "lamp.png").found


@pytest.mark.parametrize("size", [(8000, 5001), (15000, 15000)])
def test_more_than_40_megapixels_are_refused_unread(tmp_path: Path, size: tuple[int, int]) -> None:
    Image.new("1", size).save(tmp_path / "huge.png")
    assert "megapixels" in refusal(tmp_path / "huge.png").found


def test_a_picture_too_small_to_show_is_refused(tmp_path: Path) -> None:
    Image.new("RGB", (640, 63)).save(tmp_path / "small.png")
    assert "640x63" in refusal(tmp_path / "small.png").found


def test_an_entirely_transparent_picture_is_refused(tmp_path: Path) -> None:
    Image.new("RGBA", (100, 100)).save(tmp_path / "nothing.png")
    assert "transparent" in refusal(tmp_path / "nothing.png").found


def test_sixteen_bits_a_channel_are_refused(tmp_path: Path) -> None:
    Image.new("I;16", (100, 100)).save(tmp_path / "deep.png")
    assert "8 bits" in str(refusal(tmp_path / "deep.png").remedy)
