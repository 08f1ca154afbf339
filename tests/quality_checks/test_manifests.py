"""Each defect is put into a sound package by hand; each check must name it."""

import shutil
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from quality_checks.check import Check, Exhibit
from quality_checks.manifests import CHECKS, manifests_agree_with_segments, manifests_resolve
from quality_checks.package_reading import Reference
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
    [(Encoder.SVT_AV1, "12", "av01.0.0")],
    ids=["av1"],
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


def test_a_missing_segment_is_named_by_both_manifests_that_want_it(folder: Path) -> None:
    (folder / "v180p" / "seg-2.m4s").unlink()

    reason = faults(manifests_resolve, folder)

    assert "v180p/media.m3u8 names seg-2.m4s, which isn't there" in reason
    assert "manifest.mpd names v180p/seg-2.m4s, which isn't there" in reason
    assert "can't be played" in faults(manifests_agree_with_segments, folder)


def test_a_file_that_nothing_names_is_a_stranger(folder: Path) -> None:
    (folder / "v180p" / "seg-3.m4s").write_bytes(b"left over")

    assert faults(manifests_resolve, folder) == "no manifest names v180p/seg-3.m4s"


def test_an_empty_segment_is_named(folder: Path) -> None:
    (folder / "v144p" / "seg-2.m4s").write_bytes(b"")

    assert "names seg-2.m4s, which is empty" in faults(manifests_resolve, folder)


@pytest.mark.parametrize(
    "address", ["../../seg-1.m4s", "/seg-1.m4s", "https://elsewhere.test/seg-1.m4s", "%2e%2e/../x"]
)
def test_an_address_that_leads_out_is_refused(address: str, folder: Path) -> None:
    (folder.parent / "seg-1.m4s").write_bytes(b"not of this package")
    edited(folder / "v180p" / "media.m3u8", "seg-1.m4s", address)

    assert f"names {address}, which leads out of the package" in faults(manifests_resolve, folder)


def test_a_link_that_leads_out_is_refused(folder: Path) -> None:
    segment = folder / "v180p" / "seg-1.m4s"
    segment.rename(folder.parent / "seg-1.m4s")
    segment.symlink_to(folder.parent / "seg-1.m4s")

    assert "which leads out of the package" in faults(manifests_resolve, folder)


def test_a_keyframe_range_past_the_end_is_named(folder: Path) -> None:
    edited(folder / "v270p" / "iframes.m3u8", "#EXT-X-BYTERANGE:", "#EXT-X-BYTERANGE:9")

    assert "v270p/iframes.m3u8 names seg-1.m4s up to byte 9" in faults(manifests_resolve, folder)


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("master.m3u8", None, "master.m3u8 can't be read"),
        ("master.m3u8", "<html>", "master.m3u8 does not begin with #EXTM3U"),
        ("manifest.mpd", "<MPD", "manifest.mpd is not a manifest"),
        ("metadata.json", "{}", "metadata.json is not a VideoObject"),
        ("v144p/media.m3u8", "#EXTM3U\n", "v144p/media.m3u8 has 0 maps and 0 segments"),
    ],
)
def test_a_manifest_that_is_none_is_named(name: str, content: str | None, found: str, folder: Path) -> None:
    (folder / name).unlink() if content is None else (folder / name).write_text(content)

    assert found in faults(manifests_resolve, folder)


@pytest.mark.parametrize(
    ("name", "old", "new", "found"),
    [
        ("v180p/media.m3u8", "#EXTINF:1.000", "#EXTINF:1.400", "said to last 1.400 s and lasts 1.000 s"),
        ("v180p/media.m3u8", "TARGETDURATION:2", "TARGETDURATION:0", "lasts 1.000 s, over the target of 0 s"),
        ("v180p/media.m3u8", "#EXT-X-ENDLIST", "", "v180p/media.m3u8 is not marked as complete"),
        ("master.m3u8", "avc1.64", "avc1.4d", "and is avc1.64"),
        ("master.m3u8", "RESOLUTION=480x270", "RESOLUTION=960x540", "master.m3u8 offers 960x540"),
        ("master.m3u8", "FRAME-RATE=30.000", "FRAME-RATE=60.000", "said to have 60.000 frames a second"),
        ("master.m3u8", "INF:BANDWIDTH=", "INF:BANDWIDTH=1,X=", "said to need 1 bit/s"),
        ("manifest.mpd", 'bandwidth="', 'bandwidth="1" x="', "manifest.mpd v270p/init.mp4 is said to need 1 bit/s"),
        ("manifest.mpd", "v270p/seg-$", "v180p/seg-$", "HLS and DASH don't name the same segments"),
        ("manifest.mpd", 'Duration="PT1.5S"', 'Duration="PT9S"', "manifest.mpd says 9.000 s, the clip lasts 1.500 s"),
        ("manifest.mpd", 'Duration="PT1.5S"', 'Duration="long"', "lasts 'long', which is no duration"),
        ("v270p/iframes.m3u8", "#EXT-X-BYTERANGE:", "#EXT-X-BYTERANGE:9@84\n##", "cuts into keyframe 1"),
    ],
)
def test_what_a_manifest_says_wrong_is_named(name: str, old: str, new: str, found: str, folder: Path) -> None:
    edited(folder / name, old, new)

    assert found in faults(manifests_agree_with_segments, folder)


def test_a_torn_segment_is_noticed(folder: Path) -> None:
    segment = folder / "v180p" / "seg-2.m4s"
    segment.write_bytes(segment.read_bytes()[:60])

    assert "can't be played" in faults(manifests_agree_with_segments, folder)


def test_the_wrong_segment_in_the_right_place_is_noticed(folder: Path) -> None:
    shutil.copyfile(folder / "v180p" / "seg-1.m4s", folder / "v180p" / "seg-2.m4s")

    assert "v180p/media.m3u8 init.mp4" in faults(manifests_agree_with_segments, folder)


def test_a_package_of_a_shorter_clip_is_noticed(folder: Path) -> None:
    reason = faults(manifests_agree_with_segments, folder, a_small_spec(75))

    assert "v270p/media.m3u8 has 2 segments, not 3" in reason
    assert "v270p/media.m3u8 init.mp4 plays 1.500 s, the clip lasts 2.500 s" in reason


def test_a_missing_sound_track_is_noticed(folder: Path) -> None:
    master = folder / "master.m3u8"
    master.write_text("\n".join(x for x in master.read_text().splitlines() if "TYPE=AUDIO" not in x))

    assert "master.m3u8 has no sound" in faults(manifests_agree_with_segments, folder)


@pytest.mark.parametrize(
    ("manifest", "uri", "path"),
    [
        ("master.m3u8", "v1/media.m3u8", "v1/media.m3u8"),
        ("v1/media.m3u8", "seg-1.m4s", "v1/seg-1.m4s"),
        ("v1/media.m3u8", "../poster.jpg", "poster.jpg"),
        ("v1/media.m3u8", "a%20b.m4s", "v1/a b.m4s"),
        ("v1/media.m3u8", "../../poster.jpg", None),
        ("v1/media.m3u8", "//host/seg", None),
        ("v1/media.m3u8", "seg-1.m4s?x=1", None),
        ("v1/media.m3u8", "", None),
    ],
)
def test_addresses_are_read_from_where_they_stand(manifest: str, uri: str, path: str | None) -> None:
    assert Reference(manifest, uri).path() == path
