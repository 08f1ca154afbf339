"""Opening a deployment for one command: settings, workshop, Dagster's instance under the same home."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import dagster as dg

from resources.settings import Executor, Settings, read_settings
from resources.workshop import Workshop
from vidgen_assets.clips.errors import InputError

_PACKAGE = Path(__file__).parents[1]
_INSTANCE_FILES = (_PACKAGE / "dagster.yaml", _PACKAGE.parent / "dagster.yaml")  # installed as a wheel, or cloned


@dataclass(frozen=True, slots=True)
class Session:
    settings: Settings
    definitions: dg.Definitions
    shop: Workshop


def open_session() -> Session:
    """The deployment that the environment names, run in this process."""
    from resources.factory import Factory
    from vidgen_assets.definitions import build_defs

    settings = replace(read_settings(), executor=Executor.IN_PROCESS)
    make_home(settings)
    return Session(settings, build_defs(settings), Factory.of(settings).workshop())


def make_home(settings: Settings) -> None:
    """Raises `InputError` for a home that can't be."""
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        remedy = "Name a folder that may be written to."
        raise InputError(
            f"the home can't be made: {error.strerror}", field="VIDGEN_HOME", value=settings.home, remedy=remedy
        ) from error


@contextmanager
def dagster_instance(settings: Settings) -> Iterator[dg.DagsterInstance]:
    """Dagster's instance in this home, which the UI shares."""
    prepare_dagster_home(settings)
    with dg.DagsterInstance.from_config(str(settings.dagster_home)) as instance:
        yield instance


def prepare_dagster_home(settings: Settings) -> Path:
    """The home's `dagster` folder, with this project's instance file in it. A file a person has put there stays."""
    target = settings.dagster_home / "dagster.yaml"
    if not target.exists():
        source = next((path for path in _INSTANCE_FILES if path.exists()), None)
        if source is None:
            raise InputError("dagster.yaml is missing", field="file", value=_INSTANCE_FILES[-1], remedy="Reinstall.")
        settings.dagster_home.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
    return settings.dagster_home
