"""Released clips, as a catalog's run left them, played to their end by each player.

`VIDGEN_TEST_RELEASES` names the folder of a catalog's releases, such as `.vidgen/store/releases/lumen_shop` after
`make demo`. Without it the quick sample is run, and its clips are played.
"""

import html
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.browser.conftest import HERE, PLAYERS, Visit
from tests.browser.serving import served
from tests.end_to_end.catalogs import copy_of_quick
from tests.end_to_end.running import start_run

pytestmark = pytest.mark.needs_browser

_GIVEN = os.environ.get("VIDGEN_TEST_RELEASES", "")
_CLIPS = sorted(path.name for path in Path(_GIVEN).iterdir()) if _GIVEN else ["mug-de", "mug-en", "mug-fr"]
# A request that a player gave up by itself, as when it changes quality, isn't one that was refused.
_GIVEN_UP = "net::ERR_ABORTED"


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The newest release of every clip."""
    if _GIVEN:
        return _newest(Path(_GIVEN))
    folder = tmp_path_factory.mktemp("quick")
    running = start_run(folder / "home", copy_of_quick(folder))  # beside the browser's event loop, not under it
    running.join()
    assert running.exitcode == 0
    return _newest(folder / "home" / "store" / "releases" / "quick")


def _newest(releases: Path) -> dict[str, Path]:
    return {clip.name: max(clip.iterdir(), key=lambda release: release.stat().st_mtime) for clip in releases.iterdir()}


@pytest.fixture(scope="module")
def address(released: dict[str, Path]) -> Iterator[str]:
    with served(released, {"players": PLAYERS, "pages": HERE}) as served_at:
        yield served_at


@pytest.mark.parametrize(
    ("player", "manifest"), [("hls", "master.m3u8"), ("shaka", "manifest.mpd"), ("dash", "manifest.mpd")]
)
@pytest.mark.parametrize("clip", _CLIPS)
def test_a_released_clip_plays_to_its_end_with_every_caption_and_is_sought_in(
    clip: str, player: str, manifest: str, address: str, released: dict[str, Path], visit: Callable[[str], Visit]
) -> None:
    opened = visit(f"{address}/pages/player.html?player={player}&source=/{clip}/{manifest}")
    page = opened.page
    page.wait_for_function("window.player && video.readyState >= 2")
    page.evaluate("video.play()")
    page.wait_for_function("told.ended")
    assert page.evaluate("video.duration - video.currentTime") < 0.1
    assert [_plain(text) for text in page.evaluate("told.cues")] == _captions(released[clip] / "captions.vtt")

    page.evaluate("told.ended = false; video.currentTime = 0.25 * video.duration; video.play()")
    page.wait_for_function("video.currentTime > 0.3 * video.duration && video.currentTime < 0.8 * video.duration")
    page.evaluate("video.currentTime = 0.8 * video.duration")
    page.wait_for_function("told.ended")
    assert page.evaluate("told.errors") == []
    assert [url for url in opened.refused if not url.endswith(_GIVEN_UP)] == []
    if player != "hls":
        thumbnail = page.evaluate("player.thumbnail(0.4)")
        assert page.request.get(thumbnail["url"]).ok


def _captions(file: Path) -> list[str]:
    """What its cues say, in order; none, where there is no file, since nobody speaks."""
    if not file.exists():
        return []
    blocks = file.read_text(encoding="utf-8").split("\n\n")
    return [_plain(html.unescape(block.partition("-->")[2].partition("\n")[2])) for block in blocks if "-->" in block]


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()
