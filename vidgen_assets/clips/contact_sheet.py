"""Many small pictures as one: the inline picture of a clip's frames or of a shard's clips.

Takes encoded pictures, gives a JPEG. Which pictures are shown and where the sheet goes is the assets' choice.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFont, UnidentifiedImageError

from vidgen_assets.clips.errors import PermanentError

_BACKGROUND = (22, 24, 29)
_MAT = (33, 36, 43)
_CAPTION = (214, 218, 226)
_GAP_PX = 12
_QUALITY = 85
# A sheet of portraits alone would be a page long: a cell is at most as high as it is wide.
_TALLEST_CELL_RATIO = 1.0


@dataclass(frozen=True, slots=True)
class _Grid:
    columns: int
    cell_width: int
    cell_height: int
    caption_height: int

    def corner(self, position: int) -> tuple[int, int]:
        row, column = divmod(position, self.columns)
        step_y = self.cell_height + self.caption_height + _GAP_PX
        return _GAP_PX + column * (self.cell_width + _GAP_PX), _GAP_PX + row * step_y

    def size(self, count: int) -> tuple[int, int]:
        """Of the whole sheet, in pixels."""
        x, y = self.corner(count - 1 if count < self.columns else self.columns - 1)[0], self.corner(count - 1)[1]
        return x + self.cell_width + _GAP_PX, y + self.cell_height + self.caption_height + _GAP_PX


def contact_sheet(pictures: Sequence[tuple[str, bytes]], columns: int, width_px: int) -> bytes:
    """`pictures`, (caption, encoded picture) each, row by row with the caption below, as one JPEG.

    A full row is `width_px` wide; every picture keeps its aspect, centred in its cell. A caption too long for its
    cell ends in an ellipsis; the font is Pillow's own and draws ASCII, which is all that clip ids hold.
    Raises `PermanentError` for bytes that aren't a picture, `ValueError` for no pictures.
    """
    if not pictures or columns < 1:
        raise ValueError("a contact sheet needs at least one picture and one column")
    opened = [(caption, _opened(caption, data)) for caption, data in pictures]
    grid, font = _layout([picture for _, picture in opened], columns, width_px)
    sheet = Image.new("RGB", grid.size(len(opened)), _BACKGROUND)
    draw = ImageDraw.Draw(sheet)
    for position, (caption, picture) in enumerate(opened):
        _place(sheet, draw, grid.corner(position), grid, picture)
        _write(draw, grid.corner(position), grid, caption, font)
    out = io.BytesIO()
    sheet.save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()


def _opened(caption: str, data: bytes) -> Image.Image:
    try:
        return Image.open(io.BytesIO(data)).convert("RGB")
    except (UnidentifiedImageError, OSError) as error:
        raise PermanentError(f"the picture of {caption!r} can't be read: {error}") from error


def _layout(
    pictures: Sequence[Image.Image], columns: int, width_px: int
) -> tuple[_Grid, ImageFont.FreeTypeFont | ImageFont.ImageFont]:
    cell_width = max(16, (width_px - _GAP_PX * (columns + 1)) // columns)
    tallest = max(picture.height / picture.width for picture in pictures)
    cell_height = max(1, round(cell_width * min(tallest, _TALLEST_CELL_RATIO)))
    text_px = min(16, max(10, cell_width // 14))
    return _Grid(columns, cell_width, cell_height, round(text_px * 1.7)), ImageFont.load_default(text_px)


def _place(
    sheet: Image.Image, draw: ImageDraw.ImageDraw, corner: tuple[int, int], grid: _Grid, picture: Image.Image
) -> None:
    x, y = corner
    draw.rectangle((x, y, x + grid.cell_width - 1, y + grid.cell_height - 1), fill=_MAT)
    scale = min(grid.cell_width / picture.width, grid.cell_height / picture.height)
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    fitted = picture.resize(size, Image.Resampling.LANCZOS)
    sheet.paste(fitted, (x + (grid.cell_width - size[0]) // 2, y + (grid.cell_height - size[1]) // 2))


def _write(
    draw: ImageDraw.ImageDraw,
    corner: tuple[int, int],
    grid: _Grid,
    caption: str,
    font: ImageFont.FreeTypeFont | ImageFont.ImageFont,
) -> None:
    x, y = corner
    middle = (x + grid.cell_width / 2, y + grid.cell_height + grid.caption_height / 2)
    draw.text(middle, _fitted(caption, grid.cell_width, font), fill=_CAPTION, font=font, anchor="mm")


def _fitted(caption: str, width_px: int, font: ImageFont.FreeTypeFont | ImageFont.ImageFont) -> str:
    """One line of `caption` no wider than `width_px`."""
    line = " ".join(caption.split())
    if font.getlength(line) <= width_px:
        return line
    while line and font.getlength(line + "…") > width_px:
        line = line[:-1]
    return line.rstrip() + "…"
