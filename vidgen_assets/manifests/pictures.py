"""Pictures of a clip for people who haven't played it yet: thumbnails for the seek bar, and a preview that moves.

Thumbnails lie tiled on sheets, which an HLS image playlist, a DASH image set and a WebVTT storyboard all name. Pictures
are drawn from the smallest rendition, by one command.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree as ET

import ffmpeg

from vidgen_assets.clips.ffmpeg_options import QUIET, frames_within
from vidgen_assets.clips.media_tools import MediaTools, Tool, ToolRun
from vidgen_assets.clips.profiles import within
from vidgen_assets.clips.renditions import Encoding
from vidgen_assets.clips.storyboards import STORYBOARD_FILE, Tile, storyboard
from vidgen_assets.manifests.mend import DASH
from vidgen_assets.manifests.streams import SOURCE_LINK

THUMBNAILS_FOLDER = "thumbnails"
IMAGES_FILE = f"{THUMBNAILS_FOLDER}/images.m3u8"
PREVIEW_FILE = "preview.webp"

_TILE_PX = 160  # the longer side
_COLUMNS, _ROWS = 5, 5
_LEAST_STEP_S, _MOST_TILES = Fraction(1, 2), 100
_SHEET_QUALITY = 4  # of 2 to 31, the lower the better
_PREVIEW_PX, _PREVIEW_FPS, _PREVIEW_S, _PREVIEW_CUTS, _PREVIEW_QUALITY = 320, 8, Fraction(3), 3, 55
_SCALER = "bicubic+accurate_rnd+full_chroma_int+bitexact"
_BITEXACT = {"fflags": "+bitexact", "flags": "+bitexact"}
_DEADLINE_S, _DEADLINE_S_PER_FRAME = 60.0, 0.5
# JPEG's and the scaler's arithmetic in plain C is the same on every processor; a small clip takes 0.1 s more.
_SAME_ON_ALL_PROCESSORS = ("-cpuflags", "0")


@dataclass(frozen=True, slots=True)
class Sheets:
    """How a clip's thumbnails lie on sheets of equal size, `columns` by `rows`. A thumbnail stands for `step_s`."""

    step_s: Fraction
    count: int
    width: int
    height: int
    columns: int
    rows: int
    duration_s: Fraction

    @property
    def per_sheet(self) -> int:
        return self.columns * self.rows

    @property
    def sheet_count(self) -> int:
        return -(-self.count // self.per_sheet)

    @property
    def sheet_s(self) -> Fraction:
        """What a full sheet stands for."""
        return self.step_s * self.per_sheet

    def sheet_file(self, number: int) -> str:
        """Of sheet `number`, from 1, relative to the package."""
        return f"{THUMBNAILS_FOLDER}/sheet-{number}.jpg"

    def sheet_durations_s(self) -> list[Fraction]:
        full = [self.sheet_s] * (self.sheet_count - 1)
        return [*full, self.duration_s - sum(full, Fraction(0))]


def sheets_of(encoding: Encoding) -> Sheets:
    """Two thumbnails a second, fewer for a clip of more than 50 s: at most a hundred of them, and at least one."""
    duration_s = encoding.duration_s
    step_s = max(_LEAST_STEP_S, Fraction(math.ceil(duration_s / _MOST_TILES)) if duration_s > 50 else _LEAST_STEP_S)
    count = max(1, math.ceil(duration_s / step_s))
    source = encoding.renditions[-1]
    width, height = within(source.width, source.height, _TILE_PX)
    columns = min(_COLUMNS, count)
    rows = min(_ROWS, -(-count // columns))
    return Sheets(step_s, count, width, height, columns, rows, duration_s)


def preview_spans(frame_count: int, fps: Fraction) -> list[tuple[int, int]]:
    """(first, last) frames of what the preview shows: all of a short clip, else cuts spread over it."""
    wanted = round(_PREVIEW_S * fps)
    if frame_count <= wanted:
        return [(0, frame_count - 1)]
    each = max(1, wanted // _PREVIEW_CUTS)
    room = frame_count - each * _PREVIEW_CUTS
    starts = [each * n + round(Fraction(room * (2 * n + 1), 2 * _PREVIEW_CUTS)) for n in range(_PREVIEW_CUTS)]
    return [(start, start + each - 1) for start in starts]


def picture_arguments(encoding: Encoding, sheets: Sheets) -> list[str]:
    """The sheets and the preview, from the smallest rendition, in one pass."""
    source = encoding.renditions[-1]
    both = ffmpeg.input(f"{SOURCE_LINK}/{source.file}").video.filter_multi_output("split", 2)
    # The middle of each step: a clip's first frame may be the black that it fades from.
    tiles = (
        both[0]
        .filter("setpts", f"PTS-STARTPTS-{float(sheets.step_s) / 2:.6f}/TB")
        .filter("tpad", stop_mode="clone", stop_duration=f"{float(sheets.step_s):.6f}")
        .filter("fps", fps=f"1/{float(sheets.step_s):.6f}", start_time=0, round="up")
        .filter("trim", end_frame=sheets.count)
        .filter("scale", sheets.width, sheets.height, out_color_matrix="bt601", out_range="full", flags=_SCALER)
        .filter("format", "yuvj420p")
        .filter("tile", layout=f"{sheets.columns}x{sheets.rows}")
    )
    preview_fps = min(Fraction(_PREVIEW_FPS), encoding.fps)
    chosen = frames_within(preview_spans(encoding.frame_count, encoding.fps))
    moving = (
        both[1]
        .filter("select", chosen)
        .filter("setpts", "N/FR/TB")
        # An animation of a single picture isn't made by its encoder.
        .filter("tpad", stop_mode="clone", stop_duration=f"{float(2 / preview_fps):.6f}")
        .filter("fps", fps=preview_fps)
        .filter("scale", *within(source.width, source.height, _PREVIEW_PX), flags=_SCALER)
    )
    still = ffmpeg.output(
        tiles, f"{THUMBNAILS_FOLDER}/sheet-%d.jpg", format="image2", vcodec="mjpeg", fps_mode="passthrough",
        start_number=1, vframes=sheets.sheet_count, **{"qscale:v": _SHEET_QUALITY}, **_BITEXACT,
    )  # fmt: skip
    animated = ffmpeg.output(
        moving, PREVIEW_FILE, vcodec="libwebp_anim", loop=0, pix_fmt="yuv420p", quality=_PREVIEW_QUALITY,
        compression_level=4, **_BITEXACT,
    )  # fmt: skip
    return [*_SAME_ON_ALL_PROCESSORS, *ffmpeg.merge_outputs(still, animated).global_args(*QUIET).get_args()]


def draw_pictures(encoding: Encoding, tools: MediaTools, out: Path) -> tuple[Sheets, ToolRun]:
    """Draw the sheets and the preview into the package `out`, where `SOURCE_LINK` leads to the renditions, and write
    the storyboard and the image playlist."""
    sheets = sheets_of(encoding)
    (out / THUMBNAILS_FOLDER).mkdir()
    run = tools.run(
        Tool.FFMPEG,
        picture_arguments(encoding, sheets),
        deadline_s=_DEADLINE_S + _DEADLINE_S_PER_FRAME * encoding.frame_count,
        cwd=out,
    )
    (out / STORYBOARD_FILE).write_text(storyboard(tiles_of(sheets)), encoding="utf-8")
    (out / IMAGES_FILE).write_text(image_playlist(sheets), encoding="utf-8")
    return sheets, run


def tiles_of(sheets: Sheets) -> Iterator[Tile]:
    """A tile for each thumbnail."""
    for number in range(sheets.count):
        start_s = number * sheets.step_s
        end_s = min(sheets.duration_s, start_s + sheets.step_s)
        row, column = divmod(number % sheets.per_sheet, sheets.columns)
        file = sheets.sheet_file(number // sheets.per_sheet + 1)
        yield Tile(start_s, end_s, file, column * sheets.width, row * sheets.height, sheets.width, sheets.height)


def image_playlist(sheets: Sheets) -> str:
    """The Image Media Playlist, which HLS players with a seek bar of pictures read (version 0.4)."""
    tiles = (
        f"#EXT-X-TILES:RESOLUTION={sheets.width}x{sheets.height},LAYOUT={sheets.columns}x{sheets.rows},"
        f"DURATION={float(sheets.step_s):g}"
    )
    lines = [
        "#EXTM3U",
        "#EXT-X-VERSION:7",
        f"#EXT-X-TARGETDURATION:{math.ceil(sheets.sheet_s if sheets.sheet_count > 1 else sheets.duration_s)}",
        "#EXT-X-MEDIA-SEQUENCE:1",
        "#EXT-X-PLAYLIST-TYPE:VOD",
        "#EXT-X-IMAGES-ONLY",
    ]
    for number, duration_s in enumerate(sheets.sheet_durations_s(), start=1):
        name = sheets.sheet_file(number).rpartition("/")[2]
        lines += [f"#EXTINF:{float(duration_s):.6f},", tiles, name]
    return "\n".join([*lines, "#EXT-X-ENDLIST", ""])


def image_stream(sheets: Sheets, package: Path) -> str:
    """The line of the master playlist that names the image playlist."""
    peak_bps, average_bps = _rates_bps(sheets, package)
    return (
        f"#EXT-X-IMAGE-STREAM-INF:BANDWIDTH={peak_bps},AVERAGE-BANDWIDTH={average_bps},"
        f'RESOLUTION={sheets.width}x{sheets.height},CODECS="jpeg",URI="{IMAGES_FILE}"'
    )


def image_set(sheets: Sheets, package: Path) -> ET.Element:
    """The sheets as DASH-IF IOP 4.3, section 6.2.6, has them."""
    own = ET.Element(f"{DASH}AdaptationSet", {"contentType": "image", "mimeType": "image/jpeg"})
    ET.SubElement(
        own,
        f"{DASH}SegmentTemplate",
        {
            "media": f"{THUMBNAILS_FOLDER}/sheet-$Number$.jpg",
            # Of a full sheet, even if there is one that isn't: a tile's time is this over how many there are.
            "duration": str(sheets.sheet_s.numerator),
            "timescale": str(sheets.sheet_s.denominator),
            "startNumber": "1",
        },
    )
    size = {"width": str(sheets.columns * sheets.width), "height": str(sheets.rows * sheets.height)}
    bandwidth = {"id": "thumbnails", "bandwidth": str(_rates_bps(sheets, package)[0]), **size}
    one = ET.SubElement(own, f"{DASH}Representation", bandwidth)
    tiles = {"schemeIdUri": "http://dashif.org/guidelines/thumbnail_tile", "value": f"{sheets.columns}x{sheets.rows}"}
    ET.SubElement(one, f"{DASH}EssentialProperty", tiles)
    return own


def _rates_bps(sheets: Sheets, package: Path) -> tuple[int, int]:
    """Peak and average: a sheet is fetched as a segment is, and lasts as long as its tiles."""
    sizes = [(package / sheets.sheet_file(number)).stat().st_size for number in range(1, sheets.sheet_count + 1)]
    durations_s = sheets.sheet_durations_s()
    peak = max(size * 8 / duration_s for size, duration_s in zip(sizes, durations_s, strict=True))
    return math.ceil(peak), math.ceil(sum(sizes) * 8 / sum(durations_s))
