"""Where everything lies in a package, and the shaka-packager command that puts it there.

Pure functions. Both manifests stand at the package's root, so every address in them is a path downwards.
"""

from collections.abc import Mapping

from vidgen_assets.clips.captions import WEBVTT_FILE
from vidgen_assets.clips.renditions import Encoding, Rendition, SoundTrack

MASTER_FILE = "master.m3u8"
MPD_FILE = "manifest.mpd"
METADATA_FILE = "metadata.json"
# The packager's descriptors are separated by commas, which a folder's name may contain: it works inside the package
# and reaches the renditions through this link, which is gone when it has ended.
SOURCE_LINK = ".renditions"
# What a menu of sound tracks shows; a language missing here is shown by its tag.
_ENDONYMS: Mapping[str, str] = {
    "ar": "العربية",
    "cs": "Čeština",
    "da": "Dansk",
    "de": "Deutsch",
    "en": "English",
    "es": "Español",
    "fi": "Suomi",
    "fr": "Français",
    "hi": "हिन्दी",
    "it": "Italiano",
    "ja": "日本語",
    "ko": "한국어",
    "nl": "Nederlands",
    "no": "Norsk",
    "pl": "Polski",
    "pt": "Português",
    "sv": "Svenska",
    "tr": "Türkçe",
    "uk": "Українська",
    "zh": "中文",
}


def video_folder(rung_name: str) -> str:
    return f"v{rung_name}"


def trick_folder(rung_name: str) -> str:
    """Of the keyframes alone, for DASH players that scrub."""
    return f"t{rung_name}"


def audio_folder(language: str) -> str:
    return f"audio-{language}"


def description_folder(language: str) -> str:
    return f"described-{language}"


def captions_folder(language: str) -> str:
    return f"captions-{language}"


def language_name(language: str) -> str:
    """The language's own name for `language`, a BCP 47 tag."""
    return _ENDONYMS.get(language.split("-")[0].lower(), language)


def packager_arguments(
    encoding: Encoding, language: str, scrubbed: Rendition | None = None, *, has_captions: bool = False
) -> list[str]:
    """Every rung, the sounds and the captions into segments of `segment_s`, under one master playlist and one MPD.

    Captions are the file `captions.vtt` of the package itself. DASH players scrub through the keyframes of `scrubbed`.
    """
    return [
        *(_video(rendition) for rendition in encoding.renditions),
        *([_trick(scrubbed)] if scrubbed else []),
        _audio(encoding.sound, language),
        *([_description(encoding.description, language)] if encoding.description else []),
        *([_captions(language)] if has_captions else []),
        # Exact for fractional rates: 60 frames at 30000/1001 are 2.002 s, and a boundary set at 2 s would drift off
        # the keyframes.
        f"--segment_duration={float(encoding.segment_s)!r}",
        # Its threads number the MPD's sets in the order in which they come to them: 10 of 80 packages came out
        # otherwise, none of 80 in one thread, and that took less time (7 ms, not 10).
        "--single_threaded",
        "--use_fake_clock_for_muxer",  # creation times of zero: the same input gives the same bytes
        "--generate_static_live_mpd",  # addresses segments by template although the clip is complete
        f"--mpd_output={MPD_FILE}",
        f"--hls_master_playlist_output={MASTER_FILE}",
        "--hls_playlist_type=VOD",
        f"--default_language={language}",
        "--io_cache_size=0",  # 32 MiB of buffer per file, touched page by page: 0.30 s of processor, 0.015 without
        "--quiet",
    ]


def _video(rendition: Rendition) -> str:
    folder = video_folder(rendition.name)
    return _descriptor(
        **_segments(rendition.file, "video", folder),
        iframe_playlist_name=f"{folder}/iframes.m3u8",
    )


def to_scrub_through(encoding: Encoding, gop_frames: int) -> Rendition | None:
    """The rendition whose keyframes DASH players scrub through: the smallest. None where there is one keyframe."""
    if encoding.frame_count <= gop_frames:
        return None
    return min(encoding.renditions, key=lambda rendition: rendition.height)


def _trick(rendition: Rendition) -> str:
    """The keyframes of a rendition as a set of its own. HLS players find them by their playlist of I-frames."""
    folder = trick_folder(rendition.name)
    own = _segments(rendition.file, "video", folder)
    del own["playlist_name"]
    return _descriptor(**own, trick_play_factor="1", dash_only="1")


def _audio(sound: SoundTrack, language: str) -> str:
    return _descriptor(
        **_segments(sound.file, "audio", audio_folder(language)),
        hls_group_id="audio",
        hls_name=language_name(language),
        language=language,
        dash_roles="main",
    )


def _description(sound: SoundTrack, language: str) -> str:
    """The main sound with what is to be seen told over it."""
    return _descriptor(
        **_segments(sound.file, "audio", description_folder(language)),
        hls_group_id="audio",
        hls_name=f"{language_name(language)} (audio description)",
        hls_characteristics="public.accessibility.describes-video",
        language=language,
        dash_roles="alternate",
        dash_accessibilities="urn:tva:metadata:cs:AudioPurposeCS:2007=1",  # for the visually impaired
    )


def _captions(language: str) -> str:
    """For HLS alone: dash.js asks for the packager's segments where they aren't, and shows no cue."""
    folder = captions_folder(language)
    return _descriptor(
        **{"in": WEBVTT_FILE},
        stream="text",
        segment_template=f"{folder}/seg-$Number$.vtt",
        playlist_name=f"{folder}/captions.m3u8",
        hls_group_id="captions",
        hls_name=language_name(language),
        hls_characteristics="public.accessibility.transcribes-spoken-dialog",
        language=language,
        hls_only="1",
    )


def _segments(file: str, stream: str, folder: str) -> dict[str, str]:
    return {
        "in": f"{SOURCE_LINK}/{file}",
        "stream": stream,
        "init_segment": f"{folder}/init.mp4",
        "segment_template": f"{folder}/seg-$Number$.m4s",
        "playlist_name": f"{folder}/media.m3u8",
    }


def _descriptor(**fields: str) -> str:
    return ",".join(f"{name}={value}" for name, value in fields.items())
