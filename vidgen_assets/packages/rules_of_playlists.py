"""What must hold of one HLS playlist by itself, before its segments are looked into."""

import math
from collections.abc import Iterator

from vidgen_assets.packages.folder import Bytes, Folder
from vidgen_assets.packages.playlists import Map, Playlist, Segment
from vidgen_assets.packages.rule import Fault, error, seen, warning
from vidgen_assets.packages.tracks import Piece, Track

VERSION = error(
    "hls-version",
    "RFC 8216bis 8",
    "EXT-X-VERSION is at least what the playlist's tags ask for: 3 for decimal durations, 4 for byte ranges and "
    "I-frame playlists, 5 for EXT-X-MAP in those, 6 for EXT-X-MAP elsewhere.",
    "Raise EXT-X-VERSION.",
)
TARGET = error(
    "hls-target-duration",
    "RFC 8216bis 4.4.3.1",
    "A media playlist has EXT-X-TARGETDURATION, and no EXTINF, to the nearest second, is above it.",
    "Write the longest segment's duration, rounded up.",
)
ENDED = error(
    "hls-endlist",
    "RFC 8216bis 4.4.3.4, 6.2.1",
    "A finished clip's playlist ends with EXT-X-ENDLIST: without it players wait for more.",
    "Add EXT-X-ENDLIST.",
)
VOD = warning(
    "hls-playlist-type",
    "RFC 8216bis 4.4.3.5",
    "A finished clip's playlist says EXT-X-PLAYLIST-TYPE:VOD.",
    "Add EXT-X-PLAYLIST-TYPE:VOD.",
)
DURATION = error(
    "hls-extinf",
    "RFC 8216bis 4.4.4.1",
    "Every segment has an EXTINF above zero.",
    "Write EXTINF:SECONDS, before each segment.",
)
SEGMENTS = error(
    "hls-segments",
    "RFC 8216bis 4.1",
    "A media playlist names at least one segment.",
    "Name the segments, or take the playlist out of the multivariant playlist.",
)
BYTE_RANGE = error(
    "hls-byterange",
    "RFC 8216bis 4.4.4.2",
    "A byte range without a start goes on from the segment before, which is a range of the same file.",
    "Write the range as LENGTH@START.",
)
ENCRYPTED = warning(
    "hls-encrypted",
    "RFC 8216bis 4.4.4.4",
    "Segments are readable: what's encrypted can't be measured.",
    "Validate the package before it is encrypted.",
)
RULES = (VERSION, TARGET, ENDED, VOD, DURATION, SEGMENTS, BYTE_RANGE, ENCRYPTED)


def playlist_faults(playlist: Playlist) -> Iterator[Fault]:
    """Of a media playlist."""
    if not playlist.segments:
        yield SEGMENTS.broken(playlist.place(), "it names no segment")
        return
    yield from version_faults(playlist)
    yield from _target_faults(playlist)
    for segment in playlist.segments:
        if segment.duration_s is None or segment.duration_s <= 0:
            found = "no EXTINF" if segment.duration_s is None else "an EXTINF of 0"
            yield DURATION.broken(playlist.place(segment.line), f"{seen(segment.uri)} has {found}")
    if not playlist.has("EXT-X-ENDLIST"):
        yield ENDED.broken(playlist.place(), "EXT-X-ENDLIST is missing")
    kind, line = playlist.tags.get("EXT-X-PLAYLIST-TYPE", ("", 0))
    if kind != "VOD":
        found = f"EXT-X-PLAYLIST-TYPE is {seen(kind) if kind else 'missing'}"
        yield VOD.broken(playlist.place(line or None), found)
    if is_encrypted(playlist):
        line = next(segment.key_line for segment in playlist.segments if segment.key_line)
        yield ENCRYPTED.broken(playlist.place(line), "EXT-X-KEY says that segments are encrypted")


