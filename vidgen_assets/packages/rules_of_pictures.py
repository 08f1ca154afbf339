"""Thumbnails while scrubbing: image playlists of HLS, image sets of DASH, and storyboards in WebVTT."""

import re
import warnings
from collections.abc import Iterator

from vidgen_assets.packages.bandwidth import peak_bitrate_bps
from vidgen_assets.packages.folder import Bytes, Folder
from vidgen_assets.packages.hls import Hls, Media
from vidgen_assets.packages.limits import Limits
from vidgen_assets.packages.mpd import TILES as TILE_SCHEMES
from vidgen_assets.packages.mpd import Mpd, Representation
from vidgen_assets.packages.playlists import Segment, Stream, decimal
from vidgen_assets.packages.rule import Fault, Place, error, seen
from vidgen_assets.packages.rules_of_hls import bandwidth_faults
from vidgen_assets.packages.tracks import Kind
from vidgen_assets.packages.webvtt import Vtt

IMAGES_ONLY = error(
    "hls-images-only",
    "Image Media Playlist 0.4",
    "The playlist of an image stream has EXT-X-IMAGES-ONLY.",
    "Add the tag, or name the playlist elsewhere.",
)
TILES = error(
    "hls-tiles",
    "Image Media Playlist 0.4",
    "EXT-X-TILES gives a thumbnail's RESOLUTION, the LAYOUT as COLUMNSxROWS and each one's DURATION; the picture is as "
    "large as its tiles, the last one at most, and shows all of EXTINF.",
    "Write EXT-X-TILES before each picture as it was tiled.",
)
IMAGE_TIMES = error(
    "hls-image-times",
    "Image Media Playlist 0.4",
    "The pictures of an image playlist cover the clip.",
    "Make thumbnails up to the end.",
)
THUMBNAILS = error(
    "dash-thumbnails",
    "DASH-IF IOP 6.2.6",
    "An image set has the essential property thumbnail_tile with COLUMNSxROWS; width and height are those of the whole "
    "picture, the last one at most, and divide by them.",
    "Write the property and the size as the pictures were tiled.",
)
STORYBOARD = error(
    "vtt-storyboard",
    "W3C WebVTT 1.6, metadata; W3C Media Fragments 4.2.2",
    "A storyboard's cues each name a picture of the package and a part inside of it, as #xywh=X,Y,WIDTH,HEIGHT.",
    "Write the fragment as the picture was tiled.",
)
STORYBOARD_TIMES = error(
    "vtt-storyboard-times",
    "W3C WebVTT 1.6, metadata",
    "A storyboard's cues follow one another and cover the clip.",
    "Make thumbnails from the start to the end.",
)
PICTURE = error(
    "package-picture",
    "ITU-T T.81; ISO/IEC 15948",
    "A thumbnail's file is a picture that can be read, JPEG, PNG or WebP, of at most 32 MiB.",
    "Make the picture again.",
)
RULES = (IMAGES_ONLY, TILES, IMAGE_TIMES, THUMBNAILS, STORYBOARD, STORYBOARD_TIMES, PICTURE)

_LARGEST_PICTURE_BYTES = 32 * 1024 * 1024  # WebP is loaded whole to be opened
_LAYOUT = re.compile(r"([1-9]\d{0,3})x([1-9]\d{0,3})", re.ASCII)
_FRAGMENT = re.compile(r"(?P<file>[^#\s]+\.(?:jpe?g|png|webp))(?:#(?P<fragment>\S*))?", re.IGNORECASE)
_XYWH = re.compile(r"xywh=(?:pixel:)?(\d{1,6}),(\d{1,6}),(\d{1,6}),(\d{1,6})", re.ASCII)

Size = tuple[int, int]


