"""Packages of others, ffmpeg's muxers and the packager with other settings: each fails for its own reasons alone."""

import re
from pathlib import Path

import pytest

from tests.synthetic.media import TOOLS
from vidgen_assets.clips.media_tools import Tool
from vidgen_assets.packages.rule import Report
from vidgen_assets.packages.tracks import Kind
from vidgen_assets.packages.validate import examine, validate

_DEADLINE_S = 60.0
_PICTURES = "testsrc2=s=160x90:r=25:d=2.4"
_SOUND = "sine=440:d=2.4"
_CODERS = (
    *("-c:v", "libx264", "-preset", "ultrafast", "-threads", "1", "-pix_fmt", "yuv420p"),
    *("-g", "25", "-keyint_min", "25", "-sc_threshold", "0", "-c:a", "aac", "-b:a", "64k"),
)
HLS = ("-f", "hls", "-hls_time", "1", "-hls_playlist_type", "vod")
DASH = ("-f", "dash", "-seg_duration", "1")
FFMPEG_DASH = {"dash-bandwidth", "dash-language"}
"""An average is given for the bandwidth, and sound in the language `und`."""
NO_MASTER = {"hls-multivariant"}


@pytest.fixture(scope="session")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """2.4 s with a keyframe each second."""
    path = tmp_path_factory.mktemp("source") / "source.mp4"
    inputs = ["-f", "lavfi", "-i", _PICTURES, "-f", "lavfi", "-i", _SOUND]
    TOOLS.run(Tool.FFMPEG, ["-v", "error", *inputs, *_CODERS, str(path)], deadline_s=_DEADLINE_S)
    return path


def muxed(source: Path, folder: Path, *arguments: str) -> Report:
    command = ["-v", "error", "-i", str(source), "-c", "copy", *arguments]
    TOOLS.run(Tool.FFMPEG, command, deadline_s=_DEADLINE_S, cwd=folder)
    return validate(folder)


def packaged(source: Path, folder: Path, video: str, sound: str, *arguments: str) -> Report:
    (folder / "in.mp4").symlink_to(source)
    command = [f"in=in.mp4,stream=video,{video}", f"in=in.mp4,stream=audio,language=de,{sound}", "--segment_duration=1"]
    TOOLS.run(Tool.PACKAGER, [*command, *arguments, "--quiet"], deadline_s=_DEADLINE_S, cwd=folder)
    (folder / "in.mp4").unlink()
    return validate(folder)


def errors(report: Report) -> set[str]:
    return {fault.rule.id for fault in report.errors}


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((*HLS, "index.m3u8"), NO_MASTER),
        ((*HLS, "-hls_segment_type", "fmp4", "index.m3u8"), NO_MASTER),
        ((*HLS, "-hls_flags", "single_file", "index.m3u8"), NO_MASTER),
        ((*DASH, "manifest.mpd"), FFMPEG_DASH),
        ((*DASH, "-use_template", "0", "manifest.mpd"), FFMPEG_DASH),
        ((*DASH, "-use_timeline", "0", "manifest.mpd"), FFMPEG_DASH),
        ((*DASH, "-single_file", "1", "manifest.mpd"), FFMPEG_DASH),
    ],
    ids=["TS", "fragments", "one TS file", "DASH timeline", "DASH list", "DASH numbers", "DASH ranges of one file"],
)
def test_ffmpegs_muxers_fail_for_the_right_reasons(
    arguments: tuple[str, ...], expected: set[str], source: Path, tmp_path: Path
) -> None:
    assert errors(muxed(source, tmp_path, *arguments)) == expected


def test_ffmpegs_multivariant_playlist_has_no_rate_no_keyframes_and_too_little_bandwidth(
    source: Path, tmp_path: Path
) -> None:
    streams = ("-map", "0:v", "-map", "0:a", "-var_stream_map", "v:0,agroup:a a:0,agroup:a,language:de")
    fragments = ("-hls_segment_type", "fmp4", "-hls_flags", "single_file", "-master_pl_name", "master.m3u8")
    report = muxed(source, tmp_path, *streams, *HLS, *fragments, "v%v.m3u8")

    assert errors(report) == {
        "hls-average-bandwidth",
        "hls-bandwidth",
        "hls-frame-rate",
        "hls-iframes",
        "hls-independent-segments",
    }


def test_one_file_for_each_track_with_an_index_is_sound(source: Path, tmp_path: Path) -> None:
    report = packaged(
        source,
        tmp_path,
        "output=v.mp4,playlist_name=v.m3u8,iframe_playlist_name=keys.m3u8",
        "output=a.mp4,playlist_name=a.m3u8,hls_group_id=audio",
        "--mpd_output=m.mpd",
        "--hls_master_playlist_output=m.m3u8",
    )

    assert errors(report) == set()
    assert report.measurements["length_s"] == pytest.approx(2.4)


