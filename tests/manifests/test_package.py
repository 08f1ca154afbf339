import json
import xml.etree.ElementTree as ET
from fractions import Fraction
from pathlib import Path

import pytest

from tests.synthetic.media import PREVIEW, TOOLS, a_small_spec, encoded, packaged
from vidgen_assets.clips.digest import Digest
from vidgen_assets.clips.errors import PermanentError
from vidgen_assets.clips.spec import ClipSpec
from vidgen_assets.manifests.mend import DASH
from vidgen_assets.manifests.package import package
from vidgen_assets.packages.mpd import TRICK_MODE
from vidgen_assets.packages.validate import validate

SPEC = a_small_spec(45, language="de")


@pytest.fixture(scope="module")
def encodes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("encoding") / "out"
    encoded(folder, SPEC)
    return folder


@pytest.fixture(scope="module")
def served(encodes: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("package") / "out"
    packaged(encodes, folder, SPEC)
    return folder


def files(folder: Path) -> dict[str, Digest]:
    return {path.relative_to(folder).as_posix(): Digest.of_file(path) for path in folder.rglob("*") if path.is_file()}


def test_a_clip_of_one_and_a_half_seconds_has_two_segments_in_every_track(served: Path) -> None:
    track = {"init.mp4", "media.m3u8", "seg-1.m4s", "seg-2.m4s"}
    videos = {f"v{rung}/{name}" for rung in ("270p", "180p", "144p") for name in (*track, "iframes.m3u8")}
    sound = {f"audio-de/{name}" for name in track}
    scrubbed = {f"t144p/{name}" for name in track - {"media.m3u8"}}
    beside = {"master.m3u8", "first.m3u8", "manifest.mpd", "metadata.json", "poster.jpg", "clip.mp4"}
    pictures = {"thumbnails/images.m3u8", "thumbnails/sheet-1.jpg", "storyboard.vtt", "preview.webp"}

    assert set(files(served)) == videos | scrubbed | sound | beside | pictures


def test_the_same_encoding_gives_the_same_bytes(encodes: Path, served: Path, tmp_path: Path) -> None:
    packaged(encodes, tmp_path / "again, with a comma", SPEC)

    assert files(tmp_path / "again, with a comma") == files(served)


def test_the_download_and_the_poster_are_those_of_the_encoding(encodes: Path, served: Path) -> None:
    for name in ("clip.mp4", "poster.jpg"):
        assert (served / name).read_bytes() == (encodes / name).read_bytes()


def test_the_sound_has_its_language_and_a_name_for_the_menu(served: Path) -> None:
    master, mpd = (served / "master.m3u8").read_text(), (served / "manifest.mpd").read_text()

    assert 'GROUP-ID="audio",LANGUAGE="de",NAME="Deutsch",DEFAULT=YES,AUTOSELECT=YES' in master
    assert 'contentType="audio" lang="de"' in mpd


def test_players_are_told_what_they_need_before_they_load_anything(served: Path) -> None:
    master, mpd = (served / "master.m3u8").read_text(), (served / "manifest.mpd").read_text()

    assert master.startswith("#EXTM3U\n#EXT-X-VERSION:6\n")
    assert master.count("VIDEO-RANGE=SDR,AUDIO=") == 3
    assert master.count("#EXT-X-I-FRAME-STREAM-INF:") == 3
    assert "RESOLUTION=480x270,FRAME-RATE=30.000" in master
    assert 'type="static" mediaPresentationDuration="PT1.5S"' in mpd
    assert 'frameRate="30"' in mpd
    assert mpd.count('startWithSAP="1"') == 3


def test_dash_players_scrub_through_the_keyframes_of_the_smallest_rung(served: Path) -> None:
    mpd = ET.fromstring((served / "manifest.mpd").read_text())
    videos, trick = (each for each in mpd.iter(f"{DASH}AdaptationSet") if each.get("contentType") == "video")
    (of_which,) = trick.iter(f"{DASH}EssentialProperty")
    assert (of_which.get("schemeIdUri"), of_which.get("value")) == (TRICK_MODE, videos.get("id"))
    (one,) = trick.iter(f"{DASH}Representation")
    assert (one.get("frameRate"), one.get("codingDependency")) == ("4/3", "false")  # two keyframes in 1.5 s
    keyframes_bytes = [(served / "t144p" / f"seg-{number}.m4s").stat().st_size for number in (1, 2)]
    assert int(one.attrib["bandwidth"]) >= max(keyframes_bytes) * 8  # over a second each, at most
    assert sum(keyframes_bytes) < sum((served / "v144p" / f"seg-{number}.m4s").stat().st_size for number in (1, 2))


@pytest.mark.parametrize(
    ("fps", "frame_count", "durations"),
    [
        (Fraction(30_000, 1_001), 75, ["1.001", "1.001", "0.501"]),  # 30, 30 and 15 frames of 1001/30000 s
        (Fraction(63, 5), 30, ["1.032", "1.032", "0.317"]),  # 13, 13 and 4 frames of 5/63 s
        (Fraction(30), 1, ["0.033"]),
    ],
)
def test_segments_end_on_gops_at_any_rate(
    fps: Fraction, frame_count: int, durations: list[str], tmp_path: Path
) -> None:
    spec = a_small_spec(frame_count, fps)
    encoded(tmp_path / "encodes", spec)
    packaged(tmp_path / "encodes", tmp_path / "out", spec)

    lines = (tmp_path / "out" / "v144p" / "media.m3u8").read_text().splitlines()
    found = [line.removeprefix("#EXTINF:").rstrip(",") for line in lines if line.startswith("#EXTINF:")]
    assert [float(length) for length in found] == pytest.approx([float(length) for length in durations], abs=0.0011)


@pytest.mark.parametrize(
    ("fps", "frame_count", "gop_s", "segment_s"),
    [
        (Fraction(30), 150, 2, 4),  # a last segment of a second, four of them before it
        (Fraction(30), 151, 2, 4),
        (Fraction(30), 75, 1, 1),
        (Fraction(60), 1, 1, 1),  # 16.67 ms, which a playlist calls 17
        (Fraction(12), 100, 1, 3),
    ],
)
def test_the_validator_measures_the_bandwidths_that_the_manifests_say(
    fps: Fraction, frame_count: int, gop_s: int, segment_s: int, tmp_path: Path
) -> None:
    profile = PREVIEW.model_copy(update={"gop_s": gop_s, "segment_s": segment_s})
    spec = a_small_spec(frame_count, fps)
    encoded(tmp_path / "encodes", spec, profile=profile)
    packaged(tmp_path / "encodes", tmp_path / "out", spec, profile)

    report = validate(tmp_path / "out")
    assert [f"{fault.rule.id}: {fault.found}" for fault in (*report.errors, *report.warnings)] == []


@pytest.mark.parametrize(("language", "name"), [("pt-BR", "Português"), ("zh-Hant-TW", "中文"), ("gsw", "gsw")])
def test_a_language_is_named_in_itself_or_by_its_tag(language: str, name: str, encodes: Path, tmp_path: Path) -> None:
    packaged(encodes, tmp_path / "out", with_language(language))

    assert f'NAME="{name}"' in (tmp_path / "out" / "master.m3u8").read_text(encoding="utf-8")
    assert (tmp_path / "out" / f"audio-{language}" / "init.mp4").is_file()


def test_search_engines_are_told_what_the_clip_is(served: Path) -> None:
    found = json.loads((served / "metadata.json").read_text())

    assert (found["@type"], found["name"], found["inLanguage"]) == ("VideoObject", "A lamp", "de")
    assert (found["duration"], found["width"], found["height"]) == ("PT1.5S", 480, 270)
    assert (found["contentUrl"], found["thumbnailUrl"]) == ("clip.mp4", "poster.jpg")


def test_an_encoding_of_another_profile_is_refused(encodes: Path, tmp_path: Path) -> None:
    slower = PREVIEW.model_copy(update={"segment_s": 4})

    with pytest.raises(PermanentError, match="in segments of 30 frames") as caught:
        package(encodes, tmp_path, SPEC, slower, TOOLS, tmp_path)

    assert caught.value.allowed == "270p, 180p, 144p in segments of 120 frames"


def test_a_folder_with_something_in_it_is_left_alone(encodes: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("keep")

    with pytest.raises(PermanentError, match="not empty"):
        package(encodes, tmp_path, SPEC, PREVIEW, TOOLS, tmp_path)


def with_language(language: str) -> ClipSpec:
    return SPEC.model_copy(update={"language": language})
