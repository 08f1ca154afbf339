"""`dagster dev`, `dg` and the daemon load the same code location under the same name."""

import tomllib

import yaml

from tests.deploy.rendering import REPOSITORY


def test_workspace_and_dg_name_the_same_code_location() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["tool"]["dg"]["project"]
    (entry,) = yaml.safe_load((REPOSITORY / "workspace.yaml").read_text())["load_from"]

    assert entry["python_module"]["location_name"] == project["code_location_name"]
    assert entry["python_module"]["module_name"] == project["code_location_target_module"]
