"""The repository's Markdown pages, taken apart: fenced blocks, links, headings."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
_FENCE = re.compile(r"^```(?P<language>\w*)[^\n]*\n(?P<body>.*?)^```\s*$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\((?P<inline>[^)\s]+)[^)]*\)|(?:src|href|poster)=\"(?P<tag>[^\"]+)\"")
_HEADING = re.compile(r"^#+ +(.+?)\s*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: its language, its text, the line its text begins on."""

    language: str
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Page:
    """One Markdown file of the repository."""

    path: Path

    def __str__(self) -> str:
        return str(self.path.relative_to(REPOSITORY))

    @property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    def blocks(self, *languages: str) -> Iterator[Block]:
        for fence in _FENCE.finditer(self.text):
            if fence["language"] in languages:
                yield Block(fence["language"], fence["body"], self.text.count("\n", 0, fence.start("body")) + 1)

    def links(self) -> Iterator[str]:
        """Targets of links and pictures that stay inside the repository."""
        for match in _LINK.finditer(_FENCE.sub("", self.text)):
            target = match["inline"] or match["tag"]
            if not re.match(r"[a-z]+:", target):
                yield target

    def anchors(self) -> set[str]:
        """The names that headings can be linked by."""
        return {_anchor(heading) for heading in _HEADING.findall(_FENCE.sub("", self.text))}


def pages() -> list[Page]:
    """Every Markdown page that a reader of the repository may open."""
    found = [REPOSITORY / "README.md", REPOSITORY / "CHANGELOG.md"]
    for folder in ("docs", "deploy", "examples", "benchmarks", "models"):
        found += sorted((REPOSITORY / folder).rglob("*.md"))
    return [Page(path) for path in found]


def _anchor(heading: str) -> str:
    plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
    return re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")
