"""What a profile's steps are expected to cost, from seconds a step and megapixel-frame that stand in the price book.

A megapixel-frame is a million pixels of one frame. `benchmarks/post.py` measures them; how is in docs/profiles.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from vidgen_assets.clips.frozen import Frozen
from vidgen_assets.clips.post import Denoise, DenoiseStrength, Grade, Interpolate, Motion, Sharpen, Step, Upscale
from vidgen_assets.clips.profiles import OutputProfile, even
from vidgen_assets.clips.spec import Aspect

_DRAWN_AND_DRAWN_AGAIN = 2
"""A template's frames are drawn for their audit and again for the encoder; a model's are kept."""


class PostCosts(Frozen):
    """Processor seconds for a megapixel-frame, of what a step makes; `pipe` is to ffmpeg and back, once for all."""

    pipe: float = 0.0
    grade: float = 0.0
    denoise: float = 0.0
    deflicker: float = 0.0
    sharpen: float = 0.0
    upscale: float = 0.0
    interpolate_compensated: float = 0.0
    interpolate_blend: float = 0.0
    burnt_captions: float = 0.0

    def cpu_s(
        self, profile: OutputProfile, aspect: Aspect, fps: Fraction, duration_s: Fraction, *, by_template: bool
    ) -> float:
        """Over all stages, for a clip of `duration_s` seconds; captions count as if they were there all the time."""
        promised = _Frames(*profile.canvas(aspect), fps, duration_s)
        passes = _DRAWN_AND_DRAWN_AGAIN if by_template else 1
        burnt = self.burnt_captions * promised.megapixels if profile.burn_captions else 0.0
        filtered = self._filtered_s(profile.post, promised, by_template=by_template) if profile.post else 0.0
        return passes * (filtered + burnt)

    def _filtered_s(self, steps: Sequence[Step], promised: "_Frames", *, by_template: bool) -> float:
        frames = promised if by_template else promised.as_drawn(steps)
        total = self.pipe * (frames.megapixels + promised.megapixels) / 2
        for step in steps:
            made = frames.after(step, promised)
            total += self._a_megapixel_s(step, changes=made != frames) * made.megapixels
            frames = made
        return total

    def _a_megapixel_s(self, step: Step, *, changes: bool) -> float:
        """0 for a step that does nothing."""
        match step:
            case Interpolate():
                motion = self.interpolate_blend if step.motion is Motion.BLEND else self.interpolate_compensated
                return motion if changes else 0.0
            case Upscale():
                return self.upscale if changes else 0.0
            case Denoise(strength=DenoiseStrength.NONE) | Grade(strength=0) | Sharpen(amount=0):
                return 0.0
            case Grade():
                return self.grade
            case Denoise():
                return self.denoise
            case Sharpen():
                return self.sharpen
            case _:
                return self.deflicker


@dataclass(frozen=True, slots=True)
class _Frames:
    """A clip's frames at some place between the backend and the encoder."""

    width: int
    height: int
    fps: Fraction
    duration_s: Fraction

    @property
    def megapixels(self) -> float:
        """Of all frames together."""
        return self.width * self.height * float(self.fps * self.duration_s) / 1e6

    def as_drawn(self, steps: Sequence[Step]) -> "_Frames":
        """What a model is asked for, as `post.drawn_spec` says."""
        drawn = self
        for step in steps:
            if isinstance(step, Interpolate):
                drawn = replace(drawn, fps=min(step.from_fps, self.fps))
            if isinstance(step, Upscale) and step.from_short_side_px < min(self.width, self.height):
                scale = Fraction(step.from_short_side_px, min(self.width, self.height))
                drawn = replace(drawn, width=even(self.width * scale), height=even(self.height * scale))
        return drawn

    def after(self, step: Step, promised: "_Frames") -> "_Frames":
        """What `step` makes of them on the way to `promised`."""
        if isinstance(step, Interpolate):
            return replace(self, fps=promised.fps)
        if isinstance(step, Upscale):
            return replace(self, width=promised.width, height=promised.height)
        return self
