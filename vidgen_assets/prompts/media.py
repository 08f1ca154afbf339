"""Opening the customer's pictures and sounds without ever leaving their folder.

A reference is a relative path below the catalog's folder, or a URI below an allowed prefix of an object store. Local
files are opened here, component by component from the folder's own descriptor; objects are read by `resources/`.
"""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO
from urllib.parse import unquote, urlsplit

from vidgen_assets.clips.errors import CapacityError, InputError, PermanentError

MAX_MEDIA_BYTES = 256 << 20
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC  # non-blocking: a FIFO must not hang the shard


@dataclass(frozen=True, slots=True)
class MediaRoot:
    """Where references start from: a folder (path or `file://`) or a prefix of an object store."""

    base_uri: str
    allowed_prefixes: tuple[str, ...] = ()
    max_bytes: int = MAX_MEDIA_BYTES

    @property
    def folder(self) -> Path | None:
        """The local folder, or `None` if the root is in an object store."""
        parts = urlsplit(self.base_uri)
        if parts.scheme == "file":
            return Path(unquote(parts.path))
        return None if "://" in self.base_uri else Path(self.base_uri)

    def locate(self, reference: str, *, field: str = "reference") -> Path | str:
        """The real path, or the URI, that `reference` stands for; nothing is opened.

        Raises `InputError` if it is malformed, missing, or leads out of the allowed places, symlinks included.
        """
        if "://" in reference:
            return self._object(reference, field)
        _refuse_escapes(reference, field)
        folder = self.folder
        if folder is None:
            return f"{self.base_uri.rstrip('/')}/{reference}"
        return _inside(folder, reference, field)

    @contextmanager
    def open(self, reference: str, *, field: str = "reference") -> Iterator[BinaryIO]:
        """The local file that `reference` names, as a regular file of at most `max_bytes`.

        Raises `InputError` naming the field, or `PermanentError` for a reference into an object store.
        """
        place, folder = self.locate(reference, field=field), self.folder
        if folder is None or not isinstance(place, Path):
            raise PermanentError("an object is read by the store, not from a folder", field=field, value=reference)
        descriptor = _descend(folder.resolve(), place, reference, field)
        try:
            self._refuse_unfit(os.fstat(descriptor), reference, field)
            with os.fdopen(descriptor, "rb", closefd=False) as file:
                yield file
        finally:
            os.close(descriptor)

    def read(self, reference: str, *, field: str = "reference") -> bytes:
        """All bytes of the local file that `reference` names. Raises as `open` does."""
        with self.open(reference, field=field) as file:
            data = file.read(self.max_bytes + 1)
        self.refuse_large(len(data), reference, field)
        return data

    def refuse_large(self, size_bytes: int, reference: str, field: str) -> None:
        """Raise `InputError` if the file is empty or larger than the factory takes."""
        if not 0 < size_bytes <= self.max_bytes:
            found = "the file is empty" if size_bytes == 0 else f"the file has {size_bytes:,} bytes"
            allowed = f"1 to {self.max_bytes:,} bytes"
            raise InputError(found, field=field, value=reference, allowed=allowed, remedy="Export it anew, or smaller.")

    def _refuse_unfit(self, found: os.stat_result, reference: str, field: str) -> None:
        if not stat.S_ISREG(found.st_mode):
            raise InputError("not a regular file", field=field, value=reference, remedy="Name a file.")
        self.refuse_large(found.st_size, reference, field)

    def _object(self, uri: str, field: str) -> str:
        prefixes = [prefix.rstrip("/") + "/" for prefix in self.allowed_prefixes]
        if not any(uri.startswith(prefix) for prefix in prefixes) or "%" in uri:
            remedy = "Have the prefix added to the deployment's media roots."
            raise InputError(
                "the object is outside of the allowed places", field=field, value=uri, allowed=prefixes, remedy=remedy
            )
        _refuse_escapes(uri.split("://", 1)[1], field)
        return uri


def _refuse_escapes(reference: str, field: str) -> None:
    path = PurePosixPath(reference)
    plain = reference.isprintable() and "\\" not in reference and ":" not in reference
    if not plain or path.is_absolute() or any(part in ("", ".", "..") for part in reference.split("/")):
        raise InputError(
            "the reference does not stay in its folder",
            field=field,
            value=reference,
            allowed="a path below the catalog's folder",
            remedy="Put the file beside the catalog and name it from there.",
        )


def _inside(folder: Path, reference: str, field: str) -> Path:
    try:
        root = folder.resolve(strict=True)
        place = (root / reference).resolve(strict=True)
    except (OSError, RuntimeError, ValueError) as error:  # RuntimeError: links in a circle
        raise _missing(reference, field, folder) from error
    if not place.is_relative_to(root):
        raise InputError(
            "a link leads out of the catalog's folder",
            field=field,
            value=reference,
            allowed="files below the catalog's folder",
            remedy="Replace the link with the file itself.",
        )
    return place


def _descend(root: Path, place: Path, reference: str, field: str) -> int:
    """Open `place` from `root` one name at a time, following no link: what was checked is what is opened."""
    *folders, name = place.relative_to(root).parts
    here = -1
    try:
        here = os.open(root, _FOLDER)
        for folder in folders:
            here, above = os.open(folder, _FOLDER, dir_fd=here), here
            os.close(above)
        return os.open(name, _FILE, dir_fd=here)
    except OSError as error:
        if error.errno in (errno.ENFILE, errno.EMFILE):
            raise CapacityError(f"no more files can be opened: {error}") from error
        raise _missing(reference, field, root) from error
    finally:
        if here >= 0:
            os.close(here)


def _missing(reference: str, field: str, folder: Path) -> InputError:
    remedy = f"Put the file into {folder}, or mend the reference."
    return InputError("the file does not exist or can't be opened", field=field, value=reference, remedy=remedy)