def test_an_index_that_leads_elsewhere_is_found(source: Path, tmp_path: Path) -> None:
    packaged(source, tmp_path, "output=v.mp4", "output=a.mp4", "--mpd_output=m.mpd")
    text = (tmp_path / "m.mpd").read_text()
    (tmp_path / "m.mpd").write_text(text.replace('indexRange="8', 'indexRange="7', 1))

    assert "dash-index" in errors(validate(tmp_path))


def test_transport_streams_of_the_packager_are_sound(source: Path, tmp_path: Path) -> None:
    report = packaged(
        source,
        tmp_path,
        "segment_template=v-$Number$.ts,playlist_name=v.m3u8,iframe_playlist_name=keys.m3u8",
        "segment_template=a-$Number$.ts,playlist_name=a.m3u8,hls_group_id=audio",
        "--hls_master_playlist_output=m.m3u8",
    )

    assert errors(report) == set()


def test_templates_by_time_and_with_a_width_are_followed(source: Path, tmp_path: Path) -> None:
    report = packaged(
        source,
        tmp_path,
        "init_segment=v.mp4,segment_template=v-$Time$.m4s",
        "init_segment=a.mp4,segment_template=a-$Number%05d$.m4s",
        "--mpd_output=m.mpd",
    )

    assert errors(report) == {"dash-static"}
    assert {path.name for path in tmp_path.glob("v-*")} == {"v-0.m4s", "v-12800.m4s", "v-25600.m4s"}


def test_a_transport_stream_tells_codec_size_and_keyframes(source: Path, tmp_path: Path) -> None:
    muxed(source, tmp_path, *HLS, "index.m3u8")

    (hls,) = examine(tmp_path).hls
    measured = hls.media["index.m3u8"].measured
    video, sound = measured.header(Kind.VIDEO), measured.header(Kind.AUDIO)
    assert (video.codec[:5], video.size, sound.codec) == ("avc1.", (160, 90), "mp4a.40.2")
    assert [span.held.sample_count for span in measured.spans[Kind.VIDEO]] == [25, 25, 10]
    assert all(span.held.starts_with_sync for span in measured.spans[Kind.VIDEO])


def test_times_begin_again_after_a_discontinuity(source: Path, tmp_path: Path) -> None:
    muxed(source, tmp_path, *HLS, "index.m3u8")
    text = (tmp_path / "index.m3u8").read_text()
    segments = text[text.index("#EXTINF") : text.index("#EXT-X-ENDLIST")]
    (tmp_path / "index.m3u8").write_text(text.replace(segments, f"{segments}#EXT-X-DISCONTINUITY\n{segments}"))
    report = validate(tmp_path)
    assert (errors(report), report.measurements["length_s"]) == (NO_MASTER, pytest.approx(4.8, abs=0.05))

    (tmp_path / "index.m3u8").write_text(text.replace(segments, segments * 2))
    assert errors(validate(tmp_path)) > NO_MASTER | {"media-continuity"}


def test_a_torn_transport_stream_is_found(source: Path, tmp_path: Path) -> None:
    muxed(source, tmp_path, *HLS, "index.m3u8")
    segment = tmp_path / "index1.ts"
    segment.write_bytes(segment.read_bytes()[:-100])

    assert errors(validate(tmp_path)) == {*NO_MASTER, "media-segment"}


def test_common_encryption_leaves_the_codecs_to_be_read(source: Path, tmp_path: Path) -> None:
    report = packaged(
        source,
        tmp_path,
        "init_segment=v.mp4,segment_template=v-$Number$.m4s,playlist_name=v.m3u8,iframe_playlist_name=keys.m3u8",
        "init_segment=a.mp4,segment_template=a-$Number$.m4s,playlist_name=a.m3u8,hls_group_id=audio",
        *("--enable_raw_key_encryption", "--protection_scheme=cbcs", "--clear_lead=0", "--generate_static_live_mpd"),
        *("--keys", f"label=:key_id={'ab' * 16}:key={'cd' * 16}"),
        *("--mpd_output=m.mpd", "--hls_master_playlist_output=m.m3u8"),
    )

    assert errors(report) == set()
    assert "hls-encrypted" in {fault.rule.id for fault in report.warnings}

    text = (tmp_path / "m.mpd").read_text()
    (tmp_path / "m.mpd").write_text(text.replace('codecs="mp4a.40.2"', 'codecs="mp4a.40.5"'))
    assert errors(validate(tmp_path)) == {"dash-codecs"}


def test_packed_sound_counts_by_its_size(source: Path, tmp_path: Path) -> None:
    report = packaged(
        source,
        tmp_path,
        "segment_template=v-$Number$.ts,playlist_name=v.m3u8,iframe_playlist_name=keys.m3u8",
        "segment_template=a-$Number$.aac,playlist_name=a.m3u8,hls_group_id=audio",
        "--hls_master_playlist_output=m.m3u8",
    )
    assert errors(report) == set()

    text, of_pictures_bps = (tmp_path / "m.m3u8").read_text(), report.measurements["v.m3u8 peak_bps"]
    (tmp_path / "m.m3u8").write_text(
        re.sub(r"INF:BANDWIDTH=\d+", f"INF:BANDWIDTH={of_pictures_bps:.0f}", text, count=1)
    )
    assert "hls-bandwidth" in errors(validate(tmp_path))

    (tmp_path / "m.m3u8").write_text(text.replace(",mp4a.40.2", ",avc1.640000"))
    assert errors(validate(tmp_path)) == {"hls-codecs"}


