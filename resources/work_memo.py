"""Which work is done: work key to artifact, and work keys that are known to fail for good.

A memo is written after its artifact, so a crash between the two costs one clip's work and never points at
nothing. A permanent failure is remembered under its key: it costs exactly one attempt until its inputs or the
recipe change.
"""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

from resources.artifact_store import ArtifactStore
from resources.object_store import ObjectStore
from vidgen_assets.clips.artifact import Artifact
from vidgen_assets.clips.digest import Digest, canonical_json
from vidgen_assets.clips.ledger import Problem

_Memo = TypeVar("_Memo", Artifact, Problem, dict[str, Any])


class WorkMemo:
    def __init__(self, objects: ObjectStore, artifacts: ArtifactStore) -> None:
        self._objects = objects
        self._artifacts = artifacts
        self._locks: dict[str, threading.Lock] = {}
        self._locks_lock = threading.Lock()

    @contextmanager
    def only_one(self, stage: str, work_key: Digest) -> Iterator[None]:
        """Twin clips of a shard ask for the same work: the second waits and then finds it done."""
        with self._locks_lock:
            lock = self._locks.setdefault(f"{stage}/{work_key}", threading.Lock())
        with lock:
            yield

    def recall(self, stage: str, work_key: Digest) -> Artifact | None:
        """The artifact this work made, if it is still there, whole and unaltered."""
        artifact = self.peek(stage, work_key)
        return artifact if artifact and self._artifacts.holds(artifact) else None

    def peek(self, stage: str, work_key: Digest) -> Artifact | None:
        """What the memo says, without looking at the artifact: for estimates, never for handing out."""
        return _parsed(self._objects.get(_key(stage, work_key, "done")), Artifact.from_json)

    def remember(
        self, stage: str, work_key: Digest, artifact: Artifact, provenance: Mapping[str, Any] | None = None
    ) -> None:
        memo = {**artifact.to_json(), "provenance": dict(provenance or {})}
        self._objects.put(_key(stage, work_key, "done"), canonical_json(memo))

    def provenance(self, stage: str, work_key: Digest) -> Mapping[str, Any]:
        """How the artifact came about, as it was said when it was made."""
        return _parsed(self._objects.get(_key(stage, work_key, "done")), _provenance) or {}

    def recall_failure(self, stage: str, work_key: Digest) -> Problem | None:
        return _parsed(self._objects.get(_key(stage, work_key, "failed")), Problem.from_json)

    def remember_failure(self, stage: str, work_key: Digest, problem: Problem) -> None:
        self._objects.put(_key(stage, work_key, "failed"), canonical_json(problem.to_json()))

    def forget_failure(self, stage: str, work_key: Digest) -> None:
        """Allow one more attempt, for a person who has repaired the cause."""
        self._objects.delete(_key(stage, work_key, "failed"))


def _key(stage: str, work_key: Digest, what: str) -> str:
    return f"work/{stage}/{work_key.hex[:2]}/{work_key.hex}.{what}"


def _provenance(memo: dict[str, Any]) -> dict[str, Any]:
    return dict(memo.get("provenance", {}))


def _parsed(data: bytes | None, from_json: Callable[[Any], _Memo]) -> _Memo | None:
    """A memo that can't be read is no memo: the work is done again."""
    try:
        return from_json(json.loads(data)) if data else None
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
