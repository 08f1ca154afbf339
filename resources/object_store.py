"""The one door to storage: a local folder or an object store by URL, through obstore.

Chosen for an atomic create-if-absent on both (`put(mode="create")`), streaming uploads from files, and no Python
in the transfer loop; `docs/architecture.md` has the comparison. What the keys mean is `artifact_store.py`'s and
`records.py`'s business. Errors of the store leave here as errors of our own tree.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote, urlparse

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError, PermissionDeniedError, UnauthenticatedError
from obstore.store import LocalStore, from_url

from vidgen_assets.clips.errors import CapacityError, InputError, TransientError, VidgenError

_NO_SPACE = ("no space left", "disk quota exceeded", "quota exceeded", "os error 28")


class ObjectStore:
    """Bytes by key. Keys are relative, with `/` between their parts."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.root = _local_root(url)
        if self.root is not None:
            with _at_the_border(url):
                self.root.mkdir(parents=True, exist_ok=True)
        self._store = LocalStore(prefix=self.root) if self.root else _remote(url)

    def create(self, key: str, data: bytes) -> bool:
        """Write `data` unless `key` exists already; says whether it wrote. Atomic between processes."""
        try:
            with _at_the_border(key):
                obstore.put(self._store, key, data, mode="create")
        except _Exists:
            return False
        return True

    def put(self, key: str, source: bytes | Path) -> None:
        """Write or replace `key`, atomically; a path is streamed."""
        with _at_the_border(key):
            obstore.put(self._store, key, source)

    def get(self, key: str) -> bytes | None:
        """The bytes under `key`, or None."""
        try:
            with _at_the_border(key):
                return bytes(obstore.get(self._store, key).bytes())
        except FileNotFoundError:
            return None

    def fetch(self, key: str, target: Path) -> bool:
        """Stream `key` into the new file `target`; says whether `key` exists."""
        try:
            with _at_the_border(key):
                stream = obstore.get(self._store, key).stream(min_chunk_size=1 << 20)
        except FileNotFoundError:
            return False
        with _at_the_border(key), target.open("wb") as file:
            for chunk in stream:
                file.write(chunk)
        return True

    def has(self, key: str) -> bool:
        try:
            with _at_the_border(key):
                obstore.head(self._store, key)
        except FileNotFoundError:
            return False
        return True

    def delete(self, key: str) -> None:
        with _at_the_border(key):
            obstore.delete(self._store, key)

    def keys(self, prefix: str) -> list[str]:
        """Every key below the folder `prefix`, sorted."""
        with _at_the_border(prefix):
            return sorted(meta["path"] for batch in obstore.list(self._store, prefix) for meta in batch)

    def markers(self, prefix: str) -> dict[str, str]:
        """Every key below `prefix` with a marker that changes when its content does: entity tag and size."""
        with _at_the_border(prefix):
            metas = [meta for batch in obstore.list(self._store, prefix or None) for meta in batch]
        return {m["path"]: f"{m['e_tag'] or m['last_modified'].isoformat()} {m['size']}" for m in metas}

    @property
    def base_uri(self) -> str:
        """What relative references inside this store start from."""
        return str(self.root) if self.root else self.url

    def local_path(self, key: str) -> Path | None:
        """Where `key` lies on this machine, if the store is a local folder."""
        return self.root / key if self.root else None


class _Exists(Exception):
    """A create lost the race; never leaves this module."""


@contextmanager
def _at_the_border(key: str) -> Iterator[None]:
    """Maps the store's errors to ours. A missing key stays `FileNotFoundError`."""
    try:
        yield
    except FileNotFoundError:
        raise
    except AlreadyExistsError as error:
        raise _Exists from error
    except (PermissionDeniedError, UnauthenticatedError, PermissionError) as error:
        raise _refused(key, error) from error
    except (BaseError, OSError) as error:
        raise _trouble(key, error) from error


def _refused(key: str, error: Exception) -> VidgenError:
    remedy = "Check the credentials and the rights of this deployment."
    return InputError(f"the store refuses access: {_first_line(error)}", field="store key", value=key, remedy=remedy)


def _trouble(key: str, error: Exception) -> VidgenError:
    line = _first_line(error)
    if any(sign in str(error).lower() for sign in _NO_SPACE):
        remedy = "Free some space or raise the quota, then run again; finished work is kept."
        return CapacityError(f"the store is full: {line}", field="store key", value=key, remedy=remedy)
    return TransientError(f"the store did not answer as it should: {line}", field="store key", value=key)


def _first_line(error: Exception) -> str:
    return str(error).split("\n", 1)[0]


def _local_root(url: str) -> Path | None:
    parsed = urlparse(url)
    if parsed.scheme == "file":
        return Path(unquote(parsed.path)).absolute()
    return Path(url).absolute() if not parsed.scheme else None


def _remote(url: str):  # noqa: ANN202 - obstore's stores share no public base class
    try:
        return from_url(url)
    except (BaseError, ValueError) as error:
        allowed = "a folder, file://, s3://, gs://, az:// or memory:///"
        raise InputError(
            f"no store at this URL: {_first_line(error)}", field="store_url", value=url, allowed=allowed
        ) from error
