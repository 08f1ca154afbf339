"""One HLS presentation: its multivariant playlist, where there is one, and the media playlists under it."""

from dataclasses import dataclass, field

from vidgen_assets.packages.bandwidth import peak_bitrate_bps
from vidgen_assets.packages.folder import Folder
from vidgen_assets.packages.measure import Measured, Measurer
from vidgen_assets.packages.playlists import MIXED, Playlist, Playlists, Stream
from vidgen_assets.packages.rules_of_masters import groups_of, master_faults
from vidgen_assets.packages.rules_of_playlists import is_encrypted, playlist_faults, track_of_playlist
from vidgen_assets.packages.tracks import Track


@dataclass(slots=True)
class Media:
    """A media playlist with its track. `measured` is None for pictures and for what couldn't be measured."""

    playlist: Playlist
    track: Track
    measured: Measured | None = None
    _said_peaks_bps: dict[float, float] = field(default_factory=dict)

    @property
    def target_s(self) -> float:
        return self.playlist.integer("EXT-X-TARGETDURATION") or 1

    def peak_bps(self, target_s: float) -> float:
        """Of packed sound, which tells no times, by those that the playlist says."""
        if self.measured and self.measured.main:
            return self.measured.peak_bps(target_s)
        if self.measured is None:
            return 0.0
        if target_s not in self._said_peaks_bps:
            durations_s = [piece.duration_s or 0.0 for piece in self.track.pieces]
            self._said_peaks_bps[target_s] = peak_bitrate_bps(self.measured.sizes_bytes, durations_s, target_s)
        return self._said_peaks_bps[target_s]

    def average_bps(self) -> float:
        if self.measured is None:
            return 0.0
        length_s = self.measured.length_s() if self.measured.main else self.said_s()
        return sum(self.measured.sizes_bytes) * 8 / length_s if length_s else 0.0

    def said_s(self) -> float:
        """All segments together, as the playlist says."""
        return sum(piece.duration_s or 0.0 for piece in self.track.pieces)


@dataclass(slots=True)
class Hls:
    """`media` is by file. Without a multivariant playlist, it has the one media playlist that was found."""

    master: Playlist | None
    media: dict[str, Media] = field(default_factory=dict)
    _files: dict[int, str] = field(default_factory=dict)
    """Of a stream, by the line of its address."""

    def of(self, stream: Stream) -> Media | None:
        """None for a rendition without an address of its own, and for a playlist that couldn't be read."""
        return self.media.get(self._files.get(stream.uri_line, ""))

    def group(self, variant: Stream, kind: str) -> list[Stream]:
        return groups_of(self.master, kind, variant.attributes.get(kind)) if self.master else []

    def renditions(self, kind: str) -> list[tuple[Stream, Media]]:
        """Those of a type with a playlist of their own."""
        streams = self.master.media if self.master else []
        return [(each, found) for each in streams if each.attributes.get("TYPE") == kind and (found := self.of(each))]

    def played(self) -> list[Media]:
        """What the variants name, each once."""
        return list({media.playlist.file: media for _, media in self.variants()}.values())

    def variants(self) -> list[tuple[Stream, Media]]:
        streams = self.master.variants if self.master else []
        return [(stream, media) for stream in streams if (media := self.of(stream))]

    def take_in(self, stream: Stream, media: Media) -> None:
        self.media[media.playlist.file] = media
        self._files[stream.uri_line] = media.playlist.file

    def follows(self, stream: Stream, file: str) -> bool:
        """Whether a playlist that was read already belongs to `stream` too."""
        if file in self.media:
            self._files[stream.uri_line] = file
        return file in self.media


Opened = dict[tuple[str, bool], Media]
"""By file, and by whether it is measured: those that more than one multivariant playlist names are followed once."""


def read_hls(folder: Folder, playlists: Playlists, measurer: Measurer, opened: Opened, entrance: Playlist) -> Hls:
    """Follows the multivariant playlist, or the media playlist that stands alone. What's wrong with each by itself is
    reported."""
    if not entrance.is_master:
        media = _media(folder, measurer, opened, entrance, measures=not entrance.has("EXT-X-IMAGES-ONLY"))
        return Hls(None, {entrance.file: media})
    hls = Hls(entrance)
    folder.report.add(master_faults(entrance))
    for address in entrance.beside:
        folder.mention(entrance.file, address)
    for stream in (*entrance.variants, *entrance.media, *entrance.iframes, *entrance.images):
        if stream.uri is None:
            continue
        file = folder.resolve(entrance.place(stream.uri_line), stream.uri)
        if file is None or hls.follows(stream, file):
            continue
        playlist = playlists.read(file)
        if playlist is None:
            continue
        if playlist.is_master:
            found = f"{file} is a multivariant playlist again"
            folder.report.add([MIXED.broken(entrance.place(stream.uri_line), found)])
            continue
        is_words = stream.attributes.get("TYPE") == "SUBTITLES" and not any(s.map for s in playlist.segments)
        is_media = not is_words and stream not in entrance.images and stream not in entrance.iframes
        hls.take_in(stream, _media(folder, measurer, opened, playlist, measures=is_media))
    return hls


def _media(folder: Folder, measurer: Measurer, opened: Opened, playlist: Playlist, *, measures: bool) -> Media:
    if (playlist.file, measures) not in opened:
        folder.report.add(playlist_faults(playlist))
        track = track_of_playlist(folder, playlist)
        is_readable = measures and not playlist.has("EXT-X-I-FRAMES-ONLY") and not is_encrypted(playlist)
        opened[playlist.file, measures] = Media(playlist, track, measurer.measured(track) if is_readable else None)
    return opened[playlist.file, measures]
