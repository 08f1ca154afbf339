from fractions import Fraction
from pathlib import Path

import pytest

from vidgen_assets.manifests.mend import Segments, mended_master, mended_mpd, read_segments

MASTER = """#EXTM3U
## Generated

#EXT-X-STREAM-INF:BANDWIDTH=5000,AVERAGE-BANDWIDTH=4000,CODECS="avc1.64001f"
v720p/media.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=9000,AVERAGE-BANDWIDTH=4000,CODECS="avc1.64001f"
v480p/media.m3u8
"""
MPD = """<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" minBufferTime="PT2S"><Period>
<AdaptationSet contentType="video" frameRate="15360/512">
<Representation id="0" bandwidth="5000"><SegmentTemplate initialization="v720p/init.mp4"/></Representation>
<Representation id="1" bandwidth="9000"><SegmentTemplate initialization="v480p/init.mp4"/></Representation>
</AdaptationSet></Period></MPD>"""
# The last second has as many bits as the four before it. A run of 1.5 to 4.5 s holds 2 s more of it, at least.
UNEVEN = Segments((250, 250, 500), (2.0, 2.0, 1.0), 3)
SEGMENTS = {
    "v720p": UNEVEN,
    "v480p": Segments((125, 125, 125), (2.0, 2.0, 1.0), 3),
    "audio-de": Segments((250, 250, 125), (2.0, 2.0, 1.0), 3),
}


def test_bandwidths_are_the_peak_and_the_average_as_measured() -> None:
    mended = mended_master(MASTER, SEGMENTS, ["audio-de"])

    assert "BANDWIDTH=3000,AVERAGE-BANDWIDTH=2600," in mended  # pictures: 750 bytes in 3 s, 1,000 in 5; sound: 125 a s
    assert "BANDWIDTH=1667,AVERAGE-BANDWIDTH=1600," in mended
    assert mended.splitlines()[:2] == ["#EXTM3U", "#EXT-X-VERSION:6"]


def test_keyframes_have_a_rate_of_their_own() -> None:
    stream = '#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=2000,AVERAGE-BANDWIDTH=9,CODECS="avc1",URI="v720p/iframes.m3u8"\n'
    own = Segments((25, 25, 50), (2.0, 2.0, 1.0), 3)

    assert "I-FRAME-STREAM-INF:BANDWIDTH=200,AVERAGE-BANDWIDTH=160,CODECS" in mended_master(
        MASTER + stream, {**SEGMENTS, "v720p/iframes.m3u8": own}, ["audio-de"]
    )


def test_the_mpd_says_frame_rate_and_keyframes_plainly() -> None:
    mended = mended_mpd(MPD, SEGMENTS, Fraction(30_000, 1_001))

    assert mended.startswith('<?xml version="1.0" encoding="UTF-8"?>\n<MPD xmlns="urn:mpeg:dash:schema:mpd:2011"')
    assert 'frameRate="30000/1001" startWithSAP="1"' in mended


@pytest.mark.parametrize(
    ("own", "bandwidth_bps"),
    [
        (UNEVEN, 4_000),  # 500 bytes in the last second, which is half the buffer's time
        (Segments((500, 1_000, 500), (4.0, 4.0, 4.0), 4), 2_000),  # none is as short as the buffer
    ],
)
def test_the_mpds_bandwidth_is_the_peak_over_the_time_that_is_buffered(own: Segments, bandwidth_bps: int) -> None:
    mended = mended_mpd(MPD, {**SEGMENTS, "v720p": own}, Fraction(30))

    assert f'id="0" bandwidth="{bandwidth_bps}"' in mended


def test_segments_are_measured_themselves(tmp_path: Path) -> None:
    """Two of 500 bytes, which last a third of a second, and one of 100; a keyframe has 80."""
    folder = tmp_path / "v144p"
    folder.mkdir()
    for number, size in enumerate((500, 500, 100), start=1):
        (folder / f"seg-{number}.m4s").write_bytes(bytes(size))
    (tmp_path / "manifest.mpd").write_text(
        '<MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><SegmentTemplate timescale="3" initialization="v144p/init.mp4" '
        'media="v144p/seg-$Number$.m4s" startNumber="1"><SegmentTimeline><S t="0" d="1" r="1"/><S t="2" d="3"/>'
        "</SegmentTimeline></SegmentTemplate></MPD>"
    )
    head = "#EXTM3U\n#EXT-X-TARGETDURATION:2\n"
    (folder / "media.m3u8").write_text(f"{head}#EXTINF:0.333,\nseg-1.m4s\n#EXT-X-ENDLIST\n")
    (folder / "iframes.m3u8").write_text(f"{head}#EXTINF:0.333,\n#EXT-X-BYTERANGE:80@84\nseg-1.m4s\n#EXT-X-ENDLIST\n")

    assert read_segments(tmp_path) == {
        "v144p": Segments((500, 500, 100), (1 / 3, 1 / 3, 1.0), 2.0),
        "v144p/iframes.m3u8": Segments((80,), (0.333,), 2.0),
    }
