"""Content digests: the only names artifacts have.

A digest is `sha256:` and 64 hexadecimal digits. JSON is hashed in its canonical form (RFC 8785), so two
documents with the same meaning have the same digest. Storage lives in `resources/artifact_store.py`.
"""

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Self

import rfc8785
from pydantic import GetCoreSchemaHandler
from pydantic_core import core_schema

_FORM = re.compile(r"sha256:[0-9a-f]{64}")
_CHUNK_BYTES = 1 << 20


class Digest(str):
    """The SHA-256 of some bytes, written `sha256:<hex>`. Raises `ValueError` for any other form."""

    __slots__ = ()

    def __new__(cls, text: str) -> Self:
        if not _FORM.fullmatch(text):
            raise ValueError(f"a digest reads 'sha256:' and 64 hexadecimal digits, got {text!r}")
        return super().__new__(cls, text)

    @classmethod
    def of_bytes(cls, data: bytes | memoryview) -> Self:
        return cls(f"sha256:{hashlib.sha256(data).hexdigest()}")

    @classmethod
    def of_chunks(cls, chunks: Iterable[bytes | memoryview]) -> Self:
        running = hashlib.sha256()
        for chunk in chunks:
            running.update(chunk)
        return cls(f"sha256:{running.hexdigest()}")

    @classmethod
    def of_file(cls, path: Path) -> Self:
        with path.open("rb") as file:
            return cls.of_chunks(iter(lambda: file.read(_CHUNK_BYTES), b""))

    @classmethod
    def of_json(cls, document: Any) -> Self:
        return cls.of_bytes(canonical_json(document))

    @property
    def hex(self) -> str:
        return self.removeprefix("sha256:")

    @property
    def short(self) -> str:
        """The first 12 hexadecimal digits: for people and addresses, never for equality."""
        return self.hex[:12]

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.no_info_after_validator_function(cls, core_schema.str_schema())


def canonical_json(document: Any) -> bytes:
    """`document` in the JSON Canonicalization Scheme of RFC 8785: one byte string for one meaning."""
    return rfc8785.dumps(document)
