"""What must be true of a clip's latents before frames are drawn from them.

Latents of the `template` backend are the resolved timeline as canonical JSON; the shape of the frames it was resolved
for stands in its `width`, `height`, `fps` and `frame_count`. Those of the other backends are looked at in
`diffusion_latents.py` and `remote_latents.py`. Whether the drawn frames keep the promise is for `frames.py`.
"""

import json
import re
from fractions import Fraction
from typing import Any

from quality_checks.check import Check, Exhibit
from quality_checks.diffusion_latents import clip_fault, diffusion_latents_fault
from quality_checks.remote_latents import remote_latents_fault
from vidgen_assets.clips.digest import canonical_json
from vidgen_assets.clips.errors import shorten
from vidgen_assets.clips.post import drawn_spec
from vidgen_assets.clips.profiles import load_profiles
from vidgen_assets.clips.spec import ClipSpec
from vidgen_assets.clips.verdicts import CheckId, Finding, Outcome

STAGE = "latents"

_SHAPE_FIELDS = ("width", "height", "fps", "frame_count")  # named alike in the timeline and in the spec
_NUMBER = re.compile(r"[0-9]{1,9}(/[1-9][0-9]{0,8})?")


class _Malformed(Exception):
    """The latents can't be drawn from; the message says why."""


def latents_are_well_formed(exhibit: Exhibit) -> Finding:
    """By the backend that the clip is routed to; latents of one that isn't known here are refused. Where the profile
    has fewer or smaller frames drawn than the clip has, the latents are of those."""
    data, backend = exhibit.path.read_bytes(), exhibit.spec.route.backend
    spec = drawn_spec(exhibit.spec, load_profiles()[exhibit.spec.profile].post)
    if backend in ("template", "ensemble"):
        return _judged_timeline(data, exhibit)
    if backend == "procedural":
        fault = _look_fault(data, spec)
    elif backend == "diffusion":
        fault = diffusion_latents_fault(data, spec)
    elif backend == "remote":
        fault = remote_latents_fault(data, spec, exhibit.tools, exhibit.path)
    else:
        fault = f"nobody knows what latents of the backend {backend} look like"
    measurements = {"size_bytes": float(len(data))}
    if fault:
        return Finding(Outcome.FAIL, fault, measurements)
    return Finding(Outcome.PASS, f"{len(data)} bytes that frames of the spec can be decoded from", measurements)


def _judged_timeline(data: bytes, exhibit: Exhibit) -> Finding:
    measurements = {"size_bytes": float(len(data))}
    try:
        faults = _shape_faults(_timeline(data), exhibit.spec)
    except _Malformed as fault:
        return Finding(Outcome.FAIL, str(fault), measurements)
    if faults:
        return Finding(Outcome.FAIL, f"the timeline's shape isn't the spec's: {'; '.join(faults)}", measurements)
    return Finding(Outcome.PASS, f"a canonical timeline of {len(data)} bytes in the spec's shape", measurements)


CHECKS: tuple[Check, ...] = (
    Check(
        CheckId(STAGE, "latents_are_well_formed", 1),
        "Latents that the spec's frames follow from: a timeline, a tensor with all it takes to decode it, or a video.",
        latents_are_well_formed,
    ),
)


def _look_fault(data: bytes, spec: ClipSpec) -> str | None:
    """Why the scene of `spec` can't be drawn from `data`: a look, a seed and a size as canonical JSON."""
    try:
        document = _timeline(data)
    except _Malformed as fault:
        return str(fault)
    if fault := clip_fault(document, spec):
        return fault
    return None if isinstance(document.get("wanted"), dict) else "the latents don't say what is wanted"


def _timeline(data: bytes) -> dict[str, Any]:
    """The document in `data`; raises `_Malformed` for anything but a canonical object that draws something."""
    if not data:
        raise _Malformed("the latents are empty")
    try:
        document = json.loads(data)
        canonical = canonical_json(document)
    except (ValueError, RecursionError) as error:
        raise _Malformed(f"the latents aren't JSON: {error}") from error
    if not isinstance(document, dict):
        raise _Malformed(f"the latents are a JSON {type(document).__name__}, not an object")
    if canonical != data:
        raise _Malformed("the latents aren't canonical JSON: written again, they are other bytes")
    if not any(value for field, value in document.items() if field not in _SHAPE_FIELDS):
        raise _Malformed("the timeline draws nothing: it holds a shape at most")
    return document


def _shape_faults(timeline: dict[str, Any], spec: ClipSpec) -> list[str]:
    return [
        f"{field} is {shorten(timeline[field]) if field in timeline else 'missing'}, promised {getattr(spec, field)}"
        for field in _SHAPE_FIELDS
        if _number(timeline.get(field)) != getattr(spec, field)
    ]


def _number(value: Any) -> Fraction | None:
    """`30` or `"30000/1001"` as an exact number; `None` for anything else."""
    return Fraction(str(value)) if _NUMBER.fullmatch(str(value)) else None
