"""What a package of ours holds beyond the specifications: the ladder, the length, and all that goes with a clip.

Rules as those of `vidgen validate`, which doesn't ask them of packages of others.
"""

from collections.abc import Iterator, Sequence

from quality_checks.check import Exhibit
from vidgen_assets.clips.profiles import load_profiles
from vidgen_assets.clips.storyboards import STORYBOARD_FILE
from vidgen_assets.manifests.streams import MASTER_FILE, METADATA_FILE, MPD_FILE
from vidgen_assets.packages.hls import Hls
from vidgen_assets.packages.measure import Measured
from vidgen_assets.packages.mpd import Mpd
from vidgen_assets.packages.rule import Fault, Place, error
from vidgen_assets.packages.tracks import Kind
from vidgen_assets.packages.validate import Examined

FILES = error(
    "ours-files",
    "vidgen",
    f"A package has {MASTER_FILE}, {MPD_FILE}, {METADATA_FILE} and {STORYBOARD_FILE}.",
    "Package the clip again.",
)
LADDER = error("ours-ladder", "vidgen", "Variants are those of the clip's profile.", "Encode the clip again.")
SEGMENTS = error(
    "ours-segments", "vidgen", "Each variant has the profile's segments, with every frame of the clip.",
    "Encode the clip again.",
)  # fmt: skip
SHARED = error(
    "ours-shared-segments", "vidgen", "HLS and DASH name the same pictures and sounds.", "Package the clip again."
)
SOUND = error(
    "ours-sound", "vidgen", "Both manifests have sound, and a second one where audio description is asked for.",
    "Package the clip again.",
)  # fmt: skip
CAPTIONS = error("ours-captions", "vidgen", "A narrated clip has captions.", "Caption the clip, and package it again.")
LENGTH = error(
    "ours-length", "vidgen", "Everything lasts as long as the clip that was asked for.", "Make the clip again."
)
THUMBNAILS = error("ours-thumbnails", "vidgen", "Both manifests have thumbnails.", "Package the clip again.")
RULES = (FILES, LADDER, SEGMENTS, SHARED, SOUND, CAPTIONS, LENGTH, THUMBNAILS)


def promise_faults(exhibit: Exhibit, found: Examined) -> Iterator[Fault]:
    for file in (MASTER_FILE, MPD_FILE, METADATA_FILE, STORYBOARD_FILE):
        if file not in found.folder.sizes:
            yield FILES.broken(Place(file), "it isn't there")
    hls = next((hls for hls in found.hls if hls.master and hls.master.file == MASTER_FILE), None)
    mpd = next((mpd for mpd in found.mpds if mpd.file == MPD_FILE), None)
    if hls is None or mpd is None:
        return  # missing, or unreadable, which the rules have said
    yield from _ladder_faults(exhibit, hls)
    yield from _accompaniment_faults(exhibit, hls, mpd)
    yield from _shared_faults(hls, mpd)
    yield from _length_faults(exhibit, hls, mpd, list(found.measured.values()))


def _ladder_faults(exhibit: Exhibit, hls: Hls) -> Iterator[Fault]:
    """A clip's own ladder may lack rungs between the first and the last, which were of no use to it."""
    profile, spec = load_profiles()[exhibit.spec.profile], exhibit.spec
    offered = [stream.attributes.size() for stream, _ in hls.variants()]
    promised = [rung.size(spec.aspect) for rung in profile.rungs]
    needed = [promised[0], promised[-1]] if profile.per_clip else promised
    if not set(needed) <= set(offered) <= set(promised) or len(offered) != len(set(offered)):
        yield LADDER.broken(Place(MASTER_FILE), f"it offers {_sizes(offered)}", f"{_sizes(promised)}")
    segment_count = -(-spec.frame_count // profile.segment_frames(spec.fps))
    for _, media in hls.variants():
        spans = media.measured.spans.get(Kind.VIDEO, []) if media.measured else []
        frame_count = sum(span.held.sample_count for span in spans)
        if spans and (len(spans), frame_count) != (segment_count, spec.frame_count):
            found = f"it has {len(spans)} segments with {frame_count} frames"
            allowed = f"{segment_count} segments with {spec.frame_count} frames"
            yield SEGMENTS.broken(media.playlist.place(), found, allowed)


def _accompaniment_faults(exhibit: Exhibit, hls: Hls, mpd: Mpd) -> Iterator[Fault]:
    needed = 2 if exhibit.spec.audio_description else 1
    for file, count in ((MASTER_FILE, len(hls.renditions("AUDIO"))), (MPD_FILE, len(mpd.sets(Kind.AUDIO)))):
        if count < needed:
            yield SOUND.broken(Place(file), f"it has {count} sounds", f"at least {needed}")
    if exhibit.spec.script and not hls.renditions("SUBTITLES"):
        yield CAPTIONS.broken(Place(MASTER_FILE), "the clip is narrated, and there are no captions")
    for file, has_them in ((MASTER_FILE, bool(hls.master and hls.master.images)), (MPD_FILE, mpd.sets(Kind.IMAGE))):
        if not has_them:
            yield THUMBNAILS.broken(Place(file), "it has no thumbnails")


def _shared_faults(hls: Hls, mpd: Mpd) -> Iterator[Fault]:
    in_hls = {media.track.files for _, media in (*hls.variants(), *hls.renditions("AUDIO"))}
    in_dash = {
        one.track.files
        for kind in (Kind.VIDEO, Kind.AUDIO)
        for own in mpd.sets(kind)
        if not own.is_trick_mode
        for one in own.representations
    }
    if in_hls != in_dash:
        odd = sorted({file for files in in_hls ^ in_dash for file in files[:1]})
        yield SHARED.broken(Place(MPD_FILE), f"the tracks of {', '.join(odd)} differ from those of {MASTER_FILE}")


def _length_faults(exhibit: Exhibit, hls: Hls, mpd: Mpd, in_dash: Sequence[Measured]) -> Iterator[Fault]:
    asked_s, slack_s = float(exhibit.spec.duration_s), exhibit.thresholds.segment_time_slack_s
    lengths = [(Place(MPD_FILE), mpd.duration_s)] if mpd.duration_s is not None else []
    in_hls = [media.measured for media in hls.media.values() if media.measured]
    lengths += [(m.track.place, m.length_s()) for m in (*in_hls, *in_dash) if m.main in (Kind.VIDEO, Kind.AUDIO)]
    for place, length_s in lengths:
        if abs(length_s - asked_s) > slack_s:
            yield LENGTH.broken(place, f"it lasts {length_s:.3f} s", f"{asked_s:.3f} s")


def _sizes(sizes: Sequence[tuple[int, int] | None]) -> str:
    return ", ".join(f"{size[0]}x{size[1]}" if size else "an unknown size" for size in sizes)
