"""What a backend works with, in memory, for tests."""

from dataclasses import dataclass, field
from pathlib import Path

from vidgen_assets.clips.digest import Digest


@dataclass
class Drawer:
    """Fills `Cupboard`, and counts what is put in."""

    things: dict[str, bytes] = field(default_factory=dict)
    puts: list[str] = field(default_factory=list)

    def get(self, name: str) -> bytes | None:
        return self.things.get(name)

    def put(self, name: str, data: bytes) -> None:
        self.things[name] = data
        self.puts.append(name)

    def delete(self, name: str) -> None:
        self.things.pop(name, None)

    def named(self, beginning: str) -> list[str]:
        return [name for name in self.puts if name.startswith(beginning)]


@dataclass
class Shelf:
    """Fills `MediaShelf` with one picture."""

    picture: Path | None = None

    def path(self, digest: Digest) -> Path:
        assert self.picture is not None
        return self.picture
