"""What each pipeline class of diffusers can do when it is driven in three steps; what it can't is said at admission.

Read from diffusers 0.42.1 and tried with tiny weights (`tests/diffusion/`). A class that isn't listed is refused: its
latents' layout would be a guess.
"""

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from vidgen_assets.clips.errors import InputError
from vidgen_assets.models.release import ModelRelease


@dataclass(frozen=True, slots=True)
class Family:
    """A pipeline class. `restarts_with` has a reason for each scheduler that can't be resumed exactly."""

    pipeline: str
    takes_image: bool = False
    size_multiple: int = 16  # width and height in pixels must be multiples of it
    frame_step: int = 4  # frames are `frame_step * k + 1`
    has_step_callback: bool = True
    has_latent_output: bool = True
    restarts_with: MappingProxyType[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def can_stage(self) -> bool:
        """Whether denoising and decoding can be driven apart."""
        return self.has_latent_output and self.has_step_callback

    def why_restart(self, scheduler: str, *, has_cache: bool) -> str | None:
        """Why an interrupted clip starts anew; None if it is resumed to the identical result."""
        if not self.has_step_callback:
            return f"{self.pipeline} has no callback between steps"
        if has_cache:
            return "a cache between steps holds state that isn't in a checkpoint"
        return self.restarts_with.get(scheduler)


_COGVIDEO_STATE: Final = MappingProxyType(
    {"CogVideoXDPMScheduler": "CogVideoX keeps this scheduler's last prediction in a variable of its loop"}
)

FAMILIES: Final = MappingProxyType(
    {
        family.pipeline: family
        for family in (
            Family("WanPipeline"),
            Family("WanImageToVideoPipeline", takes_image=True),
            Family("LTXPipeline", size_multiple=32, frame_step=8),
            Family("LTXImageToVideoPipeline", takes_image=True, size_multiple=32, frame_step=8),
            Family("CogVideoXPipeline", size_multiple=16, restarts_with=_COGVIDEO_STATE),
            Family("HunyuanVideoPipeline"),
            Family("HunyuanVideo15Pipeline", has_step_callback=False),
            Family("Kandinsky5T2VPipeline", has_latent_output=False),
        )
    }
)


def takes_image(release: ModelRelease) -> bool:
    """Whether a release begins with a picture. Not for a server's, which may do both."""
    return release.backend == "diffusion" and family_of(release.pipeline).takes_image


def family_of(pipeline: str) -> Family:
    """The family of a pipeline class. Raises `InputError` for one that can't be driven in steps."""
    family = FAMILIES.get(pipeline)
    able = [name for name, known in FAMILIES.items() if known.can_stage]
    if family is None:
        raise InputError(
            "no adapter drives this pipeline class in steps",
            field="pipeline",
            value=pipeline,
            allowed=able,
            remedy="Use a pipeline of the list, or add a family (docs/models.md).",
        )
    if not family.can_stage:
        raise InputError(
            "this pipeline class gives no latents, or no word between its steps, so it can't be driven in steps",
            field="pipeline",
            value=pipeline,
            allowed=able,
            remedy="Serve it behind the videos protocol and register that server as a release.",
        )
    return family
