"""One clip's encoding into the folder that is served: segments, both manifests, MP4, poster, metadata.

The packager does the work; its manifests are mended and the rest is laid beside them. The same encoding gives the
same bytes.
"""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

from vidgen_assets.clips.captions import SUBRIP_FILE, WEBVTT_FILE, Captions
from vidgen_assets.clips.errors import PermanentError
from vidgen_assets.clips.media_tools import MediaTools, Tool
from vidgen_assets.clips.profiles import OutputProfile
from vidgen_assets.clips.renditions import Encoding
from vidgen_assets.clips.spec import ClipSpec
from vidgen_assets.clips.work import Recipe
from vidgen_assets.manifests.mend import mended_master, mended_mpd, segment_rates
from vidgen_assets.manifests.metadata import video_object
from vidgen_assets.manifests.streams import (
    MASTER_FILE,
    METADATA_FILE,
    MPD_FILE,
    SOURCE_LINK,
    audio_folder,
    description_folder,
    packager_arguments,
)

RECIPE = Recipe("manifests", 2)

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
    encode_folder: Path, captions_folder: Path, spec: ClipSpec, profile: OutputProfile, tools: MediaTools, out: Path
) -> PackageReport:
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
    arguments = packager_arguments(encoding, spec.language, has_captions=captions is not None)
    link = out / SOURCE_LINK
    link.symlink_to(encode_folder.absolute(), target_is_directory=True)
    try:
        run = tools.run(Tool.PACKAGER, arguments, deadline_s=_DEADLINE_S, cwd=out)
    finally:
        link.unlink()
    _mend(out, encoding, spec.language, captions)
    _lay_beside(encode_folder, encoding, spec, captions, out)
    files = [path for path in out.rglob("*") if path.is_file()]
    return PackageReport(len(files), sum(file.stat().st_size for file in files), run.cpu_s, run.command_line)


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


def _mend(out: Path, encoding: Encoding, language: str, captions: Captions | None) -> None:
    master, mpd, rates_bps = out / MASTER_FILE, out / MPD_FILE, segment_rates(out)
    sounds = [audio_folder(language), *([description_folder(language)] if encoding.description else [])]
    playlist, manifest = master.read_text(encoding="utf-8"), mpd.read_text(encoding="utf-8")
    master.write_text(mended_master(playlist, rates_bps, sounds), encoding="utf-8")
    mpd.write_text(mended_mpd(manifest, rates_bps, encoding.fps, captions), encoding="utf-8")


def _lay_beside(encode_folder: Path, encoding: Encoding, spec: ClipSpec, captions: Captions | None, out: Path) -> None:
    for file in (encoding.clip, encoding.poster):
        shutil.copyfile(encode_folder / file, out / file)
    metadata = json.dumps(video_object(spec, encoding, captions), ensure_ascii=False, indent=2)
    (out / METADATA_FILE).write_text(metadata + "\n", encoding="utf-8")
