"""Which shard a clip belongs to: decided by its id once, and kept.

Shards are sized by estimated work. Within a generation a clip's place is its id's hash modulo the generation's count,
so neither order nor neighbours matter; a catalog that outgrows its shards gets a further generation, and nothing
that was placed moves. An interactive clip has a shard of its own, so that nobody waits for the others.
"""

import hashlib
import math
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

TARGET_SHARD_S = 900.0
"""A quarter of an hour: start-up (some seconds) vanishes, and a lost shard costs little. ARCHITECTURE: 10-20 min."""

FULLEST = 2.0
"""New clips open a further generation once the newest one's shards would hold more than this many targets of work."""


@dataclass(frozen=True, slots=True)
class Generation:
    """A set of shards opened together. Its count never changes."""

    index: int
    shard_count: int


@dataclass(frozen=True, slots=True)
class Assignments:
    """Every clip of a catalog with its shard. Keys: `<catalog>.g<generation>.<index>`, `<catalog>.i.<hex>`."""

    catalog: str
    generations: tuple[Generation, ...]
    shard_of: Mapping[str, str]

    @property
    def shards(self) -> frozenset[str]:
        """The keys of all shards that hold a clip."""
        return frozenset(self.shard_of.values())

    def to_json(self) -> dict[str, Any]:
        return {
            "catalog": self.catalog,
            "generations": [{"index": g.index, "shard_count": g.shard_count} for g in self.generations],
            "shard_of": dict(sorted(self.shard_of.items())),
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        generations = tuple(Generation(g["index"], g["shard_count"]) for g in document["generations"])
        return cls(document["catalog"], generations, dict(document["shard_of"]))


def plan_shards(
    catalog: str,
    previous: Assignments | None,
    work_s_by_clip: Mapping[str, float],
    interactive: Collection[str] = (),
    target_s: float = TARGET_SHARD_S,
) -> Assignments:
    """Place every clip of `work_s_by_clip` (seconds of work each): the known ones where they are, the new ones by id.

    Clips that left the catalog are forgotten. A clip that turns interactive after it was placed stays in its shard.
    """
    generations = list(previous.generations) if previous else []
    kept = {c: s for c, s in (previous.shard_of if previous else {}).items() if c in work_s_by_clip}
    new = [clip for clip in work_s_by_clip if clip not in kept]
    pooled = [clip for clip in new if clip not in interactive]
    new_s = sum(work_s_by_clip[clip] for clip in pooled)
    if pooled and _outgrown(catalog, generations, kept, work_s_by_clip, new_s, target_s):
        generations.append(Generation(len(generations) + 1, max(1, math.ceil(new_s / target_s))))
    placed = {clip: pooled_shard(catalog, generations[-1], clip) for clip in pooled}
    alone = {clip: interactive_shard(catalog, clip) for clip in new if clip in interactive}
    return Assignments(catalog, tuple(generations), kept | placed | alone)


def _outgrown(
    catalog: str,
    generations: Sequence[Generation],
    kept: Mapping[str, str],
    work_s_by_clip: Mapping[str, float],
    new_s: float,
    target_s: float,
) -> bool:
    """Whether `new_s` more would leave the newest generation's shards too full on average, or there is none yet."""
    if not generations:
        return True
    newest = generations[-1]
    prefix = f"{catalog}.g{newest.index}."
    present_s = sum(work_s_by_clip[clip] for clip, shard in kept.items() if shard.startswith(prefix))
    return (present_s + new_s) / newest.shard_count > FULLEST * target_s


def pooled_shard(catalog: str, generation: Generation, clip_id: str) -> str:
    """The shard of a clip in `generation`: by its id alone."""
    index = int.from_bytes(hashlib.sha256(clip_id.encode()).digest()) % generation.shard_count
    return f"{catalog}.g{generation.index}.{index:04d}"


def interactive_shard(catalog: str, clip_id: str) -> str:
    """The shard that an interactive clip has to itself."""
    return f"{catalog}.i.{hashlib.sha256(clip_id.encode()).hexdigest()[:12]}"


def clips_by_shard(assignments: Assignments) -> dict[str, list[str]]:
    """The clips of each shard, ids in order."""
    shards: defaultdict[str, list[str]] = defaultdict(list)
    for clip, shard in sorted(assignments.shard_of.items()):
        shards[shard].append(clip)
    return dict(shards)
