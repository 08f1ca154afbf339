"""How far what a manifest says may lie from what is measured, where the specifications leave it open."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds, and shares of what was measured."""

    # EXTINF has three decimals and segments end on sound frames (AAC at 48 kHz: 21.3 ms); a player stalls at gaps of
    # 100 ms.
    segment_time_slack_s: float = 0.0225
    # Rounding of durations to the millisecond moves the measure.
    bandwidth_slack: float = 0.01
    # Sound may end a few coder frames before or after the pictures, and nobody notices.
    length_slack_s: float = 0.1
    # Apple's authoring specification: what is declared lies within 10 % of what is measured.
    bandwidth_excess: float = 0.1
    # 30000/1001 and 30 are 0.1 % apart; HLS writes three decimals.
    frame_rate_slack: float = 0.0005
