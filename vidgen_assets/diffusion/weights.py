"""Finding a release's files and proving that they are the registered ones, before any of them is loaded.

Only what a step needs is looked at: decoding doesn't read a transformer's gigabytes. Digests are those of
`vidgen_assets/models/components.py`.
"""

import json
import struct
from collections.abc import Iterable
from functools import partial
from pathlib import Path

from huggingface_hub import snapshot_download
from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError, RepositoryNotFoundError

from vidgen_assets.clips.digest import Digest
from vidgen_assets.clips.errors import CapacityError, PermanentError, TransientError
from vidgen_assets.models.components import INDEX, component_digest
from vidgen_assets.models.release import (
    BuiltInSource,
    EndpointSource,
    FolderSource,
    HubSource,
    ModelRelease,
    ShippedSource,
)
from vidgen_assets.models.shipped import shipped_folder

_WEIGHT_DTYPES = frozenset({"F32", "F16", "BF16"})
_LONGEST_HEADER_BYTES = 100_000_000  # the limit of the safetensors format


def locate(release: ModelRelease, files: Iterable[str], cache: Path | None) -> Path:
    """The folder that holds the release's index and `files`, fetched from the hub if its cache doesn't have them.

    `files` are paths in the folder: `vae` is all of a component, `vae/config.json` one file.

    Raises `CapacityError` for weights that aren't there (the deployment lacks them, the clip isn't at fault), and
    `TransientError` for a hub that doesn't answer.
    """
    match release.source:
        case FolderSource(path=path):
            root = Path(path).expanduser()
            if not (root / INDEX).is_file():
                raise _missing(release, root, INDEX)
            return root
        case ShippedSource(name=name):
            root = shipped_folder(name)
            if not (root / INDEX).is_file():
                raise _missing(release, root, INDEX)
            return root
        case HubSource() as source:
            return _from_hub(release, source, files, cache)
        case EndpointSource() | BuiltInSource():
            raise PermanentError("this release has no weights here", field="source", value=release.id)


def _from_hub(release: ModelRelease, source: HubSource, files: Iterable[str], cache: Path | None) -> Path:
    """The snapshot in the cache if all is there; else what is asked for is downloaded into it."""
    wanted = [INDEX, *files]
    patterns = [name if "." in name else f"{name}/*" for name in wanted]
    fetch = partial(
        snapshot_download, source.repository, revision=source.revision, allow_patterns=patterns, cache_dir=cache
    )
    try:
        root = Path(fetch(local_files_only=True))
        if all((root / name).exists() for name in wanted):
            return root
    except LocalEntryNotFoundError:
        pass  # nothing of it is in the cache yet
    try:
        return Path(fetch())
    except RepositoryNotFoundError as error:
        raise _missing(release, f"{source.repository}@{source.revision}", "the repository") from error
    except (LocalEntryNotFoundError, HfHubHTTPError, OSError) as error:
        raise TransientError(
            f"the hub gave no weights: {type(error).__name__}",
            field="source",
            value=f"{source.repository}@{source.revision}",
            remedy="Mount a cache that holds this revision (VIDGEN_MODEL_CACHE), or allow the way to the hub.",
        ) from error


def verify(release: ModelRelease, root: Path, components: Iterable[str]) -> None:
    """Hold each component's files against the digest it was registered with.

    Raises `CapacityError` for a missing component, `PermanentError` for another pipeline class, for altered files
    (both digests are named) and for weights in a number format that no release may run in.
    """
    _verify_class(release, root)
    for name in (INDEX, *components):
        place = root / name
        if not place.exists():
            raise _missing(release, root, name)
        found = component_digest(place) if place.is_dir() else Digest.of_file(place)
        registered = release.components.get(name)
        if registered is None:
            raise PermanentError(
                f"the release names no digest of its {name}",
                field=f"components.{name}",
                value=release.id,
                allowed=sorted(release.components),
                remedy="Register the release anew with `vidgen models add`, which computes them.",
            )
        if found != registered:
            raise PermanentError(
                f"the files of {name} are not those that were registered",
                field=f"components.{name}",
                value=str(found),
                allowed=registered,
                remedy=f"Restore {place}, or register what is there as a new release. Then `--retry-failed`.",
            )
        _verify_dtypes(place)


def _verify_class(release: ModelRelease, root: Path) -> None:
    try:
        found = json.loads((root / INDEX).read_bytes())["_class_name"]
    except OSError as error:
        raise _missing(release, root, INDEX) from error
    except (ValueError, KeyError, TypeError) as error:
        raise PermanentError("the model's index can't be read", field=INDEX, value=root) from error
    if found != release.pipeline:
        raise PermanentError(
            "the folder holds another pipeline than the release names",
            field="pipeline",
            value=found,
            allowed=release.pipeline,
            remedy=f"Point the release at the right folder, or register {root} as a release of {found}.",
        )


def _verify_dtypes(folder: Path) -> None:
    for file in sorted(folder.glob("*.safetensors")):
        odd = sorted({dtype for dtype in _dtypes(file) if dtype not in _WEIGHT_DTYPES})
        if odd:
            raise PermanentError(
                f"weights of {folder.name} are in a number format that can't be run",
                field="dtype",
                value=f"{', '.join(odd)} in {file.name}",
                allowed=sorted(_WEIGHT_DTYPES),
                remedy="Convert the weights, and register them as a new release.",
            )


def _dtypes(file: Path) -> set[str]:
    """The number formats that a safetensors file declares; its header is JSON behind eight bytes of length."""
    try:
        with file.open("rb") as stream:
            (length,) = struct.unpack("<Q", stream.read(8))
            header = json.loads(stream.read(min(length, _LONGEST_HEADER_BYTES)))
        return {entry["dtype"] for name, entry in header.items() if name != "__metadata__"}
    except (OSError, ValueError, KeyError, TypeError, struct.error) as error:
        raise PermanentError(
            "a file of weights can't be read", field="weights", value=file, remedy="Fetch it anew."
        ) from error


def _missing(release: ModelRelease, root: Path | str, what: str) -> CapacityError:
    return CapacityError(
        f"{what} of the release {release.id} isn't there",
        field="source",
        value=root,
        remedy="Put the weights there, mount the cache that holds them, or register another place as a new release.",
    )
