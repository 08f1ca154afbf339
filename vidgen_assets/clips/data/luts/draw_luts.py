"""Draws the colour tables that ship, from what each is meant to do. Run it to write them again: `python draw_luts.py`.

All are over sRGB values 0..1 and keep black, white and monotony: a ramp stays a ramp. Each moves a colour by a few
hundredths at most, so that a grade is a tint and never a filter.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vidgen_assets.clips.cubes import Cube, identity

SIDE = 17  # between the nodes ffmpeg interpolates; all four tables are smooth
_LUMA = np.array([0.2126, 0.7152, 0.0722])  # Rec. 709

Colours = NDArray[np.float64]


def neutral(rgb: Colours) -> Colours:
    return rgb


def warm(rgb: Colours) -> Colours:
    """Late sun: the mid tones' red up by 0.02 and their blue down by 0.03, strongest at half brightness."""
    return rgb + _bump(rgb) * np.array([0.020, 0.004, -0.030])


def cool(rgb: Colours) -> Colours:
    """Overcast daylight: the opposite, a little weaker, since skin suffers from it sooner."""
    return rgb + _bump(rgb) * np.array([-0.018, 0.002, 0.024])


def soft_contrast(rgb: Colours) -> Colours:
    """A gentle S: shadows 0.03 deeper, lights 0.03 brighter, colour differences to grey 4 % larger."""
    curved = rgb - 0.03 * np.sin(2 * np.pi * rgb)
    grey = (curved @ _LUMA)[:, None]
    return grey + (curved - grey) * (1 + 0.04 * _bump(grey))


def _bump(values: Colours) -> Colours:
    """1 at half, 0 at black and white."""
    return 4 * values * (1 - values)


def main() -> None:
    for draw in (neutral, warm, cool, soft_contrast):
        cube = Cube(SIDE, np.clip(draw(identity(SIDE).rows), 0.0, 1.0))
        path = Path(__file__).parent / f"{draw.__name__}.cube"
        path.write_text(f'TITLE "{draw.__name__}"\n{cube.text()}', encoding="utf-8")


if __name__ == "__main__":
    main()
