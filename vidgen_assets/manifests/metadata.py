"""What a clip is about, as schema.org's VideoObject: for a page's JSON-LD, a search engine, a sitemap.

Dates and addresses are missing on purpose: they're known when the clip is released.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from vidgen_assets.clips.captions import SUBRIP_FILE, WEBVTT_FILE, Captions
from vidgen_assets.clips.chapters import WEBVTT_FILE as CHAPTERS_FILE
from vidgen_assets.clips.chapters import Chapter
from vidgen_assets.clips.renditions import CLIP_FILE, FIRST_MASTER_FILE, POSTER_FILE, Encoding
from vidgen_assets.clips.spec import ClipSpec
from vidgen_assets.clips.storyboards import STORYBOARD_FILE
from vidgen_assets.manifests.pictures import PREVIEW_FILE
from vidgen_assets.manifests.streams import MASTER_FILE, MPD_FILE

# Template variables that say what a clip is called and what it tells, best first.
_TITLES = ("headline", "title", "name")
_HLS = "application/vnd.apple.mpegurl"
_TEXTS = ("description", "subline", "supporting", "tagline")


def metadata_inputs(spec: ClipSpec) -> dict[str, str]:
    """What a package takes from the spec beyond the encoding: part of its work key, and of its metadata."""
    name = _first_text(spec, _TITLES) or spec.prompt or spec.clip_id
    return {
        "identifier": spec.clip_id,
        "name": name,
        "description": _first_text(spec, _TEXTS) or spec.script or spec.prompt or name,
        "inLanguage": spec.language,
    }


def video_object(
    spec: ClipSpec, encoding: Encoding, captions: Captions | None = None, chapters: Sequence[Chapter] = ()
) -> dict[str, Any]:
    """JSON-LD with addresses relative to the package; with what is said, where there are captions, and with chapters
    as its key moments."""
    top = encoding.renditions[0]
    return {
        "@context": "https://schema.org",
        "@type": "VideoObject",
        **metadata_inputs(spec),
        "duration": iso_duration(encoding.duration_s),
        "width": top.width,
        "height": top.height,
        "thumbnailUrl": POSTER_FILE,
        "contentUrl": CLIP_FILE,
        "encodingFormat": "video/mp4",
        **_said(captions),
        **_moments(chapters),
        "encoding": [
            _media("VideoObject", MASTER_FILE, _HLS),
            _media("VideoObject", FIRST_MASTER_FILE, _HLS),
            _media("VideoObject", MPD_FILE, "application/dash+xml"),
        ],
        "associatedMedia": [
            _media("ImageObject", PREVIEW_FILE, "image/webp"),
            _media("MediaObject", STORYBOARD_FILE, "text/vtt"),
            *([_media("MediaObject", CHAPTERS_FILE, "text/vtt")] if chapters else []),
        ],
    }


def _media(kind: str, address: str, media_type: str) -> dict[str, str]:
    return {"@type": kind, "contentUrl": address, "encodingFormat": media_type}


def _moments(chapters: Sequence[Chapter]) -> dict[str, Any]:
    if not chapters:
        return {}
    return {
        "hasPart": [
            {
                "@type": "Clip",
                "name": chapter.title,
                "startOffset": round(chapter.start_s, 3),
                "endOffset": round(chapter.end_s, 3),
            }
            for chapter in chapters
        ]
    }


def _said(captions: Captions | None) -> dict[str, Any]:
    """The words for those who can't hear them and for search engines, and the files that show them in time."""
    if captions is None:
        return {}
    return {
        "transcript": " ".join(line for cue in captions.cues for line in cue.lines),
        "accessibilityFeature": ["captions", "transcript"],
        "caption": [
            {
                "@type": "MediaObject",
                "contentUrl": file,
                "encodingFormat": media_type,
                "inLanguage": captions.language,
            }
            for file, media_type in ((WEBVTT_FILE, "text/vtt"), (SUBRIP_FILE, "application/x-subrip"))
        ],
    }


def iso_duration(duration_s: Fraction) -> str:
    """ISO 8601, to the millisecond: `PT6S`, `PT1M5.005S`."""
    milliseconds = round(duration_s * 1000)
    minutes, rest = divmod(milliseconds, 60_000)
    seconds = f"{rest // 1000}.{rest % 1000:03d}".rstrip("0").rstrip(".")
    return f"PT{minutes}M{seconds}S" if minutes else f"PT{seconds}S"


def _first_text(spec: ClipSpec, names: tuple[str, ...]) -> str | None:
    return next((str(spec.variables[name]) for name in names if spec.variables.get(name)), None)
