"""Artifacts by digest: files and trees of files, written once, verified whenever they are read.

A tree's listing (path, digest, size) is itself a stored file, and its digest is the tree's. Torn or altered bytes
are named by digest and never handed out; the work that made them is simply done again (`work_memo.py`). The local
cache of a remote store holds verified bytes only, and may be deleted at any time.
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
        self._distrusted: set[Digest] = set()  # what a read found altered, so that the next write replaces it

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
        data = self._objects.get(key_of(digest))
        if data is None:
            raise _missing(digest)
        if Digest.of_bytes(data) != digest:
            raise self._corrupt(digest)
        return data

    def path(self, digest: Digest) -> Path:
        """A local file with the verified bytes, not to be written to."""
        local = self._objects.local_path(key_of(digest))
        if local is None:
            return self._cached(digest)
        if not local.is_file():
            raise _missing(digest)
        if Digest.of_file(local) != digest:
            raise self._corrupt(digest)
        return local

    def listing(self, digest: Digest) -> dict[str, Artifact]:
        """The files of a tree by relative path. Raises `ArtifactCorrupt` for bytes that are no listing."""
        data = self.read(digest)
        try:
            rows = json.loads(data)["tree"].items()
            return {name: Artifact(Digest(row["digest"]), int(row["size_bytes"])) for name, row in rows}
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise ArtifactCorrupt(
                "this is not a tree's listing", field="digest", value=digest, remedy=_REMEDY
            ) from error

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
        """Whether the artifact is there, whole and unaltered. Reads every byte of it; of a remote store's files, those
        of the cached copy, if the store has as many."""
        try:
            if artifact.form is Form.TREE:
                # A list, not a generator: every altered file must be found, or a repair would mend one at a time.
                return all([self.holds(file) for file in self.listing(artifact.digest).values()])  # noqa: C419
            if self._objects.root is None and self._objects.size(key_of(artifact.digest)) != artifact.size_bytes:
                return False  # other machines have no copy of ours
            self.path(artifact.digest)
        except (ArtifactMissing, ArtifactCorrupt):
            return False
        return True

    def _put(self, digest: Digest, source: bytes | Path, size: int) -> None:
        """Write unless the same bytes are there."""
        if not self._is_whole(digest, size):
            self._objects.put(key_of(digest), source)
            self._distrusted.discard(digest)

    def _is_whole(self, digest: Digest, size: int) -> bool:
        """Whether the bytes are there already. A local file is read, since a crash or a full disk can tear it; a
        remote store writes all or nothing, so its word on the size is enough unless a read has shown otherwise."""
        local = self._objects.local_path(key_of(digest))
        if local is None:
            return digest not in self._distrusted and self._objects.size(key_of(digest)) == size
        return local.is_file() and local.stat().st_size == size and Digest.of_file(local) == digest

    def _cached(self, digest: Digest) -> Path:
        """The local copy, fetched if it isn't there or went bad: only bytes that arrive wrong are the store's fault."""
        cached = self._cache / digest.hex[:2] / digest.hex
        if cached.is_file() and Digest.of_file(cached) == digest:
            return cached
        cached.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cached.parent) as scratch:
            part = Path(scratch) / "part"
            if not self._objects.fetch(key_of(digest), part):
                raise _missing(digest)
            if Digest.of_file(part) != digest:
                raise self._corrupt(digest)
            part.replace(cached)
        return cached

    def _corrupt(self, digest: Digest) -> ArtifactCorrupt:
        self._distrusted.add(digest)
        remedy = f"{_REMEDY} Should the bytes stay wrong, delete {key_of(digest)} from the store first."
        return ArtifactCorrupt("stored bytes differ from their digest", field="digest", value=digest, remedy=remedy)


def key_of(digest: Digest) -> str:
    """Where the store keeps the file of this digest."""
    return f"artifacts/{digest.hex[:2]}/{digest.hex}"


def _inside(name: str) -> PurePosixPath:
    """`name` as a relative path. A listing is verified by digest, so a climbing path means forged work."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or not path.parts:
        raise ArtifactCorrupt("a tree lists a path outside itself", field="path", value=name, remedy=_REMEDY)
    return path


def _missing(digest: Digest) -> ArtifactMissing:
    return ArtifactMissing("no such artifact in the store", field="digest", value=digest, remedy=_REMEDY)