def is_encrypted(playlist: Playlist) -> bool:
    """Whether any of its segments is: those before and after can't be measured without it."""
    return any(segment.key_line for segment in playlist.segments)


def version_faults(playlist: Playlist) -> Iterator[Fault]:
    """Of either kind: no tag of a multivariant playlist asks for one."""
    said = playlist.integer("EXT-X-VERSION") if playlist.has("EXT-X-VERSION") else 1
    only_iframes = playlist.has("EXT-X-I-FRAMES-ONLY")
    asked = [(1, "its tags")]
    if playlist.has_decimals:
        asked.append((3, "durations with a point"))
    if only_iframes or any(segment.range for segment in playlist.segments):
        asked.append((4, "EXT-X-I-FRAMES-ONLY" if only_iframes else "EXT-X-BYTERANGE"))
    if any(segment.map for segment in playlist.segments):
        asked.append((5 if only_iframes else 6, "EXT-X-MAP"))
    least, tag = max(asked)
    if said is None or said < least:
        line = playlist.tags.get("EXT-X-VERSION", ("", 0))[1]
        yield VERSION.broken(playlist.place(line or 1), f"the version is {said or 'no number'}", f"{least}, for {tag}")


def _target_faults(playlist: Playlist) -> Iterator[Fault]:
    target = playlist.integer("EXT-X-TARGETDURATION")
    if target is None:
        found = "is no whole number" if playlist.has("EXT-X-TARGETDURATION") else "is missing"
        yield TARGET.broken(playlist.place(), f"EXT-X-TARGETDURATION {found}")
        return
    for segment in playlist.segments:
        if segment.duration_s is not None and math.floor(segment.duration_s + 0.5) > target:
            found = f"a segment of {segment.duration_s:.3f} s, over the target of {target} s"
            yield TARGET.broken(playlist.place(segment.line), found)


def track_of_playlist(folder: Folder, playlist: Playlist) -> Track:
    """Where its segments are; ranges are made absolute."""
    maps: dict[Map, Bytes | None] = {}
    pieces: list[Piece] = []
    ends: tuple[str, int] | None = None
    first_map = next((segment.map for segment in playlist.segments if segment.map), None)
    for segment in playlist.segments:
        part, ends = _part(folder, playlist, segment, ends)
        if segment.map and segment.map not in maps:
            maps[segment.map] = _map_part(folder, playlist, segment.map)
        own = maps.get(segment.map) if segment.map and segment.map != first_map else None
        lacks_init = first_map is not None and segment.map is None
        pieces.append(
            Piece(
                playlist.place(segment.line),
                part,
                segment.duration_s,
                is_discontinuous=segment.is_discontinuous,
                own_init=own,
                lacks_init=lacks_init,
            )
        )
    for address in playlist.beside:
        folder.mention(playlist.file, address)
    init = maps.get(first_map) if first_map else None
    return Track(playlist.place(), tuple(pieces), init, first_map is not None)


def _part(
    folder: Folder, playlist: Playlist, segment: Segment, ends: tuple[str, int] | None
) -> tuple[Bytes | None, tuple[str, int] | None]:
    """The segment's bytes, and the file and byte at which a range that goes on would begin."""
    place = playlist.place(segment.line)
    if segment.range is None:
        return folder.part(place, segment.uri), None
    first = segment.range.first
    if first is None and (ends is None or ends[0] != segment.uri):
        folder.report.add([BYTE_RANGE.broken(place, f"the range of {seen(segment.uri)} has no start")])
        return folder.part(place, segment.uri), None
    start = first if first is not None or ends is None else ends[1]
    part = folder.part(place, segment.uri, start or 0, segment.range.count)
    return part, (segment.uri, (start or 0) + segment.range.count)


def _map_part(folder: Folder, playlist: Playlist, named: Map) -> Bytes | None:
    place = playlist.place(named.line)
    if named.range is None:
        return folder.part(place, named.uri)
    return folder.part(place, named.uri, named.range.first or 0, named.range.count)
