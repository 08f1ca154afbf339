"""What README and architecture say of the whole: every command, every part of the code, the order of imports."""

import re
from typing import Any

import typer

from tests.architecture.test_imports import RANKS
from tests.docs.pages import REPOSITORY, Page

README = Page(REPOSITORY / "README.md")
ARCHITECTURE = Page(REPOSITORY / "docs" / "architecture.md")
INDEX = Page(REPOSITORY / "docs" / "index.md")


def test_the_readme_names_every_command() -> None:
    from vidgen_assets.cli.app import app

    commands: dict[str, Any] = typer.main.get_command(app).commands  # pyright: ignore[reportAttributeAccessIssue]
    missing = [name for name in commands if f"| `vidgen {name}" not in README.text]
    (models,) = [line for line in README.text.splitlines() if line.startswith("| `vidgen models")]

    assert not missing
    assert not [name for name in commands["models"].commands if f"`{name}`" not in models]


def test_the_map_of_the_code_leads_to_every_package() -> None:
    packages = sorted(path.parent.name for path in (REPOSITORY / "vidgen_assets").glob("*/__init__.py"))

    assert packages
    assert not [name for name in packages if f"](vidgen_assets/{name})" not in README.text]


def test_the_import_line_has_the_order_that_is_enforced() -> None:
    (line,) = [block.text for block in ARCHITECTURE.blocks("") if block.text.startswith("clips ◀")]
    named = [rank for rank in RANKS if rank not in ("room", "shared", "asset")]  # these three go by other words there

    words = re.findall(r"\w+", line)
    assert [word for word in words if word in named] == named


def test_the_index_leads_to_every_page() -> None:
    pages = sorted((REPOSITORY / "docs").rglob("*.md"))
    linked = {(INDEX.path.parent / target.partition("#")[0]).resolve() for target in INDEX.links()}

    assert not [str(page) for page in pages if page != INDEX.path and page not in linked]
