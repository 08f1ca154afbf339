"""XML from strangers as a small tree that knows its lines. A document type declaration ends the reading: entities that
expand, or that fetch, come with one, and no MPD needs it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

MOST_ELEMENTS = 20_000
DEEPEST = 64


class Refused(ValueError):
    """The document isn't well-formed, or is more than a manifest needs. `line` is where."""

    def __init__(self, found: str, line: int) -> None:
        super().__init__(found)
        self.line = line


class TooMuch(Refused):
    """More elements, or deeper, than is read."""


@dataclass(slots=True)
class Element:
    """Names are local; `namespace` is empty for none."""

    name: str
    namespace: str
    attributes: dict[str, str]
    line: int
    children: list["Element"] = field(default_factory=list)
    text: str = ""
    _by_name: dict[str, list["Element"]] | None = None

    def get(self, name: str) -> str | None:
        return self.attributes.get(name)

    def all(self, name: str) -> list["Element"]:
        """The children of that name, of an element that has been read to its end."""
        if self._by_name is None:
            self._by_name = {}
            for child in self.children:
                self._by_name.setdefault(child.name, []).append(child)
        return self._by_name.get(name, [])

    def first(self, name: str) -> "Element | None":
        return next(iter(self.all(name)), None)

    def below(self, name: str) -> Iterator["Element"]:
        """Those of that name at any depth, in the document's order."""
        for child in self.children:
            if child.name == name:
                yield child
            yield from child.below(name)


def read_xml(text: str) -> Element:
    """The root. Raises `Refused`."""
    builder = _Builder()
    try:
        builder.parser.Parse(text.encode(), True)
    except expat.ExpatError as error:
        raise Refused(expat.errors.messages[error.code], error.lineno) from error
    return builder.root


class _Builder:
    def __init__(self) -> None:
        self.parser = expat.ParserCreate("utf-8", " ")
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters
        self._open: list[Element] = []
        self._count = 0
        self.root: Element

    def _doctype(self, *_: object) -> None:
        raise Refused("it has a document type declaration", self.parser.CurrentLineNumber)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        namespace, _, local = name.rpartition(" ")
        self._count += 1
        line = self.parser.CurrentLineNumber
        if self._count > MOST_ELEMENTS or len(self._open) >= DEEPEST:
            raise TooMuch(f"it has more than {MOST_ELEMENTS} elements, or some deeper than {DEEPEST}", line)
        element = Element(local, namespace, attributes, line)
        if self._open:
            self._open[-1].children.append(element)
        else:
            self.root = element
        self._open.append(element)

    def _end(self, _: str) -> None:
        self._open.pop()

    def _characters(self, text: str) -> None:
        self._open[-1].text += text
