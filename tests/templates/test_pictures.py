"""A customer's picture is read as people see it, or refused with what to do."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.templates.cards import a_cutout, a_photograph
from tests.templates.templates_at_hand import a_request, a_template
from vidgen_assets.clips.digest import Digest
from vidgen_assets.clips.errors import InputError
from vidgen_assets.templates import pictures, scene
from vidgen_assets.templates.layers import Form
from vidgen_assets.templates.legibility import resolve_timeline
from vidgen_assets.templates.photographs import picture_actor
from vidgen_assets.templates.pictures import PictureSet, read_pictures


def read_picture(path: Path) -> PictureSet:
    return read_pictures([path], ["pictures/lamp.png"])


def refusal(path: Path) -> InputError:
    with pytest.raises(InputError) as caught:
        read_picture(path)
    assert (caught.value.field, caught.value.value) == ("image", "pictures/lamp.png")
    assert caught.value.remedy
    return caught.value


def test_a_transparent_background_makes_a_cutout_trimmed_to_the_product(tmp_path: Path) -> None:
    found = read_picture(a_cutout(tmp_path))
    assert found.are_cutouts
    assert found.size == next(iter(found)).size == (161, 201)  # the ellipse from 20,20 to 180,220, both ends included


def test_a_jpeg_is_a_photograph(tmp_path: Path) -> None:
    assert not read_picture(a_photograph(tmp_path)).are_cutouts


def test_a_camera_held_upright_is_seen_upright(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # orientation: turn by 90 degrees
    Image.new("RGB", (200, 100)).save(tmp_path / "turned.jpg", exif=exif)
    assert read_picture(tmp_path / "turned.jpg").size == (100, 200)


@pytest.mark.parametrize("kind", ["png", "jpg"])
@pytest.mark.parametrize("tags", [b"II*\x00\x08", b"Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x02\xff"])
def test_damaged_tags_leave_a_picture_as_it_is(tmp_path: Path, tags: bytes, kind: str) -> None:
    Image.new("RGB", (200, 100)).save(tmp_path / f"odd.{kind}", exif=tags)
    assert read_picture(tmp_path / f"odd.{kind}").size == (200, 100)


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


def test_a_speck_is_not_blown_up_to_a_product_and_a_thin_one_is_kept(tmp_path: Path) -> None:
    for name, length in (("speck", 63), ("pencil", 64)):
        picture = Image.new("RGBA", (200, 200))
        picture.paste((0, 255, 0, 255), (100, 50, 103, 50 + length))
        picture.save(tmp_path / f"{name}.png")
    assert "3x63 px; the rest is transparent" in refusal(tmp_path / "speck.png").found
    assert read_picture(tmp_path / "pencil.png").size == (3, 64)


def a_set(folder: Path, *pictures: Image.Image) -> list[Path]:
    paths = [folder / f"{number}.png" for number in range(len(pictures))]
    for path, picture in zip(paths, pictures, strict=True):
        picture.save(path)
    return paths


def a_disc(at: int, size: tuple[int, int] = (200, 100)) -> Image.Image:
    picture = Image.new("RGBA", size)
    picture.paste((200, 40 + at, 40, 255), (at, 10, at + 70, 80))
    return picture


@pytest.mark.parametrize(
    ("odd", "found"),
    [
        (Image.new("RGB", (200, 100)), "cut-outs and photographs, mixed"),
        (a_disc(20, (100, 200)), "different sizes: 100x200 px and 200x100 px"),
    ],
)
def test_a_set_that_would_jump_is_refused_with_the_odd_one(tmp_path: Path, odd: Image.Image, found: str) -> None:
    with pytest.raises(InputError, match=found) as caught:
        read_pictures(a_set(tmp_path, a_disc(10), a_disc(20), odd), ["a", "b", "c"])
    assert caught.value.value == "c"


def test_a_set_that_is_too_large_to_hold_is_read_one_by_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = a_set(tmp_path, a_disc(10), a_disc(20), a_disc(30))
    held = read_pictures(paths, ["a", "b", "c"])
    monkeypatch.setattr(pictures, "_MOST_PIXELS", 50_000)
    read = read_pictures(paths, ["a", "b", "c"])
    assert (len(held.held), len(read.held)) == (3, 0)
    assert [image.tobytes() for image in read] == [image.tobytes() for image in held]
    assert read.size == (90, 70)


def test_a_strip_is_enlarged_no_further_than_it_is_seen(tmp_path: Path) -> None:
    """As high as the clip and whole, it would be 32,000 pixels long."""
    picture = Image.new("RGB", (4000, 80))
    picture.paste((255, 255, 255), (1990, 0, 2010, 80))
    (path,) = a_set(tmp_path, picture)
    part = scene.PicturePart(
        pictures=(Digest.of_file(path),), box=(0, 0, 360, 640), frame=(0, 0, 360, 640), contain=False, focus=(0.5, 0.5),
        form=Form.RECT, radius_px=0, motion=scene.Motion(), float_px=0, float_turns=0, zoom=1.25, turns=0,
        first_frame=0, frames=10,
    )  # fmt: skip
    (sprite,) = picture_actor(part, [path]).shows
    assert (sprite.image.width(), sprite.image.height()) == (4 * 360 * 1.25, 640 * 1.25)
    assert sprite.pivot == (180, 320)
    seen = sprite.image.toarray()[400, :, 0] > 128  # the middle of the picture is in the middle of the frame
    assert np.flatnonzero(seen).mean() == pytest.approx(4 * 360 * 1.25 / 2, abs=2)


@pytest.mark.parametrize(
    ("layer", "variables", "field"),
    [
        ({"source": "image"}, {"image": 1}, "image"),
        ({"source": "pictures", "turns": 1}, {"pictures": 3}, "variables.pictures"),
    ],
)
def test_a_refused_picture_is_called_as_the_customer_calls_it(
    tmp_path: Path, layer: dict[str, Any], variables: dict[str, int], field: str
) -> None:
    paths = a_set(tmp_path, *[a_disc(at) for at in range(3)])
    paths[-1].write_bytes(b"no picture")
    template = a_template(
        tmp_path, scenes=[{"name": "only", "layers": [{"kind": "picture", "region": "full", **layer}]}]
    )
    ((name, count),) = variables.items()
    request, where = a_request(template, pictures={name: paths[-count:]})
    with pytest.raises(InputError) as caught:
        resolve_timeline(request, where)
    assert (caught.value.field, caught.value.value) == (field, str(paths[-1]))
