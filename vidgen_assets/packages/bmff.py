"""Boxes of ISO media files (ISO/IEC 14496-12), read without trust: sizes are checked, media data is never loaded.

What a track's header and its fragments say is in `bmff_header.py` and `bmff_fragments.py`.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from vidgen_assets.packages.folder import Bytes, Folder

_LARGEST_LOADED = 16 * 1024 * 1024
"""Of one box with tables. An hour's samples in one fragment take 2 MB."""
_MOST_BOXES = 100_000
_MOST_BOXES_IN_ALL = 4_000_000
"""Of one package: 40 tracks of as many segments as a track may have."""


class NotMedia(ValueError):
    """These bytes aren't what they should be; the text says which and where."""


@dataclass(frozen=True, slots=True)
class Box:
    """A box at the top of a file: its type, its first byte in the file, all its bytes, those of its header."""

    kind: str
    first: int
    size: int
    header: int


def boxes(folder: Folder, part: Bytes) -> Iterator[Box]:
    """The boxes side by side in `part`. Raises `NotMedia` for a size that can't be."""
    at, end = part.first, part.first + folder.length(part)
    with (folder.root / part.file).open("rb") as file:
        for _ in range(_MOST_BOXES):
            if at >= end:
                return
            folder.boxes_seen += 1
            if folder.boxes_seen > _MOST_BOXES_IN_ALL:
                raise NotMedia(f"more than {_MOST_BOXES_IN_ALL} boxes, with those before it")
            file.seek(at)
            box = _box(file.read(16), at, end)
            yield box
            at += box.size
    raise NotMedia(f"more than {_MOST_BOXES} boxes")


def _box(head: bytes, at: int, end: int) -> Box:
    if len(head) < 8 or end - at < 8:
        raise NotMedia(f"{end - at} bytes at {at} that are no box")
    size, name = struct.unpack(">I4s", head[:8])
    kind, header = name.decode("latin-1"), 8
    if size == 1:
        if len(head) < 16:
            raise NotMedia(f"a torn box at byte {at}")
        size, header = struct.unpack(">Q", head[8:16])[0], 16
    elif size == 0:
        size = end - at
    if not (name.isalnum() or all(32 <= byte < 127 or byte == 0xA9 for byte in name)):
        raise NotMedia(f"no box at byte {at}")
    if size < header or at + size > end:
        raise NotMedia(f"a box {kind} of {size} bytes at byte {at}, where {end - at} are left")
    return Box(kind, at, size, header)


def payload(folder: Folder, file: str, box: Box) -> bytes:
    """What is in the box. Raises `NotMedia` for one that is too large to be loaded."""
    if box.size > _LARGEST_LOADED:
        raise NotMedia(f"a box {box.kind} of {box.size} bytes")
    return folder.read(Bytes(file, box.first + box.header, box.size - box.header)) if box.size > box.header else b""


def children(data: bytes, first: int = 0) -> Iterator[tuple[str, bytes]]:
    """Boxes inside a loaded box, from its byte `first` on. Raises `NotMedia`."""
    at = first
    while at + 8 <= len(data):
        box = _box(data[at : at + 16], at, len(data))
        yield box.kind, data[at + box.header : at + box.size]
        at += box.size


def child(data: bytes, *path: str) -> bytes | None:
    """The first box along `path`; None where there is none. Raises `NotMedia`."""
    found: bytes | None = data
    for kind in path:
        if found is None:
            return None
        found = next((body for name, body in children(found) if name == kind), None)
    return found


class Fields:
    """Numbers out of a loaded box, one after the other. Every read raises `NotMedia` past the end."""

    def __init__(self, data: bytes, kind: str, at: int = 0) -> None:
        self._data, self._kind, self.at = data, kind, at

    def take(self, count: int) -> bytes:
        found = self._data[self.at : self.at + count]
        if len(found) < count:
            raise NotMedia(f"box {self._kind} ends early")
        self.at += count
        return found

    def unsigned(self, count: int) -> int:
        return int.from_bytes(self.take(count), "big")

    def signed(self, count: int) -> int:
        return int.from_bytes(self.take(count), "big", signed=True)

    def version_and_flags(self) -> tuple[int, int]:
        return self.unsigned(1), self.unsigned(3)


@dataclass(frozen=True, slots=True)
class Index:
    """A segment index: bytes and seconds of each segment, the first beginning at `first_byte` and `start_s`."""

    first_byte: int
    start_s: float
    segments: tuple[tuple[int, float], ...]


def is_webm(head: bytes) -> bool:
    """Whether these bytes begin a file of WebM, or one of its clusters (RFC 8794, 11.2; RFC 9559, 5.1.3)."""
    return head.startswith((b"\x1a\x45\xdf\xa3", b"\x1f\x43\xb6\x75"))


def read_index(folder: Folder, part: Bytes) -> Index:
    """Raises `NotMedia` if the part doesn't begin with a segment index that names segments."""
    box = next(boxes(folder, part), None)
    if box is None or box.kind != "sidx":
        raise NotMedia(f"the index range holds {box.kind if box else 'nothing'}, not a segment index")
    fields = Fields(payload(folder, part.file, box), "sidx")
    version, _ = fields.version_and_flags()
    fields.take(4)
    timescale = fields.unsigned(4)
    width = 8 if version else 4
    start, gap = fields.unsigned(width), fields.unsigned(width)
    fields.take(2)
    segments: list[tuple[int, float]] = []
    for _ in range(fields.unsigned(2)):
        size, duration = fields.unsigned(4), fields.unsigned(4)
        fields.take(4)
        if size >> 31:
            raise NotMedia("the index names further indexes")
        segments.append((size, duration / (timescale or 1)))
    if not timescale or not segments:
        raise NotMedia("the index names no segments")
    return Index(box.first + box.size + gap, start / timescale, tuple(segments))
