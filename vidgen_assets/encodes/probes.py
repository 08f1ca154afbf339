"""Which quality a rung needs: short samples of the clip are coded as the whole will be, and looked at.

Samples are coded with the encoder, preset and filters of the final encode. What a probe found is kept by the frames'
digest and everything else that it depends on, so another target, or another attempt, tries only what is new.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from statistics import fmean

import ffmpeg

from vidgen_assets.clips.digest import Digest, canonical_json
from vidgen_assets.clips.ffmpeg_options import QUIET, frames_within
from vidgen_assets.clips.generation import Cupboard, FrameShape
from vidgen_assets.clips.media_tools import MediaTools, Tool
from vidgen_assets.clips.profiles import OutputProfile, PerClip, Rung
from vidgen_assets.clips.spec import Aspect
from vidgen_assets.encodes.coding import quality
from vidgen_assets.encodes.graph import fitted, lossless, rendition
from vidgen_assets.encodes.vmaf import vmaf_of

SAMPLES_FILE, PROBE_FILE = ".samples.mkv", ".probe.mp4"
_DEADLINE_S, _DEADLINE_S_PER_FRAME = 120.0, 5.0
_GOOD_ENOUGH = 0.5
"""So far above its target a sample may lie without another level being tried."""
_MOST_PROBES = 7
_VMAF_PER_LEVEL = 0.9
"""A first guess; from the second probe on, the two nearest say it."""


@dataclass(frozen=True, slots=True)
class Probe:
    """What one level gave: VMAF of the worst sample, bits a second over all of them."""

    level: int
    worst_vmaf: float
    bitrate_bps: float


def sample_starts(frame_count: int, sample_frames: int, samples: int) -> tuple[int, ...]:
    """The first frames of samples that are spread evenly and don't overlap; the whole clip, cut up, if it's short."""
    count = max(1, min(samples, frame_count // sample_frames))
    room = frame_count - count * sample_frames
    return tuple(
        number * sample_frames + round(Fraction(room * (2 * number + 1), 2 * count)) for number in range(count)
    )


def sampled_shape(shape: FrameShape, per_clip: PerClip) -> tuple[FrameShape, tuple[int, ...], int]:
    """The samples' own shape, their first frames, and the frames of each."""
    sample_frames = min(shape.frame_count, max(1, round(Fraction(per_clip.sample_s) * shape.fps)))
    starts = sample_starts(shape.frame_count, sample_frames, per_clip.samples)
    own = FrameShape(shape.width, shape.height, shape.fps, len(starts) * sample_frames)
    return own, starts, sample_frames


def sample_arguments(reference: str, starts: tuple[int, ...], sample_frames: int) -> list[str]:
    """The samples of the lossless file `reference`, one after the other, losslessly into `SAMPLES_FILE`."""
    chosen = frames_within((start, start + sample_frames - 1) for start in starts)
    picture = ffmpeg.input(reference).video.filter("select", chosen).filter("setpts", "N/FR/TB")
    return lossless(picture, SAMPLES_FILE).global_args(*QUIET).get_args()


