"""An artifact as records name it: the digest of its bytes, how many there are, and one file or a tree."""

from dataclasses import dataclass
from enum import StrEnum

from vidgen_assets.clips.digest import Digest


class Form(StrEnum):
    FILE = "file"
    TREE = "tree"  # the digest is that of the listing: every path with its digest and size


@dataclass(frozen=True, slots=True)
class Artifact:
    """Bytes in the store. `size_bytes` counts a tree's files, not its listing."""

    digest: Digest
    size_bytes: int
    form: Form = Form.FILE

    def to_json(self) -> dict[str, str | int]:
        return {"digest": str(self.digest), "size_bytes": self.size_bytes, "form": self.form.value}

    @classmethod
    def from_json(cls, row: dict[str, str | int]) -> "Artifact":
        return cls(Digest(str(row["digest"])), int(row["size_bytes"]), Form(row["form"]))
