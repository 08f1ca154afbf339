"""A release as the gallery finds it: is the signature genuine, are the files those it names; then they are copied.

Fails closed: a video that its signed statement doesn't vouch for isn't copied, and the page says why.
"""

import base64
import json
import re
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from resources.workshop import Workshop
from vidgen_assets.clips.captions import WEBVTT_FILE
from vidgen_assets.clips.digest import Digest
from vidgen_assets.clips.renditions import CLIP_FILE, POSTER_FILE
from vidgen_assets.releases.address import ENVELOPE, Address
from vidgen_assets.releases.statement import subjects

SHOWN_FILES = (CLIP_FILE, POSTER_FILE, WEBVTT_FILE)
DESCRIBED_FILE = "described.mp4"
"""The sound with the audio description over it: its segments, one after the other, are a file that plays."""
_DESCRIBED_SEGMENT = re.compile(r"described-[^/]+/(?:init\.mp4|seg-(?P<number>\d+)\.m4s)")
_MANIFESTS = {"HLS": "master.m3u8", "DASH": "manifest.mpd"}


@dataclass(frozen=True, slots=True)
class ShownRelease:
    """What the gallery may say of a release. `complaint` is there exactly if it is withheld, and then `files` is empty.

    `document` is the signed statement, or what stands in its place when nobody we trust signed it.
    """

    key_ids: tuple[str, ...]
    signature_verifies: bool
    complaint: str | None
    document: str
    statement: Digest
    addresses: dict[str, str]
    files: frozenset[str]
    size_bytes: int = 0
    captions: str = ""
    """The captions as an address that holds them: a page opened from a disk may not load a track beside it."""

    @property
    def is_shown(self) -> bool:
        return self.complaint is None

    @property
    def is_development(self) -> bool:
        return any(key_id.startswith("development-") for key_id in self.key_ids)


def show_release(address: Address, shop: Workshop, folder: Path) -> ShownRelease:
    """Verify the release at `address` and copy its video and poster into `folder`."""
    stored = shop.objects.get(f"{address.folder}/{ENVELOPE}") or b""
    envelope = _parsed(stored)
    payload = shop.signer.opened(_parsed(stored))  # of its own, since opening an envelope takes it apart
    complaint = _doubt(payload, address)
    files: frozenset[str] = frozenset()
    if payload is not None and complaint is None:
        files, complaint = _copied(subjects(json.loads(payload)), address, shop, folder)
    video = folder / CLIP_FILE
    return ShownRelease(
        key_ids=_key_ids(envelope),
        signature_verifies=payload is not None,
        complaint=complaint,
        document=_document(payload if payload is not None else _claimed(envelope) or stored),
        statement=address.statement,
        addresses={name: f"{_public_url(shop.objects.url)}{address.folder}/{m}" for name, m in _MANIFESTS.items()},
        files=files,
        size_bytes=video.stat().st_size if CLIP_FILE in files else 0,
        captions=_data_address(folder / WEBVTT_FILE, "text/vtt") if WEBVTT_FILE in files else "",
    )


def _doubt(payload: bytes | None, address: Address) -> str | None:
    if payload is None:
        return "The signature does not verify: no trusted key signed this statement."
    if Digest.of_bytes(payload) != address.statement:
        return "The signature is genuine, but on the statement of another release."
    return None


def _copied(
    named: dict[str, Digest], address: Address, shop: Workshop, folder: Path
) -> tuple[frozenset[str], str | None]:
    """The files that were copied, or none and why: one file that isn't the one signed for spoils the release."""
    if CLIP_FILE not in named:
        return frozenset(), f"The signed statement names no {CLIP_FILE}."
    folder.mkdir(parents=True, exist_ok=True)
    wanted = {name: [name] for name in SHOWN_FILES if name in named}
    if segments := described_segments(named):
        wanted[DESCRIBED_FILE] = segments
    for target, parts in wanted.items():
        complaint = _joined(parts, folder / target, named, address, shop)
        if complaint:
            shutil.rmtree(folder)
            return frozenset(), complaint
    return frozenset(wanted), None


def described_segments(names: Iterable[str]) -> list[str]:
    """Those of `names` that the described sound is made of, in order; none without its beginning."""
    found = {name: match for name in names if (match := _DESCRIBED_SEGMENT.fullmatch(name))}
    ordered = sorted(found, key=lambda name: int(found[name]["number"] or 0))
    return ordered if ordered and found[ordered[0]]["number"] is None else []


def _joined(
    parts: list[str], target: Path, named: Mapping[str, Digest], address: Address, shop: Workshop
) -> str | None:
    """Write the release's files `parts` one after the other into `target`. Returns what is wrong with one of them."""
    part = target.with_name(f"{target.name}.part")
    with target.open("wb") as out:
        for name in parts:
            if not shop.objects.fetch(f"{address.folder}/{name}", part):
                return f"{name} is missing at its address."
            if Digest.of_file(part) != named[name]:
                return f"{name} is not the file that was signed for: its bytes were altered."
            with part.open("rb") as source:
                shutil.copyfileobj(source, out)
            part.unlink()
    return None


def _data_address(path: Path, media_type: str) -> str:
    return f"data:{media_type};base64,{base64.b64encode(path.read_bytes()).decode('ascii')}"


def _parsed(stored: bytes) -> dict[str, Any]:
    """The envelope's JSON; anything else is an envelope that nobody signed."""
    try:
        found = json.loads(stored)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _key_ids(envelope: dict[str, Any]) -> tuple[str, ...]:
    """The keys that the envelope claims to be signed by."""
    rows = envelope.get("signatures")
    return tuple(str(row.get("keyid", "")) for row in rows if isinstance(row, dict)) if isinstance(rows, list) else ()


def _claimed(envelope: dict[str, Any]) -> bytes:
    """The payload of an envelope that doesn't verify, to be looked at only."""
    try:
        return base64.b64decode(str(envelope.get("payload", "")), validate=True)
    except ValueError:
        return b""


def _document(data: bytes) -> str:
    try:
        return json.dumps(json.loads(data), indent=2, ensure_ascii=False)
    except ValueError:
        return data.decode("utf-8", errors="replace")


def _public_url(store_url: str) -> str:
    """The store's address with a slash, without credentials; nothing for a folder of this machine."""
    parts = urlsplit(store_url)
    if parts.scheme in ("", "file", "memory"):
        return ""
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path.rstrip('/')}/"
