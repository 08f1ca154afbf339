"""What is shown of an upload: thumbnails, storyboard, preview, as files, and what their checks say of faulty ones."""

import json
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from quality_checks import arrivals as checks
from quality_checks.check import Specimen
from tests.arrivals.uploads import TOOLS, Looked, Uploads, ffmpeg, look, read
from vidgen_assets.arrivals.commands import PREVIEW_FILE
from vidgen_assets.arrivals.facts import Facts
from vidgen_assets.arrivals.limits import LIMITS
from vidgen_assets.arrivals.previews import cuts_of, make_preview
from vidgen_assets.arrivals.storyboard import draw_storyboard, tiles_of
from vidgen_assets.arrivals.thumbnails import draw_thumbnails, worth
from vidgen_assets.clips.errors import InputError
from vidgen_assets.clips.media_tools import ToolRun
from vidgen_assets.clips.profiles import within
from vidgen_assets.clips.renditions import POSTER_FILE
from vidgen_assets.clips.storyboards import STORYBOARD_FILE
from vidgen_assets.clips.verdicts import Finding, Outcome


class NoGuard:
    def scores(self, pictures: object) -> None:
        return None


def examined(check: Callable[[Specimen], Finding], folder: Path, scratch: Path) -> Finding:
    scratch.mkdir(exist_ok=True)
    return check(Specimen(folder, TOOLS, NoGuard(), scratch))


@pytest.fixture(scope="module")
def seen(uploads: Uploads, tmp_path_factory: pytest.TempPathFactory) -> Looked:
    return look(uploads.get("colours.mp4"), tmp_path_factory.mktemp("seen"))


@pytest.fixture(scope="module")
def thumbnails(uploads: Uploads, seen: Looked, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("thumbnails")
    draw_thumbnails(uploads.get("colours.mp4"), seen.facts, seen.folder, TOOLS, out)
    return out


@pytest.fixture(scope="module")
def preview(uploads: Uploads, seen: Looked, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("preview")
    make_preview(uploads.get("colours.mp4"), seen.facts, TOOLS, out)
    return out


def copied(folder: Path, to: Path) -> Path:
    to.mkdir(exist_ok=True)
    for file in folder.iterdir():
        (to / file.name).write_bytes(file.read_bytes())
    return to


@pytest.mark.parametrize(
    ("size", "longest", "expected"),
    [
        ((1920, 1080), 480, (480, 270)),
        ((1080, 1920), 480, (270, 480)),
        ((63, 35), 480, (64, 36)),
        ((8192, 3), 480, (480, 2)),
        ((1, 1), 480, (2, 2)),
    ],
)
def test_pictures_fit_without_growing(size: tuple[int, int], longest: int, expected: tuple[int, int]) -> None:
    assert within(*size, longest) == expected


def test_there_is_a_poster_and_a_thumbnail_of_each_stretch(thumbnails: Path, tmp_path: Path) -> None:
    record = json.loads((thumbnails / "thumbnails.json").read_bytes())["pictures"]
    moments = {row["file"]: row["moment_s"] for row in record}
    shown = [moments[f"thumbnail-{number}.jpg"] for number in range(1, 5)]

    assert shown == sorted(shown)
    assert [int(read(thumbnails / f"thumbnail-{n}.jpg").mean((0, 1)).argmax()) for n in (1, 4)] == [0, 2]
    assert moments[POSTER_FILE] <= 0.6 * 3
    assert examined(checks.thumbnails_are_whole, thumbnails, tmp_path / "s").outcome is Outcome.PASS


def test_a_picture_with_something_to_see_is_worth_more_than_black_white_or_grey() -> None:
    ramp = np.tile(np.arange(0, 256, 4, dtype=np.float32), (36, 1))
    others = [np.full((36, 64), level, np.float32) for level in (0, 128, 255)]

    assert worth(ramp) > max(worth(other) for other in others)
    assert worth(ramp * 0.02) < worth(ramp * 0.5) < worth(ramp)


def test_a_poster_that_isnt_there_or_is_torn_is_told(thumbnails: Path, tmp_path: Path) -> None:
    faulty = copied(thumbnails, tmp_path / "t")
    (faulty / POSTER_FILE).write_bytes((faulty / POSTER_FILE).read_bytes()[:100])
    torn = examined(checks.thumbnails_are_whole, faulty, tmp_path / "s")
    (faulty / POSTER_FILE).unlink()
    missing = examined(checks.thumbnails_are_whole, faulty, tmp_path / "s")

    assert (torn.outcome, missing.outcome) == (Outcome.FAIL, Outcome.FAIL)
    assert "poster.jpg can't be read" in torn.reason
    assert "missing" in missing.reason


def test_the_storyboard_shows_each_moment_for_as_long_as_it_stands(seen: Looked, tmp_path: Path) -> None:
    draw_storyboard(seen.facts, seen.folder, tmp_path)
    tiles = list(tiles_of(seen.facts))
    sheet = Image.open(tmp_path / "storyboard-0.jpg")
    shown = [np.asarray(sheet.crop((t.x, t.y, t.x + t.width, t.y + t.height))) for t in tiles]

    assert "".join("rgb"[int(tile.mean((0, 1)).argmax())] for tile in shown) == "rrrgggbbb"
    assert all(one.end_s == other.start_s for one, other in pairwise(tiles))
    assert (tiles[0].start_s, tiles[-1].end_s) == (0, 3)
    assert "\n00:00:00.333 --> 00:00:00.667\nstoryboard-0.jpg#xywh=64,0,64,36\n" in (
        (tmp_path / STORYBOARD_FILE).read_text()
    )
    assert examined(checks.storyboards_have_no_gaps, tmp_path, tmp_path / "s").outcome is Outcome.PASS


def test_a_moment_that_wasnt_seen_is_covered_by_the_one_before(seen: Looked) -> None:
    samples = tuple(s for number, s in enumerate(seen.facts.samples) if number not in (0, 4))
    tiles = list(tiles_of(seen.facts.model_copy(update={"samples": samples})))

    assert all(one.end_s == other.start_s for one, other in pairwise(tiles))
    assert (tiles[0].start_s, tiles[-1].end_s) == (0, 3)
    assert tiles[2].end_s - tiles[2].start_s == pytest.approx(2 / 3, abs=1e-6)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("00:00:00.333 -->", "00:00:00.400 -->", "follows one that ends"),
        ("xywh=64,0,64,36", "xywh=9000,0,64,36", "no tile at 9000,0"),
        ("storyboard-0.jpg", "storyboard-7.jpg", "storyboard-7.jpg can't be read"),
        ("WEBVTT", "VTT", "no storyboard"),
        ("storyboard-0.jpg#", "../../etc/passwd#", "no storyboard"),
    ],
)
def test_a_faulty_storyboard_is_told(old: str, new: str, said: str, seen: Looked, tmp_path: Path) -> None:
    draw_storyboard(seen.facts, seen.folder, tmp_path)
    text = (tmp_path / STORYBOARD_FILE).read_text()
    (tmp_path / STORYBOARD_FILE).write_text(text.replace(old, new))
    finding = examined(checks.storyboards_have_no_gaps, tmp_path, tmp_path / "s")

    assert finding.outcome is Outcome.FAIL
    assert said in finding.reason


