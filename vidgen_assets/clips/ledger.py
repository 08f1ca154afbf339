"""The ledger's row: what one attempt of one stage did for one clip, and what it cost.

Rows are written once per attempt and never changed; `resources/ledgers.py` keeps them as Parquet.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from vidgen_assets.clips.artifact import Artifact
from vidgen_assets.clips.digest import Digest
from vidgen_assets.clips.errors import ErrorKind, VidgenError, shorten


class Status(StrEnum):
    """What became of a clip at a stage."""

    MADE = "made"  # work was done in this attempt
    REUSED = "reused"  # the same work key had an artifact already
    HELD = "held"  # waits for a person: wrong input, policy, or not let through the gate
    FAILED = "failed"  # waits for a machine, or for a repair

    @property
    def has_artifact(self) -> bool:
        return self in (Status.MADE, Status.REUSED)


@dataclass(frozen=True, slots=True)
class Problem:
    """An error as a ledger row keeps it; the fields are those of `VidgenError`."""

    kind: ErrorKind
    message: str
    field: str | None = None
    value: str | None = None
    allowed: str | None = None
    remedy: str | None = None

    @classmethod
    def of(cls, error: VidgenError) -> "Problem":
        value = None if error.value is None else shorten(error.value)
        return cls(error.kind, error.found, error.field, value, error.allowed, error.remedy)

    def to_json(self) -> dict[str, str | None]:
        return {**asdict(self), "kind": self.kind.value}

    @classmethod
    def from_json(cls, row: dict[str, str | None]) -> "Problem":
        return cls(**{**row, "kind": ErrorKind(row["kind"])})  # pyright: ignore[reportArgumentType]

    def __str__(self) -> str:
        where = f" Field {self.field}{f' = {self.value}' if self.value else ''}." if self.field else ""
        allowed = f" Allowed: {self.allowed}." if self.allowed else ""
        remedy = f" {self.remedy}" if self.remedy else ""
        return f"{self.message}{'' if self.message.endswith('.') else '.'}{where}{allowed}{remedy}"


@dataclass(frozen=True, slots=True)
class Usage:
    """What the work consumed. Seconds of wall clock, of processor and of GPU."""

    wall_s: float = 0.0
    cpu_s: float = 0.0
    gpu_s: float = 0.0
    stored_bytes: int = 0


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One clip in one attempt of one stage. `inputs` are the upstream artifacts this row was made from."""

    clip_id: str
    trace_id: str
    status: Status
    work_key: Digest | None = None
    artifact: Artifact | None = None
    inputs: dict[str, Digest] = field(default_factory=dict)
    usage: Usage = Usage()
    cost: Decimal = Decimal(0)
    currency: str = "USD"
    campaign: str = ""
    owner: str = ""
    customer: str = ""
    problem: Problem | None = None
    tries: int = 0  # how often work was attempted: 0 for reused work and for clips that never arrived
    provenance: Mapping[str, Any] = field(default_factory=dict)
    """JSON of how the artifact came about: environment, model release, steps resumed. Decides nothing."""

    @property
    def digest(self) -> Digest | None:
        return self.artifact.digest if self.artifact else None
