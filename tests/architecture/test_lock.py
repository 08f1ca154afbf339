"""constraints.txt pins all that pyproject.toml asks for, in versions it allows, and no particular build of torch."""

import re
import tomllib
from itertools import chain

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.architecture.tree import REPOSITORY

PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
EXTRAS = PROJECT["optional-dependencies"]


def _pins() -> dict[str, Version]:
    lines = (REPOSITORY / "constraints.txt").read_text().splitlines()
    pinned = (line.split("==") for line in lines if line and not line.startswith("#"))
    return {canonicalize_name(name): Version(version) for name, version in pinned}


def test_every_requirement_is_pinned_to_a_version_it_allows() -> None:
    pins = _pins()
    texts = chain(PROJECT["dependencies"], *EXTRAS.values())
    asked = {canonicalize_name(r.name): r.specifier for r in map(Requirement, texts)}

    missing = asked.keys() - pins.keys()
    refused = [name for name in asked.keys() & pins.keys() if pins[name] not in asked[name]]
    assert not missing, f"`make lock` adds {', '.join(sorted(missing))}"
    assert not refused, f"pyproject.toml doesn't allow the pinned version of {', '.join(sorted(refused))}"


def test_the_lock_fits_every_build_of_its_torch() -> None:
    assert str(_pins()["torch"]) == "2.13.0"
    assert not [name for name in _pins() if re.match(r"nvidia-cu|cuda-|triton", name)]


def test_the_dagster_family_moves_as_one() -> None:
    pins = _pins()

    assert {str(pins[f"dagster-{member}"]) for member in ("graphql", "webserver", "shared", "pipes")} == {
        str(pins["dagster"])
    }
    assert len({pins[f"dagster-{library}"] for library in ("aws", "k8s", "postgres")}) == 1