class Probing:
    """Probes of one clip in `folder`, where `SAMPLES_FILE` lies."""

    def __init__(
        self, shape: FrameShape, aspect: Aspect, profile: OutputProfile, per_clip: PerClip, content: Digest,
        cupboard: Cupboard, tools: MediaTools, folder: Path,
    ) -> None:  # fmt: skip
        self._samples, self._starts, self._sample_frames = sampled_shape(shape, per_clip)
        self._aspect, self._profile, self._per_clip = aspect, profile, per_clip
        self._content, self._cupboard, self._tools, self._folder = content, cupboard, tools, folder
        self.cpu_s = 0.0

    def cut(self, reference: str) -> None:
        """The samples, of the lossless file `reference`."""
        run = self._tools.run(
            Tool.FFMPEG,
            sample_arguments(reference, self._starts, self._sample_frames),
            deadline_s=_DEADLINE_S + _DEADLINE_S_PER_FRAME * self._samples.frame_count,
            cwd=self._folder,
        )
        self.cpu_s += run.cpu_s

    def least(self, rung: Rung, guess: int | None = None) -> Probe:
        """The probe of the fewest bits whose samples all reach the target; of the best quality, if none does."""
        return search(
            lambda level: self._probe(rung, level), self._profile.encoder.qualities, self._per_clip.target_vmaf, guess
        )

    def _probe(self, rung: Rung, level: int) -> Probe:
        name = f"probes/{self._key(rung, level).hex}"
        kept = self._cupboard.get(name)
        if kept is None:
            kept = canonical_json(self._measured(rung, level))
            self._cupboard.put(name, kept)
        return Probe(level, **json.loads(kept))

    def _key(self, rung: Rung, level: int) -> Digest:
        profile = self._profile
        return Digest.of_json(
            {
                "frames": self._content,
                "starts": self._starts,
                "sample_frames": self._sample_frames,
                "encoder": str(profile.encoder),
                "preset": profile.preset,
                "size": rung.size(self._aspect),
                "control": quality(profile, rung, level),
                "tool": self._tools.versions()[Tool.FFMPEG],
            }
        )

    def _measured(self, rung: Rung, level: int) -> dict[str, float]:
        size = rung.size(self._aspect)
        picture = fitted(ffmpeg.input(SAMPLES_FILE).video, self._samples, size)
        control = quality(self._profile, rung, level)
        coded = rendition(picture, self._samples.fps, self._profile, control, PROBE_FILE, self._sample_frames)
        path = self._folder / PROBE_FILE
        try:
            run = self._tools.run(
                Tool.FFMPEG,
                coded.global_args(*QUIET).get_args(),
                deadline_s=_DEADLINE_S + _DEADLINE_S_PER_FRAME * self._samples.frame_count,
                cwd=self._folder,
            )
            seen, judging_cpu_s = vmaf_of(PROBE_FILE, SAMPLES_FILE, self._samples, size, self._tools, self._folder)
            self.cpu_s += run.cpu_s + judging_cpu_s
            size_bytes = path.stat().st_size
        finally:
            path.unlink(missing_ok=True)
        step = self._sample_frames
        worst = min(fmean(seen[at : at + step]) for at in range(0, len(seen), step))
        seconds = float(self._samples.frame_count / self._samples.fps)
        return {"worst_vmaf": round(worst, 3), "bitrate_bps": round(size_bytes * 8 / seconds, 1)}


def search(probe: Callable[[int], Probe], levels: range, target: float, guess: int | None = None) -> Probe:
    """The probe at the highest of `levels` that reaches `target`, or close to it; at the lowest, if none does.

    A higher level has fewer bits and a lower VMAF. Each probe costs, so the next is where a line through the two
    nearest meets the target.
    """
    good: Probe | None = None
    bad: Probe | None = None
    level = levels[len(levels) // 2] if guess is None else min(max(guess, levels[0]), levels[-1])
    for _ in range(_MOST_PROBES):
        found = probe(level)
        if found.worst_vmaf >= target:
            good = found
        else:
            bad = found
        if good is not None and (good.worst_vmaf <= target + _GOOD_ENOUGH or good.level == levels[-1]):
            return good
        if bad is not None and (bad.level == levels[0] or (good is not None and bad.level - good.level == 1)):
            return good or bad
        level = _next(good, bad, levels, target)
    return good or probe(levels[0])


def _next(good: Probe | None, bad: Probe | None, levels: range, target: float) -> int:
    if good is not None and bad is not None:
        share = (good.worst_vmaf - target) / (good.worst_vmaf - bad.worst_vmaf)
        return min(max(good.level + int(share * (bad.level - good.level)), good.level + 1), bad.level - 1)
    known = good or bad
    if known is None:
        raise ValueError("nothing was probed yet")
    step = (known.worst_vmaf - target) / _VMAF_PER_LEVEL
    away = max(2, int(step)) if good is not None else min(-2, int(step) - 1)
    return min(max(known.level + away, levels[0]), levels[-1])
