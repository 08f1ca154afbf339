"""A model release as a person writes it: YAML, its paths from the file's folder, its digests left to be computed."""

import json
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from vidgen_assets.clips.errors import InputError
from vidgen_assets.clips.plain_yaml import load_plain, plain_numbers
from vidgen_assets.models.components import INDEX, component_digests
from vidgen_assets.models.release import FolderSource, ModelRelease


def read_release(path: Path) -> ModelRelease:
    """The release in the file at `path`, with the digest of each component of a folder.

    Raises `InputError` naming the field for a file that is no release, or a folder that holds none.
    """
    document = _with_digests(_document(path), path.resolve().parent)
    try:
        release = ModelRelease.model_validate(document)
    except ValidationError as error:
        raise _no_release(path, error) from error
    _refuse_other_pipeline(release)
    return release


def _refuse_other_pipeline(release: ModelRelease) -> None:
    """Told here, before any clip is: the folder's index says which class its weights are for."""
    index = Path(release.source.path) / INDEX if isinstance(release.source, FolderSource) else None
    if index is None or not index.is_file():  # a release may be registered where its folder isn't mounted
        return
    found = json.loads(index.read_bytes()).get("_class_name")
    if found != release.pipeline:
        raise InputError(
            "the folder holds another pipeline than the release names",
            field="pipeline",
            value=found,
            allowed=release.pipeline,
            remedy="Name the class of the folder, or point to another folder.",
        )


def _document(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise InputError(
            f"the file can't be read: {error}", field="file", value=path, remedy="Name the YAML file of a release."
        ) from error
    document = load_plain(text, path.name)
    if not isinstance(document, dict):
        raise InputError(f"{path.name} is not a mapping", field="file", remedy="See examples/models.")
    return plain_numbers(document)


def _with_digests(document: dict[str, Any], folder: Path) -> dict[str, Any]:
    source = document.get("source")
    if not isinstance(source, dict) or source.get("kind") != "folder" or not isinstance(source.get("path"), str):
        return document
    root = (folder / Path(source["path"]).expanduser()).resolve()
    components = document.get("components") or component_digests(root)
    return {**document, "source": {**source, "path": str(root)}, "components": components}


def _no_release(path: Path, error: ValidationError) -> InputError:
    """The first thing that is wrong, by its field."""
    first = error.errors()[0]
    more = f", and {error.error_count() - 1} more" if error.error_count() > 1 else ""
    return InputError(
        f"{path.name} is no model release: {first['msg']}{more}",
        field=".".join(str(part) for part in first["loc"]) or "file",
        value=None if first["type"] == "missing" else first["input"],
        remedy="Mend the field; examples/models has complete files, and vidgen_assets/models/release.py every field.",
    )
