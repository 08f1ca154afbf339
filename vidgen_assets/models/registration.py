"""Whether a release can be what it says, asked once, when it is registered; no clip has to find out.

Pure rules on the value itself. Who may be active beside whom is `lifecycle.py`'s question, and whether a clip fits a
release `admission.py`'s.
"""

from collections.abc import Callable, Iterator
from typing import Any, Final

from vidgen_assets.clips.errors import InputError
from vidgen_assets.models.families import Family, family_of
from vidgen_assets.models.release import BuiltInSource, Determinism, EndpointSource, ModelRelease, Scheduler

REMOTE_PIPELINE: Final = "videos"
PROCEDURAL_PIPELINE: Final = "scenes"
_RANDOM_CLASSES: Final = ("DDPMScheduler", "LCMScheduler", "TCDScheduler")
_RANDOM_PARTS_OF_CLASSES: Final = ("Ancestral", "SDE")


def check_release(release: ModelRelease) -> None:
    """Raise `InputError` for the first thing that can't be true of `release`."""
    if not release.frame_grid.counts():
        raise _wrong("the frame grid holds no count", "frame_grid", release.frame_grid, "least and most around a count")
    if release.backend == "remote":
        _check_remote(release)
    elif release.backend == "procedural":
        _check_procedural(release)
    else:
        _check_diffusion(release)


def _check_remote(release: ModelRelease) -> None:
    if not isinstance(release.source, EndpointSource):
        raise _wrong("a server's release needs an endpoint", "source.kind", release.source.kind, "endpoint")
    if release.pipeline != REMOTE_PIPELINE:
        raise _wrong("a server's release names the protocol it speaks", "pipeline", release.pipeline, REMOTE_PIPELINE)
    if release.components:
        raise _wrong("a server keeps its weights to itself", "components", ", ".join(release.components), "none")


def _check_procedural(release: ModelRelease) -> None:
    if not isinstance(release.source, BuiltInSource):
        raise _wrong("scenes are computed by the project itself", "source.kind", release.source.kind, "built-in")
    if release.pipeline != PROCEDURAL_PIPELINE:
        raise _wrong("scenes have no pipeline class", "pipeline", release.pipeline, PROCEDURAL_PIPELINE)
    if release.components:
        raise _wrong("scenes have no weights", "components", ", ".join(release.components), "none")
    if release.vocabulary is None or release.vocabulary.meters != "backdrops":
        raise _wrong("scenes are asked for in a closed vocabulary", "vocabulary.meters", None, "backdrops")


def _check_diffusion(release: ModelRelease) -> None:
    family = family_of(release.pipeline)
    if isinstance(release.source, EndpointSource | BuiltInSource):
        raise _wrong("a pipeline is loaded from files", "source.kind", release.source.kind, "folder, shipped, hub")
    if not release.components:
        remedy = "`vidgen models add` computes the digests of a folder; of a hub's repository, write them out."
        raise _wrong("the weights have no digests", "components", None, "a digest for each component", remedy)
    _check_grid(release, family)
    _check_buckets(release, family)
    _check_tiling(release, family)
    for field, value in _randomness(release.sampling.scheduler):
        remedy = "Use a deterministic scheduler: these draw noise that the clip's seed doesn't decide."
        raise _wrong("a release can't draw noise between steps", field, value, "deterministic sampling", remedy)
    if release.determinism is Determinism.EXACT:
        _check_exactness(release)


def _check_grid(release: ModelRelease, family: Family) -> None:
    grid, step = release.frame_grid, family.frame_step
    off = [count for count in grid.counts() if (count - 1) % step]
    if off:
        allowed = f"counts that are {step} k + 1, as {family.pipeline} makes them"
        raise _wrong(f"the frame grid holds {off[0]} frames", "frame_grid", f"{grid.step} k + {grid.offset}", allowed)


def _check_buckets(release: ModelRelease, family: Family) -> None:
    for bucket in release.buckets:
        if bucket.width % family.size_multiple or bucket.height % family.size_multiple:
            allowed = f"widths and heights that are multiples of {family.size_multiple}"
            raise _wrong(f"{family.pipeline} can't make this size", "buckets", str(bucket), allowed)


def _check_exactness(release: ModelRelease) -> None:
    for field, is_broken in _BREAKS_EXACTNESS.items():
        if is_broken(release):
            remedy = "Leave it out, or declare `determinism: tolerant`."
            raise _wrong("an exact release can't have this", field, None, "determinism: tolerant", remedy)


def _check_tiling(release: ModelRelease, family: Family) -> None:
    """A stride that isn't a whole number of latents shifts the tiles against each other."""
    tiling = release.execution.tiling
    for name, length in tiling.model_dump().items() if tiling else ():
        if length % family.size_multiple:
            allowed = f"multiples of {family.size_multiple}"
            raise _wrong("tiles must be cut between latents", f"execution.tiling.{name}", length, allowed)


_BREAKS_EXACTNESS: Final[dict[str, Callable[[ModelRelease], bool]]] = {
    "execution.cache": lambda release: release.execution.cache is not None,
    "execution.compile": lambda release: release.execution.compile,
}


def _randomness(scheduler: Scheduler) -> Iterator[tuple[str, str]]:
    """What makes `scheduler` draw noise while it samples, as field and value."""
    name, config = scheduler.class_name, scheduler.config
    if name in _RANDOM_CLASSES or any(part in name for part in _RANDOM_PARTS_OF_CLASSES):
        yield "sampling.scheduler.class_name", name
    if config.get("stochastic_sampling"):
        yield "sampling.scheduler.config.stochastic_sampling", "true"
    algorithm = str(config.get("algorithm_type", ""))
    if algorithm.startswith("sde-"):
        yield "sampling.scheduler.config.algorithm_type", algorithm


def differences(known: ModelRelease, other: ModelRelease) -> list[str]:
    """What two releases differ in, such as `sampling.steps: 50 and 40`, sorted by field."""
    left, right = _flat(known.model_dump(mode="json")), _flat(other.model_dump(mode="json"))
    fields = sorted(field for field in left.keys() | right.keys() if left.get(field) != right.get(field))
    return [f"{field}: {left.get(field)} and {right.get(field)}" for field in fields]


def _flat(document: Any, field: str = "") -> dict[str, Any]:
    if not isinstance(document, dict) or not document:
        return {field: document}
    found: dict[str, Any] = {}
    for name, value in document.items():
        found |= _flat(value, f"{field}.{name}" if field else str(name))
    return found


def _wrong(found: str, field: str, value: Any, allowed: str, remedy: str = "Mend the release's file.") -> InputError:
    return InputError(found, field=field, value=value, allowed=allowed, remedy=remedy)
