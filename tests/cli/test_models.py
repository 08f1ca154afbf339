"""`vidgen models`: what each command changes and prints, with the exit codes of every other command."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.architecture.tree import REPOSITORY
from tests.builders import a_release, a_served_release
from tests.end_to_end.running import vidgen, vidgen_json
from vidgen_assets.cli.release_file import read_release
from vidgen_assets.clips.errors import InputError
from vidgen_assets.models.components import INDEX, component_digests
from vidgen_assets.models.registration import check_release

Capture = pytest.CaptureFixture[str]
EXAMPLES = sorted((REPOSITORY / "examples" / "models").glob("*.yaml"))


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VIDGEN_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def weights(folder: Path) -> Path:
    """A folder in diffusers' layout, with a component."""
    (folder / "vae").mkdir(parents=True)
    (folder / "vae" / "model.safetensors").write_bytes(b"weights")
    (folder / INDEX).write_text(json.dumps({"_class_name": "WanPipeline", "vae": ["diffusers", "AutoencoderKLWan"]}))
    return folder


def a_file(folder: Path, name: str = "one", **changes: Any) -> Path:
    """A release as a person writes it: weights beside the file, digests left out."""
    if not (folder / "weights").exists():
        weights(folder / "weights")
    document = a_release(name).model_dump(mode="json", exclude={"components", "budget_per_day"})
    document["source"]["path"] = "weights"
    path = folder / f"{name}.yaml"
    path.write_text(yaml.safe_dump({**document, **changes}))
    return path


def added(folder: Path, name: str, *options: str, **changes: Any) -> None:
    assert vidgen("models", "add", str(a_file(folder, name, **changes)), *options) == 0


def test_an_empty_registry_is_a_table_without_rows(capsys: Capture) -> None:
    assert vidgen("models", "list") == 0
    assert vidgen_json(capsys, "models", "list") == {"releases": [], "tiers": {}}


def test_a_release_is_added_with_the_digests_of_its_folder(tmp_path: Path, capsys: Capture) -> None:
    path = a_file(tmp_path)
    found = vidgen_json(capsys, "models", "add", str(path), "--status", "active", "--by", "ana")
    assert (found["id"], found["status"], found["share"]) == ("one", "active", 0)
    shown = vidgen_json(capsys, "models", "show", "one")
    assert shown["content"]["components"] == component_digests(tmp_path / "weights")
    assert shown["content"]["source"]["path"] == str(tmp_path / "weights")
    assert [(event["kind"], event["by"]) for event in shown["events"]] == [("registered", "ana")]
    assert read_release(path).sampling.scheduler.config == {"shift": 1.0}


def test_other_weights_under_the_same_id_are_bad_input(tmp_path: Path, capsys: Capture) -> None:
    added(tmp_path, "one")
    (tmp_path / "weights" / "vae" / "model.safetensors").write_bytes(b"other")
    assert vidgen("models", "add", str(tmp_path / "one.yaml")) == 2
    assert "another content already: components.vae" in capsys.readouterr().err


def test_a_canary_is_promoted_and_rolled_back(tmp_path: Path, capsys: Capture) -> None:
    added(tmp_path, "one", "--status", "active")
    added(tmp_path, "two", "--share", "0.1")
    assert vidgen_json(capsys, "models", "promote", "two")["status"] == "active"
    found = vidgen_json(capsys, "models", "rollback", "two", "--reason", "it flickers")
    assert found == {"frozen": "two", "restored": "one", "clips": [], "shards": []}
    rows = vidgen_json(capsys, "models", "list")["releases"]
    assert [(row["id"], row["status"], row["reason"]) for row in rows] == [
        ("one", "active", "it flickers"),
        ("two", "frozen", "it flickers"),
    ]


def test_every_command_speaks_to_people(tmp_path: Path, capsys: Capture) -> None:
    added(tmp_path, "one", "--status", "active")
    added(tmp_path, "two", "--share", "0.1")
    for arguments, said in (
        (("list",), "canary"),
        (("show", "two"), "FlowMatchEulerDiscreteScheduler"),
        (("promote", "two"), "two is active"),
        (("freeze", "two", "--reason", "it flickers"), "two is frozen"),
        (("rollback", "two"), "one is active again"),
        (("tier", "lumen", "pilot"), "lumen is of tier pilot"),
    ):
        capsys.readouterr()
        assert vidgen("models", *arguments) == 0
        assert said in capsys.readouterr().out


def test_a_tier_is_listed(capsys: Capture) -> None:
    assert vidgen_json(capsys, "models", "tier", "lumen", "pilot") == {"customer": "lumen", "tier": "pilot"}
    assert vidgen_json(capsys, "models", "list")["tiers"] == {"lumen": "pilot"}


@pytest.mark.parametrize("command", [("show", "gone"), ("promote", "gone"), ("rollback", "gone"), ("add", "gone.yaml")])
def test_what_is_not_there_is_bad_input(command: tuple[str, ...], capsys: Capture) -> None:
    assert vidgen("models", *command) == 2
    assert "gone" in capsys.readouterr().err


def test_a_record_that_cannot_be_trusted_is_trouble_of_ours(tmp_path: Path, home: Path, capsys: Capture) -> None:
    added(tmp_path, "one")
    entry = home / "store" / "records" / "models" / "00000001"
    entry.write_bytes(entry.read_bytes().replace(b'"by":"', b'"by":"not '))
    assert vidgen("models", "list") == 1
    assert "records/models/00000001" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"fps": []}, "fps"),
        ({"colour": "red"}, "colour"),
        ({"source": {"kind": "hub", "repository": "a/b", "revision": "main"}}, "source.hub.revision"),
        ({"sampling": None}, "sampling"),
    ],
)
def test_a_file_that_is_no_release_is_refused_by_field(tmp_path: Path, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(InputError, match="is no model release") as refused:
        read_release(a_file(tmp_path, **changes))
    assert refused.value.field == field


@pytest.mark.parametrize("text", ["- one", "id: &a one", "\x00"])
def test_a_file_that_is_no_mapping_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "one.yaml"
    path.write_text(text)
    with pytest.raises(InputError):
        read_release(path)


def test_a_servers_release_has_no_folder_to_digest(tmp_path: Path) -> None:
    path = tmp_path / "served.yaml"
    path.write_text(yaml.safe_dump(a_served_release().model_dump(mode="json")))
    assert read_release(path) == a_served_release()


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_an_example_is_a_release_once_its_folder_is_named(example: Path, tmp_path: Path) -> None:
    weights(tmp_path / "weights")
    copy = shutil.copyfile(example, tmp_path / example.name)
    text = copy.read_text()
    path = next(line for line in text.splitlines() if line.startswith("source: "))
    copy.write_text(text.replace(path, "source: {kind: folder, path: weights}"))
    check_release(read_release(copy))


def test_a_release_that_was_frozen_in_error_is_tried_out_again(tmp_path: Path, capsys: Capture) -> None:
    added(tmp_path, "one", "--status", "active")
    added(tmp_path, "two", "--share", "0.1")
    assert vidgen("models", "freeze", "two", "--reason", "looked odd") == 0
    assert vidgen("models", "canary", "two", "--share", "0.2") == 0
    rows = {row["id"]: row for row in vidgen_json(capsys, "models", "list")["releases"]}
    assert (rows["two"]["status"], rows["two"]["share"]) == ("canary", 0.2)


def test_a_folder_that_holds_another_pipeline_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="another pipeline") as told:
        read_release(a_file(tmp_path, pipeline="LTXPipeline"))
    assert (told.value.value, told.value.allowed) == ("WanPipeline", "LTXPipeline")
