"""One clip's encoding into the folder that is served: segments, both manifests, MP4, pictures, chapters, metadata.

The packager does the work; its manifests are mended and the rest is laid beside them. The same encoding gives the
same bytes.
"""

import json
import math
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from vidgen_assets.clips.captions import SUBRIP_FILE, WEBVTT_FILE, Captions
from vidgen_assets.clips.chapters import HLS_DATA_ID, HLS_FILE, Chapter, for_hls, webvtt
from vidgen_assets.clips.chapters import WEBVTT_FILE as CHAPTERS_FILE
from vidgen_assets.clips.errors import PermanentError
from vidgen_assets.clips.media_tools import MediaTools, Tool
from vidgen_assets.clips.profiles import OutputProfile
from vidgen_assets.clips.renditions import FIRST_MASTER_FILE, Encoding
from vidgen_assets.clips.spec import ClipSpec
from vidgen_assets.clips.work import Recipe
from vidgen_assets.manifests.mend import Segments, first_master, mended_master, mended_mpd, read_segments
from vidgen_assets.manifests.metadata import video_object
from vidgen_assets.manifests.pictures import Sheets, draw_pictures, image_set, image_stream
from vidgen_assets.manifests.streams import (
    MASTER_FILE,
    METADATA_FILE,
    MPD_FILE,
    SOURCE_LINK,
    audio_folder,
    description_folder,
    packager_arguments,
    to_scrub_through,
)

RECIPE = Recipe("manifests", 5)

# A net against hanging: the packager copies a minute of video in less than a second.
_DEADLINE_S = 120.0


@dataclass(frozen=True, slots=True)
class PackageReport:
    """What was packaged, by which command, and the packager's processor seconds."""

    file_count: int
    size_bytes: int
    cpu_s: float
    command_line: str


def package(
    encode_folder: Path, captions_folder: Path, spec: ClipSpec, profile: OutputProfile, tools: MediaTools, out: Path,
    chapters: Sequence[Chapter] = (),
) -> PackageReport:  # fmt: skip
    """Package the encoding in `encode_folder`, and what is in `captions_folder`, into the empty folder `out`.

    Raises `PermanentError` if `out` isn't empty, if the encoding is of another profile, or if the packager fails.
    """
    if any(out.iterdir()):
        raise PermanentError("the folder to package into is not empty", field="out", value=str(out))
    encoding = Encoding.read(encode_folder)
    _must_match(encoding, profile)
    found = Captions.read(captions_folder)
    captions = found if found.cues else None
    if captions:
        for file in (WEBVTT_FILE, SUBRIP_FILE):
            shutil.copyfile(captions_folder / file, out / file)
    gop_frames = profile.gop_frames(encoding.fps)
    scrubbed = to_scrub_through(encoding, gop_frames)
    arguments = packager_arguments(encoding, spec.language, scrubbed, has_captions=captions is not None)
    link = out / SOURCE_LINK
    link.symlink_to(encode_folder.absolute(), target_is_directory=True)
    try:
        run = tools.run(Tool.PACKAGER, arguments, deadline_s=_DEADLINE_S, cwd=out)
        sheets, drawing = draw_pictures(encoding, tools, out)
    finally:
        link.unlink()
    _lay_beside(encode_folder, encoding, spec, captions, chapters, out)
    segments = read_segments(out)
    _mend_master(out, encoding, spec.language, segments, chapters, sheets)
    keyframe_rate = Fraction(math.ceil(encoding.frame_count / gop_frames), encoding.frame_count) * encoding.fps
    mpd, pictures = out / MPD_FILE, image_set(sheets, out)
    mended = mended_mpd(mpd.read_text(encoding="utf-8"), segments, encoding.fps, captions, pictures, keyframe_rate)
    mpd.write_text(mended, encoding="utf-8")
    files = [path for path in out.rglob("*") if path.is_file()]
    return PackageReport(
        len(files), sum(file.stat().st_size for file in files), run.cpu_s + drawing.cpu_s, run.command_line
    )


def _must_match(encoding: Encoding, profile: OutputProfile) -> None:
    found, asked = [r.name for r in encoding.renditions], [rung.name for rung in profile.rungs]
    if found != asked or encoding.segment_frames != profile.segment_frames(encoding.fps):
        raise PermanentError(
            f"the encoding holds {', '.join(found)} in segments of {encoding.segment_frames} frames",
            field="profile",
            value=profile.name,
            allowed=f"{', '.join(asked)} in segments of {profile.segment_frames(encoding.fps)} frames",
            remedy="Encode the clip again with this profile.",
        )


def _mend_master(
    out: Path, encoding: Encoding, language: str, segments: Mapping[str, Segments], chapters: Sequence[Chapter],
    sheets: Sheets,
) -> None:  # fmt: skip
    sounds = [audio_folder(language), *([description_folder(language)] if encoding.description else [])]
    additions = [image_stream(sheets, out)]
    if chapters:
        additions.append(f'#EXT-X-SESSION-DATA:DATA-ID="{HLS_DATA_ID}",URI="{HLS_FILE}"')
    master = out / MASTER_FILE
    mended = mended_master(master.read_text(encoding="utf-8"), segments, sounds, additions)
    master.write_text(mended, encoding="utf-8")
    (out / FIRST_MASTER_FILE).write_text(first_master(mended), encoding="utf-8")


def _lay_beside(
    encode_folder: Path, encoding: Encoding, spec: ClipSpec, captions: Captions | None, chapters: Sequence[Chapter],
    out: Path,
) -> None:  # fmt: skip
    for file in (encoding.clip, encoding.poster):
        shutil.copyfile(encode_folder / file, out / file)
    if chapters:
        (out / CHAPTERS_FILE).write_text(webvtt(chapters), encoding="utf-8")
        (out / HLS_FILE).write_text(for_hls(chapters, spec.language), encoding="utf-8")
    metadata = json.dumps(video_object(spec, encoding, captions, chapters), ensure_ascii=False, indent=2)
    (out / METADATA_FILE).write_text(metadata + "\n", encoding="utf-8")
