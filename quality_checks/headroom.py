"""How far a clip stays from the limits of its frames checks: one number that releases can be compared by.

It decides nothing about the clip itself; the checks do. Two clips that pass may still have quite different headroom,
and a release whose clips have less than they used to is worse before any of them is refused.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from quality_checks.frames import STAGE
from quality_checks.thresholds import THRESHOLDS, Thresholds
from vidgen_assets.clips.verdicts import CheckId, Finding


@dataclass(frozen=True, slots=True)
class Limited:
    """A measurement that may come up to a limit: `limit` is the name of a field of `Thresholds`."""

    check: str
    measurement: str
    limit: str


LIMITED = (
    Limited("frames_are_not_black", "black_fraction", "longest_black_share"),
    Limited("frames_are_not_black", "black_hole_s", "longest_black_hole_s"),
    Limited("frames_are_not_black", "black_lead_in_s", "longest_black_fade_s"),
    Limited("frames_are_not_black", "black_tail_s", "longest_black_fade_s"),
    Limited("frames_are_not_frozen", "longest_standstill_share", "longest_standstill_share"),
    Limited("frames_are_not_frozen", "longest_standstill_s", "longest_standstill_s"),
    Limited("frames_do_not_flicker", "brightness_reversals_per_s", "most_reversals_per_s"),
)


def headroom(findings: Iterable[tuple[CheckId, Finding]], thresholds: Thresholds = THRESHOLDS) -> float | None:
    """The smallest of 1 - measured / limit: 1 is spotless, 0 at a limit, negative beyond. None if nothing was measured.

    Findings of other stages are passed over: a check of the same name there measures something else.
    """
    measured = {check.name: finding.measurements for check, finding in findings if check.stage == STAGE}
    rooms = [
        1 - measured[each.check][each.measurement] / getattr(thresholds, each.limit)
        for each in LIMITED
        if each.measurement in measured.get(each.check, {})
    ]
    return min(rooms, default=None)
