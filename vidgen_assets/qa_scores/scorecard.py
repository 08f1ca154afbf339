"""A clip's scorecard: which artifacts it consists of, and what every check said of each.

Deterministic JSON without times, so that scoring the same clip again gives the same artifact.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from vidgen_assets.clips.digest import Digest
from vidgen_assets.clips.verdicts import Verdict, worst


def scorecard(clip_id: str, artifacts: Mapping[str, Digest], verdicts: Sequence[Verdict]) -> dict[str, Any]:
    """The card of a clip. `final` is the gravest outcome of all its verdicts."""
    return {
        "clip_id": clip_id,
        "artifacts": {stage: str(digest) for stage, digest in sorted(artifacts.items())},
        "final": worst([v.finding.outcome for v in verdicts]).value,
        "verdicts": [card_row(v) for v in sorted(verdicts, key=lambda v: str(v.check))],
    }


def card_row(verdict: Verdict) -> dict[str, Any]:
    """A verdict as the card lists it: everything signed but the time and the clip."""
    row = verdict.statement()
    return {name: row[name] for name in row if name not in ("recorded_at", "clip_id")}
