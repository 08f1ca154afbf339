"""A backend whose frames go through the steps of the clip's profile. It wraps any other and keeps its name.

The inner backend is asked for what the steps begin with, which may be fewer and smaller frames (`drawn_spec`); it knows
nothing of them. A clip whose profile has no steps is the inner backend's in every way: same keys, same frames.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from vidgen_assets.clips.errors import InputError
from vidgen_assets.clips.generation import (
    Cupboard,
    Desk,
    FrameShape,
    FrameStream,
    Generated,
    GenerationBackend,
    MediaShelf,
)
from vidgen_assets.clips.media_tools import MediaTools
from vidgen_assets.clips.post import Step, drawn_spec, step_document
from vidgen_assets.clips.profiles import load_profiles
from vidgen_assets.clips.spec import ClipSpec


@dataclass(frozen=True, slots=True)
class PostProcessing:
    """Fills `GenerationBackend`."""

    inner: GenerationBackend
    tools: MediaTools

    @property
    def name(self) -> str:
        return self.inner.name

    @property
    def keeps_frames(self) -> bool:
        return self.inner.keeps_frames

    def admit(self, spec: ClipSpec) -> None:
        """Raises as the inner backend; an objection to what the steps ask for says so."""
        drawn = _drawn(spec)
        try:
            self.inner.admit(drawn)
        except InputError as error:
            if drawn != spec:
                asked = f"The profile {spec.profile} has {_in_words(drawn)} drawn, and makes the rest of them."
                error.remedy = f"{error.remedy or ''} {asked}".strip()
            raise

    def follows_narration(self, spec: ClipSpec) -> bool:
        return self.inner.follows_narration(_drawn(spec))

    def latent_inputs(self, spec: ClipSpec) -> dict[str, Any]:
        return self.inner.latent_inputs(_drawn(spec))

    def prepare(self, specs: Sequence[ClipSpec], media: MediaShelf, cupboard: Cupboard) -> None:
        self.inner.prepare([_drawn(spec) for spec in specs], media, cupboard)

    def make_latents(self, spec: ClipSpec, desk: Desk) -> Generated:
        return self.inner.make_latents(_drawn(spec), desk)

    def decode_inputs(self, spec: ClipSpec) -> dict[str, Any]:
        """The inner backend's, and the steps with the shape that they lead to, if there are any."""
        inputs = self.inner.decode_inputs(_drawn(spec))
        steps = _steps(spec)
        return {**inputs, "post": _post_inputs(spec, steps)} if steps else inputs

    def decode(self, spec: ClipSpec, latents: bytes, media: MediaShelf) -> FrameStream:
        frames, steps = self.inner.decode(_drawn(spec), latents, media), _steps(spec)
        if not steps:
            return frames
        from vidgen_assets.frames.post.stream import PostProcessed

        promised = FrameShape(spec.width, spec.height, spec.fps, spec.frame_count)
        return PostProcessed(frames, promised, steps, self.tools)


def _post_inputs(spec: ClipSpec, steps: Sequence[Step]) -> dict[str, Any]:
    from vidgen_assets.frames.post.graph import POST_RECIPE

    return {
        "recipe": POST_RECIPE,
        "steps": [step_document(step) for step in steps],
        "size": [spec.width, spec.height],
        "fps": str(spec.fps),
        "frame_count": spec.frame_count,
    }


def _steps(spec: ClipSpec) -> tuple[Step, ...]:
    return load_profiles()[spec.profile].post


def _drawn(spec: ClipSpec) -> ClipSpec:
    return drawn_spec(spec, _steps(spec))


def _in_words(drawn: ClipSpec) -> str:
    return f"{drawn.frame_count} frames of {drawn.width}x{drawn.height} at {drawn.fps} a second"
