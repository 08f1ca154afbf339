"""Colour arithmetic: hex notation, contrast as WCAG 2.2 defines it, and mixing in OKLab.

Palettes come from `palette.py`; nothing here knows what a colour is used for.
"""

import re
from dataclasses import dataclass, replace
from typing import Self

_HEX = re.compile(r"#[0-9a-fA-F]{6}")
_LIGHTNESS_STEPS = 22


def is_hex_colour(text: str) -> bool:
    return _HEX.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class Colour:
    """An sRGB colour, channels 0..255 (not rounded until it is written)."""

    red: float
    green: float
    blue: float

    @classmethod
    def of_hex(cls, text: str) -> Self:
        """Of `#rrggbb`. Raises `ValueError` for any other form."""
        if not is_hex_colour(text):
            raise ValueError(f"a colour reads '#rrggbb', got {text!r}")
        return cls(*(int(text[start : start + 2], 16) for start in (1, 3, 5)))

    @property
    def hex(self) -> str:
        return "#" + "".join(f"{min(255, max(0, round(channel))):02x}" for channel in self.channels)

    @property
    def channels(self) -> tuple[float, float, float]:
        return (self.red, self.green, self.blue)

    @property
    def luminance(self) -> float:
        """Relative luminance, 0..1 (WCAG 2.2)."""
        red, green, blue = (_linear(channel) for channel in self.channels)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    def contrast(self, other: "Colour") -> float:
        """Contrast ratio, 1..21 (WCAG 2.2, success criterion 1.4.3)."""
        darker, lighter = sorted((self.luminance, other.luminance))
        return (lighter + 0.05) / (darker + 0.05)

    def mixed(self, other: "Colour", share: float) -> "Colour":
        """This colour with `share` (0..1) of `other`, mixed in OKLab so that the middle stays clean."""
        mine, theirs = _OkLab.of(self), _OkLab.of(other)
        return _OkLab(*(m + (t - m) * share for m, t in zip(mine.axes, theirs.axes, strict=True))).colour()

    def toned(self, towards: "Colour", share: float) -> "Colour":
        """This colour as light as it is, its hue and chroma drawn towards those of `towards` by `share` (0..1)."""
        mine, theirs = _OkLab.of(self), _OkLab.of(towards)
        return replace(mine, a=mine.a + (theirs.a - mine.a) * share, b=mine.b + (theirs.b - mine.b) * share).colour()

    def at(self, lightness: float, chroma: float = 1.0) -> "Colour":
        """The same hue at another OKLab lightness (0..1), its chroma scaled, then reduced until sRGB holds it."""
        lab = _OkLab.of(self)
        wanted = replace(lab, lightness=lightness, a=lab.a * chroma, b=lab.b * chroma)
        for step in range(_LIGHTNESS_STEPS):
            keep = 1 - step / _LIGHTNESS_STEPS
            colour = replace(wanted, a=wanted.a * keep, b=wanted.b * keep).colour()
            if all(-0.5 <= channel <= 255.5 for channel in colour.channels):
                return colour
        return replace(wanted, a=0.0, b=0.0).colour()


WHITE, BLACK = Colour(255, 255, 255), Colour(0, 0, 0)


@dataclass(frozen=True, slots=True)
class _OkLab:
    """Björn Ottosson's OKLab (2020): lightness 0..1, two opponent axes."""

    lightness: float
    a: float
    b: float

    @property
    def axes(self) -> tuple[float, float, float]:
        return (self.lightness, self.a, self.b)

    @classmethod
    def of(cls, colour: Colour) -> Self:
        r, g, b = (_linear(channel) for channel in colour.channels)
        long = (0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b) ** (1 / 3)
        middle = (0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b) ** (1 / 3)
        short = (0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b) ** (1 / 3)
        return cls(
            0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short,
            1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short,
            0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short,
        )

    def colour(self) -> Colour:
        long = (self.lightness + 0.3963377774 * self.a + 0.2158037573 * self.b) ** 3
        middle = (self.lightness - 0.1055613458 * self.a - 0.0638541728 * self.b) ** 3
        short = (self.lightness - 0.0894841775 * self.a - 1.2914855480 * self.b) ** 3
        return Colour(
            _encoded(4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short),
            _encoded(-1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short),
            _encoded(-0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short),
        )


def _linear(channel: float) -> float:
    """An sRGB channel 0..255 as linear light 0..1 (IEC 61966-2-1)."""
    value = min(1.0, max(0.0, channel / 255))
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def _encoded(light: float) -> float:
    """Linear light as an sRGB channel; outside 0..255 where sRGB can't show the colour."""
    return 255 * (12.92 * light if light <= 0.0031308 else 1.055 * light ** (1 / 2.4) - 0.055)
