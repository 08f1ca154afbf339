"""How a release's files are served: their media types, how long they may be cached, which come first."""

import re
from collections.abc import Iterable
from pathlib import PurePosixPath

from vidgen_assets.clips.renditions import FIRST_MASTER_FILE

IMMUTABLE = "public, max-age=31536000, immutable"
"""For what stands at a versioned address and is never written twice."""
SHORT_LIVED = "public, max-age=60"
"""For what a player reads first: a release that is withdrawn is out of the caches after a minute."""

_MEDIA_TYPES = {
    ".m3u8": "application/vnd.apple.mpegurl",
    ".mpd": "application/dash+xml",
    ".m4s": "video/iso.segment",
    ".mp4": "video/mp4",
    ".m4a": "audio/mp4",
    ".vtt": "text/vtt",
    ".srt": "application/x-subrip",
    ".jpg": "image/jpeg",
    ".webp": "image/webp",
    ".json": "application/json",
}
_SHORT_LIVED_ENDINGS = frozenset({".m3u8", ".mpd", ".json"})
_ADDRESSES = re.compile(r'^([^#\s].*)$|URI="([^"]+)"', re.MULTILINE)


def headers(name: str) -> dict[str, str]:
    """The HTTP headers of the release's file `name`."""
    ending = PurePosixPath(name).suffix.lower()
    media_type = _MEDIA_TYPES.get(ending, "application/octet-stream")
    if ending in (".m4s", ".mp4") and name.startswith(("audio-", "described-")):
        media_type = "audio/iso.segment" if ending == ".m4s" else "audio/mp4"
    if ending in (".vtt", ".srt", ".json", ".m3u8"):
        media_type += "; charset=utf-8"
    return {
        "Content-Type": media_type,
        "Cache-Control": SHORT_LIVED if ending in _SHORT_LIVED_ENDINGS else IMMUTABLE,
    }


def first_to_play(playlist: str, names: Iterable[str]) -> tuple[str, ...]:
    """Those of a package's files that its first playlist, whose text is `playlist`, needs; the playlist last."""
    addresses = [plain or quoted for plain, quoted in _ADDRESSES.findall(playlist)]
    folders = tuple(f"{address.rpartition('/')[0]}/" for address in addresses if "/" in address)
    needed = sorted(name for name in names if name.startswith(folders) or name in addresses)
    return (*needed, FIRST_MASTER_FILE)
