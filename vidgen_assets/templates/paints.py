"""The colours of one clip, by the names that a document uses."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from vidgen_assets.templates.colours import Colour
from vidgen_assets.templates.document import TemplateDocument
from vidgen_assets.templates.palette import Palette, bright_palette, deep_palette, most_legible
from vidgen_assets.templates.wording import filled


@dataclass(frozen=True, slots=True)
class Paints:
    """The palette, the brand's colours, and the two inks, the mood's own first."""

    palette: Palette
    named: Mapping[str, Colour]
    inks: tuple[Colour, Colour]

    def colour(self, name: str) -> Colour:
        return Colour.of_hex(name) if name.startswith("#") else self.named[name]

    def on(self, fill: Colour) -> Colour:
        """The ink that reads on `fill`: of the brand's where one does, the darker first."""
        return most_legible((self.named["ink"], self.named["paper"]), fill)


def paints_of(document: TemplateDocument, values: Mapping[str, Any]) -> Paints:
    brand = {role: _own(getattr(document.brand, role), values) for role in ("primary", "accent", "paper", "ink")}
    is_deep = filled(document.brand.mood, values) != "bright"
    make = deep_palette if is_deep else bright_palette
    palette = make(brand["primary"], brand["accent"], brand["paper"])
    glows = {f"glow_{index}": glow for index, glow in enumerate(palette.glows, start=1)}
    parts = ("base", "spark", "plate_top", "plate_bottom", "badge", "button", "mark")
    of_palette = {name: getattr(palette, name) for name in parts}
    variables = {
        name: Colour.of_hex(values[name]) for name, variable in document.variables.items() if variable.type == "colour"
    }
    inks = (brand["paper"], brand["ink"]) if is_deep else (brand["ink"], brand["paper"])
    return Paints(palette, {**of_palette, **glows, **brand, **variables}, inks)


def _own(name: str, values: Mapping[str, Any]) -> Colour:
    return Colour.of_hex(name if name.startswith("#") else str(values[name]))
