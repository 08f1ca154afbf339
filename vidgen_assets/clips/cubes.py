"""3D colour tables: reading `.cube` files strictly, and how much of one to apply. The files are in `data/luts/`.

The format is Adobe's "Cube LUT Specification 1.0" (2013): red runs fastest. Only 3D tables over 0..1 are taken, since
a frame's colours are 0..255 of exactly that range.
"""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vidgen_assets.clips.digest import Digest

SMALLEST_SIDE, LARGEST_SIDE = 2, 65
_MOST_BYTES = 16 << 20  # 65^3 rows of 60 characters
# Real tables overshoot a little on purpose; what lies further out was written for another range.
_LOWEST, _HIGHEST = -1.0, 2.0
_DOMAIN = {"DOMAIN_MIN": (0.0, 0.0, 0.0), "DOMAIN_MAX": (1.0, 1.0, 1.0)}


class CubeError(ValueError):
    """A file is no 3D table that we take; says the line and what is allowed."""


@dataclass(frozen=True, slots=True, eq=False)
class Cube:
    """`rows` is (side^3, 3), float64, RGB out for RGB in, red fastest."""

    side: int
    rows: NDArray[np.float64]

    @property
    def digest(self) -> Digest:
        """Of the numbers: comments and how they are written don't count."""
        return Digest.of_bytes(self.text().encode())

    def at(self, strength: float) -> "Cube":
        """This far (0..1) from what changes nothing to this table."""
        return Cube(self.side, identity(self.side).rows * (1 - strength) + self.rows * strength)

    def text(self) -> str:
        """As a `.cube` file, with 8 digits: finer than any picture, and the same on every machine."""
        rows = "\n".join(f"{r:.8f} {g:.8f} {b:.8f}" for r, g, b in self.rows + 0.0)
        return f"LUT_3D_SIZE {self.side}\n{rows}\n"


def identity(side: int) -> Cube:
    """The table that changes nothing."""
    steps = np.linspace(0.0, 1.0, side)
    blue, green, red = np.meshgrid(steps, steps, steps, indexing="ij")
    return Cube(side, np.stack([red, green, blue], axis=-1).reshape(-1, 3))


def shipped_cubes() -> list[str]:
    """The names of the tables that ship."""
    folder = files("vidgen_assets.clips").joinpath("data/luts")
    return sorted(entry.name.removesuffix(".cube") for entry in folder.iterdir() if entry.name.endswith(".cube"))


@cache
def read_cube(lut: str) -> Cube:
    """The table of that name, or of that `.cube` file. Raises `CubeError`."""
    if lut.endswith(".cube"):
        return _from_file(Path(lut))
    if lut not in shipped_cubes():
        raise CubeError(f"there is no table {lut!r}; allowed: {', '.join(shipped_cubes())}, or a .cube file")
    return parse_cube(files("vidgen_assets.clips").joinpath(f"data/luts/{lut}.cube").read_text(encoding="utf-8"))


def parse_cube(text: str) -> Cube:
    """Raises `CubeError` for anything but one whole 3D table of finite numbers over 0..1."""
    side, rows = None, []
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.split("#", 1)[0].split()
        if not words or words[0] == "TITLE":
            continue
        if words[0] == "LUT_3D_SIZE":
            side = _side(words, number, side)
        elif words[0] in _DOMAIN:
            _refuse_domain(words, number)
        else:
            if side is None or len(rows) >= side**3:
                raise CubeError(f"line {number}: {line.strip()[:40]!r} is no row of a table that LUT_3D_SIZE announced")
            rows.append(_numbers(words, number, (_LOWEST, _HIGHEST)))
    if side is None or len(rows) != side**3:
        raise CubeError(f"{len(rows)} rows; allowed: as many as the cube of LUT_3D_SIZE, which is {side}")
    return Cube(side, np.array(rows))


def _from_file(path: Path) -> Cube:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise CubeError(f"{path.name} is larger than {_MOST_BYTES >> 20} MiB")
        return parse_cube(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise CubeError(f"{path.name} can't be read: {error}") from error


def _side(words: list[str], number: int, before: int | None) -> int:
    allowed = f"allowed: once, {SMALLEST_SIDE} to {LARGEST_SIDE}"
    if before is not None or len(words) != 2 or not words[1].isdecimal() or len(words[1]) > 3:
        raise CubeError(f"line {number}: {' '.join(words)[:40]!r}; {allowed}")
    if not SMALLEST_SIDE <= int(words[1]) <= LARGEST_SIDE:
        raise CubeError(f"line {number}: LUT_3D_SIZE {words[1]}; {allowed}")
    return int(words[1])


def _refuse_domain(words: list[str], number: int) -> None:
    wanted = _DOMAIN[words[0]]
    if _numbers(words[1:], number, (-np.inf, np.inf)) != wanted:
        raise CubeError(f"line {number}: {' '.join(words)[:60]}; allowed: {' '.join(f'{v:g}' for v in wanted)}")


def _numbers(words: list[str], number: int, limits: tuple[float, float]) -> tuple[float, ...]:
    try:
        values = tuple(float(word) for word in words)
    except ValueError:
        values = ()
    if len(values) != 3 or not all(limits[0] <= value <= limits[1] for value in values):  # NaN is neither
        allowed = f"allowed: three numbers from {limits[0]:g} to {limits[1]:g}"
        raise CubeError(f"line {number}: {' '.join(words)[:60]!r}; {allowed}")
    return values
