"""Writing the gallery into a folder: media first, then a page per clip, the index last.

A folder with an index is complete; writing again replaces it. What is shown of a clip is gathered in `clips.py`.
"""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from importlib.resources import files
from pathlib import Path
from typing import Any, cast

from jinja2 import Environment, PackageLoader, StrictUndefined

from resources.workshop import Workshop
from vidgen_assets.clips.captions import WEBVTT_FILE
from vidgen_assets.clips.errors import InputError
from vidgen_assets.clips.renditions import CLIP_FILE, POSTER_FILE
from vidgen_assets.manifests.streams import language_name
from vidgen_assets.reports.gallery import words
from vidgen_assets.reports.gallery.clips import Reader, ShownClip, of_state, places
from vidgen_assets.reports.gallery.release import DESCRIBED_FILE, show_release
from vidgen_assets.reports.standing import Standing, State

_PACKAGE = "vidgen_assets.reports.gallery"
_ASSETS = ("gallery.css", "gallery.js")
_INDEX = "index.html"
_FILTERS = (
    words.money,
    words.seconds,
    words.running_time,
    words.size,
    words.number,
    words.plain,
    words.moment,
    language_name,
)


@dataclass(frozen=True, slots=True)
class Totals:
    """The head of the gallery. `video_s` counts what can be played."""

    states: dict[State, int]
    cost: Decimal
    currency: str
    video_s: Fraction
    catalogs: tuple[str, ...]
    withheld: int


def write_gallery(shop: Workshop, standings: Sequence[Standing], out: Path) -> Path:
    """Write the site of `standings`, in their order, into `out`; the path of its index.

    A gallery that stands there is replaced. Raises `InputError` if `out` holds anything but a gallery.
    """
    _clear(out)
    _lay_out_assets(out / "assets")
    clips = _clips(shop, standings, out)
    env = _environment()
    written = shop.clock()
    for position, clip in enumerate(clips):
        around = (clips[position - 1] if position else None, clips[position + 1] if position + 1 < len(clips) else None)
        page = env.get_template("clip.html.j2").render(root="../../", clip=clip, around=around, written=written)
        _write(out / "clips" / f"{clip.place}.html", page)
    page = env.get_template("index.html.j2").render(
        root="", clips=clips, totals=_totals(clips, shop.prices.currency), facets=_facets(clips), written=written
    )
    return _write(out / _INDEX, page)


def _clips(shop: Workshop, standings: Sequence[Standing], out: Path) -> list[ShownClip]:
    reader = Reader(shop)
    found: list[ShownClip] = []
    for standing, place in zip(standings, places(standings), strict=True):
        release = show_release(standing.address, shop, out / "media" / place) if standing.address else None
        found.append(reader.clip(standing, place, release))
    return found


def _totals(clips: Sequence[ShownClip], currency: str) -> Totals:
    return Totals(
        states={state: of_state(clips, state) for state in State},
        cost=sum((clip.standing.cost for clip in clips), Decimal(0)),
        currency=currency,
        video_s=sum((clip.duration_s or Fraction(0) for clip in clips if clip.is_playable), Fraction(0)),
        catalogs=tuple(dict.fromkeys(clip.standing.catalog for clip in clips)),
        withheld=sum(clip.release is not None and not clip.is_playable for clip in clips),
    )


def _facets(clips: Sequence[ShownClip]) -> dict[str, list[str]]:
    """What the clips can be filtered by, and the values that occur; a facet of one value filters nothing."""
    values = {
        "catalog": list(dict.fromkeys(clip.standing.catalog for clip in clips)),
        "language": sorted({clip.language for clip in clips if clip.language}),
        "aspect": sorted({clip.aspect for clip in clips if clip.aspect}, key=_narrowest_last),
    }
    return {name: found for name, found in values.items() if len(found) > 1}


def _narrowest_last(aspect: str) -> Fraction:
    width, height = aspect.split(":")
    return -Fraction(int(width), int(height))


def _clear(out: Path) -> None:
    """Make room. The assets go last, so that an interrupted clearing is still known as a gallery."""
    out.mkdir(parents=True, exist_ok=True)
    if any(out.iterdir()) and not (out / "assets" / _ASSETS[0]).is_file():
        allowed, remedy = "a gallery, or nothing", "Name another folder, or empty this one."
        raise InputError("the folder holds something else", field="out", value=out, allowed=allowed, remedy=remedy)
    (out / _INDEX).unlink(missing_ok=True)
    for folder in (out / "clips", out / "media", out / "assets"):
        if folder.exists():
            shutil.rmtree(folder)


def _lay_out_assets(folder: Path) -> None:
    folder.mkdir()
    for name in _ASSETS:
        (folder / name).write_bytes(files(_PACKAGE).joinpath("pages", name).read_bytes())


def _environment() -> Environment:
    env = Environment(
        loader=PackageLoader(_PACKAGE, "pages"),
        autoescape=True,  # the customers' words are in every page
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    # jinja2's annotations know its own defaults only.
    filters, names = cast("dict[str, Any]", env.filters), cast("dict[str, Any]", env.globals)
    filters.update({word.__name__: word for word in _FILTERS})
    names.update(State=State, VIDEO=CLIP_FILE, POSTER=POSTER_FILE, CAPTIONS=WEBVTT_FILE, DESCRIBED=DESCRIBED_FILE)
    return env


def _write(path: Path, page: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page, encoding="utf-8", newline="\n")
    return path
