"""From two brand colours to everything a card is painted with, legible by construction.

A deep mood stands on a dark shade of the primary colour, a bright one on a pale tint of it.
"""

from dataclasses import dataclass

from vidgen_assets.templates.colours import BLACK, WHITE, Colour

READABLE_CONTRAST = 4.5
"""WCAG 2.2, level AA, for text of any size."""


@dataclass(frozen=True, slots=True)
class Palette:
    """What each part is painted with. `glows` colour the backdrop, from quiet to loud."""

    base: Colour
    glows: tuple[Colour, Colour, Colour, Colour]
    spark: Colour
    plate_top: Colour
    plate_bottom: Colour
    badge: Colour
    button: Colour
    mark: Colour


def deep_palette(primary: Colour, accent: Colour, paper: Colour) -> Palette:
    return Palette(
        base=primary.at(0.255, 0.9),
        glows=(
            primary.at(0.33, 1.0),
            primary.at(0.43, 1.1),
            primary.at(0.57, 1.05),
            primary.mixed(accent, 0.34).at(0.60, 1.35),
        ),
        spark=accent.mixed(paper, 0.25).at(0.78, 0.8),
        plate_top=paper.mixed(accent, 0.10).at(0.955, 0.8),
        plate_bottom=paper.mixed(primary, 0.22).at(0.83, 1.1),
        badge=accent,
        button=accent,
        mark=accent,
    )


def bright_palette(primary: Colour, accent: Colour, paper: Colour) -> Palette:
    return Palette(
        base=primary.mixed(paper, 0.9).at(0.962, 1.0),
        glows=(
            primary.at(0.93, 0.35),
            accent.at(0.935, 0.38),
            primary.at(0.87, 0.5),
            accent.at(0.88, 0.6),
        ),
        spark=paper.at(0.985, 0.2),
        plate_top=primary.mixed(accent, 0.12).at(0.70, 0.85),
        plate_bottom=primary.at(0.50, 1.0),
        badge=accent,
        button=primary,
        mark=accent,
    )


def most_legible(candidates: tuple[Colour, ...], ground: Colour) -> Colour:
    """The first of `candidates` that reads on `ground`, else black or white: one of them always does."""
    readable = (colour for colour in candidates if colour.contrast(ground) >= READABLE_CONTRAST)
    return next(readable, max((WHITE, BLACK), key=ground.contrast))


def softened(ink: Colour, grounds: tuple[Colour, ...], most: float, floor: float = READABLE_CONTRAST + 1) -> Colour:
    """`ink` faded towards the first of `grounds` by up to `most`, as long as it stays above `floor` on all of them."""
    for step in range(10, 0, -1):
        faded = ink.mixed(grounds[0], most * step / 10)
        if all(faded.contrast(ground) >= floor for ground in grounds):
            return faded
    return ink
