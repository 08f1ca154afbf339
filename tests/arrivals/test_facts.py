"""Facts: what ffprobe says in many ways comes out in one; what isn't taken in is refused with what would be."""

from typing import Any

import pytest

from tests.builders import a_digest
from vidgen_assets.arrivals.facts import Facts, Range, read_facts, size_refusal, unreadable
from vidgen_assets.arrivals.limits import LIMITS
from vidgen_assets.arrivals.packets import Packets
from vidgen_assets.clips.errors import InputError

TWO_S = Packets(times_s=(0.0, 1.0), key_times_s=(0.0,), last_duration_s=1.0)


def a_video(**changes: Any) -> dict[str, Any]:
    return {"index": 0, "codec_type": "video", "codec_name": "h264", "width": 1920, "height": 1080, **changes}


def facts_of(*streams: dict[str, Any], packets: Packets = TWO_S, name: str = "a.mp4", **container: Any) -> Facts:
    probed = {"format": {"format_name": "mov,mp4,m4a", **container}, "streams": list(streams)}
    return read_facts(probed, packets, upload=a_digest(), name=name, size_bytes=1)


def refusal_of(*streams: dict[str, Any], packets: Packets = TWO_S) -> InputError:
    with pytest.raises(InputError) as refused:
        facts_of(*streams, packets=packets)
    return refused.value


@pytest.mark.parametrize(
    ("changes", "shown", "turned"),
    [
        ({}, (1920, 1080), 0),
        ({"side_data_list": [{"rotation": -90}]}, (1080, 1920), 90),
        ({"side_data_list": [{"rotation": 90}]}, (1080, 1920), 270),
        ({"side_data_list": [{"rotation": -180}]}, (1920, 1080), 180),
        ({"side_data_list": [{"side_data_type": "Mastering display metadata"}]}, (1920, 1080), 0),
        ({"sample_aspect_ratio": "4:3", "width": 1440}, (1920, 1080), 0),
        ({"sample_aspect_ratio": "4:3", "width": 1440, "side_data_list": [{"rotation": -90}]}, (1080, 1920), 90),
        ({"sample_aspect_ratio": "0:1"}, (1920, 1080), 0),
        ({"sample_aspect_ratio": "1000:1"}, (1920, 1080), 0),
        ({"sample_aspect_ratio": "N/A"}, (1920, 1080), 0),
    ],
)
def test_sizes_are_those_a_player_shows(changes: dict[str, Any], shown: tuple[int, int], turned: int) -> None:
    facts = facts_of(a_video(**changes))

    assert ((facts.width, facts.height), facts.rotation_deg) == (shown, turned)


@pytest.mark.parametrize(
    ("changes", "dynamic_range", "matrix"),
    [
        ({}, Range.SDR, "bt709"),
        ({"height": 480, "width": 640}, Range.SDR, "bt601"),
        ({"color_space": "smpte170m"}, Range.SDR, "bt601"),
        ({"color_transfer": "smpte2084", "pix_fmt": "yuv420p10le"}, Range.PQ, "bt2020"),
        ({"color_transfer": "arib-std-b67", "color_space": "bt2020nc"}, Range.HLG, "bt2020"),
        ({"color_space": "bt2020nc"}, Range.SDR, "bt2020"),
    ],
)
def test_colours_that_arent_said_are_those_that_players_take(
    changes: dict[str, Any], dynamic_range: Range, matrix: str
) -> None:
    colour = facts_of(a_video(**changes)).colour

    assert (colour.dynamic_range, colour.matrix) == (dynamic_range, matrix)


def test_the_largest_moving_stream_is_shown_and_a_cover_is_none() -> None:
    cover = a_video(index=0, width=3000, height=3000, disposition={"attached_pic": 1})
    facts = facts_of(cover, a_video(index=1, width=320, height=180), a_video(index=2))

    assert facts.stream_index == 2


def test_the_length_of_the_sound_is_not_that_of_the_picture() -> None:
    sound = {"index": 1, "codec_type": "audio", "codec_name": "aac"}

    assert facts_of(a_video(), sound, duration="3600").declared_duration_s is None
    assert facts_of(a_video(tags={"DURATION": "00:01:02.500000000"}), sound).declared_duration_s == 62.5
    assert facts_of(a_video(), duration="2.0").declared_duration_s == 2.0
    assert facts_of(a_video(), sound).audio_codec == "aac"
    assert facts_of(a_video()).audio_codec is None


def test_words_are_what_a_viewer_may_read() -> None:
    facts = facts_of(a_video(tags={"TITLE": "the lake", "encoder": "x"}), name="lake.mp4", tags={"comment": "mine"})

    assert facts.words == {"name": "lake.mp4", "stream 0 title": "the lake", "comment": "mine"}


@pytest.mark.parametrize(
    ("changes", "packets", "said"),
    [
        ({"codec_name": "ansi"}, TWO_S, "codec isn't known"),
        ({"codec_name": None}, TWO_S, "codec isn't known"),
        ({"width": 0}, TWO_S, "how large"),
        ({"width": 16_000, "height": 9_000}, TWO_S, "too large"),
        ({"width": 60_000, "height": 2}, TWO_S, "too large"),
        ({}, Packets((), (), 0.0), "no frames"),
        ({}, Packets((0.0, 0.0), (0.0,), 0.0), "no duration"),
        ({}, Packets((0.0, 90_000.0), (0.0,), 1.0), "too long"),
    ],
)
def test_what_isnt_taken_in_says_what_is(changes: dict[str, Any], packets: Packets, said: str) -> None:
    refused = refusal_of(a_video(**changes), packets=packets)

    assert said in refused.found
    assert refused.allowed
    assert refused.remedy


def test_a_file_without_a_video_says_what_it_has_instead() -> None:
    assert "sound and no video" in refusal_of({"index": 0, "codec_type": "audio"}).found
    assert "no video" in refusal_of().found


def test_sizes_beyond_the_limit_are_refused() -> None:
    assert size_refusal(LIMITS.most_bytes) is None
    assert "too large" in str(size_refusal(LIMITS.most_bytes + 1))
    assert "empty" in str(size_refusal(0))


@pytest.mark.parametrize(
    ("data", "said", "found"),
    [
        ("Grüße, 日本語\n".encode(), "moov atom not found", "text"),
        ("日本語".encode()[:-1], "Invalid data", "text"),
        (b"\x00\x01\x02", "[mov @ 0x7f00] moov atom not found", "no index"),
        (b"\x00\xff", "Format not on whitelist", "isn't taken"),
        (b"\x00\xff", "Invalid data found", "can't be read"),
    ],
)
def test_a_file_that_cant_be_read_says_why_in_words_of_its_sender(data: bytes, said: str, found: str) -> None:
    refused = unreadable(said, data)

    assert found in refused.found
    assert "0x7f" not in str(refused), "the same file is refused in the same words"
