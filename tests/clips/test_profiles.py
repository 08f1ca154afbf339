"""Output profiles: sizes are even, keyframes aligned, and the digest is of what decides bytes."""

import json
from fractions import Fraction
from importlib.resources import files
from pathlib import Path

import pytest
import yaml

from vidgen_assets.clips.cubes import identity
from vidgen_assets.clips.encoders import Encoder
from vidgen_assets.clips.errors import InputError
from vidgen_assets.clips.post import step_document
from vidgen_assets.clips.profiles import OutputProfile, Rung, even, load_profiles, read_profiles
from vidgen_assets.clips.spec import Aspect

PROFILES = load_profiles()
NO_NAMES = ("", "../../x", "a/b", "a,b=c", "Groß", "-x", "x" * 41, "x\n")


@pytest.mark.parametrize(
    ("aspect", "size"),
    [
        (Aspect.LANDSCAPE, (1280, 720)),
        (Aspect.PORTRAIT, (720, 1280)),
        (Aspect.SQUARE, (720, 720)),
        (Aspect.FEED, (720, 900)),
    ],
)
def test_the_short_side_is_the_rungs_whatever_the_aspect(aspect: Aspect, size: tuple[int, int]) -> None:
    assert Rung(name="720p", short_side_px=720, bitrate_bps=100_000).size(aspect) == size


@pytest.mark.parametrize(("length", "expected"), [(853.3, 854), (480, 480), (1, 2), (0, 2), (Fraction(1441, 2), 720)])
def test_a_length_becomes_the_nearest_even_one(length: float | Fraction, expected: int) -> None:
    assert even(length) == expected


@pytest.mark.parametrize("profile", PROFILES.values(), ids=str)
@pytest.mark.parametrize("aspect", Aspect)
def test_what_ships_is_a_ladder_of_even_sizes_below_its_canvas(profile: OutputProfile, aspect: Aspect) -> None:
    sizes = [rung.size(aspect) for rung in profile.rungs]
    assert all(length % 2 == 0 for size in sizes for length in size)
    assert sizes[0] == profile.canvas(aspect) == max(sizes)
    assert sorted(sizes, reverse=True) == sizes
    bitrates = [rung.bitrate_bps for rung in profile.rungs]
    assert sorted(bitrates, reverse=True) == bitrates
    assert len({rung.name for rung in profile.rungs}) == len(profile.rungs)


@pytest.mark.parametrize(("fps", "frames"), [(Fraction(30), 60), (Fraction(30000, 1001), 60), (Fraction(1, 10), 1)])
def test_a_gop_is_whole_frames(fps: Fraction, frames: int) -> None:
    assert PROFILES["standard"].gop_frames(fps) == frames  # 2 s


def test_a_segment_is_whole_gops() -> None:
    longer = PROFILES["standard"].model_copy(update={"segment_s": 6})
    assert longer.segment_frames(Fraction(30000, 1001)) == 3 * 60


def test_the_digest_ignores_what_decides_no_bytes() -> None:
    profile = PROFILES["preview"]
    assert profile.model_copy(update={"name": "other", "description": "other"}).digest == profile.digest
    assert profile.model_copy(update={"preset": "slow"}).digest != profile.digest


@pytest.mark.parametrize(
    ("name", "digest"),
    [
        ("standard", "sha256:759eab039cd76dfe944ef20ed7c27dddce0ecd742dc56d1f4d8366f31ec25c6d"),
        ("preview", "sha256:33fe3212364c6467105b4eb928248c94ed708070b6c71ae826078a379fea3a20"),
        ("per_clip", "sha256:cbbde75f893dd13d30421c2ea455f0b75aec84056c1729b1e6a99be737d15df7"),
        ("av1", "sha256:d7c7c3b9ed7e45480407ff5942d079d9ac7334cb5ad97fb604fa82bf5a655389"),
        ("hevc", "sha256:ca6d0456ff648a362e548efc6fbf1b047ddab72e68bb5b3837d4e354e0af8572"),
        ("nvenc", "sha256:f58306aaa57ba482764ef322171286078888e9ba2912db6f82c5cf21a5127a11"),
    ],
)
def test_finished_encodes_keep_their_key(name: str, digest: str) -> None:
    assert PROFILES[name].digest == digest


