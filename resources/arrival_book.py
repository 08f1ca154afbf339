"""The book of arrivals: which uploads were taken in, by what their bytes are, and in which tray they are worked on.

A tray is what one tick of the sensor took; it's a partition. The same bytes are taken in once, under whatever names
they come; the same name with other bytes is another arrival. Files in the folder are read, never moved or deleted.
"""

import json
import os
import re
import stat
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from resources.object_store import ObjectStore
from resources.records import Records
from vidgen_assets.clips.digest import Digest, canonical_json
from vidgen_assets.clips.errors import ArtifactCorrupt, InputError

_SERIES = "arrivals"
_TRAY = re.compile(r"tray-([0-9]{8,})")
_STILL_COMING = (".part", ".partial", ".tmp", ".crdownload", ".download", ".upload", ".filepart")
_LONGEST_SLUG = 40


@dataclass(frozen=True, slots=True)
class Arrival:
    """An upload that was taken in. `name` is its file's in the folder; `arrived_at` is ISO 8601, UTC."""

    arrival_id: str
    name: str
    digest: Digest
    size_bytes: int
    arrived_at: str


class ArrivalBook:
    """Over the folder that uploads come to, which is made when it's first looked into."""

    def __init__(self, records: Records, objects: ObjectStore, folder: Path) -> None:
        self.folder = folder
        self._records = records
        self._objects = objects

    def waiting(self) -> dict[str, str]:
        """Every file at the top of the folder, with a marker that changes when its bytes do.

        What isn't whole yet by its name is left out, and so are links, pipes and devices: a name in this folder stands
        for the bytes in this folder. Raises `InputError` for a folder that can't be read.
        """
        return {name: f"{status.st_size} {status.st_mtime_ns} {status.st_ino}" for name, status in self._files()}

    def digest_of(self, name: str) -> tuple[Digest, int]:
        """Of a file in the folder, and how many bytes it has. Raises `InputError` if it's gone or is no plain file."""
        with self.opened(name) as file:
            digest = Digest.of_chunks(iter(lambda: file.read(1 << 20), b""))
            return digest, file.tell()

    def opened(self, name: str):
        """The file for reading, in binary. Raises as `digest_of`."""
        try:
            if name != os.path.basename(name):  # noqa: PTH119 - of the text, whatever a path would make of it
                raise OSError("it isn't a file's name")
            descriptor = os.open(self.folder / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            file = os.fdopen(descriptor, "rb")
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                file.close()
                raise OSError("it isn't a plain file")
        except (OSError, ValueError) as error:
            remedy = "Put it into the folder again."
            raise InputError(f"the upload can't be read: {error}", field="file", value=name, remedy=remedy) from error
        return file

    def take(self, found: Sequence[Arrival]) -> str:
        """Put arrivals on a new tray; its key. Each is known by its digest from then on."""
        number = self._records.append(_SERIES, canonical_json({"arrivals": [asdict(each) for each in found]}))
        tray = f"tray-{number:08d}"
        for each in found:
            self._objects.put(_known_key(each.digest), tray.encode())
        return tray

    def tray_of(self, digest: Digest) -> str | None:
        """The tray that holds these bytes, if they were taken in before."""
        known = self._objects.get(_known_key(digest))
        return known.decode("ascii", "replace") if known and _TRAY.fullmatch(known.decode("ascii", "replace")) else None

    def trays(self) -> list[str]:
        """The keys of all trays, the oldest first."""
        return [f"tray-{number:08d}" for number in self._records.numbers(_SERIES)]

    def on_tray(self, tray: str) -> tuple[Arrival, ...] | None:
        """The arrivals on the tray; None if there is no such tray. Raises `ArtifactCorrupt` for a record that can't be
        read."""
        key = _TRAY.fullmatch(tray)
        data = self._records.read(_SERIES, int(key[1])) if key else None
        if data is None:
            return None
        try:
            return tuple(
                Arrival(row["arrival_id"], row["name"], Digest(row["digest"]), row["size_bytes"], row["arrived_at"])
                for row in json.loads(data)["arrivals"]
            )
        except (ValueError, KeyError, TypeError) as error:
            remedy = "Put the files into the folder again under a new tray: remove the record first."
            raise ArtifactCorrupt(
                "the record of a tray can't be read", field="tray", value=tray, remedy=remedy
            ) from error

    def _files(self) -> Iterator[tuple[str, os.stat_result]]:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            entries = sorted(os.scandir(self.folder), key=lambda entry: entry.name)
        except OSError as error:
            remedy = "Name a folder that may be read, or make this one."
            raise InputError(
                f"the folder of arrivals can't be read: {error.strerror}",
                field="VIDGEN_ARRIVALS",
                value=self.folder,
                remedy=remedy,
            ) from error
        for entry in entries:
            name = entry.name
            if name.startswith(".") or name.endswith("~") or name.lower().endswith(_STILL_COMING):
                continue
            try:
                if entry.is_file(follow_symlinks=False):
                    yield name, entry.stat(follow_symlinks=False)
            except FileNotFoundError:  # it went while we looked
                continue


def arrival_id(name: str, digest: Digest) -> str:
    """What an arrival is called in tables: its file's name in plain letters, and the beginning of its digest."""
    slug = re.sub(r"[^a-z0-9]+", "-", Path(name).stem.lower()).strip("-")[:_LONGEST_SLUG].strip("-")
    return f"{slug or 'video'}-{digest.short}"


def _known_key(digest: Digest) -> str:
    return f"arrivals/known/{digest.hex[:2]}/{digest.hex}"
