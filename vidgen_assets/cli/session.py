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
from vidgen_assets.models.shipped import shipped_releases

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
    shop = Factory.of(settings).workshop()
    if settings.takes_in_shipped_models:
        register_shipped(shop)
    return Session(settings, build_defs(settings), shop)


def register_shipped(shop: Workshop) -> None:
    """Make the models that ship with the project active, each unless its family is known already.

    A deployment that has decided on a family keeps its decision; `vidgen models add` takes a newer one in.
    """
    from vidgen_assets.cli.release_file import read_release
    from vidgen_assets.models.registry import Status

    for file in shipped_releases():
        release = read_release(file)
        if not shop.models.state().family(release.family):
            shop.models.register(
                release,
                status=Status.ACTIVE,
                share=0.0,
                reason="ships with the project",
                by="vidgen",
                recorded_at=shop.now(),
            )


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
