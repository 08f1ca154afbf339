"""A folder held against every rule: finds its manifests, follows them to the last segment, compares.

Works on any package: HLS, DASH or both; fragments or transport streams; a file for each segment or ranges of one.
"""

from collections.abc import Collection
from pathlib import Path

from vidgen_assets.packages.folder import Folder
from vidgen_assets.packages.hls import Hls, Opened, read_hls
from vidgen_assets.packages.limits import Limits
from vidgen_assets.packages.measure import Measured, Measurer
from vidgen_assets.packages.mpd import AdaptationSet, Mpd, read_mpd
from vidgen_assets.packages.playlists import Playlist, Playlists
from vidgen_assets.packages.rule import Place, Report
from vidgen_assets.packages.rules_of_captions import clip_faults, dash_caption_faults, hls_caption_faults
from vidgen_assets.packages.rules_of_dash import dash_faults
from vidgen_assets.packages.rules_of_hls import hls_faults
from vidgen_assets.packages.rules_of_media import (
    alignment_faults,
    length_faults,
    parameter_set_faults,
    shared_faults,
    track_faults,
)
from vidgen_assets.packages.rules_of_pictures import (
    Pictures,
    dash_image_faults,
    hls_image_faults,
    is_storyboard,
    storyboard_cover_faults,
    storyboard_faults,
)
from vidgen_assets.packages.rules_of_trick_play import iframe_faults, trick_mode_faults
from vidgen_assets.packages.rules_of_wholes import (
    MANIFEST,
    NO_MASTER,
    agreement_faults,
    metadata_addresses,
    session_data_faults,
)
from vidgen_assets.packages.tracks import Kind
from vidgen_assets.packages.webvtt import Captions


def validate(root: Path, *, limits: Limits | None = None, beside: Collection[str] = ()) -> Report:
    """Everything that is wrong with the package in `root`, and what was measured.

    `beside` are files, by their path from the root, that may lie there without being named. Raises `InputError` if
    `root` isn't a folder; whatever is in it ends as a fault.
    """
    return examine(root, limits=limits, beside=beside).report


def examine(root: Path, *, limits: Limits | None = None, beside: Collection[str] = ()) -> "Examined":
    """The same, with what was read: for those who ask a package for more than the specifications do."""
    found = Examined(Folder(root, Report()), limits or Limits())
    found.folder.named |= set(beside)
    found.follow_manifests()
    found.judge()
    if not found.unread:  # nobody knows what those would have named
        found.report.add(found.folder.unreferenced())
    return found


