"""What a reader may rely on in every file: it says what it is, it's short, and it hides no failure and no setting."""

import ast
import importlib.metadata
import re
import sys
import tomllib

from tests.architecture.tree import PACKAGES, REPOSITORY, imports, modules

LONGEST_FILE_LINES = 500
LONGEST_FUNCTION_LINES = 80
ENVIRONMENT_READS = {"environ", "environb", "getenv", "getenvb"}
PRODUCT = modules()
EVERYTHING = modules(*PACKAGES, "tests", "benchmarks", "examples")


def test_every_module_says_what_lives_in_it() -> None:
    silent = [str(module) for module in PRODUCT if not ast.get_docstring(module.tree)]

    assert not silent, f"no module docstring: {', '.join(silent)}"


def test_no_file_is_longer_than_a_person_reads_at_once() -> None:
    long = [
        f"{module}: {lines} lines" for module in EVERYTHING if (lines := module.text.count("\n")) > LONGEST_FILE_LINES
    ]

    assert not long, f"is it one thing? {', '.join(long)}"


def test_no_function_is_longer_than_a_screen_or_two() -> None:
    long = [
        f"{module}:{node.lineno} {node.name}, {lines} lines"
        for module in EVERYTHING
        for node in ast.walk(module.tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (lines := (node.end_lineno or node.lineno) - node.lineno + 1) > LONGEST_FUNCTION_LINES
    ]

    assert not long, ", ".join(long)


def test_no_failure_is_swallowed() -> None:
    silent = [
        f"{module}:{handler.lineno}"
        for module in PRODUCT
        for handler in ast.walk(module.tree)
        if isinstance(handler, ast.ExceptHandler) and _catches_everything(handler) and _does_nothing(handler.body)
    ]

    assert not silent, f"an exception of any kind vanishes at {', '.join(silent)}"


def test_only_resources_read_the_environment() -> None:
    reads = [
        f"{module}:{getattr(node, 'lineno', '?')}"
        for module in PRODUCT
        if module.path.parts[0] != "resources"
        for node in ast.walk(module.tree)
        if _reads_environment(node)
    ]

    assert not reads, f"the environment is read at {', '.join(reads)}: take the value from a resource"


def test_every_library_that_is_imported_is_declared() -> None:
    ours = {*PACKAGES, "tests"}
    owners = importlib.metadata.packages_distributions()
    declared = _declared_distributions()
    undeclared = {
        f"{module}:{line} {top}"
        for module in PRODUCT
        for line, target in imports(module)
        if (top := target.split(".")[0]) not in ours | set(sys.stdlib_module_names)
        and not {_normalised(name) for name in owners.get(top, [])} & declared
    }

    assert not undeclared, "not in pyproject.toml: " + ", ".join(sorted(undeclared))


def _declared_distributions() -> set[str]:
    """The names in pyproject.toml's dependencies and the extras of users, normalised as PEP 503 says."""

    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    requirements = [*project["dependencies"], *extras["k8s"], *extras["gpu"], *extras["report"], *extras["speech"]]
    return {_normalised(re.split(r"[\[<>=~! ;]", requirement)[0]) for requirement in requirements}


def _normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _catches_everything(handler: ast.ExceptHandler) -> bool:
    return handler.type is None or getattr(handler.type, "id", "") in ("Exception", "BaseException")


def _does_nothing(body: list[ast.stmt]) -> bool:
    return all(
        isinstance(s, ast.Pass | ast.Continue) or (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant))
        for s in body
    )


def _reads_environment(node: ast.AST) -> bool:
    if isinstance(node, ast.ImportFrom):
        return node.module == "os" and any(alias.name in ENVIRONMENT_READS for alias in node.names)
    return isinstance(node, ast.Attribute) and node.attr in ENVIRONMENT_READS and getattr(node.value, "id", "") == "os"
