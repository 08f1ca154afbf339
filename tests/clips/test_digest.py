"""Digests and canonical JSON: one name for one content."""

import hashlib
from pathlib import Path

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from vidgen_assets.clips.digest import Digest, canonical_json

EMPTY = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"  # FIPS 180-4's empty message


def test_the_digest_of_nothing_is_the_published_one() -> None:
    assert Digest.of_bytes(b"") == Digest.of_chunks([]) == EMPTY


@given(st.binary(max_size=300), st.integers(1, 50))
def test_bytes_chunks_and_views_have_one_digest(data: bytes, size: int) -> None:
    chunks = [data[at : at + size] for at in range(0, len(data), size)]
    expected = f"sha256:{hashlib.sha256(data).hexdigest()}"
    assert Digest.of_bytes(data) == Digest.of_bytes(memoryview(data)) == Digest.of_chunks(chunks) == expected


def test_a_file_longer_than_one_chunk_has_the_digest_of_its_bytes(tmp_path: Path) -> None:
    data = b"0123456789abcdef" * 70_000  # 1.12 MB; files are read by the mebibyte
    (tmp_path / "film").write_bytes(data)
    assert Digest.of_file(tmp_path / "film") == Digest.of_bytes(data)


def test_the_parts_of_a_digest() -> None:
    digest = Digest(EMPTY)
    assert digest.hex == EMPTY[7:]
    assert digest.short == "e3b0c44298fc"


@pytest.mark.parametrize(
    "text", ["", "sha256:", EMPTY[:-1], EMPTY + "0", EMPTY.upper(), "md5:" + "0" * 64, EMPTY + "\n"]
)
def test_another_form_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="a digest reads"):
        Digest(text)


def test_a_model_takes_a_digest_and_nothing_like_it() -> None:
    class Kept(BaseModel):
        digest: Digest

    kept = Kept.model_validate_json(f'{{"digest": "{EMPTY}"}}')
    assert isinstance(kept.digest, Digest)
    assert Kept.model_validate_json(kept.model_dump_json()) == kept
    for wrong in ("sha256:short", 5, None):
        with pytest.raises(ValidationError):
            Kept.model_validate({"digest": wrong})


def test_one_meaning_has_one_digest() -> None:
    assert canonical_json({"b": 1, "a": [True, None, "é"]}) == '{"a":[true,null,"é"],"b":1}'.encode()
    assert Digest.of_json({"b": 1.0, "a": 2}) == Digest.of_json({"a": 2, "b": 1})
    assert Digest.of_json({"a": "1"}) != Digest.of_json({"a": 1})


@pytest.mark.parametrize("document", [float("nan"), float("inf"), 2**53, {"a": {1, 2}}, "\ud800"])
def test_what_has_no_canonical_form_has_no_digest(document: object) -> None:
    with pytest.raises(rfc8785.CanonicalizationError):
        Digest.of_json(document)
