"""The digests of a release's weights: one for each component that `model_index.json` names, and one for that file.

Computed when a release is registered and again before it is loaded; the folder's layout is diffusers'. Weights in
pickles are refused, since loading them runs whatever they hold.
"""

import json
from pathlib import Path
from typing import Any, Final

from vidgen_assets.clips.digest import Digest
from vidgen_assets.clips.errors import InputError

INDEX: Final = "model_index.json"
VAE_CONFIG: Final = "vae/config.json"
"""Read without the VAE's weights when latents are denoised, so it has a digest of its own."""

_PICKLES: Final = (".bin", ".pt", ".pth", ".ckpt")


def component_digests(root: Path) -> dict[str, Digest]:
    """Digest by component, the index included. Raises `InputError` for a folder that isn't in diffusers' layout."""
    digests = {name: component_digest(root / name) for name in named_components(root)}
    files = {name: Digest.of_file(root / name) for name in (INDEX, VAE_CONFIG) if (root / name).is_file()}
    return {**files, **digests}


def component_digest(folder: Path) -> Digest:
    """The digest over every file's path and digest, in the order of paths. Raises `InputError` for a pickle."""
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    pickled = sorted(name for name in files if name.lower().endswith(_PICKLES))
    if pickled:
        raise InputError(
            "the component holds pickled weights, and loading a pickle runs what is in it",
            field="components",
            value=folder / pickled[0],
            allowed="safetensors",
            remedy="Convert the weights (`save_pretrained(..., safe_serialization=True)`) and remove the pickle.",
        )
    if not files:
        remedy = f"Download the whole repository, or mend {INDEX}."
        raise InputError("the component has no files", field="components", value=folder, remedy=remedy)
    return Digest.of_json({name: Digest.of_file(path) for name, path in sorted(files.items())})


def named_components(root: Path) -> list[str]:
    """The folders that the index names, sorted. A component that is null there is absent on purpose."""
    index = _index(root)
    return sorted(
        name
        for name, value in index.items()
        if isinstance(value, list) and not name.startswith("_") and all(part is not None for part in value)
    )


def _index(root: Path) -> dict[str, Any]:
    path = root / INDEX
    try:
        index = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise _no_layout(path, f"the folder's index can't be read: {error}") from error
    if not isinstance(index, dict):
        raise _no_layout(path, "the folder's index is no mapping")
    return index


def _no_layout(path: Path, found: str) -> InputError:
    remedy = "Name the folder that a pipeline was saved in, or a snapshot of its repository."
    return InputError(found, field="source.path", value=path, allowed="a folder in diffusers' layout", remedy=remedy)
