"""Where a release stands: by catalog, clip and the digest of its statement.

Laying it out is `resources/release_shelf.py`.
"""

from dataclasses import dataclass

from vidgen_assets.clips.digest import Digest

ENVELOPE = "release.dsse.json"
"""The signed statement; an address that has it is complete."""


@dataclass(frozen=True, slots=True)
class Address:
    """A versioned address. Another statement is another version; none is ever overwritten."""

    catalog: str
    clip_id: str
    statement: Digest

    @property
    def folder(self) -> str:
        return f"releases/{self.catalog}/{self.clip_id}/{self.statement.short}"
