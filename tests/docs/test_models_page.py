"""docs/models.md against the code: every field, every family, every refusal, and every release it shows."""

import ast
import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.docs.pages import REPOSITORY, Page
from vidgen_assets.cli.release_file import read_release
from vidgen_assets.clips.digest import Digest
from vidgen_assets.clips.frozen import Frozen
from vidgen_assets.clips.plain_yaml import load_plain
from vidgen_assets.models import admission, release, routing
from vidgen_assets.models.families import FAMILIES, Family
from vidgen_assets.models.registration import check_release

PAGE = Page(REPOSITORY / "docs" / "models.md")
SHOWN = [block for block in PAGE.blocks("yaml") if block.text.startswith("id:")]
EXAMPLES = sorted((REPOSITORY / "examples" / "models").glob("*.yaml"))


def section(heading: str) -> str:
    """The page's text below `heading`, up to the next heading of its level."""
    return PAGE.text.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


def first_cells(text: str) -> list[str]:
    """The first cell of each table row."""
    return [line.split("|")[1].strip() for line in text.splitlines() if line.startswith("|")]


def fields() -> Iterator[str]:
    for _, model in inspect.getmembers(release, inspect.isclass):
        if issubclass(model, Frozen) and model.__module__ == release.__name__:
            yield from model.model_fields


@pytest.mark.parametrize("field", sorted(set(fields())))
def test_every_field_of_a_release_is_explained(field: str) -> None:
    assert f"`{field}`" in section("The release's file")


@pytest.mark.parametrize("family", FAMILIES.values(), ids=lambda family: family.pipeline)
def test_the_table_of_families_says_what_each_can(family: Family) -> None:
    (row,) = [line for line in section("Families").splitlines() if line.startswith(f"| `{family.pipeline}` |")]

    assert ("picture" in row) is family.takes_image
    if family.can_stage:
        assert f"| multiples of {family.size_multiple} | {family.frame_step} k + 1 |" in row
    assert all(f"`{scheduler}`" in row for scheduler in family.restarts_with)
    assert ("no callback" in row) is not family.has_step_callback
    assert ("no latents" in row) is not family.has_latent_output


def test_the_table_of_families_has_no_others() -> None:
    named = {cell.strip("`") for cell in first_cells(section("Families")) if cell.startswith("`")}

    assert named == set(FAMILIES)


def test_every_refusal_of_a_clip_is_in_the_table_by_its_field() -> None:
    refused = {cell for row in section("What is refused, and when").splitlines() for cell in row.split("|")[2:3]}

    for module in (admission, routing):
        assert {f" `{field}` " for field in named_fields(inspect.getsource(module))} <= refused


@pytest.mark.parametrize("block", SHOWN, ids=lambda block: f"line {block.line}")
def test_the_releases_it_shows_can_be_registered(block: Any, tmp_path: Path) -> None:
    document = load_plain(block.text, str(PAGE))
    file = tmp_path / "release.yaml"
    digests = {} if document["backend"] == "remote" else {"transformer": str(Digest.of_bytes(b"some weights"))}
    file.write_text(f"{block.text}components: {digests}\n")

    check_release(read_release(file))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_the_example_releases_can_be_registered_and_are_named(example: Path, tmp_path: Path) -> None:
    file = tmp_path / example.name
    file.write_text(f"{example.read_text()}components: {{transformer: {Digest.of_bytes(b'some weights')}}}\n")

    check_release(read_release(file))
    assert f"(../examples/models/{example.name})" in PAGE.text


def named_fields(source: str) -> set[str]:
    """What errors in `source` name as their field."""
    keywords = (
        keyword for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call) for keyword in node.keywords
    )
    return {
        keyword.value.value
        for keyword in keywords
        if keyword.arg == "field" and isinstance(keyword.value, ast.Constant) and isinstance(keyword.value.value, str)
    }
