"""Who paints which backdrop."""

from typing import Protocol

from vidgen_assets.clips.generation import Frame
from vidgen_assets.templates.backdrops import BackdropPainter, Cells
from vidgen_assets.templates.generated import GeneratedPainter
from vidgen_assets.templates.scene import Backdrop, GeneratedBackdrop


class Painter(Protocol):
    def cells(self, turn: float) -> Cells:
        """The coarse picture at `turn` (0..1 of the clip)."""
        ...

    def within(self, box: tuple[float, float, float, float]) -> tuple[slice, slice]:
        """The rows and columns of `cells` that a box of pixels touches."""
        ...

    def paint(self, turn: float, canvas: Frame) -> None:
        """Fill `canvas` (height, width, RGBA) with the backdrop at `turn`."""
        ...


def painter_of(backdrop: Backdrop | GeneratedBackdrop, width: int, height: int) -> Painter:
    if isinstance(backdrop, GeneratedBackdrop):
        return GeneratedPainter(backdrop, width, height)
    return BackdropPainter(backdrop, width, height)
