"""Every number of the light path, each with its basis. Where one changes what is made, a recipe is raised with it;
where one changes what is let through, the version of the check that asks it.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Limits:
    """What is taken in, and how much of it is looked at. Sizes in pixels are of the longer side."""

    # Taken in. What is beyond is refused before a frame is decoded.
    most_bytes: int = 8 << 30  # half an hour of a phone's 4K; its digest takes half a minute
    most_duration_s: float = 4 * 3_600.0
    most_pixels: int = 8_192 * 4_320  # DCI 8K; a frame of it is 140 MB in the floats that tone mapping works with
    longest_side_px: int = 16_384
    most_packets: int = 1_500_000  # four hours at 100 frames a second

    # Looked at.
    most_moments: int = 60
    fewest_moments: int = 9  # a clip of a second has a storyboard too, as far as it has frames
    moment_s: float = 2.0
    sample_px: int = 480
    # 1080p of 11 Mbit/s, one core, 2026-11-25: a second decodes in 0.32 s, seeking to a picture costs 0.24 s. So nine
    # pictures are sought faster than 7 s are decoded; above, what decoding starts from decides.
    most_pixels_decoded_whole: int = 7 * 30 * 1_920 * 1_080
    seeking_costs_s: float = 0.75  # of decoding

    # Let through. A file cut off on its way still plays until there; what is shown of it would not be what was sent.
    least_share_of_moments: float = 0.9
    least_share_of_duration: float = 0.95
    duration_slack_s: float = 0.5  # containers round; the last frame's duration is often unknown

    # Shown.
    poster_px: int = 1_280
    thumbnail_px: int = 480
    thumbnails: int = 4
    tile_px: int = 160
    sheet_columns: int = 5
    sheet_rows: int = 5
    preview_px: int = 480
    preview_cuts: int = 4
    preview_cut_s: float = 1.25
    preview_fps: int = 30
    least_preview_fps: int = 10  # a cut of an upload of one frame a second would hold one or two
    still_preview_s: float = 1.0  # how long an upload of a single frame is held
    most_preview_bytes: int = 2 << 20
    previewed_pictures: int = 10  # of the preview, put before the guard

    # A guard's scores, by category. It is the guard's to scale its classifier so that these hold.
    picture_review_score: float = 0.5
    picture_fail_score: float = 0.8


LIMITS: Final = Limits()

CONTAINERS: Final = ("mov", "matroska", "avi", "mpegts", "mpeg", "flv", "ogg", "asf", "mxf", "ivf")
"""Demuxers that may read an upload; ffmpeg knows `mov` as all of QuickTime's kin and `matroska` with WebM. What opens
other files (playlists, concat scripts), or makes video of what is none (text, pictures, sounds' covers), isn't here."""

CODECS: Final = (
    "h264", "hevc", "av1", "vp8", "vp9", "mpeg4", "mpeg2video", "mpeg1video", "h263", "msmpeg4v3", "wmv2", "wmv3",
    "vc1", "theora", "mjpeg", "prores", "dnxhd", "ffv1", "dvvideo", "flv1", "vvc",
)  # fmt: skip
"""Video codecs that are shown: what phones, cameras, browsers, screen recorders and editors write."""
