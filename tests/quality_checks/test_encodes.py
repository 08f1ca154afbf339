"""Each defect is put into a sound encoding with the tools themselves; each check must name it."""

import shutil
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from quality_checks.check import Check, Exhibit
from quality_checks.encodes import (
    CHECKS,
    keyframe_indices,
    keyframes_are_aligned,
    open_gop_count,
    redrawn_frames_pass,
    renditions_decode_completely,
    renditions_keep_their_promise,
)
from quality_checks.media_reading import Packet
from quality_checks.thresholds import THRESHOLDS
from tests.synthetic.media import TOOLS, a_small_spec, a_tone, encoded
from vidgen_assets.clips.media_tools import Tool
from vidgen_assets.clips.spec import Aspect, ClipSpec
from vidgen_assets.clips.verdicts import Finding, Outcome

SPEC = a_small_spec(45)
Judge = Callable[[Exhibit], Finding]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("encoding")
    encoded(folder / "out", SPEC, sound=a_tone(folder / "tone.wav", 2.0))
    return folder / "out"


@pytest.fixture
def folder(sound: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sound, tmp_path / "encodes"))


def judged(check: Judge, folder: Path, spec: ClipSpec = SPEC) -> Finding:
    return check(Exhibit(spec, folder, TOOLS, THRESHOLDS))


def remade(folder: Path, name: str, *options: str) -> None:
    """`name`, put through ffmpeg with `options`."""
    whole = folder / name
    source = whole.rename(folder.parent / name)
    TOOLS.run(Tool.FFMPEG, ["-v", "error", "-i", str(source), *options, str(whole)], deadline_s=20)


def overwritten(path: Path, first: float, length: float) -> None:
    """A stretch of the file, in shares of its size, turned into noise; the index at its end stays whole."""
    data = bytearray(path.read_bytes())
    begin, count = int(len(data) * first), int(len(data) * length)
    data[begin : begin + count] = bytes((7 * n * n + 13) % 256 for n in range(count))
    path.write_bytes(data)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id.name)
def test_a_sound_encoding_passes(check: Check, sound: Path) -> None:
    found = judged(check.examine, sound)

    assert found.outcome is Outcome.PASS, found.reason
    assert all(isinstance(value, float) for value in found.measurements.values())


@pytest.mark.parametrize(
    "spec",
    [
        a_small_spec(1),
        a_small_spec(35, Fraction(30_000, 1_001)),
        a_small_spec(20, Fraction(63, 5), aspect=Aspect.PORTRAIT),
        a_small_spec(31, aspect=Aspect.FEED),
    ],
    ids=["one frame", "29.97", "12.6 portrait", "4:5"],
)
def test_sound_encodings_of_any_shape_pass(spec: ClipSpec, tmp_path: Path) -> None:
    encoded(tmp_path / "out", spec)

    found = [judged(check.examine, tmp_path / "out", spec) for check in CHECKS]
    assert [(f.outcome, f.reason) for f in found if f.outcome is not Outcome.PASS] == []


LOOK_AT_FILES = [check for check in CHECKS if check.examine is not redrawn_frames_pass]  # that one looks at frames


@pytest.mark.parametrize("check", LOOK_AT_FILES, ids=lambda check: check.id.name)
def test_a_missing_rendition_is_named(check: Check, folder: Path) -> None:
    (folder / "180p.mp4").unlink()

    found = judged(check.examine, folder)

    assert found.outcome is Outcome.FAIL
    assert "180p.mp4 is missing" in found.reason


def test_a_damaged_stretch_does_not_decode(folder: Path) -> None:
    overwritten(folder / "180p.mp4", 0.4, 0.1)

    found = judged(renditions_decode_completely, folder)

    assert found.outcome is Outcome.FAIL
    assert found.reason.startswith("180p.mp4 is damaged: ffmpeg ended with code")


