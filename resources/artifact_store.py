"""Artifacts by digest: files and trees of files, written once, verified whenever they are read.

A tree's listing (path, digest, size) is itself a stored file, and its digest is the tree's. Torn or altered bytes
are named by digest and never handed out; the work that made them is simply done again (`work_memo.py`).
"""

import json
import shutil
import tempfile
from pathlib import Path, PurePosixPath

from resources.object_store import ObjectStore
from vidgen_assets.clips.artifact import Artifact, Form
from vidgen_assets.clips.digest import Digest, canonical_json
from vidgen_assets.clips.errors import ArtifactCorrupt, ArtifactMissing

_REMEDY = "Run the stage that makes it again: the work is keyed, so only what is missing is redone."


class ArtifactStore:
    """Content-addressed bytes over an object store. `cache` holds local copies of a remote store's files."""

    def __init__(self, objects: ObjectStore, cache: Path) -> None:
        self._objects = objects
        self._cache = cache

    def put_bytes(self, data: bytes) -> Artifact:
        digest = Digest.of_bytes(data)
        self._put(digest, data, len(data))
        return Artifact(digest, len(data))

    def put_file(self, path: Path) -> Artifact:
        digest, size = Digest.of_file(path), path.stat().st_size
        self._put(digest, path, size)
        return Artifact(digest, size)

    def put_tree(self, folder: Path) -> Artifact:
        """Store every file below `folder`; the files go first, so a listing never names bytes that aren't there."""
        files = {p.relative_to(folder).as_posix(): self.put_file(p) for p in sorted(folder.rglob("*")) if p.is_file()}
        listing = {"tree": {name: {"digest": a.digest, "size_bytes": a.size_bytes} for name, a in files.items()}}
        total = sum(a.size_bytes for a in files.values())
        return Artifact(self.put_bytes(canonical_json(listing)).digest, total, Form.TREE)

    def read(self, digest: Digest) -> bytes:
        """The verified bytes. Raises `ArtifactMissing` or `ArtifactCorrupt`."""
        data = self._objects.get(_key(digest))
        if data is None:
            raise _missing(digest)
        if Digest.of_bytes(data) != digest:
            raise _corrupt(digest)
        return data

    def path(self, digest: Digest) -> Path:
        """A local file with the verified bytes, not to be written to."""
        local = self._objects.local_path(_key(digest)) or self._fetched(digest)
        if not local.exists():
            raise _missing(digest)
        if Digest.of_file(local) != digest:
            if self._objects.root is None:
                local.unlink(missing_ok=True)
            raise _corrupt(digest)
        return local

    def listing(self, digest: Digest) -> dict[str, Artifact]:
        """The files of a tree by relative path."""
        rows = json.loads(self.read(digest))["tree"]
        return {name: Artifact(Digest(row["digest"]), row["size_bytes"]) for name, row in rows.items()}

    def check_out(self, artifact: Artifact, folder: Path) -> Path:
        """Lay the artifact out for reading: the path of its file, or `folder` filled with the tree's files."""
        if artifact.form is Form.FILE:
            return self.path(artifact.digest)
        for name, file in self.listing(artifact.digest).items():
            target = folder / _inside(name)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(self.path(file.digest), target)
        return folder

    def holds(self, artifact: Artifact) -> bool:
        """Whether the artifact is there, whole and unaltered. Reads every byte of it."""
        try:
            if artifact.form is Form.TREE:
                return all(self.holds(file) for file in self.listing(artifact.digest).values())
            self.path(artifact.digest)
        except (ArtifactMissing, ArtifactCorrupt):
            return False
        return True

    def _put(self, digest: Digest, source: bytes | Path, size: int) -> None:
        """Write unless the same bytes are there. A file of the right size but wrong content is replaced too."""
        key = _key(digest)
        if self._objects.has(key) and self._is_whole(digest, size):
            return
        self._objects.put(key, source)

    def _is_whole(self, digest: Digest, size: int) -> bool:
        local = self._objects.local_path(_key(digest))
        if local is None:
            return len(self._objects.get(_key(digest)) or b"") == size
        return local.stat().st_size == size and Digest.of_file(local) == digest

    def _fetched(self, digest: Digest) -> Path:
        cached = self._cache / digest.hex[:2] / digest.hex
        if not cached.exists():
            cached.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=cached.parent) as scratch:
                part = Path(scratch) / "part"
                if self._objects.fetch(_key(digest), part):
                    part.replace(cached)
        return cached


def _key(digest: Digest) -> str:
    return f"artifacts/{digest.hex[:2]}/{digest.hex}"


def _inside(name: str) -> PurePosixPath:
    """`name` as a relative path. A listing is verified by digest, so a climbing path means forged work."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts:
        raise ArtifactCorrupt("a tree lists a path outside itself", field="path", value=name, remedy=_REMEDY)
    return path


def _missing(digest: Digest) -> ArtifactMissing:
    return ArtifactMissing("no such artifact in the store", field="digest", value=digest, remedy=_REMEDY)


def _corrupt(digest: Digest) -> ArtifactCorrupt:
    return ArtifactCorrupt("stored bytes differ from their digest", field="digest", value=digest, remedy=_REMEDY)