def test_a_short_upload_is_previewed_whole_and_without_sound(preview: Path, tmp_path: Path) -> None:
    (stream,) = TOOLS.probe(preview / PREVIEW_FILE, count_frames=True)["streams"]

    assert (stream["codec_name"], stream["pix_fmt"], stream["color_space"]) == ("h264", "yuv420p", "bt709")
    assert int(stream["nb_read_frames"]) == 30
    for check in (checks.previews_play, checks.previews_obey_the_policy):
        assert examined(check, preview, tmp_path / check.__name__).outcome is Outcome.PASS


def test_a_long_upload_is_previewed_from_all_over(seen: Looked) -> None:
    cuts = cuts_of(seen.facts.model_copy(update={"duration_s": 100.0, "frame_count": 1_000}))

    assert cuts == [(start, LIMITS.preview_cut_s) for start in (11.875, 36.875, 61.875, 86.875)]


def test_cuts_are_joined(uploads: Uploads, seen: Looked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from vidgen_assets.arrivals import previews

    monkeypatch.setattr(previews, "LIMITS", replace(LIMITS, preview_cuts=3, preview_cut_s=0.5))
    made = make_preview(uploads.get("colours.mp4"), seen.facts, TOOLS, tmp_path)
    ffmpeg("-i", made.path, "-vf", "fps=10", tmp_path / "%02d.png")
    shown = [read(path).mean((0, 1)).argmax() for path in sorted(tmp_path.glob("*.png"))]

    assert "".join("rgb"[channel] for channel in shown) == "rrrrrgggggbbbbb"


def test_a_stream_without_an_index_is_previewed_from_all_over(uploads: Uploads, tmp_path: Path) -> None:
    """Where it's entered lies between key pictures: those after it come when a cut of 1.25 s is over."""
    facts = look(uploads.get("long.ts"), tmp_path / "seen").facts
    made = make_preview(uploads.get("long.ts"), facts, TOOLS, tmp_path)
    ffmpeg("-i", made.path, tmp_path / "%02d.png")
    shown = "".join("rgb"[read(path).mean((0, 1)).argmax()] for path in sorted(tmp_path.glob("*.png")))

    assert shown == "".join(sorted(shown, key="rgb".index))
    found = [shown.count(colour) for colour in "rgb"]
    assert found == pytest.approx([12.5 + 1.25, 11.25 + 11.25, 1.25 + 12.5], abs=2), "10 a second, by hand"


def test_one_frame_is_held_for_a_second(uploads: Uploads, tmp_path: Path) -> None:
    facts = look(uploads.get("one_frame.mp4"), tmp_path / "seen").facts
    made = make_preview(uploads.get("one_frame.mp4"), facts, TOOLS, tmp_path)

    assert float(TOOLS.probe(made.path)["format"]["duration"]) == pytest.approx(1.0, abs=0.05)


@pytest.mark.parametrize("name", ["hdr.mp4", "turned.mp4", "odd.mp4", "fields.mpg", "variable.mp4", "damaged.mp4"])
def test_odd_uploads_have_previews_that_play(name: str, uploads: Uploads, tmp_path: Path) -> None:
    facts = look(uploads.get(name), tmp_path / "seen").facts
    (tmp_path / "out").mkdir()
    make_preview(uploads.get(name), facts, TOOLS, tmp_path / "out")
    (stream,) = TOOLS.probe(tmp_path / "out" / PREVIEW_FILE)["streams"]

    assert (stream["width"], stream["height"]) == within(facts.width, facts.height, LIMITS.preview_px)
    assert examined(checks.previews_play, tmp_path / "out", tmp_path / "s").outcome is Outcome.PASS


def test_a_preview_that_flashes_is_for_a_person_to_see(uploads: Uploads, tmp_path: Path) -> None:
    facts = look(uploads.get("flashing.mp4"), tmp_path / "seen").facts
    make_preview(uploads.get("flashing.mp4"), facts, TOOLS, tmp_path)
    finding = examined(checks.previews_play, tmp_path, tmp_path / "s")

    assert finding.outcome is Outcome.REVIEW
    assert finding.measurements["reversals_per_s"] > 6


def test_a_preview_of_another_kind_or_a_torn_one_is_told(uploads: Uploads, preview: Path, tmp_path: Path) -> None:
    torn = copied(preview, tmp_path / "torn") / PREVIEW_FILE
    torn.write_bytes(torn.read_bytes()[:200])
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / PREVIEW_FILE).write_bytes(uploads.get("odd.mp4").read_bytes())

    assert "can't be played" in examined(checks.previews_play, tmp_path / "torn", tmp_path / "s").reason
    other = examined(checks.previews_play, tmp_path / "other", tmp_path / "s")
    assert other.outcome is Outcome.FAIL
    assert "yuv444p" in other.reason


