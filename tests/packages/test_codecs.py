"""Codec strings from sample entries, against those that ffprobe 8.1 gives for files of the same encoders."""

import pytest

from vidgen_assets.packages.bmff import NotMedia
from vidgen_assets.packages.codecs import codec_of, same_codec


def a_box(kind: str, body: bytes) -> bytes:
    return (8 + len(body)).to_bytes(4, "big") + kind.encode() + body


AAC = bytes.fromhex("00000000 0319000100 0411 40 15000000 0000fa000000fa00 05021190 060102".replace(" ", ""))
MP3 = bytes.fromhex("00000000 0313000100 040d 6b 15000000 0000fa000000fa00".replace(" ", ""))


def sinf(original: str) -> bytes:
    """What common encryption says of the entry that it took the place of."""
    return a_box("sinf", a_box("frma", original.encode()))


@pytest.mark.parametrize(
    ("entry", "inner", "expected"),
    [
        ("avc1", a_box("avcC", bytes.fromhex("0164001fff")), "avc1.64001f"),
        ("hvc1", a_box("hvcC", bytes.fromhex("01 02 20000000 90 0000000000 1e".replace(" ", ""))), "hvc1.2.4.L30.90"),
        ("hev1", a_box("hvcC", bytes.fromhex("01 21 60000000 b0 0000000000 7b".replace(" ", ""))), "hev1.1.6.H123.B0"),
        ("av01", a_box("av1C", bytes.fromhex("8100 0c00".replace(" ", ""))), "av01.0.00M.08"),
        ("av01", a_box("av1C", bytes.fromhex("810ddc00")), "av01.0.13H.10"),
        ("vp09", a_box("vpcC", bytes.fromhex("01000000 00 0a 82 020202 0000".replace(" ", ""))), "vp09.00.10.08"),
        ("mp4a", a_box("esds", AAC), "mp4a.40.2"),
        ("mp4a", a_box("esds", MP3), "mp4a.6b"),
        ("Opus", b"", "opus"),
        ("wvtt", b"", "wvtt"),
        ("encv", a_box("avcC", bytes.fromhex("0164001fff")) + sinf("avc1"), "avc1.64001f"),
        ("enca", a_box("esds", AAC) + sinf("mp4a"), "mp4a.40.2"),
        ("encv", sinf("encv"), "encv"),
        ("encv", b"", "encv"),
    ],
)
def test_a_sample_entry_is_named(entry: str, inner: bytes, expected: str) -> None:
    assert codec_of(entry, inner) == expected


def test_a_torn_entry_is_refused() -> None:
    with pytest.raises(NotMedia, match="avcC ends early"):
        codec_of("avc1", a_box("avcC", b"\x01\x64"))


@pytest.mark.parametrize(
    ("said", "found", "same"),
    [
        ("AVC1.64001F", "avc1.64001f", True),
        ("avc1.64001f", "avc1.4d001f", False),
        ("avc3.64001f", "avc1.64001f", False),
        ("hvc1.2.4.L30.90.0.0", "hvc1.2.4.L30.90", True),
        ("hvc1.2.4.L60.90", "hvc1.2.4.L30.90", False),
        ("av01.0.00M.08.0.110.01.01.01.0", "av01.0.00M.08", True),
        ("av01.0.04M.08", "av01.0.00M.08", False),
        ("mp4a.40.34", "mp4a.6b", True),
        ("mp4a.40.5", "mp4a.40.2", False),
        ("fLaC", "flac", True),
        ("stpp.ttml.im1t", "stpp", True),
    ],
)
def test_two_ways_of_writing_one_codec_are_the_same(said: str, found: str, same: bool) -> None:
    assert same_codec(said, found) is same
