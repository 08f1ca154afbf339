"""An upload's storyboard: sheets of small pictures, and the WebVTT that says which stands for when.

Drawn from the samples: an upload isn't decoded again for it.
"""

from collections.abc import Iterator
from pathlib import Path

from PIL import Image

from vidgen_assets.arrivals.facts import Facts, Sample
from vidgen_assets.arrivals.limits import LIMITS
from vidgen_assets.clips.profiles import within
from vidgen_assets.clips.storyboards import STORYBOARD_FILE, Tile, storyboard
from vidgen_assets.clips.work import Recipe

RECIPE = Recipe("arrival_storyboard", 1)
_QUALITY = 80


def draw_storyboard(facts: Facts, samples: Path, out: Path) -> None:
    """Write `storyboard.vtt` and its sheets, `storyboard-0.jpg` and on, into the empty folder `out`."""
    tiles = list(tiles_of(facts))
    per_sheet = LIMITS.sheet_columns * LIMITS.sheet_rows
    for number, first in enumerate(range(0, len(tiles), per_sheet)):
        _draw_sheet(tiles[first : first + per_sheet], facts.samples[first : first + per_sheet], samples, out, number)
    (out / STORYBOARD_FILE).write_text(storyboard(tiles), encoding="utf-8")


def tiles_of(facts: Facts) -> Iterator[Tile]:
    """A tile for each sample. They cover the whole duration: a moment that couldn't be seen is the one before's."""
    width, height = within(facts.width, facts.height, LIMITS.tile_px)
    per_sheet = LIMITS.sheet_columns * LIMITS.sheet_rows
    starts = [0.0, *(sample.moment_s - facts.step_s / 2 for sample in facts.samples[1:])]
    for number, (start_s, end_s) in enumerate(zip(starts, [*starts[1:], facts.duration_s], strict=True)):
        row, column = divmod(number % per_sheet, LIMITS.sheet_columns)
        sheet = f"storyboard-{number // per_sheet}.jpg"
        yield Tile(start_s, end_s, sheet, column * width, row * height, width, height)


def _draw_sheet(tiles: list[Tile], shown: tuple[Sample, ...], samples: Path, out: Path, number: int) -> None:
    """As large as its tiles need: the last sheet isn't filled up with black."""
    size = max(t.x + t.width for t in tiles), max(t.y + t.height for t in tiles)
    sheet = Image.new("RGB", size)
    for tile, sample in zip(tiles, shown, strict=True):
        with Image.open(samples / sample.file) as picture:
            small = picture.convert("RGB").resize((tile.width, tile.height), Image.Resampling.LANCZOS)
        sheet.paste(small, (tile.x, tile.y))
    sheet.save(out / f"storyboard-{number}.jpg", "JPEG", quality=_QUALITY)