def test_a_torn_file_does_not_decode(folder: Path) -> None:
    whole = (folder / "144p.mp4").read_bytes()
    (folder / "144p.mp4").write_bytes(whole[: len(whole) // 2])

    assert "144p.mp4 is damaged" in judged(renditions_decode_completely, folder).reason
    assert "144p.mp4 is damaged" in judged(renditions_keep_their_promise, folder).reason
    assert "144p.mp4 is damaged" in judged(keyframes_are_aligned, folder).reason


def test_frames_are_counted(folder: Path) -> None:
    found = judged(renditions_decode_completely, folder, a_small_spec(46))

    assert "270p.mp4 holds 45 frames, not 46" in found.reason
    assert found.measurements["270p.mp4_frame_count"] == 45.0


def test_a_download_must_hold_what_was_checked(folder: Path, tmp_path: Path) -> None:
    encoded(tmp_path / "other", a_small_spec(45, aspect=Aspect.PORTRAIT))
    shutil.copyfile(tmp_path / "other" / "clip.mp4", folder / "clip.mp4")

    found = judged(renditions_decode_completely, folder)

    assert "clip.mp4 differs from 270p.mp4 from packet 0 of 45 on" in found.reason
    assert "clip.mp4 differs from audio.m4a" in found.reason


def test_sound_of_another_length_is_named(folder: Path) -> None:
    remade(folder, "audio.m4a", "-af", "apad=whole_dur=3")

    for check in (renditions_decode_completely, renditions_keep_their_promise):
        assert "audio.m4a has 3.000 s of sound, not 1.500" in judged(check, folder).reason


def test_mono_at_another_rate_is_not_what_was_promised(folder: Path) -> None:
    remade(folder, "audio.m4a", "-ac", "1", "-ar", "44100")

    found = judged(renditions_keep_their_promise, folder)

    assert "audio.m4a has sample_rate 44100, not 48000; audio.m4a has channels 1, not 2" in found.reason


def test_a_rendition_of_another_size_is_named(folder: Path) -> None:
    shutil.copyfile(folder / "180p.mp4", folder / "144p.mp4")

    found = judged(renditions_keep_their_promise, folder)

    assert "144p.mp4 has width 320, not 256; 144p.mp4 has height 180, not 144" in found.reason


def test_another_profile_and_pixel_format_are_named(folder: Path) -> None:
    remade(folder, "144p.mp4", "-pix_fmt", "yuv444p")

    found = judged(renditions_keep_their_promise, folder)

    assert "144p.mp4 has profile High 4:4:4 Predictive, not High" in found.reason
    assert "144p.mp4 has pix_fmt yuv444p, not yuv420p" in found.reason


def test_wrong_colour_tags_are_named(folder: Path) -> None:
    remade(folder, "144p.mp4", "-vf", "setparams=colorspace=smpte170m")

    assert "144p.mp4 has color_space smpte170m, not bt709" in judged(renditions_keep_their_promise, folder).reason


def test_another_rate_and_length_are_named(folder: Path) -> None:
    remade(folder, "144p.mp4", "-vf", "setpts=2*PTS", "-r", "15")

    found = judged(renditions_keep_their_promise, folder)

    assert "144p.mp4 has r_frame_rate 15/1, not 30" in found.reason
    assert "144p.mp4 lasts 3.000 s, not 1.500" in found.reason


def test_a_file_too_big_for_its_bitrate_is_named(folder: Path) -> None:
    """144p may peak at 180,000 bit/s: 1.05 times that for 2.5 s is 59,062 bytes, and 65,536 of overhead."""
    path = folder / "144p.mp4"
    bloat = 124_599 - path.stat().st_size
    path.write_bytes(path.read_bytes() + bloat.to_bytes(4, "big") + b"free" + bytes(bloat - 8))

    assert (
        "144p.mp4 has 124599 bytes, at most 124598 keep its bitrate"
        in judged(renditions_keep_their_promise, folder).reason
    )


def test_keyframes_in_other_places_are_named(folder: Path) -> None:
    remade(folder, "180p.mp4", "-g", "15", "-keyint_min", "15", "-sc_threshold", "0")

    found = judged(keyframes_are_aligned, folder)

    assert found.reason == "180p.mp4 has keyframes at frames 0, 15, 30, not at 0, 30"
    assert found.measurements == {"270p_keyframe_count": 2.0, "180p_keyframe_count": 3.0, "144p_keyframe_count": 2.0}


def test_keyframes_are_counted_as_shown_not_as_stored() -> None:
    """Stored I P B B I: the B frames are shown before the P frame."""
    packets = packets_of((0, True), (3, False), (1, False), (2, False), (4, True))

    assert keyframe_indices(packets) == [0, 4]
    assert open_gop_count(packets) == 0


def test_frames_that_lean_over_a_keyframe_are_an_open_gop() -> None:
    """The second keyframe is stored before two frames that are shown before it."""
    assert open_gop_count(packets_of((0, True), (1, False), (4, True), (2, False), (3, False))) == 2


def packets_of(*rows: tuple[int, bool]) -> tuple[Packet, ...]:
    return tuple(Packet(pts, 1, 0, 1, is_key) for pts, is_key in rows)
