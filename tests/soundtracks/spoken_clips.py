"""Rows of a template that speaks, and the stages from a row to its timeline, with real stores and a real voice."""

from pathlib import Path

from resources.workshop import Workshop
from tests.end_to_end.catalogs import write_catalog
from tests.synthetic.media import a_tone
from vidgen_assets.automation.enrol import enrol
from vidgen_assets.captions.asset import CAPTIONS
from vidgen_assets.catalogs.source import read_source
from vidgen_assets.clips.digest import Digest
from vidgen_assets.clips.ledger import LedgerRow
from vidgen_assets.latents.asset import LATENTS
from vidgen_assets.prompts.asset import PROMPTS
from vidgen_assets.soundtracks.asset import SOUNDTRACKS
from vidgen_assets.stages.line import Orders, Report, run_stage

SHARD = "shop.g1.0000"
NEWS = {
    "template": "news_summary",
    "image": "",
    "duration_s": "15",
    "audio": "music.wav",
    "variables.headline": "It opens",
    "variables.points": "A short one. | A point that takes a good deal longer to be said than the one before it.",
    "variables.pictures": "pictures/product.png",
    "variables.price": "",
    "variables.call_to_action": "",
}
"""Cells of a row that is told in four scenes; the folder has `music.wav`."""
STAGES = (PROMPTS, SOUNDTRACKS, CAPTIONS, LATENTS)


def enrolled(shop: Workshop, folder: Path, *rows: dict[str, str]) -> None:
    """The rows as the newest version of the catalog `shop`, all in `SHARD`."""
    a_tone(folder / "music.wav", 2.0)
    enrol(read_source(write_catalog(folder / "shop.csv", rows)), str(folder), shop)


def run_all(shop: Workshop) -> dict[str, Report]:
    """What each stage says of the shard, by the stage's name."""
    return {stage.name: run_stage(stage, SHARD, shop, Orders("run")) for stage in STAGES}


def made(shop: Workshop, folder: Path, *rows: dict[str, str]) -> dict[str, dict[str, LedgerRow]]:
    """What each stage has of each clip; there is something of every one."""
    enrolled(shop, folder, *rows)
    found = {name: {row.clip_id: row for row in report.attempt.rows} for name, report in run_all(shop).items()}
    assert all(row.artifact for by_clip in found.values() for row in by_clip.values()), found
    return found


def digest(row: LedgerRow) -> Digest:
    """Of the clip's artifact, which there must be."""
    assert row.digest is not None
    return row.digest
