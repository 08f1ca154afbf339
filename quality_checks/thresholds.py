"""Every number a check compares with, in one versioned table, each with its basis.

Raise `POLICY_VERSION` with any change: verdicts bind to it, and the gate asks for verdicts of this version.
"""

from dataclasses import dataclass

POLICY_VERSION = "2026-11-25.2"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The policy in force. Luma is 0..255 full range; times are seconds; ratios are 0..1."""

    policy_version: str = POLICY_VERSION

    # Black. 0.98 of the picture is ffmpeg blackdetect's default: a small mark on black is still black.
    black_frame_block_share: float = 0.98
    # Fades from and to black take a second at most; a cut's dip to black half of one. Longer looks like a fault.
    longest_black_fade_s: float = 1.0
    longest_black_hole_s: float = 0.5
    longest_black_share: float = 0.5  # for clips so short that their fades would fit into each other

    # Standing still. Over 25 frames of 720p, noise of 1 level (sigma) jumps by 4 in the loudest of 14,400 blocks and
    # drifts by 0.18 in the worst cell; a gradient of 0.2 levels/px that moves 1 px/s drifts that far in a second.
    # Five product cards (energy 0 to 1, 150 frames, 720p, 2026-11) stood still for 0.07 s at most.
    still_jump_luma: float = 4.0
    still_drift_luma: float = 0.2
    longest_standstill_s: float = 2.0  # ffmpeg freezedetect's default; review, since a title may be held on purpose
    longest_standstill_share: float = 0.5  # more than half of a clip in one still picture is no video

    # Flicker. 2 levels of a full-frame swing are plainly seen; BT.1702 allows three flashes (six reversals) a second.
    # Review, since a strobe may be meant.
    flicker_step_luma: float = 2.0
    most_reversals_per_s: int = 6

    # Adherence. What a backdrop model was asked for and a viewer would miss at once; its meters get at least 97 % of
    # real clips right (docs/backdrops.md). Another speed or mood is for a person to look at.
    decisive_aspects: tuple[str, ...] = ("palette", "texture", "motion")

    # Renditions. The rate control's promise is peak rate times (duration + one second of buffer); the container and
    # a first picture that no rate can hold add to it, and weigh most in clips of a few frames.
    most_rendition_overrun: float = 1.05
    rendition_overhead_bytes: int = 65_536
    # AAC comes in frames of 1,024 samples, 21.3 ms at 48 kHz: sound, and cuts in it, can be off by one of them.
    sound_slack_s: float = 0.0225

    # Sound. Two meters of EBU R 128 agree within 0.1 LU; a track of a few seconds has few blocks to measure.
    loudness_slack_lu: float = 1.0
    peak_slack_db: float = 0.3
    # Levelled speech peaks at -4 dBFS or so; the softest word of 400 measured reached -31.
    quietest_word_dbfs: float = -46.0

    # Captions. Speech at 1.25 times the natural rate reaches 21 characters a second; more can't be followed.
    fastest_captions_cps: float = 21.5
    earliest_caption_s: float = 0.55
    latest_caption_s: float = 0.25

    # Manifests. EXTINF has three decimals and segments end on sound frames; a player stalls at gaps of 100 ms.
    segment_time_slack_s: float = 0.0225
    # RFC 8216 wants BANDWIDTH to be an upper bound; rounding of durations to the millisecond moves the measure.
    bandwidth_slack: float = 0.01


THRESHOLDS = Thresholds()
