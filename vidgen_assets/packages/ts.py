"""What a segment of an MPEG transport stream (ISO/IEC 13818-1) holds: its streams, their times, its IDR pictures.

Read packet by packet in pieces, so that a large file takes no memory.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from vidgen_assets.packages.avc import is_idr, parameters
from vidgen_assets.packages.bmff import NotMedia
from vidgen_assets.packages.bmff_fragments import MOST_SAMPLES, Held, Sync
from vidgen_assets.packages.bmff_header import TrackHeader
from vidgen_assets.packages.folder import Bytes, Folder
from vidgen_assets.packages.tracks import Kind

CLOCK_HZ = 90_000
_PACKET = 188
_PACKETS_AT_ONCE = 4096
_WRAP = 1 << 33
_START_BYTES = 4096
"""Kept of each picture: parameter sets, messages and the first slice's head lie within."""
_SOUND_BYTES = 65_536
"""Kept of the sound frames in one packet of the stream: all of them."""
_ADTS_RATES_HZ = (96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350)
_ADTS_SAMPLES = 1024
_KINDS = {
    0x1B: (Kind.VIDEO, "avc1"),
    0x24: (Kind.VIDEO, "hvc1"),
    0x03: (Kind.AUDIO, "mp4a.6b"),
    0x04: (Kind.AUDIO, "mp4a.6b"),
    0x0F: (Kind.AUDIO, "mp4a.40.2"),
    0x81: (Kind.AUDIO, "ac-3"),
    0x87: (Kind.AUDIO, "ec-3"),
}


@dataclass(slots=True)
class _Unit:
    """A picture, or some sound frames, that begins in the packet at `first`. `lasts` is 0 where only the next unit
    tells; `start` is dropped once it has been looked at."""

    shown: int
    decoded: int
    first: int
    start: bytearray = field(default_factory=bytearray)
    is_sync: bool = False
    lasts: int = 0


@dataclass(slots=True)
class _Stream:
    kind: Kind
    codec: str
    size: tuple[int, int] | None = None
    units: list[_Unit] = field(default_factory=list)

    def look_at(self, unit: _Unit) -> None:
        """What its bytes tell, once they have all come."""
        start, unit.start = bytes(unit.start), bytearray()
        unit.is_sync = self.codec.partition(".")[0] != "avc1" or is_idr(start)
        if self.codec == "avc1":
            self.codec, self.size = parameters(start) or (self.codec, None)
        elif self.codec.startswith("mp4a.40.") and (sound := _adts(start)):
            self.codec, unit.lasts = sound


def read_transport_stream(folder: Folder, part: Bytes) -> dict[Kind, tuple[TrackHeader, Held]]:
    """The first video and the first sound. Raises `NotMedia` for what is no transport stream, or tells no times."""
    reader = _Reader()
    for at, packet in _packets(folder, part):
        reader.take(at, packet)
    found: dict[Kind, tuple[TrackHeader, Held]] = {}
    for stream in reader.streams.values():
        if stream.units and stream.kind not in found:
            found[stream.kind] = _summed(stream)
    if not found:
        raise NotMedia("no stream with times")
    return found


def _packets(folder: Folder, part: Bytes) -> Iterator[tuple[int, bytes]]:
    at, left = part.first, folder.length(part)
    if left % _PACKET:
        raise NotMedia(f"{left} bytes, which are no whole packets of {_PACKET}")
    while left:
        block = folder.read(Bytes(part.file, at, min(left, _PACKET * _PACKETS_AT_ONCE)))
        for first in range(0, len(block), _PACKET):
            if block[first] != 0x47:
                raise NotMedia(f"no packet at byte {at + first}")
            yield at + first, block[first : first + _PACKET]
        at, left = at + len(block), left - len(block)


