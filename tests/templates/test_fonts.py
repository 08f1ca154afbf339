"""Fonts that aren't as they were written: told when a template is read, not seen in a finished clip."""

import struct
from pathlib import Path

import pytest

from vidgen_assets.templates.library import fonts_folder, library_folder
from vidgen_assets.templates.shaping import glyph_count
from vidgen_assets.templates.typeset import can_be_set

FONT = library_folder() / "product_card" / "fonts" / "Manrope-ExtraBold.ttf"
SHIPPED = sorted([*library_folder().rglob("*.ttf"), *fonts_folder().glob("*.ttf")])


def tables(data: bytes) -> dict[str, tuple[int, int]]:
    """Tag to place and length."""
    count = int.from_bytes(data[4:6], "big")
    listed = (struct.unpack_from(">4sIII", data, 12 + 16 * at) for at in range(count))
    return {tag.decode().strip(): (start, length) for tag, _, start, length in listed}


@pytest.mark.parametrize("font", SHIPPED, ids=lambda path: f"{path.parts[-3]}/{path.name}")
def test_every_shipped_font_is_whole(font: Path) -> None:
    assert can_be_set(font)


@pytest.mark.parametrize("tag", sorted(tables(FONT.read_bytes())))
def test_a_font_with_a_table_overwritten_is_none(tmp_path: Path, tag: str) -> None:
    data = bytearray(FONT.read_bytes())
    start, length = tables(bytes(data))[tag]
    data[start : start + length] = bytes(length - 1) + b"\x01"
    (tmp_path / "font.ttf").write_bytes(data)
    assert not can_be_set(tmp_path / "font.ttf")


@pytest.mark.parametrize("share", [0, 0.0001, 0.2, 0.9, 0.9999])
def test_a_font_cut_short_is_none(tmp_path: Path, share: float) -> None:
    data = FONT.read_bytes()
    (tmp_path / "font.ttf").write_bytes(data[: int(len(data) * share)])
    assert not can_be_set(tmp_path / "font.ttf")


def test_one_letter_that_was_altered_is_found(tmp_path: Path) -> None:
    data = bytearray(FONT.read_bytes())
    start, length = tables(bytes(data))["glyf"]
    data[start + length // 2] ^= 0x10
    (tmp_path / "font.ttf").write_bytes(data)
    assert glyph_count(tmp_path / "font.ttf") == 0
    assert glyph_count(FONT) > 200
