"""Chapters as WebVTT and as Apple's players take them."""

import json

from vidgen_assets.clips.chapters import Chapter, for_hls, webvtt

CHAPTERS = (
    Chapter(title="Salt & <pepper>", start_s=0, end_s=4.5),
    Chapter(title="Ende", start_s=4.5, end_s=3661.25),
)


def test_titles_are_no_markup() -> None:
    assert webvtt(CHAPTERS) == (
        "WEBVTT\n\n00:00:00.000 --> 00:00:04.500\nSalt &amp; &lt;pepper&gt;\n\n00:00:04.500 --> 01:01:01.250\nEnde\n"
    )


def test_session_data_has_start_duration_and_a_title_in_the_clips_language() -> None:
    first, second = json.loads(for_hls(CHAPTERS, "de"))
    assert first == {
        "chapter": 1,
        "start-time": 0.0,
        "duration": 4.5,
        "titles": [{"language": "de", "title": "Salt & <pepper>"}],
    }
    assert (second["chapter"], second["start-time"], second["duration"]) == (2, 4.5, 3656.75)
