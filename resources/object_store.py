"""The one door to storage: a local folder or an object store by URL, through obstore.

Chosen for an atomic create-if-absent on both, streaming uploads from files, and no Python in the transfer loop;
`docs/decisions/object-store.md` has the comparison. What the keys mean is `artifact_store.py`'s and `records.py`'s
business; what the store's errors mean is `store_errors.py`'s.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, cast
from urllib.parse import unquote, urlparse

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import LocalStore, from_url

from resources.settings import http_client_settings
from resources.store_errors import as_ours, first_line
from vidgen_assets.clips.errors import InputError, TransientError

if TYPE_CHECKING:  # the library has these as types alone
    from obstore.store import ClientConfig, RetryConfig

# Measured 2026-11-22 against servers that refuse, hang, throttle and drop (tests/resources/test_trouble_with_s3.py).
# The library's own 3 minutes of retries would have a clip wait for that long and then be tried twice more by us: an
# endpoint that refuses or can't be reached is now given up after 5 to 20 s. Throttling (429, 503) is waited out, with
# pauses that double from 0.2 to at most 4 s.
_RETRIES: "RetryConfig" = {
    "max_retries": 10,
    "retry_timeout": timedelta(seconds=15),
    "backoff": {"init_backoff": timedelta(seconds=0.2), "max_backoff": timedelta(seconds=4), "base": 2},
}
# `timeout` is for a whole request, body included: the library's 30 s would cut off every long download. `read_timeout`
# bounds silence instead, but an upload counts as silence until it is answered. So a server that hangs costs 30 s, and
# with four parts of 5 MiB under way the line must carry 0.7 MB/s.
_CLIENT = {"connect_timeout": "5 seconds", "read_timeout": "30 seconds", "timeout": "1 hour"}
_PARTS_AT_A_TIME = 4
_CONFLICTS = 5
_SCHEMES = ("s3", "s3a", "gs", "az", "azure", "abfs", "abfss", "memory")


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
        for _ in range(_CONFLICTS):
            try:
                with _at_the_border(key):
                    obstore.put(self._store, key, data, mode="create")
                return True
            except _Exists:
                if self.root is not None:
                    return False
            now = self.get(key)
            if now is not None:
                # The same bytes are our own: the answer to the first request was lost, and the library asked again.
                return now == data
            # S3 answers 409 to all of several writers at once and keeps none; nobody has the key, so it's still free.
        raise TransientError("others keep creating this key at the same moment", field="store key", value=key)

    def put(self, key: str, source: bytes | Path, headers: Mapping[str, str] | None = None) -> None:
        """Write or replace `key`, atomically; a path is streamed.

        `headers` are what the store is to serve it with; a folder keeps none, its web server has to be told.
        """
        attributes = dict(headers) if headers and self.root is None else None
        with _at_the_border(key):
            obstore.put(self._store, key, source, max_concurrency=_PARTS_AT_A_TIME, attributes=attributes)

    def get(self, key: str) -> bytes | None:
        """The bytes under `key`, or None."""
        try:
            with _at_the_border(key, missing_is_fine=True):
                return bytes(obstore.get(self._store, key).bytes())
        except FileNotFoundError:
            return None

    def fetch(self, key: str, target: Path) -> bool:
        """Stream `key` into the new file `target`; says whether `key` exists."""
        try:
            with _at_the_border(key, missing_is_fine=True):
                stream = obstore.get(self._store, key).stream(min_chunk_size=1 << 20)
        except FileNotFoundError:
            return False
        with _at_the_border(key), target.open("wb") as file:
            for chunk in stream:
                file.write(chunk)
        return True

    def size(self, key: str) -> int | None:
        """How many bytes lie under `key`, or None if there is no such key."""
        try:
            with _at_the_border(key, missing_is_fine=True):
                return obstore.head(self._store, key)["size"]
        except FileNotFoundError:
            return None

    def has(self, key: str) -> bool:
        return self.size(key) is not None

    def delete(self, key: str) -> None:
        """Remove `key`, if it's there."""
        try:
            with _at_the_border(key, missing_is_fine=True):
                obstore.delete(self._store, key)
        except FileNotFoundError:
            return

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
def _at_the_border(key: str, *, missing_is_fine: bool = False) -> Iterator[None]:
    """Maps the store's errors to ours. With `missing_is_fine`, a missing key (never a missing bucket) stays a
    `FileNotFoundError`."""
    try:
        yield
    except FileNotFoundError as error:
        if missing_is_fine and "NoSuchBucket" not in str(error):
            raise
        raise as_ours(key, error) from error
    except AlreadyExistsError as error:
        raise _Exists from error
    except (BaseError, OSError, ValueError) as error:
        raise as_ours(key, error) from error


def _local_root(url: str) -> Path | None:
    parsed = urlparse(url)
    if parsed.scheme == "file":
        return Path(unquote(parsed.path)).absolute()
    return Path(url).absolute() if not parsed.scheme else None


def _remote(url: str):
    scheme = urlparse(url).scheme
    if scheme not in _SCHEMES:
        raise _no_store(url, f"the scheme {scheme!r} is not one of a store")
    try:
        if scheme == "memory":
            return from_url(url)
        client = cast("ClientConfig", {**_CLIENT, **http_client_settings(scheme)})
        return from_url(url, client_options=client, retry_config=_RETRIES)
    except (BaseError, ValueError) as error:
        raise _no_store(url, first_line(error)) from error


def _no_store(url: str, why: str) -> InputError:
    allowed = "a folder, file://, s3://, gs://, az:// or memory:///"
    return InputError(f"no store at this URL: {why}", field="store_url", value=url, allowed=allowed)
