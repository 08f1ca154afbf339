"""Output profiles: sizes are even, keyframes aligned, and the digest is of what decides bytes."""

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
    assert Rung(name="720p", short_side_px=720, bitrate_bps=1).size(aspect) == size


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
        ({"fallback": "safe", "segment_s": 4}, "Allowed: none of these profiles"),
        ({"encoder": "libvpx"}, "Field encoder = 'libvpx'"),
        ({"per_clip": {"target_vmaf": 101}}, "Field per_clip.target_vmaf = 101"),
        ({"rungs": []}, "Field rungs"),
    ],
)
def test_encoders_and_fallbacks_that_cant_be_are_refused(tmp_path: Path, changes: dict[str, object], said: str) -> None:
    rows = yaml.safe_load(files("vidgen_assets.clips").joinpath("data/profiles.yaml").read_text())
    path = tmp_path / "profiles.yaml"
    path.write_text(yaml.safe_dump({"safe": rows["preview"], "mine": {**rows["preview"], **changes}}))
    with pytest.raises(InputError, match=f"the profile mine is wrong.*{said}"):
        read_profiles(path)


def test_what_probes_for_each_clip_or_falls_back_says_so_in_the_key_only_where_it_decides_bytes() -> None:
    standard, probing = PROFILES["standard"], PROFILES["per_clip"]
    assert standard.model_copy(update={"fallback": "preview"}).digest == standard.digest
    assert probing.model_copy(update={"per_clip": None}).digest != probing.digest
    assert standard.model_copy(update={"encoder": Encoder.X265}).digest != standard.digest
