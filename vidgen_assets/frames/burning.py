"""Captions burnt into the picture: white type on a dark box, above the lower edge, for players that show none.

An option of the profile (`burn_captions`). What a caption says and when is in `clips/captions.py`, where it stands in
`templates/captioning.py`.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import skia

from vidgen_assets.clips.captions import Captions, Cue
from vidgen_assets.clips.digest import Digest
from vidgen_assets.clips.errors import InputError
from vidgen_assets.clips.generation import Frame, FrameShape, FrameStream
from vidgen_assets.frames.wrapped import Wrapped
from vidgen_assets.templates.bidi import caption_lines
from vidgen_assets.templates.captioning import (
    CAPTION_FONT,
    LARGEST_SIZE,
    LINE_HEIGHT,
    PADDING,
    box_of,
    caption_face,
)
from vidgen_assets.templates.lettering import SHAPING_RECIPE, Typeface
from vidgen_assets.templates.library import fonts_digest
from vidgen_assets.templates.typeset import draw_text

BURNING_RECIPE = 2
"""Raise it when the same captions would look different."""

_SAFE_WIDTH = 0.90  # of the canvas: the title-safe area of SMPTE ST 2046-1
_CORNER = 0.28  # em
_INK = skia.ColorSetARGB(255, 255, 255, 255)
_BOX = skia.ColorSetARGB(204, 12, 12, 16)  # white on it keeps a contrast of 10 to 1 even over a white picture


def burning_inputs() -> dict[str, Any]:
    """JSON of what decides how captions look, besides the captions."""
    fonts = [Digest.of_file(CAPTION_FONT), fonts_digest()]
    return {"recipe": [BURNING_RECIPE, SHAPING_RECIPE], "fonts": fonts}


class Burnt(Wrapped):
    """Fills `FrameStream`, `Traced`, `Measured` and `Filtered`: `frames` with `captions` on them.

    Raises `InputError` when made, for captions with characters that the font hasn't.
    """

    def __init__(self, frames: FrameStream, captions: Captions) -> None:
        super().__init__(frames)
        self._captions = captions
        self._face = caption_face(captions.language)
        self.shape: FrameShape = frames.shape
        _refuse_unknown_characters(captions, self._face)
        self._size_px = size_px(captions, self.shape, self._face)

    def __iter__(self) -> Iterator[Frame]:
        drawn: Mapping[int, Cue] = self._cues_by_frame()
        shown, sprite = None, None
        for index, frame in enumerate(self._frames):
            cue = drawn.get(index)
            if cue is None:
                yield frame
                continue
            if cue is not shown:
                shown, sprite = cue, self._sprite(cue)
            yield _laid_over(frame, sprite)

    def _cues_by_frame(self) -> dict[int, Cue]:
        """A frame shows the cue that is on when the frame begins."""
        fps, count = float(self.shape.fps), self.shape.frame_count
        return {
            index: cue
            for cue in self._captions.cues
            for index in range(int(cue.start_s * fps), count)
            if cue.start_s <= index / fps < cue.end_s
        }

    def _sprite(self, cue: Cue) -> skia.Image:
        """The cue alone on a clear picture of the canvas's size."""
        info = skia.ImageInfo.Make(
            self.shape.width, self.shape.height, skia.kRGBA_8888_ColorType, skia.kPremul_AlphaType
        )
        surface = skia.Surface.MakeRaster(info)
        canvas, size = surface.getCanvas(), self._size_px
        lines = caption_lines(cue.lines, self._captions.language)
        widths = [self._face.width(line) * size for line in lines]
        left, top, right, bottom = box_of(
            widths, size, self._face.metrics.cap_height, (self.shape.width, self.shape.height)
        )
        box = skia.RRect.MakeRectXY(skia.Rect.MakeLTRB(left, top, right, bottom), _CORNER * size, _CORNER * size)
        canvas.drawRRect(box, skia.Paint(AntiAlias=True, Color=_BOX))
        baseline = top + (PADDING + self._face.metrics.cap_height) * size
        for number, (line, width) in enumerate(zip(lines, widths, strict=True)):
            at = ((self.shape.width - width) / 2, baseline + number * LINE_HEIGHT * size)
            draw_text(canvas, self._face.shape(line), *at, size, skia.Paint(AntiAlias=True, Color=_INK))
        return surface.makeImageSnapshot()


def size_px(captions: Captions, shape: FrameShape, face: Typeface) -> float:
    """One size for the whole clip: 5 % of the short side, or less for the longest line to keep inside the safe area."""
    widest_em = max((face.width(line) for cue in captions.cues for line in cue.lines), default=1.0) + 2 * PADDING
    return min(LARGEST_SIZE * min(shape.width, shape.height), _SAFE_WIDTH * shape.width / widest_em)


def _laid_over(frame: Frame, sprite: skia.Image | None) -> Frame:
    """A frame of its own: what a backend drew may be kept, or can't be written to."""
    pixels = np.array(frame, order="C")
    height, width = pixels.shape[:2]
    info = skia.ImageInfo.Make(width, height, skia.kRGBA_8888_ColorType, skia.kOpaque_AlphaType)
    skia.Surface.MakeRasterDirect(info, pixels).getCanvas().drawImage(sprite, 0, 0)
    return pixels


def _refuse_unknown_characters(captions: Captions, face: Typeface) -> None:
    text = "".join(line for cue in captions.cues for line in cue.lines)
    if missing := face.missing(text):
        raise InputError(
            "the captions have characters that can't be drawn into the picture",
            field="script",
            value=missing,
            allowed="characters of Manrope and of the fonts in templates/fonts",
            remedy="Choose a profile that doesn't burn captions in: they are delivered beside the video as well.",
        )
