"""Whether a release can and may make a clip, and at which size; asked before anything is spent.

Pure: no torch, no files. Questions of policy come before questions of room, and the first objection is enough. Whether
a release can be what it says was asked when it was registered (`registration.py`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

from vidgen_assets.clips.errors import InputError, PolicyError
from vidgen_assets.clips.spec import WORLDWIDE, ClipSpec
from vidgen_assets.models.families import takes_image
from vidgen_assets.models.release import Bucket, FrameGrid, ModelRelease
from vidgen_assets.models.vocabulary import refuse_prompt

MAX_SEED: Final = 2**53 - 1  # the largest integer that JSON carries exactly (RFC 8785)
RATIO_TOLERANCE: Final = Fraction(4, 100)  # 832x480 is 2.5 % off 16:9, 176x96 3.1 %; no two aspects are that close
_MICROSECONDS = Decimal("0.000001")  # as exact as a catalog takes durations


@dataclass(frozen=True, slots=True)
class Hardware:
    """What releases run on: `cuda` or `cpu`, and the memory of one such device."""

    memory_gib: float
    device: str


@dataclass(frozen=True, slots=True)
class Admitted:
    """What the pipeline is asked for."""

    bucket: Bucket
    frame_count: int


def admit(
    spec: ClipSpec, release: ModelRelease, hardware: Hardware, count_tokens: Callable[[str], int] | None
) -> Admitted:
    """The size and length to make the clip at. `count_tokens` is the text encoder's; without it no length is judged.

    Raises `PolicyError` for what the licence forbids, `InputError` for what the release can't do.
    """
    _refuse_use(spec, release)
    _refuse_territories(spec, release)
    _refuse_prompt(spec, release, count_tokens)
    _refuse_image(spec, release)
    _refuse_seed(spec)
    _refuse_fps(spec, release)
    _refuse_frame_count(spec, release.frame_grid)
    bucket = _bucket(spec, release)
    if release.backend != "remote":  # a server's memory is its own affair
        _refuse_hardware(release, hardware)
    return Admitted(bucket, spec.frame_count)


def _refuse_use(spec: ClipSpec, release: ModelRelease) -> None:
    licence = release.licence
    if spec.use not in licence.allows:
        raise PolicyError(
            f"the licence {licence.name} of {release.id} does not allow this use",
            field="use",
            value=spec.use,
            allowed=licence.allows or "no use at all",
            remedy="Choose a model whose licence allows it, or license these weights for it.",
        )


def _refuse_territories(spec: ClipSpec, release: ModelRelease) -> None:
    excluded = release.licence.excluded_territories
    shown_in = set(spec.territories)
    if excluded and (WORLDWIDE in shown_in or shown_in & set(excluded)):
        raise PolicyError(
            f"the licence {release.licence.name} of {release.id} excludes territories that the clip is shown in",
            field="territories",
            value=" ".join(spec.territories),
            allowed=f"territories without {', '.join(excluded)}",
            remedy="Name the territories without these, or choose a model whose licence covers them.",
        )


def _refuse_prompt(spec: ClipSpec, release: ModelRelease, count_tokens: Callable[[str], int] | None) -> None:
    prompt = spec.prompt or ""
    if not prompt.strip():
        remedy = "Describe the clip in a prompt."
        raise InputError("a model needs a prompt", field="prompt", allowed="a description of the clip", remedy=remedy)
    if release.vocabulary is not None:
        refuse_prompt(prompt, release.vocabulary, release.id)
    most = release.sampling.max_sequence_length
    if count_tokens is not None and (length := count_tokens(prompt)) > most:
        raise InputError(
            f"the prompt is {length} tokens long, and what {release.id} can't read would be cut off unseen",
            field="prompt",
            value=prompt,
            allowed=f"at most {most} tokens",
            remedy="Shorten the prompt.",
        )


def _refuse_image(spec: ClipSpec, release: ModelRelease) -> None:
    if release.backend == "remote":  # servers take both
        return
    begins_with_image = takes_image(release)
    if begins_with_image and spec.image is None:
        remedy = "Give an image, or choose a model that works from a prompt alone."
        raise InputError(f"{release.id} begins with an image", field="image", allowed="a picture", remedy=remedy)
    if not begins_with_image and spec.image is not None:
        raise InputError(
            f"{release.id} works from a prompt alone and would not use the image",
            field="image",
            value=spec.image.reference,
            allowed="no image",
            remedy="Leave the image out, or choose a model that begins with one.",
        )


def _refuse_seed(spec: ClipSpec) -> None:
    if not 0 <= spec.seed <= MAX_SEED:
        remedy = "Leave it empty to have one derived from catalog and id."
        raise InputError("no such seed", field="seed", value=spec.seed, allowed=f"0 to {MAX_SEED}", remedy=remedy)


def _refuse_fps(spec: ClipSpec, release: ModelRelease) -> None:
    if spec.fps not in release.fps:
        raise InputError(
            f"{release.id} was not trained for this frame rate",
            field="fps",
            value=str(spec.fps),
            allowed=[str(rate) for rate in release.fps],
            remedy="Write one of these rates.",
        )


def _refuse_frame_count(spec: ClipSpec, grid: FrameGrid) -> None:
    if grid.holds(spec.frame_count):
        return
    below = [count for count in grid.counts() if count < spec.frame_count][-1:]
    above = [count for count in grid.counts() if count > spec.frame_count][:1]
    offered = [f"{count} frames (duration_s {_duration(count, spec.fps)})" for count in (*below, *above)]
    raise InputError(
        f"{spec.frame_count} frames are not among the counts that the model makes",
        field="duration_s",
        value=_duration(spec.frame_count, spec.fps),
        allowed=offered,
        remedy="Write one of these durations.",
    )


def _duration(frame_count: int, fps: Fraction) -> str:
    """Seconds as a catalog takes them; to the microsecond, which brings back the same count at any rate."""
    seconds = Decimal(frame_count) * fps.denominator / Decimal(fps.numerator)
    text = f"{seconds.quantize(_MICROSECONDS):f}"
    return text.rstrip("0").rstrip(".")


def _bucket(spec: ClipSpec, release: ModelRelease) -> Bucket:
    """The largest size of the clip's shape that isn't larger than its canvas, or else the smallest of that shape.

    A little smaller is scaled up by the grading that follows; larger would be paid for and thrown away.
    """
    wanted = spec.aspect.ratio
    fitting = [b for b in release.buckets if abs(b.ratio / wanted - 1) <= RATIO_TOLERANCE]
    if not fitting:
        raise InputError(
            f"{release.id} makes no pictures of this shape",
            field="aspect",
            value=spec.aspect,
            allowed=[str(bucket) for bucket in release.buckets],
            remedy="Choose the aspect of one of these sizes, or another model.",
        )
    by_size = sorted(fitting, key=lambda b: (b.width * b.height, -abs(b.ratio / wanted - 1), b.width))
    not_larger = [b for b in by_size if b.width * b.height <= spec.width * spec.height]
    return not_larger[-1] if not_larger else by_size[0]


def _refuse_hardware(release: ModelRelease, hardware: Hardware) -> None:
    device = release.execution.device
    if device == "cuda" and hardware.device != "cuda":
        remedy = "Choose a release for processors, or set VIDGEN_GPU_MEMORY_GIB where there is a pool of GPUs."
        raise _no_room(f"{release.id} runs on a GPU, and this deployment has none", release, hardware.device, remedy)
    if device == hardware.device and release.memory_gib > hardware.memory_gib:
        found = f"{release.id} needs {release.memory_gib:g} GiB of memory"
        remedy = "Choose a smaller release, or one with offload."
        raise _no_room(found, release, f"at most {hardware.memory_gib:.1f} GiB", remedy)


def _no_room(found: str, release: ModelRelease, allowed: str, remedy: str) -> InputError:
    return InputError(found, field="model", value=release.id, allowed=allowed, remedy=remedy)