class _Reader:
    def __init__(self) -> None:
        self.streams: dict[int, _Stream] = {}
        self._programs: set[int] = set()
        self._count = 0

    def take(self, at: int, packet: bytes) -> None:
        begins, identifier = bool(packet[1] & 0x40), (packet[1] & 0x1F) << 8 | packet[2]
        body = packet[4:]
        if packet[3] & 0x20:
            body = body[1 + body[0] :]
        if not packet[3] & 0x10 or not body:
            return
        if identifier == 0 and begins:
            self._association(body[1 + body[0] :])
        elif identifier in self._programs and begins:
            self._program(body[1 + body[0] :])
        elif stream := self.streams.get(identifier):
            self._media(stream, at, body, begins=begins)

    def _association(self, table: bytes) -> None:
        for entry in range(8, _end(table), 4):
            if entry + 4 <= len(table) and table[entry : entry + 2] != b"\0\0":
                self._programs.add((table[entry + 2] & 0x1F) << 8 | table[entry + 3])

    def _program(self, table: bytes) -> None:
        if len(table) < 12:
            return
        at, end = 12 + ((table[10] & 0x0F) << 8 | table[11]), min(_end(table), len(table) - 4)
        while at < end:
            identifier = (table[at + 1] & 0x1F) << 8 | table[at + 2]
            if known := _KINDS.get(table[at]):
                self.streams.setdefault(identifier, _Stream(*known))
            at += 5 + ((table[at + 3] & 0x0F) << 8 | table[at + 4])

    def _media(self, stream: _Stream, at: int, body: bytes, *, begins: bool) -> None:
        if begins:
            unit = _unit(at, body)
            if unit is None:
                return
            self._count += 1
            if self._count > MOST_SAMPLES:
                raise NotMedia(f"more than {MOST_SAMPLES} access units")
            if stream.units:
                stream.look_at(stream.units[-1])
            stream.units.append(unit)
            body = body[9 + body[8] :]
        if stream.units and len(stream.units[-1].start) < (_START_BYTES if stream.kind is Kind.VIDEO else _SOUND_BYTES):
            stream.units[-1].start += body


def _end(table: bytes) -> int:
    """Where a section's entries end, its check sum left out."""
    return 3 + ((table[1] & 0x0F) << 8 | table[2]) - 4 if len(table) > 2 else 0


def _unit(at: int, body: bytes) -> _Unit | None:
    if body[:3] != b"\0\0\1" or len(body) < 14 or not body[7] & 0x80:
        return None
    shown = _time(body[9:14])
    return _Unit(shown, _time(body[14:19]) if body[7] & 0x40 and len(body) >= 19 else shown, at)


def _time(five: bytes) -> int:
    return (five[0] >> 1 & 7) << 30 | five[1] << 22 | five[2] >> 1 << 15 | five[3] << 7 | five[4] >> 1


def _summed(stream: _Stream) -> tuple[TrackHeader, Held]:
    """The times of all units, unrolled where the clock of 33 bits began again."""
    units, start = stream.units, stream.units[0].decoded
    stream.look_at(units[-1])
    shown = [_unrolled(unit.shown, start) for unit in units]
    decoded = [_unrolled(unit.decoded, start) for unit in units]
    steps = sorted(after - before for before, after in pairwise(decoded) if after > before)
    last = units[-1].lasts or (steps[len(steps) // 2] if steps else 0)
    held = Held(
        decode_start=start,
        duration=decoded[-1] - start + last,
        sample_count=len(units),
        first_shown=min(shown),
        last_shown_end=max(shown) + last,
        starts_with_sync=units[0].is_sync,
        syncs=[
            Sync(unit.first, unit.first + _PACKET, unit.first, tick)
            for unit, tick in zip(units, shown, strict=True)
            if unit.is_sync
        ],
        longest=max(steps, default=0),
        shortest=min(steps, default=None),
    )
    return TrackHeader(0, stream.kind, CLOCK_HZ, stream.codec, stream.size, None), held


def _unrolled(time: int, start: int) -> int:
    off = (time - start) % _WRAP
    return start + (off - _WRAP if off > _WRAP // 2 else off)


def _adts(data: bytes) -> tuple[str, int] | None:
    """AAC's object type and the ticks that the frames take (ISO/IEC 13818-7, 6.2); None for other sound."""
    at, frames, codec, rate_hz = 0, 0, "", 0
    while at + 7 <= len(data) and data[at] == 0xFF and data[at + 1] & 0xF6 == 0xF0:
        index = data[at + 2] >> 2 & 0x0F
        length = (data[at + 3] & 3) << 11 | data[at + 4] << 3 | data[at + 5] >> 5
        if index >= len(_ADTS_RATES_HZ) or length < 7:
            break
        codec, rate_hz = f"mp4a.40.{(data[at + 2] >> 6) + 1}", _ADTS_RATES_HZ[index]
        at, frames = at + length, frames + 1
    return (codec, round(frames * _ADTS_SAMPLES * CLOCK_HZ / rate_hz)) if frames else None
