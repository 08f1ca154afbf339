"""One clip's denoising with its checkpoints: where it begins, where it is saved, and what is to be said of that."""

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from vidgen_assets.clips.errors import VidgenError
from vidgen_assets.clips.generation import Desk
from vidgen_assets.models.families import family_of
from vidgen_assets.models.release import ModelRelease

if TYPE_CHECKING:  # torch takes seconds to import
    from vidgen_assets.diffusion.checkpoint import Checkpoint
    from vidgen_assets.diffusion.denoise import Conditions
    from vidgen_assets.diffusion.families.base import Job


logger = logging.getLogger(__name__)


class Denoising:
    """Checkpoints lie in the desk's cupboard under the work's key, so that any process finds them."""

    def __init__(
        self, release: ModelRelease, job: "Job", conditions: "Conditions", desk: Desk, clock: Callable[[], float]
    ) -> None:
        self._release, self._job, self._conditions, self._desk, self._clock = release, job, conditions, desk, clock
        self._name = f"checkpoints/{desk.key.hex}"
        scheduler = release.sampling.scheduler.class_name
        has_cache = release.execution.cache is not None
        self._why_restart = family_of(release.pipeline).why_restart(scheduler, has_cache=has_cache)
        self.provenance: dict[str, Any] = {"resumed_from_step": 0, "not_resumable": self._why_restart}

    def on(self, pipe: Any) -> Any:
        """The latents, made with this pipeline, from the checkpoint if there is one. Raises as `denoise` does."""
        from vidgen_assets.diffusion.denoise import Watch, denoise
        from vidgen_assets.diffusion.environment import fingerprint

        here = fingerprint(self._release.execution)
        begun = None if self._why_restart else self._found(here)
        self.provenance["resumed_from_step"] = begun.steps_done if begun else 0
        watch = Watch(
            key=str(self._desk.key),
            fingerprint=here,
            save=None if self._why_restart else self._save,
            is_interrupted=self._desk.is_interrupted,
            every=self._release.checkpoints,
            clock=self._clock,
        )
        return denoise(pipe, self._job, self._conditions, watch, begun)

    def finished(self) -> None:
        """The clip is done; its checkpoint has served."""
        self._desk.cupboard.delete(self._name)

    def _found(self, here: str) -> "Checkpoint | None":
        """The checkpoint, if it is of this work and of an environment like this one: elsewhere the last bits differ."""
        from vidgen_assets.diffusion.checkpoint import Checkpoint

        data = self._desk.cupboard.get(self._name)
        found = Checkpoint.from_bytes(data) if data else None
        if found is None or found.key != str(self._desk.key):
            return None
        if found.fingerprint != here:
            self.provenance["checkpoint_left"] = f"step {found.steps_done}, made in another environment"
            return None
        return found

    def _save(self, checkpoint: "Checkpoint") -> None:
        """A store that is in trouble costs the checkpoint, not the clip."""
        try:
            self._desk.cupboard.put(self._name, checkpoint.to_bytes())
        except VidgenError:
            logger.warning("the checkpoint after step %d can't be kept", checkpoint.steps_done, exc_info=True)
