"""What a check is: a claim about one clip's artifact, examined one clip at a time.

Checks measure and judge; they don't sign, store or decide whether a shard is fit. That is done around them, in
`vidgen_assets/stages/audit.py`, the same way for every stage.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from quality_checks.thresholds import Thresholds
from vidgen_assets.clips.media_tools import MediaTools
from vidgen_assets.clips.picture_guard import PictureGuard
from vidgen_assets.clips.spec import ClipSpec
from vidgen_assets.clips.verdicts import CheckId, Finding


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One clip's artifact laid out for examination: a file, or a folder for a tree of files."""

    spec: ClipSpec
    path: Path
    tools: MediaTools
    thresholds: Thresholds
    upstream: Mapping[str, Path] = field(default_factory=dict)  # upstream stage name to its artifact


@dataclass(frozen=True, slots=True)
class Specimen:
    """An artifact laid out for examination that was made from no spec: of a video that somebody else has made."""

    path: Path
    tools: MediaTools
    guard: PictureGuard
    scratch: Path  # an empty folder that is gone afterwards
    upstream: Mapping[str, Path] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Check:
    """A claim that can be false. `examine` returns a finding and raises only when it couldn't look."""

    id: CheckId
    description: str
    examine: Callable[[Any], Finding]  # of an `Exhibit`; of a `Specimen` in stages without specs
