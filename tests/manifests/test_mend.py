from fractions import Fraction
from pathlib import Path

from vidgen_assets.manifests.mend import mended_master, mended_mpd, segment_rates

MASTER = """#EXTM3U
## Generated

#EXT-X-STREAM-INF:BANDWIDTH=5000,AVERAGE-BANDWIDTH=4000,CODECS="avc1.64001f"
v720p/media.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=9000,AVERAGE-BANDWIDTH=4000,CODECS="avc1.64001f"
v480p/media.m3u8
"""
MPD = """<MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><Period><AdaptationSet contentType="video" frameRate="15360/512">
<Representation id="0" bandwidth="5000"><SegmentTemplate initialization="v720p/init.mp4"/></Representation>
<Representation id="1" bandwidth="9000"><SegmentTemplate initialization="v480p/init.mp4"/></Representation>
</AdaptationSet></Period></MPD>"""
RATES = {"v720p": 6_000, "v480p": 3_000, "audio-de": 1_000}


def test_a_bandwidth_is_raised_to_the_peak_and_never_lowered() -> None:
    mended = mended_master(MASTER, RATES, ["audio-de"])

    assert "BANDWIDTH=7000,AVERAGE-BANDWIDTH=4000" in mended  # 6,000 of pictures and 1,000 of sound
    assert "BANDWIDTH=9000,AVERAGE-BANDWIDTH=4000" in mended
    assert mended.splitlines()[:2] == ["#EXTM3U", "#EXT-X-VERSION:6"]


def test_keyframes_have_a_rate_of_their_own() -> None:
    stream = '#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=2000,CODECS="avc1.64001f",URI="v720p/iframes.m3u8"\n'

    assert "I-FRAME-STREAM-INF:BANDWIDTH=2500," in mended_master(
        MASTER + stream, {**RATES, "v720p/iframes.m3u8": 2_500}, ["audio-de"]
    )


def test_the_mpd_says_frame_rate_and_keyframes_plainly() -> None:
    mended = mended_mpd(MPD, RATES, Fraction(30_000, 1_001))

    assert mended.startswith('<?xml version="1.0" encoding="UTF-8"?>\n<MPD xmlns="urn:mpeg:dash:schema:mpd:2011"')
    assert 'frameRate="30000/1001" startWithSAP="1"' in mended
    assert 'id="0" bandwidth="6000"' in mended
    assert 'id="1" bandwidth="9000"' in mended


def test_rates_are_read_from_the_segments_themselves(tmp_path: Path) -> None:
    """500 bytes in a second, of which a keyframe has 100."""
    folder = tmp_path / "v144p"
    folder.mkdir()
    (folder / "seg-1.m4s").write_bytes(bytes(500))
    head, segment = "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1.000,\n", "seg-1.m4s\n#EXT-X-ENDLIST\n"
    (folder / "media.m3u8").write_text(f"{head}{segment}")
    (folder / "iframes.m3u8").write_text(f"{head}#EXT-X-BYTERANGE:100@84\n{segment}")

    assert segment_rates(tmp_path) == {"v144p": 4_000, "v144p/iframes.m3u8": 800}