class Examined:
    """One package: its manifests as they were read, and its tracks as they were measured."""

    def __init__(self, folder: Folder, limits: Limits) -> None:
        self.folder, self.limits, self.report = folder, limits, folder.report
        self.playlists, self.measurer, self.pictures = Playlists(folder), Measurer(folder), Pictures(folder)
        self.captions = Captions(folder)
        self.hls: list[Hls] = []
        """By multivariant playlist, or by media playlist where there is none of those."""
        self.mpds: list[Mpd] = []
        self.unread: list[str] = []
        """MPDs that can't be read."""
        self.measured: dict[int, Measured] = {}
        """Of DASH, by the identity of a representation's track."""

    def follow_manifests(self) -> None:
        names = sorted(self.folder.sizes)
        playlists = [read for name in names if name.lower().endswith(".m3u8") and (read := self._playlist(name))]
        masters, opened = [playlist for playlist in playlists if playlist.is_master], Opened()
        for entrance in masters or playlists:
            if not masters:
                self.report.add([NO_MASTER.broken(entrance.place(), "no playlist here is a multivariant playlist")])
            self.folder.named.add(entrance.file)
            self.hls.append(read_hls(self.folder, self.playlists, self.measurer, opened, entrance))
        for name in (name for name in names if name.lower().endswith(".mpd")):
            self.folder.named.add(name)
            if mpd := read_mpd(self.folder, name):
                self.mpds.append(mpd)
                self._measure(mpd)
            else:
                self.unread.append(name)
        if not any(name.lower().endswith((".m3u8", ".mpd")) for name in names):
            self.report.add([MANIFEST.broken(Place("."), "it has neither")])

    def judge(self) -> None:
        length_s = self._length_s()
        for hls in self.hls:
            self._judge_hls(hls, length_s)
        for mpd in self.mpds:
            self._judge_dash(mpd, length_s)
            for hls in self.hls:
                self.report.add(agreement_faults(hls, mpd))
        self._judge_tracks()
        self._judge_metadata(length_s)
        if length_s is not None:
            self.report.measurements["length_s"] = length_s
        for hls in self.hls:
            for file, media in hls.media.items():
                if media.measured and media.measured.main:
                    self.report.measurements[f"{file} peak_bps"] = media.measured.peak_bps(media.target_s)

    def _playlist(self, name: str) -> Playlist | None:
        found = self.playlists.read(name)
        if found is None:
            self.folder.named.add(name)  # it is known and refused, not left over
        return found

    def _measure(self, mpd: Mpd) -> None:
        for period in mpd.periods:
            for own in period.sets:
                for one in own.representations:
                    is_media = own.kind is not Kind.IMAGE and not (one.get("mimeType") or "").startswith("text/")
                    if is_media and (found := self.measurer.measured(one.track)):
                        self.measured[id(one.track)] = found

    def _length_s(self) -> float | None:
        """Of the first track with pictures in HLS, else of the first with sound; without HLS, of such a track of every
        period of DASH. None where there is nothing to measure."""
        if (length_s := _length_s(self._in_hls())) is not None:
            return length_s
        for mpd in self.mpds:
            lengths_s = [_length_s([m for own in period.sets for m in self._of(own)]) for period in mpd.periods]
            if None not in lengths_s:
                return sum(length_s or 0.0 for length_s in lengths_s)
        return None

    def _in_hls(self) -> list[Measured]:
        return [media.measured for hls in self.hls for media in hls.media.values() if media.measured]

    def _judge_hls(self, hls: Hls, length_s: float | None) -> None:
        self.report.add(hls_faults(hls, self.limits))
        self.report.add(iframe_faults(hls, self.limits))
        self.report.add(session_data_faults(self.folder, hls, length_s))
        self.report.add(hls_caption_faults(self.captions, hls, self.limits))
        self.report.add(hls_image_faults(hls, self.pictures, length_s, self.limits))
        played = [media.measured for media in hls.media.values() if media.measured]
        for measured in played:
            self.report.add(parameter_set_faults(measured))
        variants = [media.measured for media in hls.played() if media.measured]
        self.report.add(alignment_faults(variants, self.limits))
        self.report.add(length_faults(played, self.limits))

    def _judge_dash(self, mpd: Mpd, length_s: float | None) -> None:
        self.report.add(dash_faults(mpd, self.measured, self.limits))
        self.report.add(dash_caption_faults(self.captions, mpd, length_s, self.limits))
        self.report.add(dash_image_faults(mpd, self.pictures))
        for period in mpd.periods:
            self.report.add(trick_mode_faults(period, self.measured))
            for own in period.sets:
                if not own.is_trick_mode:
                    self.report.add(alignment_faults(self._of(own), self.limits))
            self.report.add(length_faults([m for own in period.sets for m in self._of(own)], self.limits))

    def _of(self, own: AdaptationSet) -> list[Measured]:
        return [m for one in own.representations if (m := self.measured.get(id(one.track)))]

    def _judge_tracks(self) -> None:
        """Each once, whichever manifests name it."""
        in_dash = list(self.measured.values())
        shared = {measured.track.files for measured in in_dash}
        for measured in {id(measured): measured for measured in (*self._in_hls(), *in_dash)}.values():
            self.report.add(track_faults(measured))
        for measured in self._in_hls():
            if measured.track.files in shared and not measured.is_transport_stream:
                self.report.add(shared_faults(measured))

    def _judge_metadata(self, length_s: float | None) -> None:
        for file in metadata_addresses(self.folder, length_s, self.limits):
            vtt = self.captions.read(file) if file.lower().endswith(".vtt") else None
            if vtt is None:
                continue
            if length_s is not None:
                self.report.add(clip_faults(vtt, length_s, self.limits))
            if is_storyboard(vtt):
                self.report.add(storyboard_faults(self.folder, vtt, self.pictures))
                if length_s is not None:
                    self.report.add(storyboard_cover_faults(vtt, length_s, self.limits))


def _length_s(tracks: Collection[Measured]) -> float | None:
    for kind in (Kind.VIDEO, Kind.AUDIO):
        for measured in tracks:
            if measured.main is kind:
                return measured.length_s()
    return None