def test_an_upload_whose_frames_have_no_times_is_refused_with_the_reason(uploads: Uploads, tmp_path: Path) -> None:
    facts = look(uploads.get("timeless.mkv"), tmp_path / "seen").facts

    with pytest.raises(InputError, match="no picture to make a preview of"):
        make_preview(uploads.get("timeless.mkv"), facts, TOOLS, tmp_path)


class ToldOf:
    """Tools that read a preview as `probed`, and see one frame of it."""

    def __init__(self, probed: dict[str, object]) -> None:
        self._probed = probed

    def probe(self, path: Path) -> dict[str, object]:
        return self._probed

    def run(self, *_: object, **__: object) -> ToolRun:
        return ToolRun("", b"x", "", 0.0, 0.0)


@pytest.mark.parametrize(
    "probed",
    [
        {"streams": [], "format": {"size": "225"}},
        {"format": {}},
        {"streams": [{"codec_name": "h264", "pix_fmt": "yuv420p", "codec_type": "video"}], "format": {}},
        {"streams": [{"codec_name": "aac", "codec_type": "audio"}], "format": {"duration": "0"}},
    ],
)
def test_a_preview_without_pictures_or_length_fails_its_checks(probed: dict[str, object], tmp_path: Path) -> None:
    (tmp_path / PREVIEW_FILE).write_bytes(b"")
    specimen = Specimen(tmp_path, ToldOf(probed), NoGuard(), tmp_path)  # pyright: ignore[reportArgumentType]

    for check in (checks.previews_play, checks.previews_obey_the_policy):
        finding = check(specimen)
        assert finding.outcome is Outcome.FAIL
        assert "nothing to play" in finding.reason


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, None),
        ({"declared_duration_s": 3.4}, None),
        ({"declared_duration_s": 30.0}, "ends after 3 s of the 30 s"),
        ({"asked_moments": 30}, "only 9 of 30 moments"),
        ({"codec": "ansi"}, "codec ansi isn't known"),
        ({"duration_s": 99_999.0}, "not sane"),
    ],
)
def test_what_cant_be_shown_is_told(changes: dict[str, object], said: str | None, seen: Looked, tmp_path: Path) -> None:
    folder = copied(seen.folder, tmp_path / "probe")
    Facts.read(folder).model_copy(update=changes).write(folder)
    finding = examined(checks.arrivals_can_be_shown, folder, tmp_path / "s")

    assert finding.outcome is (Outcome.FAIL if said else Outcome.PASS)
    assert (said or "every moment can be seen") in finding.reason


def test_a_sample_that_cant_be_read_counts_as_not_seen(seen: Looked, tmp_path: Path) -> None:
    folder = copied(seen.folder, tmp_path / "probe")
    (folder / "004.jpg").write_bytes(b"\xff\xd8 no picture")

    assert "only 8 of 9 moments" in examined(checks.arrivals_can_be_shown, folder, tmp_path / "s").reason
