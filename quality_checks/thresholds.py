"""Every number a check compares with, in one versioned table, each with its basis.

Raise `POLICY_VERSION` with any change: verdicts bind to it, and the gate asks for verdicts of this version.
"""

from dataclasses import dataclass

POLICY_VERSION = "2026-11-22.1"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The policy in force. Luma is 0..255 full range; times are seconds; ratios are 0..1."""

    policy_version: str = POLICY_VERSION


THRESHOLDS = Thresholds()
