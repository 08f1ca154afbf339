"""Keyed bytes in the store that may vanish: checkpoints, text embeddings, job tickets. Fills `generation.Cupboard`.

Losing them costs work, never correctness; bytes that were torn or altered read as not there.
"""

import hashlib

from resources.object_store import ObjectStore

_DIGEST_BYTES = 32


class StoreCupboard:
    """Below `cupboard/` of the store. Names are relative, with `/` between their parts."""

    def __init__(self, objects: ObjectStore) -> None:
        self._objects = objects

    def get(self, name: str) -> bytes | None:
        stored = self._objects.get(_key(name))
        if stored is None:
            return None
        digest, data = stored[:_DIGEST_BYTES], stored[_DIGEST_BYTES:]
        return data if hashlib.sha256(data).digest() == digest else None

    def put(self, name: str, data: bytes) -> None:
        self._objects.put(_key(name), hashlib.sha256(data).digest() + data)

    def delete(self, name: str) -> None:
        self._objects.delete(_key(name))


def _key(name: str) -> str:
    return f"cupboard/{name}"
