"""How a release's files are served, and which of them are needed first."""

import pytest

from vidgen_assets.releases.serving import IMMUTABLE, SHORT_LIVED, first_to_play, headers


@pytest.mark.parametrize(
    ("name", "media_type", "kept"),
    [
        ("master.m3u8", "application/vnd.apple.mpegurl; charset=utf-8", SHORT_LIVED),
        ("v720p/media.m3u8", "application/vnd.apple.mpegurl; charset=utf-8", SHORT_LIVED),
        ("manifest.mpd", "application/dash+xml", SHORT_LIVED),
        ("metadata.json", "application/json; charset=utf-8", SHORT_LIVED),
        ("release.dsse.json", "application/json; charset=utf-8", SHORT_LIVED),
        ("v720p/seg-1.m4s", "video/iso.segment", IMMUTABLE),
        ("v720p/init.mp4", "video/mp4", IMMUTABLE),
        ("audio-en/seg-1.m4s", "audio/iso.segment", IMMUTABLE),
        ("described-de/init.mp4", "audio/mp4", IMMUTABLE),
        ("clip.mp4", "video/mp4", IMMUTABLE),
        ("captions.vtt", "text/vtt; charset=utf-8", IMMUTABLE),
        ("captions.srt", "application/x-subrip; charset=utf-8", IMMUTABLE),
        ("thumbnails/sheet-1.jpg", "image/jpeg", IMMUTABLE),
        ("preview.webp", "image/webp", IMMUTABLE),
        ("poster.jpg", "image/jpeg", IMMUTABLE),
        ("strange.bin", "application/octet-stream", IMMUTABLE),
    ],
)
def test_every_kind_of_file_has_its_type_and_its_time(name: str, media_type: str, kept: str) -> None:
    assert headers(name) == {"Content-Type": media_type, "Cache-Control": kept}


def test_what_a_playlist_names_is_first_and_the_playlist_last() -> None:
    playlist = '#EXTM3U\n#EXT-X-MEDIA:TYPE=AUDIO,URI="audio-en/media.m3u8"\n#EXT-X-STREAM-INF:A=1\nv360p/media.m3u8\n'
    names = ["audio-en/seg-1.m4s", "clip.mp4", "first.m3u8", "v360p/init.mp4", "v360p/seg-1.m4s", "v720p/init.mp4"]
    assert first_to_play(playlist, names) == (
        "audio-en/seg-1.m4s", "v360p/init.mp4", "v360p/seg-1.m4s", "first.m3u8",
    )  # fmt: skip
