"""Work keys: the digest of exactly what decides an artifact's bytes.

A stage raises its recipe version by hand when the same inputs would give other bytes; golden digests in the
tests guard that. Git revisions, tags and machines are provenance and never part of a key.
"""

from dataclasses import dataclass
from typing import Any

from vidgen_assets.clips.digest import Digest


@dataclass(frozen=True, slots=True)
class Recipe:
    """A stage's way of making bytes, and the version of that way."""

    stage: str
    version: int

    def work_key(self, inputs: dict[str, Any]) -> Digest:
        """The key of the work on `inputs` (JSON values; digests as strings)."""
        return Digest.of_json({"stage": self.stage, "recipe": self.version, "inputs": inputs})
