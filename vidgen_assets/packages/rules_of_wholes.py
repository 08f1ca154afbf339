"""What must hold of the package as a whole: something to play, HLS and DASH offering the same, metadata that's true."""

import json
from collections.abc import Iterator
from typing import Any

from vidgen_assets.packages.folder import Folder
from vidgen_assets.packages.hls import Hls
from vidgen_assets.packages.languages import is_language_tag
from vidgen_assets.packages.limits import Limits
from vidgen_assets.packages.mpd import Mpd, seconds
from vidgen_assets.packages.rule import Fault, Place, error, seen, warning
from vidgen_assets.packages.rules_of_masters import SESSION_DATA
from vidgen_assets.packages.tracks import Kind

METADATA_FILE = "metadata.json"

MANIFEST = error(
    "package-manifest",
    "vidgen",
    "A package has an HLS playlist (.m3u8) or a DASH manifest (.mpd).",
    "Name the folder that they are in.",
)
NO_MASTER = error(
    "hls-multivariant",
    "RFC 8216bis 4.1, 6.2.4; Apple HLS authoring specification, multivariant playlist",
    "HLS is offered through a multivariant playlist: without one no player knows codecs, sizes or languages first.",
    "Write a playlist with EXT-X-STREAM-INF (ffmpeg: -master_pl_name).",
)
SUBTITLES = error(
    "package-subtitles",
    "vidgen",
    "Captions are in both HLS and DASH, in the same languages.",
    "Add the missing ones.",
)
LANGUAGES = error(
    "package-languages",
    "vidgen",
    "Sound is in both HLS and DASH in the same languages.",
    "Add the missing ones, or correct the tags.",
)
THUMBNAILS = warning(
    "package-thumbnails",
    "vidgen",
    "Thumbnails are in both HLS (EXT-X-IMAGE-STREAM-INF) and DASH (an image set).",
    "Add the missing ones.",
)
METADATA = error(
    "package-metadata",
    "schema.org VideoObject; ISO 8601",
    "metadata.json, where there is one, is a VideoObject with a name and a duration that is the clip's.",
    "Write the metadata again.",
)
RULES = (MANIFEST, NO_MASTER, SUBTITLES, LANGUAGES, THUMBNAILS, METADATA)

_ADDRESSES = {"contentUrl", "thumbnailUrl", "thumbnail", "image"}
_DEEPEST = 16
_CHAPTERS = "com.apple.hls.chapters"


def metadata_addresses(folder: Folder, length_s: float | None, limits: Limits) -> list[str]:
    """The files that metadata.json names, with what's wrong with it reported. An absolute address is a page's, and
    none of the package."""
    if METADATA_FILE not in folder.sizes:
        return []
    folder.named.add(METADATA_FILE)
    text = folder.text(METADATA_FILE)
    if text is None:
        return []
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as failure:
        folder.report.add([METADATA.broken(Place(METADATA_FILE), f"it is no JSON: {seen(str(failure))}")])
        return []
    folder.report.add(_metadata_faults(document, length_s, limits))
    files: list[str] = []
    for address in _addresses(document):
        if "://" not in address and (file := folder.resolve(Place(METADATA_FILE), address)):
            files.append(file)
    return files


def session_data_faults(folder: Folder, hls: Hls, length_s: float | None) -> Iterator[Fault]:
    """Of the files that session data names."""
    for data in hls.master.session_data if hls.master else ():
        place = hls.master.place(data.attributes.line) if hls.master else Place("")
        file = folder.resolve(place, data.uri) if data.uri is not None else None
        text = folder.text(file) if file and data.attributes.get("FORMAT") != "RAW" else None
        if file is None or text is None:
            continue
        try:
            document = json.loads(text)
        except (ValueError, RecursionError) as failure:
            yield SESSION_DATA.broken(Place(file), f"it is no JSON: {seen(str(failure))}")
            continue
        if data.attributes.get("DATA-ID") == _CHAPTERS:
            yield from _chapter_faults(document, Place(file), length_s)


def _chapter_faults(chapters: Any, place: Place, length_s: float | None) -> Iterator[Fault]:
    if not isinstance(chapters, list) or not all(isinstance(chapter, dict) for chapter in chapters):
        yield SESSION_DATA.broken(place, "it is no list of chapters")
        return
    starts_s = [chapter.get("start-time") for chapter in chapters]
    for number, (start_s, chapter) in enumerate(zip(starts_s, chapters, strict=True), start=1):
        if isinstance(start_s, bool) or not isinstance(start_s, int | float) or not chapter.get("titles"):
            yield SESSION_DATA.broken(place, f"chapter {number} has no start-time or no titles")
            return
    late = [start_s for start_s in starts_s if length_s is not None and start_s >= length_s]
    if late or starts_s != sorted(set(starts_s)):
        yield SESSION_DATA.broken(place, f"chapters start at {seen(', '.join(map(str, starts_s)))} s")


def _metadata_faults(document: Any, length_s: float | None, limits: Limits) -> Iterator[Fault]:
    place = Place(METADATA_FILE)
    if not isinstance(document, dict) or document.get("@type") != "VideoObject":
        yield METADATA.broken(place, "it is no VideoObject")
        return
    if not isinstance(document.get("name"), str) or not document["name"]:
        yield METADATA.broken(place, "it has no name")
    said = document.get("duration")
    said_s = seconds(said) if isinstance(said, str) else None
    if said_s is None:
        yield METADATA.broken(place, f"duration is {seen(str(said))}", "PTnMnS")
    elif length_s is not None and abs(said_s - length_s) > limits.length_slack_s:
        yield METADATA.broken(place, f"duration is {said_s:.3f} s, the clip lasts {length_s:.3f} s")


def _addresses(value: Any, key: str = "", depth: int = 0) -> Iterator[str]:
    if depth > _DEEPEST:
        return
    if isinstance(value, str) and key in _ADDRESSES and value:
        yield value
    elif isinstance(value, list):
        for each in value:
            yield from _addresses(each, key, depth + 1)
    elif isinstance(value, dict):
        for name, each in value.items():
            yield from _addresses(each, name, depth + 1)


def agreement_faults(hls: Hls, mpd: Mpd) -> Iterator[Fault]:
    """Of an HLS and a DASH presentation of the same clip."""
    if hls.master is None:
        return
    place = hls.master.place()
    for rule, kind, ours in ((SUBTITLES, Kind.TEXT, "SUBTITLES"), (LANGUAGES, Kind.AUDIO, "AUDIO")):
        in_hls = {_tag(stream.attributes.get("LANGUAGE")) for stream, _ in hls.renditions(ours)}
        in_dash = {_tag(own.element.get("lang")) for own in mpd.sets(kind) if not own.is_trick_mode}
        if "" in in_hls | in_dash:
            continue  # each without a language, or with none that reads as one, is a fault of its own
        if in_hls != in_dash and (kind is Kind.TEXT or in_hls):
            found = f"HLS has {_shown(in_hls)}, {mpd.file} has {_shown(in_dash)}"
            yield rule.broken(place, found)
    if bool(hls.master.images) != bool(mpd.sets(Kind.IMAGE)):
        without = mpd.file if hls.master.images else hls.master.file
        yield THUMBNAILS.broken(Place(without), "it has no thumbnails, and the other manifest has")


def _tag(language: str | None) -> str:
    return "" if language is None or language == "und" or not is_language_tag(language) else language.lower()


def _shown(languages: set[str]) -> str:
    return ", ".join(sorted(seen(language) for language in languages)) or "none"
