"""A clip made again from its record alone, and held against what was made then. Writes nothing.

What is read of the record is `recorded.py`, how alike two makings are is `likeness.py`; here it is made again, and said
whether what was promised of it held.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any

from resources.cupboard import StoreCupboard
from resources.drawing import drawn_frames
from resources.object_store import ObjectStore
from resources.workshop import Workshop
from vidgen_assets.clips.errors import ArtifactCorrupt, ArtifactMissing, VidgenError
from vidgen_assets.clips.generation import Desk, FrameStream, Traced
from vidgen_assets.frames.record import record_frames
from vidgen_assets.frames.stored import StoredFrames
from vidgen_assets.models.release import Determinism, EndpointSource, Tolerance
from vidgen_assets.reports.likeness import FramesLikeness, LatentsLikeness, compare_frames, compare_latents, psnr
from vidgen_assets.reports.recorded import Recorded, read_recorded
from vidgen_assets.reports.standing import Standing


class Likeness(StrEnum):
    """What came out."""

    EQUAL = "equal"  # the same latents and the same frames, byte for byte
    WITHIN_TOLERANCE = "within tolerance"  # of the model release
    DIFFERENT = "different"


class Promise(StrEnum):
    """What a repetition here must give."""

    EXACT = "exact"
    TOLERANCE = "tolerance"
    NONE = "none"  # the recipe was raised since: today's would make another clip


@dataclass(frozen=True, slots=True)
class EnvironmentDifference:
    """Something of the environment that decides last bits, at one stage: as it was recorded, and as it is here."""

    stage: str
    name: str
    recorded: Any
    here: Any


@dataclass(frozen=True, slots=True)
class Replay:
    """A clip's repetition beside its record. `latents` is None if they weren't made again; `notes` say why."""

    clip_id: str
    catalog: str
    backend: str
    release: str
    verdict: Likeness
    promise: Promise
    why: str
    latents: LatentsLikeness | None
    frames: FramesLikeness
    tolerance: Tolerance | None
    environment: tuple[EnvironmentDifference, ...]
    notes: tuple[str, ...]

    @property
    def is_kept(self) -> bool | None:
        """Whether the promise was kept; None if there was none."""
        match self.promise:
            case Promise.EXACT:
                return self.verdict is Likeness.EQUAL
            case Promise.TOLERANCE:
                return self.verdict is not Likeness.DIFFERENT
            case Promise.NONE:
                return None

    @property
    def is_well(self) -> bool:
        """Equal or within tolerance, as far as that was promised."""
        return self.verdict is not Likeness.DIFFERENT if self.is_kept is None else self.is_kept

    def to_json(self) -> dict[str, Any]:
        return {
            **asdict(self),
            "tolerance": self.tolerance.model_dump(mode="json") if self.tolerance else None,
            "is_kept": self.is_kept,
        }


@dataclass(frozen=True, slots=True)
class _Remade:
    """What was made just now, and how, by stage."""

    latents: LatentsLikeness | None
    frames: FramesLikeness
    provenance: Mapping[str, Mapping[str, Any]]


def replay(clip: Standing, shop: Workshop) -> Replay:
    """Make the clip again and compare. A server's clip is only decoded again: another job would be paid for.

    Raises `InputError` for a clip that has no latents or frames yet, and what making it raises: for altered weights,
    for example, `PermanentError` with both digests.
    """
    recorded = read_recorded(clip, shop)
    remade = _remake(recorded, shop)
    differences = tuple(
        difference
        for stage in remade.provenance
        for difference in _differences(stage, recorded.provenance(stage), remade.provenance[stage])
    )
    promise, why = _promise(recorded, differences)
    tolerance = recorded.release.tolerance if recorded.release else None
    return Replay(
        clip_id=clip.clip_id,
        catalog=clip.catalog,
        backend=recorded.spec.route.backend,
        release=recorded.spec.route.release,
        verdict=_verdict(remade, tolerance),
        promise=promise,
        why=why,
        latents=remade.latents,
        frames=remade.frames,
        tolerance=tolerance,
        environment=differences,
        notes=tuple(_notes(recorded)),
    )


def _remake(recorded: Recorded, shop: Workshop) -> _Remade:
    stage, clip_id = "latents", recorded.spec.clip_id
    try:
        latents, likeness, provenance = _remake_latents(recorded, shop)
        stage = "frames"
        stream = drawn_frames(recorded.spec, latents, recorded.captions, shop)
        frames = _redraw(recorded, stream, shop)
    except VidgenError as error:
        raise error.located(stage=stage, clip_id=clip_id) from error
    return _Remade(likeness, frames, {**provenance, "frames": stream.provenance if isinstance(stream, Traced) else {}})


def _remake_latents(
    recorded: Recorded, shop: Workshop
) -> tuple[bytes, LatentsLikeness | None, dict[str, Mapping[str, Any]]]:
    """The latents to decode, their likeness, and how they were made; a server's are the recorded ones."""
    before = shop.artifacts.read(recorded.latents.artifact.digest)
    if _is_a_servers(recorded):
        return before, None, {}
    nothing_kept = StoreCupboard(ObjectStore("memory:///"))  # no checkpoint and no embedding of an earlier making
    desk = Desk(recorded.latents.key_now, shop.artifacts, nothing_kept, narration=recorded.narration)
    made = recorded.backend.make_latents(recorded.spec, desk)
    return made.data, compare_latents(before, made.data), {"latents": made.provenance}