def test_what_is_encrypted_in_part_is_told_and_its_key_belongs_to_it(source: Path, tmp_path: Path) -> None:
    muxed(source, tmp_path, *HLS, "index.m3u8")
    (tmp_path / "key.bin").write_bytes(b"k" * 16)
    (tmp_path / "index0.ts").write_bytes(b"?" * 4096)
    text = (tmp_path / "index.m3u8").read_text()
    key = '#EXT-X-KEY:METHOD=AES-128,URI="key.bin"\n'
    text = text.replace("index0.ts\n", "index0.ts\n#EXT-X-KEY:METHOD=NONE\n").replace("#EXTINF", f"{key}#EXTINF", 1)
    (tmp_path / "index.m3u8").write_text(text)
    report = validate(tmp_path)

    assert (errors(report), {fault.rule.id for fault in report.warnings}) == (NO_MASTER, {"hls-encrypted"})


def test_parts_for_low_latency_belong_to_the_package(source: Path, tmp_path: Path) -> None:
    muxed(source, tmp_path, *HLS, "index.m3u8")
    (tmp_path / "part.ts").write_bytes(b"?")
    text = (tmp_path / "index.m3u8").read_text()
    parts = '#EXT-X-PART:DURATION=0.5,URI="part.ts"\n#EXT-X-PRELOAD-HINT:TYPE=PART,URI="next.ts"\n#EXTINF'
    (tmp_path / "index.m3u8").write_text(text.replace("#EXTINF", parts, 1))

    assert errors(validate(tmp_path)) == NO_MASTER


def test_frames_that_come_unevenly_have_the_rate_of_the_densest(source: Path, tmp_path: Path) -> None:
    """RFC 8216: FRAME-RATE is the highest. Of DASH, ISO/IEC 23009-1 wants the average."""
    uneven, out = tmp_path / "uneven.mp4", tmp_path / "out"
    out.mkdir()
    thinned = ("-vf", "select='not(between(mod(n,25),2,20))'", "-fps_mode", "vfr", "-video_track_timescale", "12800")
    command = ["-v", "error", "-i", str(source), *thinned, *_CODERS, "-force_key_frames", "0,1,2", str(uneven)]
    TOOLS.run(Tool.FFMPEG, command, deadline_s=_DEADLINE_S)
    packaged(
        uneven,
        out,
        "init_segment=v.mp4,segment_template=v-$Number$.m4s,playlist_name=v.m3u8,iframe_playlist_name=keys.m3u8",
        "init_segment=a.mp4,segment_template=a-$Number$.m4s,playlist_name=a.m3u8,hls_group_id=audio",
        "--hls_master_playlist_output=m.m3u8",
    )
    text = (out / "m.m3u8").read_text()
    for said, is_right in (("25.000", True), ("24.000", False)):
        (out / "m.m3u8").write_text(re.sub(r"FRAME-RATE=[\d.]+", f"FRAME-RATE={said}", text))
        assert ("hls-frame-rate" not in errors(validate(out))) == is_right


def test_webm_is_said_not_to_be_looked_into(source: Path, tmp_path: Path) -> None:
    coder = ("-an", "-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-g", "25")
    report = muxed(source, tmp_path, *coder, *DASH, "-dash_segment_type", "webm", "m.mpd")

    assert errors(report) == set()
    assert {fault.rule.id for fault in report.warnings} == {"media-container"}


@pytest.mark.parametrize("arguments", [("-use_template", "0"), ("-single_file", "1")], ids=["files", "one file"])
def test_a_list_of_sound_may_have_a_segment_more_than_its_period(arguments: tuple[str, ...], tmp_path: Path) -> None:
    """Sound in frames of its own spills over the end, here by a frame."""
    even = tmp_path / "even.mp4"
    inputs = ("-f", "lavfi", "-i", "testsrc2=s=160x90:r=25:d=6", "-f", "lavfi", "-i", "sine=440:d=6.05")
    TOOLS.run(Tool.FFMPEG, ["-v", "error", *inputs, *_CODERS, str(even)], deadline_s=_DEADLINE_S)
    out = tmp_path / "out"
    out.mkdir()
    report = muxed(even, out, "-f", "dash", "-seg_duration", "2", *arguments, "m.mpd")
    text = (out / "m.mpd").read_text()
    assert text.count("<SegmentURL") == 3 + 4
    assert errors(report) == FFMPEG_DASH

    first = text[text.index("<SegmentURL") :].split("\n")[0]
    (out / "m.mpd").write_text(text.replace(first, f"{first}\n{first}\n{first}"))
    assert "dash-segments" in errors(validate(out))
    assert "package-file-unreferenced" not in errors(validate(out))
