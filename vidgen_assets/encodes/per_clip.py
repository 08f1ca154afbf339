"""A ladder for one clip: each rung at the quality that it needs, useless rungs left out, the result looked at again."""

from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from vidgen_assets.clips.digest import Digest
from vidgen_assets.clips.errors import PermanentError
from vidgen_assets.clips.generation import Cupboard, FrameShape
from vidgen_assets.clips.media_tools import MediaTools
from vidgen_assets.clips.profiles import OutputProfile, PerClip
from vidgen_assets.clips.renditions import LeftOut, Quality, rendition_file
from vidgen_assets.clips.spec import Aspect
from vidgen_assets.encodes.probes import SAMPLES_FILE, Probe, Probing
from vidgen_assets.encodes.vmaf import vmaf_of

REFERENCE_FILE = ".reference.mkv"
_VERIFIED_EVERY = 3  # pictures: a third of the work, and the mean of 150 pictures moved by less than 0.1


@dataclass(frozen=True, slots=True)
class Choice:
    """The probes of the rungs that are kept, by name and from the largest down, and the rungs that aren't."""

    kept: dict[str, Probe]
    left_out: tuple[LeftOut, ...]
    cpu_s: float


def chosen(
    shape: FrameShape, aspect: Aspect, profile: OutputProfile, per_clip: PerClip, content: Digest, cupboard: Cupboard,
    tools: MediaTools, folder: Path,
) -> Choice:  # fmt: skip
    """Probe every rung of the clip whose lossless frames lie in `folder`; `content` is the frames' digest."""
    probing = Probing(shape, aspect, profile, per_clip, content, cupboard, tools, folder)
    try:
        probing.cut(REFERENCE_FILE)
        found: dict[str, Probe] = {}
        for rung in profile.rungs:
            above = next(reversed(found.values()), None)
            found[rung.name] = probing.least(rung, above.level if above else None)
    finally:
        (folder / SAMPLES_FILE).unlink(missing_ok=True)
    kept, left_out = useful(found, per_clip.most_of_the_next)
    return Choice(kept, left_out, probing.cpu_s)


def useful(found: dict[str, Probe], most_of_the_next: float) -> tuple[dict[str, Probe], tuple[LeftOut, ...]]:
    """Those of the rungs, from the largest down, that save a player enough bits; the first and the last always.

    A rung between them goes if it needs more than `most_of_the_next` of the bits of the one kept above it, or if the
    last needs more than that of its own.
    """
    names = list(found)
    kept, left_out = {names[0]: found[names[0]]}, []
    for name in names[1:]:
        above, own, last = list(kept)[-1], found[name], found[names[-1]]
        if name == names[-1]:
            kept[name] = own
        elif own.bitrate_bps > most_of_the_next * kept[above].bitrate_bps:
            left_out.append(_left_out(name, own, above, kept[above]))
        elif last.bitrate_bps > most_of_the_next * own.bitrate_bps:
            left_out.append(_left_out(name, own, names[-1], last))
        else:
            kept[name] = own
    return kept, tuple(left_out)


def _left_out(name: str, own: Probe, other: str, neighbour: Probe) -> LeftOut:
    needs, others = own.bitrate_bps / 1000, neighbour.bitrate_bps / 1000
    return LeftOut(name=name, because=f"its samples need {needs:.0f} kbit/s, those of {other} {others:.0f}")


def verified(
    choice: Choice, shape: FrameShape, aspect: Aspect, profile: OutputProfile, per_clip: PerClip, tools: MediaTools,
    folder: Path,
) -> tuple[dict[str, Quality], float]:  # fmt: skip
    """The VMAF of each rendition in `folder`, beside the lossless frames there, and the processor seconds of that.

    Raises `PermanentError` for one whose samples reached the target, and which is below it by more than the profile's
    slack. Where a peak rate, or the encoder's best, kept the samples below it, nothing was promised.
    """
    found, cpu_s = {}, 0.0
    for rung in profile.rungs:
        if rung.name not in choice.kept:
            continue
        probe, file = choice.kept[rung.name], rendition_file(rung.name)
        values, took_s = vmaf_of(file, REFERENCE_FILE, shape, rung.size(aspect), tools, folder, _VERIFIED_EVERY)
        seen, cpu_s = fmean(values), cpu_s + took_s
        least = per_clip.target_vmaf - per_clip.slack_vmaf
        if probe.worst_vmaf >= per_clip.target_vmaf and seen < least:
            raise PermanentError(
                f"{file} came out with a VMAF of {seen:.2f}, and its samples with {probe.worst_vmaf:.2f}",
                field="per_clip",
                value=profile.name,
                allowed=f"{least:.2f} or more",
                remedy="Give the profile more or longer samples, or a higher peak rate for this rung.",
            )
        found[rung.name] = Quality(
            level=probe.level, target_vmaf=per_clip.target_vmaf, samples_vmaf=probe.worst_vmaf, vmaf=round(seen, 2)
        )
    return found, cpu_s
