"""The files of a package that nobody vouches for: addresses stay inside the folder, reads are small, links aren't left.

Nothing here follows a link out of the package, opens what isn't an ordinary file, or reads a file whole unless it is
small.
"""

import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from vidgen_assets.clips.errors import InputError
from vidgen_assets.packages.rule import Fault, Place, Report, error, seen

MOST_TEXT_BYTES = 8 * 1024 * 1024
"""A playlist of ten hours in one-second segments has 2 MB."""
MOST_FILES = 100_000
_LONGEST_ADDRESS = 2048
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
"""Characters that a playlist and an address must not hold."""

OUTSIDE = error(
    "package-address-outside",
    "RFC 3986, 4.2",
    "Every address is relative and leads to a file inside the package.",
    "Lay the file into the package and name it relative to the manifest.",
)
MISSING = error(
    "package-file-missing",
    "RFC 8216bis 6.2.1; ISO/IEC 23009-1 5.3.9",
    "Every address leads to a file that is there.",
    "Add the file, or take its address out.",
)
EMPTY = error(
    "package-file-empty",
    "RFC 8216bis 6.2.1",
    "No file that a manifest names is empty.",
    "Make the file again.",
)
RANGE = error(
    "package-range",
    "RFC 8216bis 4.4.4.2; ISO/IEC 23009-1 5.3.9.2",
    "A byte range lies inside its file.",
    "Write the range again from the file that's there.",
)
UNREADABLE = error(
    "package-file-unreadable",
    "vidgen",
    "Manifests and captions are ordinary, readable files of at most 8 MiB; a package has at most 100000 files.",
    "Replace links, devices and oversized files by plain ones.",
)
TEXT = error(
    "package-text",
    "RFC 8216bis 4; W3C WebVTT 4.1; XML 1.0, 4.3.3",
    "Manifests and captions are text in UTF-8; a playlist has no byte order mark and no control characters.",
    "Write the file again as plain UTF-8.",
)
UNREFERENCED = error(
    "package-file-unreferenced",
    "vidgen",
    "Every file is named by a manifest, by metadata.json or by what they name.",
    "Delete the file, or name it.",
)
RULES = (OUTSIDE, MISSING, EMPTY, RANGE, UNREADABLE, TEXT, UNREFERENCED)


@dataclass(frozen=True, slots=True)
class Bytes:
    """A file of the package, or a part of it: `count` bytes from `first`, to the end where it is None."""

    file: str
    first: int = 0
    count: int | None = None


