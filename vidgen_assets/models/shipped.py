"""The models that travel with the project: folders of `models/`, each with its `release.yaml`."""

from pathlib import Path

_PACKAGE = Path(__file__).parents[1]
_PLACES = (_PACKAGE.parent / "models", _PACKAGE / "shipped")  # in a clone, and in an installed wheel
RELEASE_FILE = "release.yaml"


def shipped_folder(name: str) -> Path:
    """The folder of the shipped model `name`, whether or not it is there."""
    return next((place / name for place in _PLACES if (place / name).is_dir()), _PLACES[0] / name)


def shipped_releases() -> list[Path]:
    """The release files of every shipped model, by name."""
    found = {file.parent.name: file for place in reversed(_PLACES) for file in place.glob(f"*/{RELEASE_FILE}")}
    return [found[name] for name in sorted(found)]
