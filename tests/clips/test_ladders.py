"""What an encoding may leave out, and whose place it may take, is the profile's to say."""

from fractions import Fraction
from typing import Any

import pytest

from vidgen_assets.clips.errors import PermanentError
from vidgen_assets.clips.ladders import promised
from vidgen_assets.clips.profiles import load_profiles
from vidgen_assets.clips.renditions import Encoding, Fallback, LeftOut, SoundTrack

SOUND = SoundTrack(file="a.m4a", sample_rate_hz=48000, channels=2, sample_count=1, bitrate_bps=1, is_silence=True)


def an_encoding(**changes: Any) -> Encoding:
    values: dict[str, Any] = {
        "fps": Fraction(30),
        "frame_count": 30,
        "gop_frames": 60,
        "segment_frames": 60,
        "renditions": (),
        "sound": SOUND,
    }
    return Encoding(**{**values, **changes})


def left_out(*names: str) -> tuple[LeftOut, ...]:
    return tuple(LeftOut(name=name, because="of the test") for name in names)


def test_a_fixed_ladder_has_all_its_rungs() -> None:
    found = promised("standard", an_encoding(), load_profiles())
    assert found.ladder == load_profiles()["standard"]


def test_a_ladder_made_for_its_clip_may_lack_what_is_between_the_first_and_the_last() -> None:
    found = promised("per_clip", an_encoding(left_out=left_out("480p")), load_profiles())
    assert [rung.name for rung in found.ladder.rungs] == ["720p", "360p"]


def test_a_fallback_is_held_against_the_safe_profile() -> None:
    encoding = an_encoding(fallback=Fallback(profile="nvenc", because="no card"))
    assert promised("nvenc", encoding, load_profiles()).profile.name == "standard"


@pytest.mark.parametrize(
    ("asked", "changes", "said"),
    [
        ("standard", {"left_out": left_out("480p")}, "it left out 480p.*fixed ladder"),
        ("per_clip", {"left_out": left_out("360p")}, "it left out 360p.*Allowed: 480p"),
        ("per_clip", {"left_out": left_out("720p", "480p")}, "it left out 480p, 720p"),
        ("standard", {"fallback": Fallback(profile="standard", because="why not")}, "has no fallback"),
        ("nvenc", {"fallback": Fallback(profile="av1", because="another's")}, "stands in for av1.*Allowed: nvenc"),
    ],
)
def test_what_a_profile_doesnt_allow_is_refused(asked: str, changes: dict[str, Any], said: str) -> None:
    with pytest.raises(PermanentError) as refusal:
        promised(asked, an_encoding(**changes), load_profiles())
    assert refusal.match(said)