class Pictures:
    """The sizes of pictures, each looked up once. Only a header is read."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self._sizes: dict[str, Size | None] = {}

    def size(self, part: Bytes) -> Size | None:
        """None, with the reason reported, for what is no picture."""
        if part.file not in self._sizes:
            self._sizes[part.file] = self._read(part.file)
        return self._sizes[part.file]

    def bytes_of(self, part: Bytes) -> int:
        return self._folder.length(part)

    def _read(self, file: str) -> Size | None:
        from PIL import Image

        if self._folder.sizes[file] > _LARGEST_PICTURE_BYTES:
            self._folder.report.add([PICTURE.broken(Place(file), f"it has {self._folder.sizes[file]} bytes")])
            return None
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error", Image.DecompressionBombWarning)
                with Image.open(self._folder.root / file, formats=("JPEG", "PNG", "WEBP")) as picture:
                    return picture.size
        except (
            OSError,
            ValueError,
            SyntaxError,
            Image.DecompressionBombError,
            Image.DecompressionBombWarning,
        ) as failure:
            self._folder.report.add([PICTURE.broken(Place(file), f"it can't be read: {seen(str(failure))}")])
        return None


def hls_image_faults(hls: Hls, pictures: Pictures, length_s: float | None, limits: Limits) -> Iterator[Fault]:
    for stream in hls.master.images if hls.master else ():
        media = hls.of(stream)
        if media is None or hls.master is None:
            continue
        place = hls.master.place(stream.attributes.line)
        if not media.playlist.has("EXT-X-IMAGES-ONLY"):
            yield IMAGES_ONLY.broken(media.playlist.place(), "EXT-X-IMAGES-ONLY is missing")
        for number, segment in enumerate(media.playlist.segments):
            part = media.track.pieces[number].part
            is_last = number + 1 == len(media.playlist.segments)
            yield from _tile_faults(stream, media, segment, pictures.size(part) if part else None, is_last=is_last)
        if length_s is not None and abs(media.said_s() - length_s) > limits.length_slack_s:
            found = f"its pictures show {media.said_s():.3f} s, the clip lasts {length_s:.3f} s"
            yield IMAGE_TIMES.broken(media.playlist.place(), found)
        yield from _rate_faults(stream, place, media, pictures, limits)


def _rate_faults(stream: Stream, place: Place, media: Media, pictures: Pictures, limits: Limits) -> Iterator[Fault]:
    if media.track.is_whole and media.said_s():
        sizes = [pictures.bytes_of(piece.part) for piece in media.track.pieces if piece.part]
        durations_s = [piece.duration_s or 0.0 for piece in media.track.pieces]
        peak_bps = peak_bitrate_bps(sizes, durations_s, media.target_s)
        yield from bandwidth_faults(stream, place, peak_bps, sum(sizes) * 8 / media.said_s(), limits)


def _tile_faults(
    stream: Stream, media: Media, segment: Segment, size: Size | None, *, is_last: bool
) -> Iterator[Fault]:
    place, tiles = media.playlist.place(segment.line), segment.tiles
    one = stream.attributes.size()
    if tiles is not None:
        one = tiles.size()
        layout = _layout(tiles.get("LAYOUT") or "")
        each_s = decimal(tiles.get("DURATION") or "")
        if one is None or layout is None or not each_s:
            yield TILES.broken(media.playlist.place(tiles.line), "RESOLUTION, LAYOUT or DURATION is missing or wrong")
            return
        whole = one[0] * layout[0], one[1] * layout[1]
        if size and not _fits(size, whole, is_last=is_last):
            yield TILES.broken(place, f"the picture has {size[0]}x{size[1]}, its tiles {whole[0]}x{whole[1]}")
        if segment.duration_s and segment.duration_s > layout[0] * layout[1] * each_s + 0.05:
            found = f"{layout[0] * layout[1]} tiles of {each_s:g} s don't show {segment.duration_s:.3f} s"
            yield TILES.broken(place, found)
        if stream.attributes.size() not in (None, one):
            yield TILES.broken(place, f"a thumbnail has {one[0]}x{one[1]}, by EXT-X-IMAGE-STREAM-INF another size")
    elif size and one and size != one:
        yield TILES.broken(place, f"the picture has {size[0]}x{size[1]}, by EXT-X-IMAGE-STREAM-INF {one[0]}x{one[1]}")


def dash_image_faults(mpd: Mpd, pictures: Pictures) -> Iterator[Fault]:
    for own in mpd.sets(Kind.IMAGE):
        for representation in own.representations:
            owners = (representation.element, own.element)
            values = [
                each.get("value") or ""
                for owner in owners
                for each in owner.all("EssentialProperty")
                if each.get("schemeIdUri") in TILE_SCHEMES
            ]
            layout = _layout(values[0]) if values else None
            if layout is None:
                found = (
                    f"thumbnail_tile is {seen(values[0])}" if values else "it has no essential property thumbnail_tile"
                )
                yield THUMBNAILS.broken(representation.place, found)
            else:
                yield from _picture_faults(representation, layout, pictures)


def _picture_faults(one: Representation, layout: Size, pictures: Pictures) -> Iterator[Fault]:
    whole = one.size
    if whole is None or whole[0] % layout[0] or whole[1] % layout[1]:
        found = (
            f"{whole[0]}x{whole[1]} doesn't divide by {layout[0]}x{layout[1]}"
            if whole
            else "it has no width and height"
        )
        yield THUMBNAILS.broken(one.place, found)
        return
    for number, piece in enumerate(one.track.pieces):
        size = pictures.size(piece.part) if piece.part else None
        if size and not _fits(size, whole, is_last=number + 1 == len(one.track.pieces)):
            yield THUMBNAILS.broken(
                piece.place, f"a picture has {size[0]}x{size[1]}, the set says {whole[0]}x{whole[1]}"
            )


def is_storyboard(vtt: Vtt) -> bool:
    """If any cue names a part of a picture, or all name pictures."""
    named = [_FRAGMENT.fullmatch(cue.text) for cue in vtt.cues]
    has_part = any(found and (found["fragment"] or "").startswith("xywh=") for found in named)
    return bool(named) and (has_part or all(named))


def storyboard_faults(folder: Folder, vtt: Vtt, pictures: Pictures) -> Iterator[Fault]:
    for cue in vtt.cues:
        named, place = _FRAGMENT.fullmatch(cue.text), vtt.place(cue.line + 1)
        if named is None:
            yield STORYBOARD.broken(place, f"{seen(cue.text)} names no picture")
            continue
        part = folder.part(place, named["file"])
        size = pictures.size(part) if part else None
        if named["fragment"] is None:
            yield STORYBOARD.broken(place, f"{seen(cue.text)} names no part of the picture")
            continue
        if size is None:
            continue
        box = _XYWH.fullmatch(named["fragment"])
        x, y, width, height = (int(number) for number in box.groups()) if box else (0, 0, 0, 0)
        if not width or not height:
            yield STORYBOARD.broken(place, f"the fragment is {seen(named['fragment'])}")
        elif x + width > size[0] or y + height > size[1]:
            yield STORYBOARD.broken(place, f"{seen(named['fragment'])} leaves the picture of {size[0]}x{size[1]}")


def storyboard_cover_faults(vtt: Vtt, length_s: float, limits: Limits) -> Iterator[Fault]:
    """Cues that begin late or out of order; those that end late are told by the clip's end."""
    covered_s = 0.0
    for cue in vtt.cues:
        if cue.start_s > covered_s + limits.length_slack_s:
            found = f"no picture is shown from {covered_s:.3f} to {cue.start_s:.3f} s"
            yield STORYBOARD_TIMES.broken(vtt.place(cue.line), found)
        covered_s = max(covered_s, cue.end_s)
    if covered_s < length_s - limits.length_slack_s:
        found = f"no picture is shown from {covered_s:.3f} s to the clip's end at {length_s:.3f} s"
        yield STORYBOARD_TIMES.broken(vtt.place(vtt.cues[-1].line), found)


def _layout(text: str) -> Size | None:
    found = _LAYOUT.fullmatch(text)
    return (int(found[1]), int(found[2])) if found else None


def _fits(size: Size, whole: Size, *, is_last: bool) -> bool:
    return size == whole or (is_last and size[0] <= whole[0] and size[1] <= whole[1])
