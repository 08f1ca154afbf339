"""H.264 (ITU-T H.264) in MPEG transport streams: which pictures are IDR, and what the parameter set says."""

import re
from collections.abc import Iterator

_START = re.compile(rb"\x00\x00\x01")
_IDR, _OTHER_SLICE, _PARAMETERS = 5, 1, 7
_CHROMA_PROFILES = {100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135}


def units(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Type and bytes of each NAL unit of an Annex B stream; the last one may be cut."""
    starts = [found.end() for found in _START.finditer(data)]
    for number, at in enumerate(starts):
        if at < len(data):
            end = starts[number + 1] - 3 if number + 1 < len(starts) else len(data)
            yield data[at] & 0x1F, data[at:end]


def is_idr(data: bytes) -> bool:
    """Whether the first slice of this access unit is of an IDR picture."""
    return next((kind for kind, _ in units(data) if kind in (_IDR, _OTHER_SLICE)), None) == _IDR


def parameters(data: bytes) -> tuple[str, tuple[int, int] | None] | None:
    """The codec string, and width and height, of the first parameter set; None where there is none."""
    found = next((unit for kind, unit in units(data) if kind == _PARAMETERS and len(unit) > 4), None)
    if found is None:
        return None
    plain = found.replace(b"\x00\x00\x03", b"\x00\x00")
    try:
        size = _size(_Bits(plain[4:]), plain[1])
    except IndexError:
        size = None
    return f"avc1.{found[1:4].hex()}", size


class _Bits:
    """Reading past the end raises `IndexError`."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def bit(self) -> int:
        found = self._data[self._at >> 3] >> (7 - (self._at & 7)) & 1
        self._at += 1
        return found

    def bits(self, count: int) -> int:
        found = 0
        for _ in range(count):
            found = found << 1 | self.bit()
        return found

    def golomb(self) -> int:
        """ue(v), 9.1."""
        zeros = 0
        while not self.bit():
            zeros += 1
        return (1 << zeros) - 1 + self.bits(zeros)

    def skip(self, fields: str) -> None:
        """`u` for a code of ue(v) or se(v), which are as long, `1` for a bit."""
        for one in fields:
            self.golomb() if one == "u" else self.bit()


def _size(bits: _Bits, profile: int) -> tuple[int, int] | None:
    """Section 7.3.2.1.1. None for scaling lists, which no encoder here writes."""
    bits.golomb()
    chroma = 1
    if profile in _CHROMA_PROFILES:
        chroma = bits.golomb()
        if chroma == 3:
            bits.bit()
        bits.skip("uu1")
        if bits.bit():
            return None
    bits.golomb()
    if (order := bits.golomb()) == 0:
        bits.golomb()
    elif order == 1:
        bits.skip("1uu")
        bits.skip("u" * min(bits.golomb(), 255))
    bits.skip("u1")
    width, height = (bits.golomb() + 1) * 16, (bits.golomb() + 1) * 16
    if not (frames_only := bits.bit()):
        height *= 2
        bits.bit()
    bits.bit()
    if bits.bit():
        left, right, top, bottom = (bits.golomb() for _ in range(4))
        across, down = 2 if chroma in (1, 2) else 1, (2 if chroma == 1 else 1) * (2 - frames_only)
        width, height = width - across * (left + right), height - down * (top + bottom)
    return width, height
