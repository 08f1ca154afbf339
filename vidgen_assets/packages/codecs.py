"""Codec strings (RFC 6381, and the codecs' own specifications) from sample entries, and when two mean the same."""

from vidgen_assets.packages.bmff import Fields, NotMedia, child

_ENCRYPTED = ("encv", "enca", "enct")
_AUDIO_OBJECT = 0x40  # MPEG-4 audio in an elementary stream descriptor
_DESCRIPTORS = (0x03, 0x04, 0x05)
_MP3 = "mp4a.6b"
_SOUND = ("mp4a", "mp3", "ac-3", "ec-3", "ac-4", "opus", "flac", "alac", "dts", "mha1", "mhm1")
_ALSO_MP3 = ("mp4a.40.34", "mp4a.69", "mp4a.6b", "mp3")


def codec_of(entry: str, inner: bytes) -> str:
    """`inner` are the sample entry's boxes. An entry that isn't known here is its own name, which is its prefix.

    Common encryption names the codec in the box `frma` (ISO/IEC 14496-12, 8.12), and leaves its box as it was.
    """
    if entry in _ENCRYPTED and (original := child(inner, "sinf", "frma")) is not None:
        name = original[:4].decode("latin-1")
        return entry if name in _ENCRYPTED else codec_of(name, inner)
    if entry in ("avc1", "avc3") and (box := child(inner, "avcC")) is not None:
        return f"{entry}.{Fields(box, 'avcC', 1).take(3).hex()}"
    if entry in ("hvc1", "hev1") and (box := child(inner, "hvcC")) is not None:
        return _hevc(entry, box)
    if entry == "av01" and (box := child(inner, "av1C")) is not None:
        return _av1(box)
    if entry in ("vp08", "vp09") and (box := child(inner, "vpcC")) is not None:
        fields = Fields(box, "vpcC", 4)
        profile, level, depth = fields.unsigned(1), fields.unsigned(1), fields.unsigned(1) >> 4
        return f"{entry}.{profile:02}.{level:02}.{depth:02}"
    if entry == "mp4a" and (box := child(inner, "esds")) is not None:
        return _aac(box)
    return {"Opus": "opus", "fLaC": "flac"}.get(entry, entry)


def same_codec(said: str, found: str) -> bool:
    """Whether a declared codec is the one that was found. A declared one may say more than the entry tells, and AV1
    may leave its defaults out."""
    a, b = (_MP3 if codec in _ALSO_MP3 else codec for codec in (said.strip().lower(), found.lower()))
    if a == b or a.partition(".")[0] != b.partition(".")[0]:
        return a == b
    if "." not in b:
        return True
    if a.startswith(("av01", "vp09")):
        return a.split(".")[:4] == b.split(".")[:4]
    if a.startswith(("hvc1", "hev1")):
        return _trimmed(a) == _trimmed(b)
    return False


def is_sound(codec: str) -> bool:
    """By its name alone."""
    return codec.strip().lower().startswith(_SOUND)


def _trimmed(hevc: str) -> list[str]:
    """Constraint bytes of zero at the end may be left out (ISO/IEC 14496-15, annex E)."""
    parts = hevc.split(".")
    while len(parts) > 4 and set(parts[-1]) <= {"0"}:
        parts.pop()
    return parts


def _hevc(entry: str, box: bytes) -> str:
    fields = Fields(box, "hvcC", 1)
    first, compatibility, constraints = fields.unsigned(1), fields.unsigned(4), fields.take(6).rstrip(b"\0")
    level = fields.unsigned(1)
    space, tier, profile = ("", "A", "B", "C")[first >> 6], "H" if first & 0x20 else "L", first & 0x1F
    mirrored = int(f"{compatibility:032b}"[::-1], 2)
    return ".".join([entry, f"{space}{profile}", f"{mirrored:X}", f"{tier}{level}", *(f"{b:X}" for b in constraints)])


def _av1(box: bytes) -> str:
    fields = Fields(box, "av1C", 1)
    second, third = fields.unsigned(1), fields.unsigned(1)
    depth = (12 if third & 0x20 else 10) if third & 0x40 else 8
    return f"av01.{second >> 5}.{second & 0x1F:02}{'H' if third & 0x80 else 'M'}.{depth:02}"


def _aac(box: bytes) -> str:
    """Down the descriptors (ISO/IEC 14496-1, 7.2.6): elementary stream, decoder configuration, its own part."""
    fields, kind = Fields(box, "esds", 4), None
    for tag in _DESCRIPTORS:
        if fields.unsigned(1) != tag:
            raise NotMedia("box esds holds other descriptors")
        while fields.unsigned(1) & 0x80:  # the length, whose bytes go on while the top bit is set
            pass
        if tag == 0x03:
            fields.take(3)
        elif tag == 0x04:
            kind = fields.unsigned(1)
            fields.take(12)
            if kind != _AUDIO_OBJECT:
                return f"mp4a.{kind:02x}"
    first = fields.unsigned(1)
    object_type = first >> 3
    if object_type == 31:
        object_type = 32 + (((first & 7) << 3) | (fields.unsigned(1) >> 5))
    return f"mp4a.40.{object_type}"
