"""Claims about prompts: a spec is what the contract promises, and its words are what the policy allows.

The artifact of the stage is the JSON of a `ClipSpec`; it is read again here, since that file is what later stages get.
The rules on words live in `safety/`.
"""

from collections.abc import Iterator

from pydantic import ValidationError

from quality_checks.check import Check, Exhibit
from quality_checks.safety.policy import POLICY_RULES_VERSION, Match, load_policy
from vidgen_assets.clips.profiles import load_profiles
from vidgen_assets.clips.spec import ClipSpec
from vidgen_assets.clips.verdicts import CheckId, Finding, Outcome, worst

STAGE = "prompts"
_MIN_FPS, _MAX_FPS = 8, 60
_MIN_DURATION_S, _MAX_DURATION_S = 0.5, 60
_MOST_REASONS = 5


def _rows_obey_the_contract(exhibit: Exhibit) -> Finding:
    try:
        spec = ClipSpec.model_validate_json(exhibit.path.read_bytes())
    except ValidationError as error:
        return Finding(Outcome.FAIL, f"the stored spec is no spec: {error.error_count()} fields are wrong")
    broken = list(contract_breaches(spec, exhibit.spec.clip_id))
    measured = {"frames": float(spec.frame_count), "duration_s": float(spec.duration_s), "breaches": float(len(broken))}
    if broken:
        return Finding(Outcome.FAIL, "; ".join(broken[:_MOST_REASONS]), measured)
    return Finding(Outcome.PASS, "canvas, frames, seed and tags are as the contract says", measured)


def contract_breaches(spec: ClipSpec, clip_id: str) -> Iterator[str]:
    """What is wrong with `spec`, as sentences; `clip_id` is the clip it is filed under."""
    if spec.clip_id != clip_id:
        yield f"the spec is of clip {spec.clip_id}, filed under {clip_id}"
    if not (spec.prompt or spec.template):
        yield "neither a prompt nor a template is given"
    if not _MIN_FPS <= spec.fps <= _MAX_FPS:
        yield f"fps is {spec.fps}, outside {_MIN_FPS} to {_MAX_FPS}"
    half_frame_s = 1 / (2 * float(spec.fps)) if spec.fps > 0 else 0.0
    if not _MIN_DURATION_S - half_frame_s <= _duration_s(spec) <= _MAX_DURATION_S + half_frame_s:
        yield f"{spec.frame_count} frames at {spec.fps} a second last {_duration_s(spec):.2f} s"
    yield from _canvas_breaches(spec)
    if not 0 <= spec.seed < 2**63:
        yield f"the seed {spec.seed} is out of range"
    yield from (f"{tag} is empty" for tag in ("campaign", "owner", "customer") if not getattr(spec, tag).strip())
    yield from _route_breaches(spec)


def _route_breaches(spec: ClipSpec) -> Iterator[str]:
    route = spec.route
    if spec.template and spec.backdrop:
        if route.backend != "ensemble":
            yield f"a generated scene behind the template {spec.template} is routed to {route.release}"
    elif spec.template and route.release != f"template/{spec.template}":
        yield f"the template {spec.template} is routed to {route.release}"
    elif not spec.template and (route.backend in ("template", "ensemble") or spec.backdrop):
        yield f"the clip has no template and is routed to {route.release}, {route.backend}"


def _duration_s(spec: ClipSpec) -> float:
    return float(spec.duration_s) if spec.fps > 0 else 0.0


def _canvas_breaches(spec: ClipSpec) -> Iterator[str]:
    profile = load_profiles().get(spec.profile)
    if profile is None:
        yield f"the profile {spec.profile} does not exist"
    elif (spec.width, spec.height) != profile.canvas(spec.aspect):
        wanted = "x".join(map(str, profile.canvas(spec.aspect)))
        yield f"the canvas is {spec.width}x{spec.height}; {spec.profile} at {spec.aspect} is {wanted}"


def _prompts_obey_the_policy(exhibit: Exhibit) -> Finding:
    spec = ClipSpec.model_validate_json(exhibit.path.read_bytes())
    policy = load_policy()
    texts = texts_of(spec)
    found = [(field, match) for field, text in texts.items() for match in policy.judge(text)]
    measured = {
        "coverage_rules_only": 1.0,  # no classifier reads the words: a paraphrase goes unseen
        "texts": float(len(texts)),
        "matches": float(len(found)),
        "policy_rules_version": float(policy.version),
    }
    if not found:
        return Finding(Outcome.PASS, "no rule on words matches (coverage: rules only)", measured)
    return Finding(worst([match.outcome for _, match in found]), _reason(found), measured)


def texts_of(spec: ClipSpec) -> dict[str, str]:
    """Every text of `spec` that a viewer may read or hear, by field."""
    given = {
        "prompt": spec.prompt,
        "backdrop": spec.backdrop,
        "script": spec.script,
        "audio_description": spec.audio_description,
    }
    variables = {
        f"variables.{name}": value if isinstance(value, str) else "\n".join(value)
        for name, value in spec.variables.items()
        if isinstance(value, str | tuple)
    }
    return {field: text for field, text in (given | variables).items() if text}


def _reason(found: list[tuple[str, Match]]) -> str:
    gravest_first = sorted(found, key=lambda item: -item[1].outcome.severity)
    named = [f"{m.category} ({m.rule}) in {field}: '{m.excerpt}'" for field, m in gravest_first[:_MOST_REASONS]]
    more = f"; and {len(found) - _MOST_REASONS} more" if len(found) > _MOST_REASONS else ""
    return f"{'; '.join(named)}{more}. {gravest_first[0][1].remedy}"


CHECKS = (
    Check(
        CheckId(STAGE, "rows_obey_the_contract", 1),
        "The spec is what the contract promises: canvas, frame count, seed, route and the tags that cost is booked by.",
        _rows_obey_the_contract,
    ),
    Check(
        CheckId(STAGE, "prompts_obey_the_policy", POLICY_RULES_VERSION),
        "Prompt, script and texts on screen break no rule of the policy on words, disguises undone. Rules only.",
        _prompts_obey_the_policy,
    ),
)
