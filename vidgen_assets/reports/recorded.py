"""What the record says of how a clip was made: its spec, latents and frames as its newest attempts hold them.

Read for making the clip again (`replay.py`). A clip whose records don't follow from each other is refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from resources.workshop import Workshop
from vidgen_assets.captions.asset import CAPTIONS
from vidgen_assets.clips.artifact import Artifact
from vidgen_assets.clips.digest import Digest
from vidgen_assets.clips.errors import InputError
from vidgen_assets.clips.generation import GenerationBackend
from vidgen_assets.clips.ledger import LedgerRow
from vidgen_assets.clips.narration import Narration
from vidgen_assets.clips.spec import ClipSpec
from vidgen_assets.frames.asset import FRAMES
from vidgen_assets.frames.recording import FrameRecording
from vidgen_assets.latents.asset import LATENTS, narration_followed
from vidgen_assets.models.release import ModelRelease
from vidgen_assets.prompts.asset import PROMPTS
from vidgen_assets.reports.standing import Standing
from vidgen_assets.soundtracks.asset import SOUNDTRACKS
from vidgen_assets.stages.stage import Stage, Tags, Task


@dataclass(frozen=True, slots=True)
class RecordedStage:
    """One stage's row of the clip, its artifact, and the work key that the same inputs have today."""

    row: LedgerRow
    artifact: Artifact
    key_now: Digest


@dataclass(frozen=True, slots=True)
class Recorded:
    """A clip as the record has it. `release` is None for a template's."""

    spec: ClipSpec
    backend: GenerationBackend
    release: ModelRelease | None
    narration: Narration | None
    """What is said in the clip, where its pictures keep time with it."""
    captions: Digest
    latents: RecordedStage
    frames: RecordedStage
    recording: FrameRecording

    def provenance(self, stage: str) -> Mapping[str, Any]:
        return {"latents": self.latents, "frames": self.frames}[stage].row.provenance

    def raised_since(self) -> list[str]:
        """The stages whose work would have another key today: a recipe was raised, or a template edited."""
        stages = {"latents": self.latents, "frames": self.frames}
        return [name for name, stage in stages.items() if stage.row.work_key != stage.key_now]


def read_recorded(clip: Standing, shop: Workshop) -> Recorded:
    """Raises `InputError` for a clip whose latents or frames aren't there yet, or belong to an earlier spec of it."""
    _, prompts = _found(PROMPTS, {}, clip, shop)
    spec = ClipSpec.model_validate_json(shop.artifacts.read(prompts.digest))
    _, soundtracks = _found(SOUNDTRACKS, {PROMPTS.name: prompts}, clip, shop)
    known = {PROMPTS.name: prompts, SOUNDTRACKS.name: soundtracks}
    task = Task(clip.clip_id, clip.trace_id, Tags.of(spec), clip.catalog, known_spec=spec, artifacts=known)
    latents = _recorded(LATENTS, task, clip, shop)
    _, captions = _found(CAPTIONS, known, clip, shop)
    task = replace(task, artifacts={**known, CAPTIONS.name: captions, LATENTS.name: latents.artifact})
    frames = _recorded(FRAMES, task, clip, shop)
    is_a_models = spec.route.backend != "template"
    return Recorded(
        spec=spec,
        backend=shop.backends[spec.route.backend],
        release=shop.models.release(spec.route.release) if is_a_models else None,
        narration=narration_followed(spec, soundtracks, shop),
        captions=captions.digest,
        latents=latents,
        frames=frames,
        recording=FrameRecording.from_bytes(shop.artifacts.read(frames.artifact.digest)),
    )


def _recorded(stage: Stage, task: Task, clip: Standing, shop: Workshop) -> RecordedStage:
    upstream = {up.name: task.artifacts[up.name] for up in stage.upstream if up.name in task.artifacts}
    row, artifact = _found(stage, upstream, clip, shop)
    return RecordedStage(row, artifact, stage.recipe.work_key(stage.inputs(task, shop)))


def _found(
    stage: Stage, upstream: Mapping[str, Artifact], clip: Standing, shop: Workshop
) -> tuple[LedgerRow, Artifact]:
    """The clip's newest row and artifact, made from exactly `upstream`."""
    attempt = shop.ledgers.latest(stage.name, clip.shard)
    row = attempt.row(clip.clip_id) if attempt else None
    if row is None or row.artifact is None:
        why = f": {row.problem.message}" if row and row.problem else ""
        remedy = f"`vidgen show {clip.catalog}/{clip.clip_id}` says where it stands; `vidgen run` takes it on."
        raise _refusal(f"the clip has no {stage.name} yet{why}", clip, remedy)
    stale = [name for name, artifact in upstream.items() if row.inputs.get(name) != artifact.digest]
    if stale:
        found = f"the clip's {stage.name} were made from {' and '.join(stale)} that have been replaced since"
        raise _refusal(found, clip, f"Run the catalog again: its {stage.name} are made anew.")
    return row, row.artifact


def _refusal(found: str, clip: Standing, remedy: str) -> InputError:
    return InputError(found, field="clip", value=f"{clip.catalog}/{clip.clip_id}", remedy=remedy)