class Folder:
    """The files of one package, and which of them were named."""

    def __init__(self, root: Path, report: Report) -> None:
        """Raises `InputError` if `root` isn't a folder that can be listed."""
        if not root.is_dir():
            remedy = "Name the folder that holds the master playlist or the MPD."
            raise InputError("there is no such folder to validate", field="folder", value=root, remedy=remedy)
        self.root, self._real, self.report = root, root.resolve(), report
        self.named: set[str] = set()
        self.boxes_seen, self.dash_segments = 0, 0
        """How many boxes of media were looked at, and how many segments MPDs make, in all files together."""
        self.sizes: dict[str, int] = {}
        """Of every ordinary file in bytes, by its path from the root with slashes."""
        self._list()

    def resolve(self, place: Place, address: str) -> str | None:
        """The file that `address`, written at `place`, leads to; None, with a fault reported, if there is none."""
        path = _inside(place.file, address)
        if path is None:
            self.report.add([OUTSIDE.broken(place, f"{seen(address)} leads out of the package")])
        elif path in self.sizes:
            self.named.add(path)
            if self.sizes[path]:
                return path
            self.report.add([EMPTY.broken(place, f"{seen(address)} is empty")])
        elif path not in self._strange:
            self.report.add([MISSING.broken(place, f"{seen(address)} isn't there")])
        else:
            self.named.add(path)
        return None

    def mention(self, file: str, address: str) -> None:
        """What `file` names and nobody looks into, such as keys: it may be there, and may as well be elsewhere."""
        if path := _inside(file, address):
            self.named.add(path)

    def part(self, place: Place, address: str, first: int = 0, count: int | None = None) -> Bytes | None:
        """A part of a file as a manifest names it; None, with a fault reported, if it isn't all there."""
        file = self.resolve(place, address)
        if file is None:
            return None
        end = self.sizes[file] if count is None else first + count
        if first < 0 or end > self.sizes[file] or end <= first:
            found = f"{seen(address)} is to be read from byte {first} to {end} and has {self.sizes[file]}"
            self.report.add([RANGE.broken(place, found)])
            return None
        return Bytes(file, first, count)

    def length(self, part: Bytes) -> int:
        """In bytes."""
        return self.sizes[part.file] - part.first if part.count is None else part.count

    def read(self, part: Bytes) -> bytes:
        """Raises `OSError`. The caller keeps the part small."""
        with (self.root / part.file).open("rb") as file:
            file.seek(part.first)
            return file.read(self.length(part))

    def text(self, file: str) -> str | None:
        """A manifest or captions; None, with a fault reported, for what is too large, unreadable or not UTF-8."""
        if self.sizes[file] > MOST_TEXT_BYTES:
            self.report.add([UNREADABLE.broken(Place(file), f"it has {self.sizes[file]} bytes")])
            return None
        try:
            return self.read(Bytes(file)).decode("utf-8")
        except OSError as failure:
            self.report.add([UNREADABLE.broken(Place(file), f"it can't be read: {failure.strerror}")])
        except UnicodeDecodeError as failure:
            self.report.add([TEXT.broken(Place(file), f"byte {failure.start} is not UTF-8")])
        return None

    def unreferenced(self) -> list[Fault]:
        return [UNREFERENCED.broken(Place(file), "nothing names it") for file in sorted(self.sizes.keys() - self.named)]

    def _list(self) -> None:
        self._strange: set[str] = set()
        """What has a name and must not be opened: links that lead out or nowhere, devices, pipes."""
        for folder, folders, names in os.walk(self.root, onerror=self._unlistable):
            links = [name for name in folders if (Path(folder) / name).is_symlink()]  # walk doesn't go into these
            for name in sorted([*names, *links]):
                self._take_in(Path(folder) / name)
                if len(self.sizes) > MOST_FILES:
                    found = f"it has more than {MOST_FILES} files; only these were looked at"
                    self.report.add([UNREADABLE.broken(Place("."), found)])
                    return

    def _take_in(self, path: Path) -> None:
        file = path.relative_to(self.root).as_posix()
        try:
            status = path.stat()  # of what a link leads to
            is_inside = not path.is_symlink() or path.resolve().is_relative_to(self._real)
        except (OSError, RuntimeError):  # links in a circle
            status, is_inside = None, True
        if not is_inside:
            self.report.add([OUTSIDE.broken(Place(file), "it is a link that leads out of the package")])
        elif status is None or not stat.S_ISREG(status.st_mode):
            self.report.add([UNREADABLE.broken(Place(file), "it is no ordinary file")])
        else:
            self.sizes[file] = status.st_size
            return
        self._strange.add(file)

    def _unlistable(self, failure: OSError) -> None:
        self.report.add([UNREADABLE.broken(Place("."), f"a folder can't be listed: {failure.strerror}")])


def _inside(file: str, address: str) -> str | None:
    """Where `address` leads from `file`, from the package's root with slashes; None for what leads out."""
    if len(address) > _LONGEST_ADDRESS or CONTROL.search(address):
        return None
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    path = unquote(parts.path)
    if parts.scheme or parts.netloc or parts.query or not path or path.startswith("/") or "\\" in path or "\0" in path:
        return None
    steps = file.split("/")[:-1]
    for step in path.split("/"):
        if step == "..":
            if not steps:
                return None
            steps.pop()
        elif step not in ("", "."):
            steps.append(step)
    return "/".join(steps) or None