def test_steps_are_in_the_key_of_the_frames_and_not_of_the_encoder() -> None:
    assert PROFILES["polished"].post
    assert PROFILES["polished"].digest == PROFILES["smooth"].digest == PROFILES["standard"].digest


def written(folder: Path, post: str) -> Path:
    rows = yaml.safe_load(files("vidgen_assets.clips").joinpath("data/profiles.yaml").read_text())
    path = folder / "profiles.yaml"
    path.write_text(yaml.safe_dump({"mine": {**rows["preview"], "post": yaml.safe_load(post)}}))
    return path


def test_a_table_of_ones_own_lies_beside_the_profiles(tmp_path: Path) -> None:
    (tmp_path / "mine.cube").write_text(identity(3).text())

    step = read_profiles(written(tmp_path, "[{step: grade, lut: mine.cube}]"))["mine"].post[0]

    assert step_document(step)["lut"] == identity(3).digest


@pytest.mark.parametrize(
    ("post", "said"),
    [
        ("[{step: sharpen, amount: 4}]", r"the profile mine is wrong.*Field post.0.sharpen.amount = 4"),
        ("[{step: grade, lut: none.cube}]", r"none.cube can't be read"),
        ("[{step: grade, lut: ../../secret.cube}]", "outside the profiles' folder"),
        ("[{step: sharpen}, {step: denoise}]", "denoise comes after sharpen"),
    ],
)
def test_a_wrong_profile_is_refused_by_name_and_field(tmp_path: Path, post: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        read_profiles(written(tmp_path, post))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"fallback": "nowhere"}, "can't stand in for it.*Field fallback = 'nowhere'"),
        ({"fallback": "mine"}, "Allowed: safe"),
        ({"fallback": "safe", "segment_s": 2}, "Allowed: none of these profiles"),
        ({"encoder": "libvpx"}, "Field encoder = 'libvpx'"),
        ({"per_clip": {"target_vmaf": 101}}, "Field per_clip.target_vmaf = 101"),
        ({"rungs": []}, "Field rungs"),
        ({"preset": "fastest"}, "no such preset. Field preset = 'fastest'. Allowed: ultrafast, .*veryslow for libx264"),
        (
            {"encoder": "libsvtav1", "preset": "veryfast"},
            "Field preset = 'veryfast'. Allowed: 0, .*13 for libsvtav1",
        ),
        ({"encoder": "libsvtav1", "preset": "99", "fallback": "safe"}, "Field preset = '99'"),
        ({"encoder": "av1_nvenc", "preset": "p8"}, "Field preset = 'p8'. Allowed: p1, .*p7 for av1_nvenc"),
        ({"peak_ratio": -1.5}, "Field peak_ratio = -1.5. Allowed: at least 1"),
        ({"peak_ratio": 0.5}, "Field peak_ratio"),
        ({"gop_s": 5}, "segments aren't whole GOPs. Field segment_s = 1. Allowed: 5 s"),
        ({"gop_s": 2, "segment_s": 5}, "Field segment_s = 5"),
        ({"audio": {"bitrate_bps": 96_000, "sample_rate_hz": 48_000, "channels": 17}}, "Field audio.channels = 17"),
        ({"audio": {"bitrate_bps": 1, "sample_rate_hz": 48_000, "channels": 2}}, "Field audio.bitrate_bps = 1"),
        ({"audio": {"bitrate_bps": 96_000, "sample_rate_hz": 12_345, "channels": 2}}, "Field audio.sample_rate_hz"),
        ({"post": None}, "Field post"),
        ({"post": 5}, "Field post = 5"),
        ({"name": "other"}, "named by its key"),
    ],
)
def test_encoders_and_fallbacks_that_cant_be_are_refused(tmp_path: Path, changes: dict[str, object], said: str) -> None:
    rows = yaml.safe_load(files("vidgen_assets.clips").joinpath("data/profiles.yaml").read_text())
    path = tmp_path / "profiles.yaml"
    path.write_text(json.dumps({"safe": rows["preview"], "mine": {**rows["preview"], **changes}}))
    with pytest.raises(InputError, match=f"the profile mine is wrong.*{said}"):
        read_profiles(path)


