"""Small real catalogs for tests that walk the whole graph: clips of a second at 270p."""

import csv
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

QUICK = Path(__file__).parents[2] / "examples" / "quick"

_DEFAULTS: dict[str, str] = {
    "language": "en",
    "aspect": "16:9",
    "duration_s": "1",
    "fps": "24",
    "template": "product_card",
    "image": "pictures/product.png",
    "profile": "preview",
    "campaign": "autumn",
    "owner": "studio",
    "customer": "lumen",
    "variables.brand": "Lumen",
    "variables.price": "24 €",
    "variables.call_to_action": "See it",
}


def a_clip(clip_id: str, **cells: str) -> dict[str, str]:
    """A valid row; cells with dots in their names go in as a mapping: `**{"variables.price": "9 €"}`."""
    return {"id": clip_id, "variables.headline": f"Product {clip_id}", **_DEFAULTS, **cells}


def write_catalog(path: Path, rows: Sequence[Mapping[str, str]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    picture = path.parent / "pictures" / "product.png"
    picture.parent.mkdir(exist_ok=True)
    shutil.copyfile(next((QUICK / "pictures").glob("*.png")), picture)
    columns = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(rows)
    return path


def copy_of_quick(folder: Path) -> Path:
    """The quick sample, in a folder of its own."""
    shutil.copytree(QUICK, folder / "quick")
    return folder / "quick" / "catalog.csv"
