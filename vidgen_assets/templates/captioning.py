"""Where captions stand in a picture that they are burnt into, and what that leaves of a template's places for words.

Drawing them is in `frames/burning.py`; which profiles burn them in, in `clips/profiles.py`.
"""

from collections.abc import Sequence

from vidgen_assets.clips.captions import MOST_LINES
from vidgen_assets.templates.lettering import Typeface
from vidgen_assets.templates.library import fallback_fonts, library_folder
from vidgen_assets.templates.scene import Box

CAPTION_FONT = library_folder() / "product_card" / "fonts" / "Manrope-Bold.ttf"

# As shares of the canvas. 5 % of the short side is 36 px at 720p: the smallest that's easily read on a phone held
# sideways. Feeds lay their own words over the lowest sixth of an upright video.
LARGEST_SIZE = 0.05
_BELOW, _BELOW_UPRIGHT = 0.08, 0.18
# In em of the type.
LINE_HEIGHT, PADDING = 1.28, 0.42
_AIR = 0.6  # between captions and the baseline of the words above


def caption_face(language: str) -> Typeface:
    """Manrope, and the library's fonts for other scripts."""
    return Typeface((CAPTION_FONT, *fallback_fonts(language, bold=True)), language)


def box_of(
    widths_px: Sequence[float], size: float, cap_height: float, canvas: tuple[int, int]
) -> tuple[float, float, float, float]:
    """(left, top, right, bottom) in pixels of the box around lines of these widths on a canvas of width and height."""
    width, height = canvas
    below = _BELOW_UPRIGHT if height > width else _BELOW
    half = max(widths_px) / 2 + PADDING * size
    high = (cap_height + (len(widths_px) - 1) * LINE_HEIGHT + 2 * PADDING) * size
    bottom = height * (1 - below)
    return width / 2 - half, bottom - high, width / 2 + half, bottom


def caption_band(width: int, height: int) -> tuple[float, float]:
    """From where to where captions of two lines, and some air around them, stand on a canvas; pixels from its top."""
    size = LARGEST_SIZE * min(width, height)
    cap_height = caption_face("en").metrics.cap_height
    _, top, _, bottom = box_of([0.0] * MOST_LINES, size, cap_height, (width, height))
    return top - _AIR * size, bottom + _AIR * size


def outside(band: tuple[float, float], box: Box) -> Box:
    """What the band leaves of a box, above it or below, whichever is higher; nothing may be left."""
    (top, bottom), (x, y, width, height) = band, box
    if y + height <= top or y >= bottom:
        return box
    above, below = max(0.0, top - y), max(0.0, y + height - bottom)
    return (x, y, width, above) if above >= below else (x, y + height - below, width, below)
