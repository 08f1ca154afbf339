"""The product's modules as syntax trees, for the tests of this folder."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
PACKAGES = ("vidgen_assets", "resources", "quality_checks")


@dataclass(frozen=True, slots=True)
class Module:
    """One source file: its dotted name, its path inside the repository, its text and tree."""

    name: str
    path: Path
    text: str
    tree: ast.Module

    def __str__(self) -> str:
        return str(self.path)


@cache
def modules(*tops: str) -> tuple[Module, ...]:
    """Every module under these top-level folders, by path; the product's packages if none is named."""
    files = sorted(file for top in tops or PACKAGES for file in (REPOSITORY / top).rglob("*.py"))
    return tuple(_read(file) for file in files)


def imports(module: Module) -> Iterator[tuple[int, str]]:
    """Line and dotted name of all the module imports, at any depth; `from a import b` is `a.b` if b is a module."""
    known = {known.name for known in modules()}
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = _absolute(module, node)
            for alias in node.names:
                yield node.lineno, f"{base}.{alias.name}" if f"{base}.{alias.name}" in known else base


def _absolute(module: Module, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    package = module.name if module.path.name == "__init__.py" else module.name.rpartition(".")[0]
    parents = package.split(".")[: len(package.split(".")) - node.level + 1]
    return ".".join([*parents, *([node.module] if node.module else [])])


def _read(file: Path) -> Module:
    path = file.relative_to(REPOSITORY)
    parts = path.with_suffix("").parts
    name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    text = file.read_text()
    return Module(name, path, text, ast.parse(text))
