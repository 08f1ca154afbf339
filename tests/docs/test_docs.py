"""The documentation is true: its Python runs, the commands it names exist, and its links lead somewhere."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from tests.docs.pages import REPOSITORY, Page, pages

MAKEFILE = (REPOSITORY / "Makefile").read_text()
TARGETS = set(re.findall(r"^([a-z0-9-]+):", MAKEFILE, re.MULTILINE))
VARIABLES = set(re.findall(r"^([A-Z_]+) +\?=", MAKEFILE, re.MULTILINE)) | {"UPGRADE"}


@pytest.mark.parametrize("page", pages(), ids=str)
def test_python_in_the_docs_runs(page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("examples", "models"):
        (tmp_path / name).symlink_to(REPOSITORY / name)
    monkeypatch.chdir(tmp_path)
    namespace: dict[str, Any] = {"__name__": "docs"}

    for block in page.blocks("python"):
        code = "\n" * (block.line - 1) + block.text  # so that a traceback shows the page's own line
        exec(compile(code, str(page.path), "exec"), namespace)


@pytest.mark.parametrize("page", pages(), ids=str)
def test_make_targets_in_the_docs_exist(page: Page) -> None:
    unknown = [
        f"{page}:{line} make {word}"
        for line, words in _commands(page, "make")
        for word in words
        if not word.startswith("-") and word not in TARGETS and word.partition("=")[0] not in VARIABLES
    ]

    assert not unknown, "\n".join(unknown)


@pytest.mark.parametrize("page", pages(), ids=str)
def test_vidgen_commands_and_options_in_the_docs_exist(page: Page) -> None:
    unknown = [
        f"{page}:{line} vidgen {shlex.join(words)}: {why}"
        for line, words in _commands(page, "vidgen")
        if (why := _what_vidgen_lacks(words))
    ]

    assert not unknown, "\n".join(unknown)


@pytest.mark.parametrize("page", pages(), ids=str)
def test_links_and_pictures_in_the_docs_resolve(page: Page) -> None:
    broken = [target for target in page.links() if not _resolves(page, target)]

    assert not broken, f"{page}: {', '.join(broken)}"


def _commands(page: Page, program: str) -> Iterator[tuple[int, list[str]]]:
    """Line and arguments of every command line that runs the program, prompts and variables before it cut off."""
    for block in page.blocks("console", "bash", "sh", "shell"):
        for offset, line in enumerate(block.text.splitlines()):
            if block.language == "console" and not line.startswith("$ "):
                continue
            for command in re.split(r"&&|\|\||;|\|", line.removeprefix("$ ")):
                words = shlex.split(command, comments=True)
                while words and "=" in words[0]:
                    words.pop(0)
                if words and Path(words[0]).name == program:
                    yield block.line + offset, words[1:]


def _what_vidgen_lacks(words: list[str]) -> str | None:
    from vidgen_assets.cli.app import app

    command: Any = typer.main.get_command(app)
    known = _options(command)
    while words and (commands := getattr(command, "commands", None)) and not words[0].startswith("-"):
        if words[0] not in commands:
            return f"no such command {words[0]}"
        command = commands[words[0]]
        known |= _options(command)
        words = words[1:]
    unknown = [word for word in words if word.startswith("--") and word.partition("=")[0] not in known]
    return f"no such option {unknown[0]}" if unknown else None


def _options(command: Any) -> set[str]:
    return {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)} | {
        "--help"
    }


def _resolves(page: Page, target: str) -> bool:
    path, _, anchor = target.partition("#")
    file = (page.path.parent / path).resolve() if path else page.path
    if not file.exists() or not file.is_relative_to(REPOSITORY):
        return False
    return not anchor or file.suffix != ".md" or anchor in Page(file).anchors()
