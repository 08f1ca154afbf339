"""Memos of work that is done, and of work that fails for good."""

import threading
from pathlib import Path

import pytest

from resources.artifact_store import ArtifactStore
from resources.object_store import ObjectStore
from resources.work_memo import WorkMemo
from tests.builders import a_digest
from vidgen_assets.clips.artifact import Artifact
from vidgen_assets.clips.digest import Digest
from vidgen_assets.clips.errors import ErrorKind
from vidgen_assets.clips.ledger import Problem

KEY = a_digest("work")
PROBLEM = Problem(ErrorKind.PERMANENT, "it can't be drawn", field="image", value="x", allowed="png", remedy="Mend it.")
GARBAGE = [b"", b"{", b"\xff\xfe", b"null", b"5", b"[]", b'{"digest": "no"}', b'{"kind": "odd"}', b"[" * 100_000]


@pytest.fixture
def objects(tmp_path: Path) -> ObjectStore:
    return ObjectStore(str(tmp_path / "store"))


@pytest.fixture
def artifacts(objects: ObjectStore, tmp_path: Path) -> ArtifactStore:
    return ArtifactStore(objects, cache=tmp_path / "cache")


@pytest.fixture
def memo(objects: ObjectStore, artifacts: ArtifactStore) -> WorkMemo:
    return WorkMemo(objects, artifacts)


def memo_file(tmp_path: Path, what: str) -> Path:
    return tmp_path / "store" / "work" / "frames" / KEY.hex[:2] / f"{KEY.hex}.{what}"


def test_done_work_is_recalled_by_another_process(
    memo: WorkMemo, objects: ObjectStore, artifacts: ArtifactStore
) -> None:
    made = artifacts.put_bytes(b"frames")
    memo.remember("frames", KEY, made)
    assert WorkMemo(objects, artifacts).recall("frames", KEY) == made


def test_another_stage_or_key_recalls_nothing(memo: WorkMemo, artifacts: ArtifactStore) -> None:
    memo.remember("frames", KEY, artifacts.put_bytes(b"frames"))
    assert memo.recall("encodes", KEY) is None
    assert memo.recall("frames", a_digest("other work")) is None


def test_a_memo_of_an_artifact_that_is_gone_or_altered_is_no_memo(memo: WorkMemo, artifacts: ArtifactStore) -> None:
    made = artifacts.put_bytes(b"frames")
    memo.remember("frames", KEY, made)
    artifacts.path(made.digest).write_bytes(b"framez")
    assert memo.recall("frames", KEY) is None
    artifacts.path(artifacts.put_bytes(b"frames").digest).unlink()
    assert memo.recall("frames", KEY) is None
    assert memo.peek("frames", KEY) == made  # an estimate may still say what was made


@pytest.mark.parametrize("garbage", GARBAGE)
def test_a_memo_that_cannot_be_read_is_no_memo(
    memo: WorkMemo, artifacts: ArtifactStore, tmp_path: Path, garbage: bytes
) -> None:
    memo.remember("frames", KEY, artifacts.put_bytes(b"frames"))
    memo.remember_failure("frames", KEY, PROBLEM)
    memo_file(tmp_path, "done").write_bytes(garbage)
    memo_file(tmp_path, "failed").write_bytes(garbage)
    assert memo.recall("frames", KEY) is None
    assert memo.peek("frames", KEY) is None
    assert memo.recall_failure("frames", KEY) is None


def test_a_failure_for_good_is_remembered_whole_until_it_is_forgotten(memo: WorkMemo) -> None:
    assert memo.recall_failure("frames", KEY) is None
    memo.remember_failure("frames", KEY, PROBLEM)
    assert memo.recall_failure("frames", KEY) == PROBLEM
    memo.forget_failure("frames", KEY)
    memo.forget_failure("frames", KEY)
    assert memo.recall_failure("frames", KEY) is None


def test_twins_wait_for_each_other_and_strangers_do_not(memo: WorkMemo) -> None:
    order: list[str] = []
    inside, go_on = threading.Event(), threading.Event()

    def first() -> None:
        with memo.only_one("frames", KEY):
            inside.set()
            assert go_on.wait(5)
            order.append("first")

    def twin() -> None:
        with memo.only_one("frames", KEY):
            order.append("twin")

    threads = [threading.Thread(target=first), threading.Thread(target=twin)]
    threads[0].start()
    assert inside.wait(5)
    threads[1].start()
    with memo.only_one("encodes", KEY), memo.only_one("frames", a_digest("other work")):
        order.append("stranger")
    go_on.set()
    for thread in threads:
        thread.join(5)
    assert order == ["stranger", "first", "twin"]


def test_a_memo_names_what_the_artifact_store_names(memo: WorkMemo, artifacts: ArtifactStore) -> None:
    memo.remember("frames", KEY, Artifact(Digest.of_bytes(b"never stored"), 12))
    assert memo.recall("frames", KEY) is None
