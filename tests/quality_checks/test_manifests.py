"""Each defect is put into a sound package by hand; each check must name it."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from quality_checks.check import Check, Exhibit
from quality_checks.manifests import CHECKS, manifests_agree_with_segments, manifests_resolve
from quality_checks.thresholds import THRESHOLDS
from tests.synthetic.media import PREVIEW, TOOLS, a_small_spec, a_tone, encoded, packaged
from vidgen_assets.clips.encoders import Encoder
from vidgen_assets.clips.spec import Aspect, ClipSpec
from vidgen_assets.clips.verdicts import Finding, Outcome

SPEC = a_small_spec(45)
Judge = Callable[[Exhibit], Finding]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("package")
    encoded(folder / "encodes", SPEC, sound=a_tone(folder / "tone.wav", 2.0))
    packaged(folder / "encodes", folder / "out", SPEC)
    return folder / "out"


@pytest.fixture
def folder(sound: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sound, tmp_path / "package"))


def judged(check: Judge, folder: Path, spec: ClipSpec = SPEC) -> Finding:
    return check(Exhibit(spec, folder, TOOLS, THRESHOLDS))


def edited(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text, f"{path.name} holds no {old!r}"
    path.write_text(text.replace(old, new, 1))


def faults(check: Judge, folder: Path, spec: ClipSpec = SPEC) -> str:
    found = judged(check, folder, spec)
    assert found.outcome is Outcome.FAIL
    return found.reason


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id.name)
def test_a_sound_package_passes(check: Check, sound: Path) -> None:
    found = judged(check.examine, sound)

    assert found.outcome is Outcome.PASS, found.reason
    assert all(isinstance(value, float) for value in found.measurements.values())


@pytest.mark.parametrize(
    "spec",
    [
        a_small_spec(1),
        a_small_spec(70, Fraction(24_000, 1_001)),
        a_small_spec(30, Fraction(63, 5), aspect=Aspect.PORTRAIT),
        a_small_spec(31, aspect=Aspect.SQUARE, language="pt-BR"),
    ],
    ids=["one frame", "23.976", "12.6 portrait", "a last segment of one frame"],
)
def test_sound_packages_of_any_shape_pass(spec: ClipSpec, tmp_path: Path) -> None:
    encoded(tmp_path / "encodes", spec)
    packaged(tmp_path / "encodes", tmp_path / "out", spec)

    found = [judged(check.examine, tmp_path / "out", spec) for check in CHECKS]
    assert [(f.outcome, f.reason) for f in found if f.outcome is not Outcome.PASS] == []


@pytest.mark.parametrize(
    ("encoder", "preset", "codec"),
    [(Encoder.SVT_AV1, "12", "av01.0.0"), (Encoder.X265, "ultrafast", "hvc1.1.6.")],
    ids=["av1", "hevc"],
)
def test_packages_of_other_codecs_pass(encoder: Encoder, preset: str, codec: str, tmp_path: Path) -> None:
    profile = PREVIEW.model_copy(update={"encoder": encoder, "preset": preset})
    encoded(tmp_path / "encodes", SPEC, profile=profile)
    packaged(tmp_path / "encodes", tmp_path / "package", SPEC, profile)
    for check in CHECKS:
        found = judged(check.examine, tmp_path / "package")
        assert found.outcome is Outcome.PASS, found.reason
    for manifest in ("master.m3u8", "manifest.mpd"):
        assert codec in (tmp_path / "package" / manifest).read_text()


def test_addresses_that_lead_nowhere_and_files_left_over_are_named_with_their_rules(folder: Path) -> None:
    (folder / "v180p" / "seg-2.m4s").rename(folder / "v180p" / "seg-3.m4s")

    found = judged(manifests_resolve, folder)

    assert "package-file-missing at v180p/media.m3u8:" in found.reason
    assert "package-file-missing at manifest.mpd:" in found.reason
    assert "package-file-unreferenced at v180p/seg-3.m4s" in found.reason
    assert (found.measurements["dangling_address_count"], found.measurements["unreferenced_file_count"]) == (3, 1)


def test_a_claim_that_is_not_true_of_the_segments_fails_the_other_check_with_its_rule(folder: Path) -> None:
    edited(folder / "master.m3u8", "FRAME-RATE=30.000", "FRAME-RATE=60.000")

    assert judged(manifests_resolve, folder).outcome is Outcome.PASS
    assert "hls-frame-rate at master.m3u8:" in faults(manifests_agree_with_segments, folder)


def test_a_warning_is_counted_and_fails_nothing(folder: Path) -> None:
    edited(folder / "master.m3u8", "VIDEO-RANGE=SDR,", "")

    found = judged(manifests_agree_with_segments, folder)

    assert (found.outcome, found.measurements["warning_count"]) == (Outcome.PASS, 1)


def test_the_limits_are_those_of_the_policy(folder: Path) -> None:
    edited(folder / "v180p" / "media.m3u8", "#EXTINF:1.000", "#EXTINF:1.020")
    strict = replace(THRESHOLDS, segment_time_slack_s=0.005)

    assert judged(manifests_agree_with_segments, folder).outcome is Outcome.PASS
    found = manifests_agree_with_segments(Exhibit(SPEC, folder, TOOLS, strict))
    assert "hls-segment-duration at v180p/media.m3u8" in found.reason


@pytest.mark.parametrize("name", ["master.m3u8", "manifest.mpd", "metadata.json", "storyboard.vtt"])
def test_a_package_of_ours_is_not_without_any_of_its_manifests(name: str, folder: Path) -> None:
    (folder / name).unlink()

    assert f"ours-files at {name}: it isn't there" in faults(manifests_agree_with_segments, folder)


@pytest.mark.parametrize(
    ("name", "old", "new", "rule"),
    [
        ("manifest.mpd", "v270p/seg-$", "v180p/seg-$", "ours-shared-segments"),
        ("manifest.mpd", 'Duration="PT1.5S"', 'Duration="PT1.55S"', "ours-length"),
        ("manifest.mpd", 'contentType="image" mimeType="image/jpeg"', 'contentType="text"', "ours-thumbnails"),
    ],
)
def test_what_both_manifests_must_share_is_asked_for(name: str, old: str, new: str, rule: str, folder: Path) -> None:
    edited(folder / name, old, new)

    assert rule in faults(manifests_agree_with_segments, folder)


def test_a_rung_that_is_missing_or_there_twice_is_noticed(folder: Path) -> None:
    edited(folder / "master.m3u8", "v180p/media.m3u8", "v270p/media.m3u8")
    edited(folder / "master.m3u8", "RESOLUTION=320x180,FRAME", "RESOLUTION=480x270,FRAME")

    assert "ours-ladder at master.m3u8: it offers 480x270, 480x270, 256x144" in faults(
        manifests_agree_with_segments, folder
    )


def test_a_package_of_a_shorter_clip_is_noticed(folder: Path) -> None:
    reason = faults(manifests_agree_with_segments, folder, a_small_spec(75))

    assert "ours-segments at v270p/media.m3u8: it has 2 segments with 45 frames" in reason
    assert "ours-length at v270p/media.m3u8: it lasts 1.500 s" in reason


def test_sound_captions_and_description_are_there_where_they_were_asked_for(folder: Path) -> None:
    told = a_small_spec(45, script="A lamp.", audio_description="A lamp of glass.")
    reason = faults(manifests_agree_with_segments, folder, told)

    assert "ours-captions at master.m3u8: the clip is narrated" in reason
    assert "ours-sound at master.m3u8: it has 1 sounds" in reason


def test_a_missing_sound_track_is_noticed(folder: Path) -> None:
    master = folder / "master.m3u8"
    master.write_text("\n".join(x for x in master.read_text().splitlines() if "TYPE=AUDIO" not in x))

    assert "ours-sound at master.m3u8: it has 0 sounds" in faults(manifests_agree_with_segments, folder)
