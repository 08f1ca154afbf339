"""The cupboard: what was put in comes out whole, or not at all."""

from pathlib import Path

import pytest

from resources.cupboard import StoreCupboard
from resources.object_store import ObjectStore


@pytest.fixture
def cupboard(tmp_path: Path) -> StoreCupboard:
    return StoreCupboard(ObjectStore(str(tmp_path)))


def test_what_was_put_comes_back_until_it_is_replaced_or_deleted(cupboard: StoreCupboard) -> None:
    cupboard.put("checkpoints/abc", b"step 1")
    cupboard.put("checkpoints/abc", b"step 2")

    assert cupboard.get("checkpoints/abc") == b"step 2"
    cupboard.delete("checkpoints/abc")
    assert cupboard.get("checkpoints/abc") is None
    cupboard.delete("checkpoints/abc")  # twice is no trouble


@pytest.mark.parametrize("damage", [lambda data: data[:-1], lambda data: data[:-1] + b"x", lambda data: b""])
def test_torn_or_altered_bytes_read_as_not_there(damage: object, cupboard: StoreCupboard, tmp_path: Path) -> None:
    cupboard.put("embeds/abc", b"numbers")
    file = tmp_path / "cupboard" / "embeds" / "abc"
    file.write_bytes(damage(file.read_bytes()))  # pyright: ignore[reportCallIssue]

    assert cupboard.get("embeds/abc") is None
