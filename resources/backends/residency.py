"""The one pipeline that is loaded in this process: what a shard's clips share.

A step's pipeline stays until another is asked for, so a shard of one release loads each step once. Two at a time
would halve the memory that either may take.
"""

import gc
from pathlib import Path
from typing import TYPE_CHECKING

from vidgen_assets.clips.errors import VidgenError
from vidgen_assets.models.release import Execution, FolderSource, ModelRelease, ShippedSource
from vidgen_assets.models.shipped import shipped_folder

if TYPE_CHECKING:  # torch takes seconds to import, and most steps of a clip need none of it
    from vidgen_assets.diffusion.families.base import Pipeline, Step

_Key = tuple[str, "Step", Execution]
_Attempt = tuple[_Key, int | None]


class Residency:
    """Holds the loaded pipeline. Not for several threads: the backend holds its lock around every use."""

    def __init__(self, cache: Path | None) -> None:
        self._cache = cache
        self._key: _Key | None = None
        self._pipe: Pipeline | None = None
        self._failed: dict[_Attempt, VidgenError] = {}

    def pipeline(self, release: ModelRelease, step: "Step", execution: Execution | None = None) -> "Pipeline":
        """The release's pipeline for `step`, with other levers than the release's if `execution` is given.

        Raises what loading raises. What a folder lacks for good is said at once, without reading its gigabytes again,
        for as long as nobody touches it.
        """
        key = (release.id, step, execution or release.execution)
        if key == self._key:
            return self._pipe
        self.empty()
        marker = _marker(release)
        if known := self._failed.get((key, marker)):
            raise known.copied()
        self._pipe, self._key = self._load(release.model_copy(update={"execution": key[2]}), step, (key, marker)), key
        return self._pipe

    def _load(self, release: ModelRelease, step: "Step", attempt: "_Attempt") -> "Pipeline":
        from vidgen_assets.diffusion.loading import load_step

        try:
            return load_step(release, step, self._cache)
        except VidgenError as error:
            if attempt[1] is not None and not error.kind.is_retriable:
                self._failed[attempt] = error.copied()
            raise

    def empty(self) -> None:
        """Let go of what is loaded, and give the device its memory back."""
        self._key = self._pipe = None
        import torch

        gc.collect()
        if torch.cuda.is_available():
            torch.cuda.empty_cache()


def _marker(release: ModelRelease) -> int | None:
    """Changes when somebody touches the release's folder: names, sizes and times of its files. None for a hub's."""
    match release.source:
        case FolderSource(path=path):
            root = Path(path).expanduser()
        case ShippedSource(name=name):
            root = shipped_folder(name)
        case _:
            return None
    files = sorted(root.rglob("*"))
    return hash(tuple((str(f), stat.st_size, stat.st_mtime_ns) for f in files if (stat := f.stat())))