def _redraw(recorded: Recorded, stream: FrameStream, shop: Workshop) -> FramesLikeness:
    """The frames' likeness: by digest, and where those differ by pixel, or by features where no pixels are left."""
    found = compare_frames(recorded.recording, record_frames(stream, recipe={}, evidence=()))
    if found.features is None:
        return found
    if recorded.recording.stored is None:
        return replace(found, why_no_psnr="the frames of this backend are not stored")
    try:
        path = shop.artifacts.path(recorded.recording.stored)
    except (ArtifactMissing, ArtifactCorrupt) as error:
        return replace(found, why_no_psnr=f"the stored frames can't be read: {error.found}")
    stored = StoredFrames(path, recorded.recording.shape, shop.media)
    return replace(found, psnr=psnr(stored, stream), features=None)


def _differences(stage: str, recorded: Mapping[str, Any], here: Mapping[str, Any]) -> list[EnvironmentDifference]:
    before, now = _environment(recorded), _environment(here)
    names = sorted({*before, *now} if before else [])  # of what wasn't recorded, no difference can be told
    return [
        EnvironmentDifference(stage, name, before.get(name), now.get(name))
        for name in names
        if before.get(name) != now.get(name)
    ]


def _environment(provenance: Mapping[str, Any]) -> dict[str, Any]:
    """What a backend says of device, libraries and number formats; of a server's clip, what decoded it."""
    decoder = {name: provenance[name] for name in ("decoder",) if name in provenance}
    return {**_flat(provenance.get("environment") or {}), **decoder}


def _flat(document: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Nested names joined by dots: `execution.dtype`."""
    flat: dict[str, Any] = {}
    for name, value in document.items():
        flat |= _flat(value, f"{prefix}{name}.") if isinstance(value, dict) else {f"{prefix}{name}": value}
    return flat


def _promise(recorded: Recorded, differences: tuple[EnvironmentDifference, ...]) -> tuple[Promise, str]:
    """What must come out, and why: `docs/operations/replay.md` has it in words."""
    if raised := recorded.raised_since():
        return Promise.NONE, f"what decides the bytes of {' and '.join(raised)} has changed since"
    if recorded.release is None:
        return Promise.EXACT, "a template is drawn alike on every x86-64 processor"
    stages = ("latents", "frames")
    if _is_a_servers(recorded):
        stages = ("frames",)
    elif recorded.spec.route.backend == "ensemble":
        stages = ("latents",)  # its frames are drawn from them as a template's are
    if recorded.release.determinism is Determinism.TOLERANT and not _is_a_servers(recorded):
        return Promise.TOLERANCE, f"{recorded.release.id} promises no more than its tolerance"
    if silent := [stage for stage in stages if not _environment(recorded.provenance(stage))]:
        return Promise.TOLERANCE, f"the record names no environment of {' and '.join(silent)}"
    if differences:
        names = ", ".join(dict.fromkeys(difference.name for difference in differences))
        return Promise.TOLERANCE, f"this is another environment: {names}"
    return Promise.EXACT, "this is the recorded environment"


def _verdict(remade: _Remade, tolerance: Tolerance | None) -> Likeness:
    parts = [part for part in (remade.latents, remade.frames) if part is not None]
    if all(part.are_equal for part in parts):
        return Likeness.EQUAL
    if tolerance is not None and all(part.is_within(tolerance) for part in parts):
        return Likeness.WITHIN_TOLERANCE
    return Likeness.DIFFERENT


def _notes(recorded: Recorded) -> list[str]:
    """What a reader of the numbers should know of how the clip was made."""
    notes: list[str] = []
    made, release = recorded.provenance("latents"), recorded.release
    if _is_a_servers(recorded):
        notes.append("a server's clip can't be made again for free: only decoding its stored video was replayed")
    if step := made.get("resumed_from_step"):
        notes.append(f"the recorded latents were resumed from a checkpoint after step {step}; these in one go")
    if release and made.get("release", release.id) != release.id:
        notes.append(f"the recorded latents were made as {made['release']}, which has the same content")
    return notes


def _is_a_servers(recorded: Recorded) -> bool:
    return recorded.release is not None and isinstance(recorded.release.source, EndpointSource)
