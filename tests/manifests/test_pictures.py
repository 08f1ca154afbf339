"""Thumbnails, storyboard and moving preview: what stands where, for clips of any length."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.synthetic.frames import SyntheticFrames, solid
from tests.synthetic.media import PREVIEW, TOOLS, a_small_spec, a_soundtrack, packaged
from vidgen_assets.clips.generation import FrameShape
from vidgen_assets.clips.renditions import Encoding, Rendition, SoundTrack
from vidgen_assets.clips.storyboards import storyboard
from vidgen_assets.encodes.ladder import encode
from vidgen_assets.manifests.mend import first_master
from vidgen_assets.manifests.pictures import Sheets, image_playlist, preview_spans, sheets_of, tiles_of

SPEC = a_small_spec(90)


@pytest.fixture(scope="module")
def brightening(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A package of three seconds, in which every frame is 2 levels brighter than the one before."""
    folder = tmp_path_factory.mktemp("brightening")
    shape = FrameShape(SPEC.width, SPEC.height, SPEC.fps, SPEC.frame_count)
    frames = SyntheticFrames(shape, lambda index: solid(shape.width, shape.height, 40 + 2 * index), shape.frame_count)
    (folder / "encodes").mkdir()
    encode(frames, SPEC, PREVIEW, a_soundtrack(folder / "silence", SPEC), TOOLS, folder / "encodes")
    packaged(folder / "encodes", folder / "package", SPEC)
    return folder / "package"


def of(duration_s: float, width: int = 256, height: int = 144) -> Sheets:
    rung = Rendition(name="low", file="low.mp4", width=width, height=height, bitrate_bps=1, measured_bps=1)
    sound = SoundTrack(file="a.m4a", sample_rate_hz=1, channels=1, sample_count=1, bitrate_bps=1, is_silence=True)
    fps = Fraction(10)
    values: dict[str, Any] = {"fps": fps, "frame_count": round(duration_s * 10), "gop_frames": 10, "segment_frames": 10}
    return sheets_of(Encoding(**values, renditions=(rung,), sound=sound))


@pytest.mark.parametrize(
    ("duration_s", "step_s", "count", "layout", "sheets"),
    [
        (0.1, 0.5, 1, (1, 1), 1),
        (2.0, 0.5, 4, (4, 1), 1),
        (6.1, 0.5, 13, (5, 3), 1),
        (50.0, 0.5, 100, (5, 5), 4),
        (61.0, 1.0, 61, (5, 5), 3),
        (3600.0, 36.0, 100, (5, 5), 4),
    ],
)
def test_a_clip_has_two_thumbnails_a_second_and_at_most_a_hundred(
    duration_s: float, step_s: float, count: int, layout: tuple[int, int], sheets: int
) -> None:
    found = of(duration_s)
    assert (found.step_s, found.count, (found.columns, found.rows), found.sheet_count) == (
        step_s, count, layout, sheets,
    )  # fmt: skip
    assert sum(found.sheet_durations_s()) == found.duration_s


@pytest.mark.parametrize(("size", "tile"), [((256, 144), (160, 90)), ((144, 256), (90, 160)), ((80, 80), (80, 80))])
def test_a_thumbnail_is_160_px_long_and_never_larger_than_its_source(
    size: tuple[int, int], tile: tuple[int, int]
) -> None:
    found = of(2.0, *size)
    assert (found.width, found.height) == tile


def test_a_storyboard_goes_on_from_sheet_to_sheet_and_ends_with_the_clip() -> None:
    cues = storyboard(tiles_of(of(13.2))).strip().split("\n\n")[1:]
    assert len(cues) == 27
    assert cues[24].splitlines() == ["00:00:12.000 --> 00:00:12.500", "thumbnails/sheet-1.jpg#xywh=640,360,160,90"]
    assert cues[26].splitlines() == ["00:00:13.000 --> 00:00:13.200", "thumbnails/sheet-2.jpg#xywh=160,0,160,90"]


def test_an_image_playlist_says_how_long_each_sheet_stands() -> None:
    lines = image_playlist(of(13.2)).splitlines()
    assert [line for line in lines if line.startswith("#EXTINF")] == ["#EXTINF:12.500000,", "#EXTINF:0.700000,"]
    assert "#EXT-X-TARGETDURATION:13" in lines
    assert lines.count("#EXT-X-TILES:RESOLUTION=160x90,LAYOUT=5x5,DURATION=0.5") == 2


@pytest.mark.parametrize(
    ("frames", "spans"),
    [(10, [(0, 9)]), (90, [(0, 89)]), (180, [(15, 44), (75, 104), (135, 164)]), (1, [(0, 0)])],
)
def test_a_preview_is_all_of_a_short_clip_or_cuts_spread_over_it(frames: int, spans: list[tuple[int, int]]) -> None:
    assert preview_spans(frames, Fraction(30)) == spans


def test_each_thumbnail_is_the_frame_in_the_middle_of_its_time(brightening: Path) -> None:
    with Image.open(brightening / "thumbnails" / "sheet-1.jpg") as sheet:
        assert sheet.size == (800, 180)
        grey = np.asarray(sheet.convert("L"), float)
    found = [grey[45 + 90 * (n // 5), 80 + 160 * (n % 5)] for n in range(6)]
    middles = [40 + 2 * (15 * n + 7.5) for n in range(6)]
    assert found == pytest.approx(middles, abs=4)
    assert grey[135, 400] < 10  # after the last one, nothing


def test_a_preview_moves(brightening: Path) -> None:
    with Image.open(brightening / "preview.webp") as preview:
        assert preview.size == (256, 144)
        means, shown_ms = [], []
        for number in range(getattr(preview, "n_frames", 1)):
            preview.seek(number)
            means.append(np.asarray(preview.convert("L"), float).mean())
            shown_ms.append(preview.info["duration"])
    assert sum(shown_ms) == pytest.approx(3_250, abs=130)  # the last picture stays for a moment
    assert means == sorted(means)
    assert means[0] + 100 < means[-1]


def test_both_manifests_name_the_thumbnails(brightening: Path) -> None:
    assert 'RESOLUTION=160x90,CODECS="jpeg",URI="thumbnails/images.m3u8"' in (brightening / "master.m3u8").read_text()
    mpd = (brightening / "manifest.mpd").read_text()
    assert 'contentType="image" mimeType="image/jpeg"' in mpd
    assert 'schemeIdUri="http://dashif.org/guidelines/thumbnail_tile" value="5x2"' in mpd


def test_the_first_playlist_offers_the_rendition_of_the_fewest_bits_alone(brightening: Path) -> None:
    first, master = ((brightening / name).read_text() for name in ("first.m3u8", "master.m3u8"))
    assert first.count("#EXT-X-STREAM-INF") == 1
    assert first.count("#EXT-X-I-FRAME-STREAM-INF") == 1
    least = min(
        (int(line.split("BANDWIDTH=")[1].split(",")[0]), folder)
        for line, folder in zip(master.splitlines(), master.splitlines()[1:], strict=False)
        if line.startswith("#EXT-X-STREAM-INF")
    )
    assert least[1] in first
    assert "TYPE=AUDIO" in first
    assert first_master(first) == first
