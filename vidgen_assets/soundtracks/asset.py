"""The `soundtracks` asset: what each clip says and plays, at the promised loudness, exactly as long as the clip."""

from pathlib import Path
from typing import Any

from quality_checks.soundtracks import CHECKS
from resources.workshop import Workshop
from vidgen_assets.clips.narration import Narration
from vidgen_assets.clips.soundtrack import sample_count
from vidgen_assets.clips.spec import ClipSpec
from vidgen_assets.clips.speech import Voice
from vidgen_assets.clips.work import Recipe
from vidgen_assets.narration.describe import Described, describe
from vidgen_assets.narration.narrate import Narrated, narrate
from vidgen_assets.narration.script import parts_of, spoken_parts
from vidgen_assets.prompts.asset import PROMPTS
from vidgen_assets.soundtracks.compose import Voices, compose
from vidgen_assets.stages.asset import stage_asset
from vidgen_assets.stages.stage import Made, Stage, Task, through_the_gate


def _inputs(task: Task, shop: Workshop) -> dict[str, Any]:
    spec, parts = task.spec, spoken_parts(task.spec, shop.templates)
    return {
        "sample_count": sample_count(spec.duration_s),
        "parts": [part.model_dump(mode="json") for part in parts],
        "description": spec.audio_description,
        "voice": _fingerprint(_voice(spec, shop)) if parts or spec.audio_description else None,
        "audio": spec.audio.digest if spec.audio else None,
        **({"bed_alone": True} if spec.audio and spec.is_unspoken else {}),
    }


def _fingerprint(voice: Voice) -> list[str]:
    return [voice.engine, voice.name, voice.language, voice.fingerprint]


def _make(task: Task, shop: Workshop, scratch: Path) -> Made:
    spec = task.spec
    out = scratch / "soundtrack"
    out.mkdir()
    narrated = _narrated(spec, shop)
    voices = Voices(narrated, _described(spec, narrated.narration if narrated else None, shop))
    recording = shop.artifacts.path(spec.audio.digest) if spec.audio else None
    return Made(out, child_cpu_s=compose(spec, voices, recording, shop.media, out))


def _narrated(spec: ClipSpec, shop: Workshop) -> Narrated | None:
    parts = spoken_parts(spec, shop.templates)
    return narrate(parts, _voice(spec, shop), shop.speech, spec.duration_s) if parts else None


def _described(spec: ClipSpec, narration: Narration | None, shop: Workshop) -> Described | None:
    if not spec.audio_description:
        return None
    parts = parts_of(spec.audio_description, field="audio_description")
    said = narrate(parts, _voice(spec, shop), shop.speech, spec.duration_s, field="audio_description")
    return describe(said, narration)


def _voice(spec: ClipSpec, shop: Workshop) -> Voice:
    return shop.speech.voice_for(spec.language, spec.voice)


SOUNDTRACKS = Stage(
    name="soundtracks",
    upstream=(PROMPTS,),
    recipe=Recipe("soundtracks", 3),
    checks=CHECKS,
    gather=through_the_gate,
    inputs=_inputs,
    make=_make,
)

soundtracks = stage_asset(
    SOUNDTRACKS,
    group="sound",
    kinds=("flac", "json"),
    description="Each clip's sound: narration with its words' times, music under it, audio description, loudness.",
)
