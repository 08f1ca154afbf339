"""The gallery in a real browser: captions although the page comes from a disk, and the described sound."""

import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from resources.release_shelf import deliver
from resources.workshop import open_workshop
from tests.browser.conftest import CUES, SAMPLES, Visit
from tests.builders import NOON
from vidgen_assets.clips.digest import canonical_json
from vidgen_assets.clips.ledger import Status
from vidgen_assets.releases.address import Address
from vidgen_assets.releases.statement import release_statement
from vidgen_assets.reports.gallery import write_gallery
from vidgen_assets.reports.standing import StageMark, Standing, State

pytestmark = pytest.mark.needs_browser


@pytest.fixture
def page_of_a_clip(releases: dict[str, Path], tmp_path: Path) -> str:
    """The address, on this disk, of the page of a narrated clip."""
    shop = open_workshop(str(tmp_path / "store"), home=tmp_path / "home", clock=lambda: NOON)
    spec = SAMPLES["h264"].spec
    files = shop.artifacts.listing(shop.artifacts.put_tree(shutil.copytree(releases["h264"], tmp_path / "copy")).digest)
    statement = canonical_json(release_statement(spec, files, {}, {"verdicts": []}))
    address = Address("shop", "clip-1", shop.artifacts.put_bytes(statement).digest)
    deliver(address, files, shop.objects, shop.artifacts, shop.signer)
    prompt = shop.artifacts.put_bytes(canonical_json(spec.to_json())).digest
    mark = StageMark(
        "prompts", status=Status.MADE, digest=prompt, cpu_s=0, wall_s=0, cost=Decimal(0), attempt=1, run_id="r"
    )
    standing = Standing(
        clip_id="clip-1", catalog="shop", shard="shop.g1.0000", state=State.RELEASED, stage="releases", problem=None,
        cost=Decimal(0), currency="USD", marks=(mark,), address=address,
    )  # fmt: skip
    index = write_gallery(shop, [standing], tmp_path / "site")
    return (index.parent / "clips" / "shop" / "clip-1.html").as_uri()


def test_captions_can_be_shown_on_a_page_from_a_disk(page_of_a_clip: str, visit: Callable[[str], Visit]) -> None:
    page = visit(page_of_a_clip).page
    page.evaluate("document.querySelector('video').textTracks[0].mode = 'showing'")
    page.wait_for_function("document.querySelector('video').textTracks[0].cues?.length == 2")
    page.click(".play")
    page.wait_for_function("document.querySelector('video').textTracks[0].activeCues.length == 1")
    shown = page.evaluate("document.querySelector('video').textTracks[0].activeCues[0].getCueAsHTML().textContent")
    assert shown == CUES[0].lines[0]
    assert page.evaluate("document.querySelector('track').label") == "English"


def test_the_described_sound_takes_the_videos_place_and_keeps_in_step(
    page_of_a_clip: str, visit: Callable[[str], Visit]
) -> None:
    page = visit(page_of_a_clip).page
    page.check("text=Audio description")
    page.click(".play")
    page.wait_for_function("document.querySelector('audio').currentTime > 0.5")
    assert page.evaluate("document.querySelector('video').muted")
    apart = "Math.abs(document.querySelector('audio').currentTime - document.querySelector('video').currentTime)"
    page.wait_for_function(f"{apart} < 0.15")
    page.evaluate("document.querySelector('video').currentTime = 4")
    page.wait_for_function(f"document.querySelector('audio').currentTime > 4 && {apart} < 0.15")
    page.uncheck("text=Audio description")
    assert page.evaluate("document.querySelector('audio').paused")
    assert not page.evaluate("document.querySelector('video').muted")


def test_without_scripts_the_described_sound_can_be_played_too(page_of_a_clip: str) -> None:
    page = Path(page_of_a_clip.removeprefix("file://")).read_text(encoding="utf-8")
    assert "<audio controls" in page
    assert (Path(page_of_a_clip.removeprefix("file://")).parents[2] / "media/shop/clip-1/described.mp4").is_file()
