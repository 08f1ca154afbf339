"""What movie fragments hold, sample by sample: times, sizes, which are sync samples, and where their bytes lie."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass

from vidgen_assets.packages.bmff import Box, Fields, NotMedia, boxes, children, payload
from vidgen_assets.packages.bmff_header import TrackHeader
from vidgen_assets.packages.folder import Bytes, Folder

_NOT_SYNC = 0x0001_0000
"""`sample_is_non_sync_sample` among a sample's flags (ISO/IEC 14496-12, 8.8.3.1)."""
MOST_SAMPLES = 500_000
"""Of one segment: two hours at 60 frames a second."""


@dataclass(frozen=True, slots=True)
class Sync:
    """A sync sample: its byte range in the file, the first byte of its fragment, the tick at which it is shown."""

    first: int
    end: int
    fragment: int
    shown: int


@dataclass(slots=True)
class Held:
    """One track's part of one segment. Times are ticks of the track's clock, the edit list not yet taken off.

    `shortest` and `longest` are those of its samples; None and 0 without one.
    """

    decode_start: int
    duration: int = 0
    sample_count: int = 0
    first_shown: int | None = None
    last_shown_end: int = 0
    starts_with_sync: bool = False
    syncs: list[Sync] | None = None
    longest: int = 0
    shortest: int | None = None

    @property
    def decode_end(self) -> int:
        return self.decode_start + self.duration


def read_fragments(folder: Folder, part: Bytes, tracks: Mapping[int, TrackHeader]) -> dict[int, Held]:
    """What is held for each of `tracks`, by track id. Raises `NotMedia` for what is no media segment, and for samples
    that lie outside of its media data."""
    found = [box for box in boxes(folder, part) if box.kind in ("moof", "mdat")]
    fragments = [box for box in found if box.kind == "moof"]
    data = [(box.first + box.header, box.first + box.size) for box in found if box.kind == "mdat"]
    if not fragments or not data:
        raise NotMedia(f"no box {'mdat' if fragments else 'moof'}")
    reader = _Reader(data, tracks)
    for box in fragments:
        for kind, run in children(payload(folder, part.file, box)):
            if kind == "traf":
                reader.take(box, run)
    if not reader.held:
        raise NotMedia("no track that the initialisation segment names")
    return reader.held


class _Reader:
    """Takes one track fragment after the other; `data` are the bytes of the boxes mdat, in order."""

    def __init__(self, data: list[tuple[int, int]], tracks: Mapping[int, TrackHeader]) -> None:
        self.starts, self.ends = [first for first, _ in data], [end for _, end in data]
        self.tracks, self.held, self.samples = tracks, dict[int, Held](), 0

    def take(self, box: Box, body: bytes) -> None:
        self.box = box
        boxes_of = list(children(body))
        header = next((data for kind, data in boxes_of if kind == "tfhd"), None)
        if header is None:
            raise NotMedia("a track fragment without a box tfhd")
        fields = Fields(header, "tfhd")
        _, flags = fields.version_and_flags()
        track = self.tracks.get(fields.unsigned(4))
        if track is None:
            return
        base = fields.unsigned(8) if flags & 0x01 else self.box.first
        if flags & 0x02:
            fields.take(4)
        duration = fields.unsigned(4) if flags & 0x08 else track.sample_duration
        size = fields.unsigned(4) if flags & 0x10 else track.sample_size
        sample_flags = fields.unsigned(4) if flags & 0x20 else track.sample_flags
        held = self._held(track, next((data for kind, data in boxes_of if kind == "tfdt"), None))
        at = base
        for kind, run in boxes_of:
            if kind == "trun":
                at = self._run(run, held, base, at, (duration, size, sample_flags))

    def _held(self, track: TrackHeader, time: bytes | None) -> Held:
        """Raises `NotMedia` for a fragment that doesn't say when it is decoded."""
        if time is None:
            raise NotMedia("a track fragment without a box tfdt")
        fields = Fields(time, "tfdt")
        version, _ = fields.version_and_flags()
        start = fields.unsigned(8 if version else 4)
        found = self.held.get(track.track_id)
        if found is None:
            found = self.held[track.track_id] = Held(start, syncs=[])
        elif found.decode_end != start:
            raise NotMedia(f"a fragment that begins at tick {start}, {start - found.decode_end} off the one before")
        return found

    def _run(self, run: bytes, held: Held, base: int, at: int, defaults: tuple[int, int, int]) -> int:
        """Where the run's samples end, in bytes of the file."""
        fields = Fields(run, "trun")
        version, flags = fields.version_and_flags()
        count = fields.unsigned(4)
        self.samples += count
        if self.samples > MOST_SAMPLES:
            raise NotMedia(f"more than {MOST_SAMPLES} samples")
        if flags & 0x01:
            at = base + fields.signed(4)
        first_flags = fields.unsigned(4) if flags & 0x04 else None
        for number in range(count):
            duration = fields.unsigned(4) if flags & 0x100 else defaults[0]
            size = fields.unsigned(4) if flags & 0x200 else defaults[1]
            own = fields.unsigned(4) if flags & 0x400 else defaults[2]
            if number == 0 and first_flags is not None:
                own = first_flags
            offset = (fields.signed(4) if version else fields.unsigned(4)) if flags & 0x800 else 0
            self._sample(held, at, size, duration, offset, is_sync=not own & _NOT_SYNC)
            at += size
        return at

    def _sample(self, held: Held, at: int, size: int, duration: int, offset: int, *, is_sync: bool) -> None:
        before = bisect_right(self.starts, at) - 1
        if before < 0 or at + size > self.ends[before]:
            raise NotMedia(f"sample {held.sample_count + 1} at byte {at} is not within the media data")
        shown = held.decode_end + offset
        held.first_shown = shown if held.first_shown is None else min(held.first_shown, shown)
        held.last_shown_end = max(held.last_shown_end, shown + duration)
        held.starts_with_sync |= is_sync and held.sample_count == 0
        if is_sync and held.syncs is not None:
            held.syncs.append(Sync(at, at + size, self.box.first, shown))
        held.longest = max(held.longest, duration)
        held.shortest = duration if held.shortest is None else min(held.shortest, duration)
        held.sample_count += 1
        held.duration += duration
