"""What a stage is: who feeds it, what decides its bytes, how a clip is made, which claims guard it.

A room's `asset.py` fills in one `Stage`; everything else is the same for all. Knows nothing of Dagster.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from quality_checks.check import Check
from quality_checks.thresholds import THRESHOLDS
from resources.gate import HeldClip, Requirement
from resources.workshop import Workshop
from vidgen_assets.clips.artifact import Artifact
from vidgen_assets.clips.digest import Digest
from vidgen_assets.clips.ledger import LedgerRow
from vidgen_assets.clips.renditions import POSTER_FILE
from vidgen_assets.clips.spec import ClipRequest, ClipSpec
from vidgen_assets.clips.verdicts import Finding, Verdict
from vidgen_assets.clips.work import Recipe


@dataclass(frozen=True, slots=True)
class Tags:
    """What cost is attributed to."""

    campaign: str = ""
    owner: str = ""
    customer: str = ""

    @classmethod
    def of(cls, source: ClipSpec | ClipRequest | LedgerRow) -> "Tags":
        return cls(source.campaign, source.owner, source.customer)


@dataclass(frozen=True, slots=True)
class Task:
    """One clip's work at one stage. `spec` is missing only where specs are made; `request` is there only then."""

    clip_id: str
    trace_id: str
    tags: Tags
    catalog: str
    request: ClipRequest | None = None
    base_uri: str = ""  # what the request's references start from
    known_spec: ClipSpec | None = None
    artifacts: Mapping[str, Artifact] = field(default_factory=dict)
    verdicts: tuple[Verdict, ...] = ()
    work_key: Digest | None = None  # known once the inputs are
    is_interrupted: Callable[[], bool] = lambda: False
    """Whether the step was asked to stop: long work saves what it has and raises `Interrupted`."""

    @property
    def spec(self) -> ClipSpec:
        if self.known_spec is None:
            raise LookupError(f"{self.clip_id} has no spec before the prompts stage has made it")
        return self.known_spec


@dataclass(frozen=True, slots=True)
class Made:
    """What a stage made of a clip: bytes, a file, or a folder that becomes a tree; what it consumed besides this
    thread's own processor time; and how it came about, which is kept with the ledger's row and decides nothing."""

    source: bytes | Path
    child_cpu_s: float = 0.0
    gpu_s: float = 0.0
    fee: Decimal = Decimal(0)
    provenance: Mapping[str, Any] = field(default_factory=dict)
    once_kept: Callable[[], None] = lambda: None  # called when the artifact is stored and remembered


@dataclass(frozen=True, slots=True)
class Gathered:
    """The clips a stage may work on, and those it may not."""

    tasks: tuple[Task, ...]
    held: tuple[HeldClip, ...]


@dataclass(frozen=True, slots=True)
class ShardCheck:
    """A claim about the shard as a whole; a finding that doesn't pass makes it unfit."""

    name: str
    description: str
    examine: "Callable[[str, tuple[LedgerRow, ...], Workshop], Finding]"


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of a clip's walk."""

    name: str
    upstream: tuple["Stage", ...]
    recipe: Recipe
    checks: tuple[Check, ...]
    inputs: Callable[[Task, Workshop], dict[str, Any]]
    """JSON of exactly what decides the artifact's bytes; its digest with the recipe is the work key."""
    make: Callable[[Task, Workshop, Path], Made]
    """Makes the artifact, in an empty scratch folder of its own. Raises a `VidgenError`."""
    gather: Callable[["Stage", str, Workshop], Gathered]
    acceptance_floor: float = 0.5
    """The least share of examined clips that must pass for the shard to be fit (from 4 clips on)."""
    shard_checks: tuple[ShardCheck, ...] = ()
    table: Callable[[str, Workshop], bytes] | None = None
    """A Parquet of the shard as a whole, kept by digest with what the stage publishes."""
    deliver: Callable[[Task, LedgerRow, Workshop], None] | None = None
    """Done for each passing clip once the shard is published as fit; must be idempotent."""
    picture: Callable[[Artifact, Workshop], bytes | None] | None = None
    """A JPEG that shows the artifact to a person."""
    before: Callable[[Sequence[Task], Workshop], None] | None = None
    """Done once for the tasks that aren't finished, before any of them: what they share. Must raise nothing."""
    has_specs: bool = True
    """Whether its clips have specs. Those that come as finished videos have none, and checks get a `Specimen`."""
    prepare: Callable[[Task, Workshop], Task] = lambda task, _: task
    """What `inputs` and `make` must agree on, read once for both. Raises a `VidgenError`."""

    def requirement(self, policy_version: str) -> Requirement:
        """What a clip must hold at this stage to be used downstream."""
        return Requirement(self.name, tuple(check.id for check in self.checks), policy_version)


def through_the_gate(stage: Stage, shard: str, shop: Workshop) -> Gathered:
    """The usual way to gather: every upstream artifact through the gate."""
    admission = shop.gate.admit(shard, [up.requirement(THRESHOLDS.policy_version) for up in stage.upstream])
    tasks = tuple(
        Task(
            clip_id=clip.clip_id,
            trace_id=clip.trace_id,
            tags=Tags.of(clip.spec),
            catalog=clip.spec.catalog,
            known_spec=clip.spec,
            artifacts=clip.artifacts,
            verdicts=clip.verdicts,
        )
        for clip in sorted(admission.admitted, key=lambda clip: clip.spec.route.release)  # a model is loaded once
    )
    return Gathered(tasks, admission.held)


def poster_of(artifact: Artifact, shop: Workshop) -> bytes | None:
    """The picture of a tree that has a poster."""
    poster = shop.artifacts.listing(artifact.digest).get(POSTER_FILE)
    return shop.artifacts.read(poster.digest) if poster else None
