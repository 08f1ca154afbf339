"""hls.js, shaka-player and dash.js play our packages to the end in a real browser, captions, seeking and all."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import CUES, SAMPLES, Visit

pytestmark = pytest.mark.needs_browser

PLAYED = [
    pytest.param(player, manifest, sample, id=f"{sample}-{player}-{manifest}")
    for sample in SAMPLES
    for player, manifest in (
        ("hls", "master.m3u8"),
        ("hls", "first.m3u8"),
        ("shaka", "master.m3u8"),
        ("shaka", "manifest.mpd"),
        ("dash", "manifest.mpd"),
    )
]
# A request that a player gave up by itself, as when it changes quality, isn't one that was refused.
_GIVEN_UP = "net::ERR_ABORTED"


@pytest.mark.parametrize(("player", "manifest", "sample"), PLAYED)
def test_a_package_plays_from_its_beginning_to_its_end(
    player: str, manifest: str, sample: str, server: str, visit: Callable[[str], Visit]
) -> None:
    wanted = SAMPLES[sample]
    opened = visit(f"{server}/pages/player.html?player={player}&source=/{sample}/{manifest}")
    page = opened.page
    page.wait_for_function("window.player && video.readyState >= 2")
    assert page.evaluate("video.duration") == pytest.approx(float(wanted.spec.duration_s), abs=0.06)
    page.evaluate("video.play()")
    page.wait_for_function("video.currentTime > 0.5")

    if wanted.is_narrated and manifest != "first.m3u8":
        page.wait_for_function(f"told.cues.some((text) => text.includes({CUES[0].lines[0]!r}))")
    page.evaluate("video.currentTime = 0.6 * video.duration")
    page.wait_for_function("told.ended")

    told = page.evaluate("told")
    assert page.evaluate("video.duration - video.currentTime") < 0.1
    assert told["errors"] == []
    assert [url for url in opened.refused if not url.endswith(_GIVEN_UP)] == []
    if wanted.is_narrated:
        assert any("fifteen years." in text for text in told["cues"])
    assert page.evaluate("video.getVideoPlaybackQuality().totalVideoFrames") > 20
    offered = page.evaluate("player.qualities()")
    assert len(offered) == (1 if manifest == "first.m3u8" else len(wanted.profile.rungs))


@pytest.mark.parametrize("player", ["shaka", "dash"])
@pytest.mark.parametrize("sample", SAMPLES)
def test_players_find_the_thumbnail_of_a_moment(
    player: str, sample: str, server: str, visit: Callable[[str], Visit]
) -> None:
    page = visit(f"{server}/pages/player.html?player={player}&source=/{sample}/manifest.mpd").page
    page.wait_for_function("window.player && video.readyState >= 2")
    thumbnail = page.evaluate("player.thumbnail(1.2)")
    assert thumbnail["url"].endswith(f"/{sample}/thumbnails/sheet-1.jpg")
    assert thumbnail["x"] == 2 * thumbnail["width"]
    assert thumbnail["y"] == 0
    assert page.request.get(thumbnail["url"]).ok


@pytest.mark.parametrize("sample", SAMPLES)
def test_a_player_of_dash_scrubs_through_keyframes_alone(
    sample: str, server: str, visit: Callable[[str], Visit]
) -> None:
    page = visit(f"{server}/pages/player.html?player=shaka&source=/{sample}/manifest.mpd").page
    page.wait_for_function("window.player && video.readyState >= 2")
    scrubbed = f"/{sample}/t{min(SAMPLES[sample].profile.rungs, key=lambda rung: rung.short_side_px).name}/"
    with page.expect_request(lambda request: scrubbed in request.url and request.url.endswith(".m4s")):
        page.evaluate("player.scrub(4); video.play()")
    page.wait_for_function("told.ended")
    assert page.evaluate("told.errors") == []


def test_the_storyboard_names_pictures_that_a_page_can_load(server: str, visit: Callable[[str], Visit]) -> None:
    page = visit(f"{server}/pages/player.html?player=hls&source=/h264/master.m3u8").page
    found = page.evaluate(
        """async () => {
          const track = document.createElement("track");
          Object.assign(track, { kind: "metadata", src: "/h264/storyboard.vtt", default: true });
          const loaded = new Promise((resolve, reject) => { track.onload = resolve; track.onerror = reject; });
          document.createElement("video").append(track);
          track.track.mode = "hidden";
          await loaded;
          const cues = [...track.track.cues];
          const sheets = await Promise.all([...new Set(cues.map((cue) => cue.text.split("#")[0]))].map(async (name) => {
            const image = new Image();
            image.src = `/h264/${name}`;
            await image.decode();
            return [image.naturalWidth, image.naturalHeight];
          }));
          return { count: cues.length, end: cues.at(-1).endTime, sheets };
        }"""
    )
    assert found == {"count": 12, "end": 6, "sheets": [[800, 270]]}


@pytest.mark.parametrize(("player", "manifest"), [("hls", "master.m3u8"), ("shaka", "manifest.mpd")])
def test_a_described_clip_offers_both_sounds(
    player: str, manifest: str, server: str, visit: Callable[[str], Visit]
) -> None:
    page = visit(f"{server}/pages/player.html?player={player}&source=/h264/{manifest}").page
    page.wait_for_function("window.player && video.readyState >= 2")
    assert len(page.evaluate("player.audioTracks()")) == 2


@pytest.mark.parametrize("name", ["clip.mp4", "preview.webp", "poster.jpg"])
def test_what_lies_beside_the_streams_is_shown_by_the_browser_itself(
    name: str, server: str, releases: dict[str, Path], visit: Callable[[str], Visit]
) -> None:
    page: Any = visit(f"{server}/pages/player.html?player=hls&source=/h264/master.m3u8").page
    size = page.evaluate(
        """async ([address, isVideo]) => {
          const shown = document.createElement(isVideo ? "video" : "img");
          const ready = new Promise((resolve, reject) => {
            shown[isVideo ? "onloadeddata" : "onload"] = resolve;
            shown.onerror = reject;
          });
          shown.src = address;
          await ready;
          return [shown.videoWidth || shown.naturalWidth, shown.videoHeight || shown.naturalHeight];
        }""",
        [f"/h264/{name}", name.endswith(".mp4")],
    )
    assert size == {"clip.mp4": [480, 270], "poster.jpg": [480, 270], "preview.webp": [256, 144]}[name]