def a_rung(name: str, short_side_px: int = 144, bitrate_bps: int = 100_000) -> dict[str, object]:
    return {"name": name, "short_side_px": short_side_px, "bitrate_bps": bitrate_bps}


@pytest.mark.parametrize(
    ("rungs", "said"),
    [
        ([a_rung("small"), a_rung("large", 270)], r"Field rungs = \[144, 270\]. Allowed: the largest first"),
        ([a_rung("one", 144), a_rung("other", 145)], "in order of their size"),  # both 144 pixels, being even
        ([a_rung("same", 270), a_rung("same")], "two rungs have one name. Field rungs = 'same'"),
        *(([a_rung(name)], "Field rungs.0.name") for name in NO_NAMES),
        ([a_rung("one", bitrate_bps=1)], "Field rungs.0.bitrate_bps = 1. Allowed: at least 10000"),
        ([a_rung("one", 72_000)], "Field rungs.0.short_side_px = 72000. Allowed: at most 4320"),
    ],
)
def test_ladders_that_cant_be_climbed_are_refused(tmp_path: Path, rungs: list[dict[str, object]], said: str) -> None:
    rows = yaml.safe_load(files("vidgen_assets.clips").joinpath("data/profiles.yaml").read_text())
    path = tmp_path / "mine.yaml"
    path.write_text(json.dumps({"mine": {**rows["preview"], "rungs": rungs}}))
    with pytest.raises(InputError, match=f"mine.yaml: the profile mine is wrong.*{said}"):
        read_profiles(path)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (b"", "is empty"),
        (b"p:\n  a: [1,\n b", "can't be read as YAML"),
        (b"- a\n- b\n", "Allowed: profiles by name"),
        (b"p: 5\n", "the profile p is wrong.*Field p = 5. Allowed: its fields by name"),
        (b"p:\n", "the profile p is wrong.*is empty"),
        (b"p: \xe4\n", "can't be read.*UTF-8"),
        (b"p:\n  preset: slow\n  preset: fast\n", "'preset' is given twice"),
        (b"p:\n  peak_ratio: .nan\n", "the profile p is wrong"),
    ],
)
def test_a_file_that_holds_no_profiles_says_what_is_wrong_with_it(written: bytes, said: str, tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_bytes(written)
    with pytest.raises(InputError, match=f"mine.yaml.*{said}"):
        read_profiles(tmp_path / "mine.yaml")
    with pytest.raises(InputError, match=r"none\.yaml can't be read"):
        read_profiles(tmp_path / "none.yaml")


@pytest.mark.parametrize("ratio", [".nan", ".inf", "nan", "inf", "1e999"])
def test_a_peak_is_a_number(ratio: str, tmp_path: Path) -> None:
    text = files("vidgen_assets.clips").joinpath("data/profiles.yaml").read_text()
    (tmp_path / "mine.yaml").write_text(text.replace("peak_ratio: 1.5", f"peak_ratio: {ratio}"))
    with pytest.raises(InputError, match="Field peak_ratio"):
        read_profiles(tmp_path / "mine.yaml")


def test_what_probes_for_each_clip_or_falls_back_says_so_in_the_key_only_where_it_decides_bytes() -> None:
    standard, probing = PROFILES["standard"], PROFILES["per_clip"]
    assert standard.model_copy(update={"fallback": "preview"}).digest == standard.digest
    assert probing.model_copy(update={"per_clip": None}).digest != probing.digest
    assert standard.model_copy(update={"encoder": Encoder.X265}).digest != standard.digest
