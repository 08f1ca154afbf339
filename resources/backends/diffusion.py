"""The `diffusion` backend: any diffusers pipeline in three steps, one pipeline resident for a shard.

An adapter: what a step does lives in `vidgen_assets/diffusion/`, what a release is in `vidgen_assets/models/`. One clip
at a time is on the device. Encoding is kept in `conditions.py`, checkpoints in `denoising.py`, memory in `memory.py`.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from resources.backends.conditions import ENCODING_RECIPE, Conditioner
from resources.backends.decoded_frames import Decoded, DecodedFrames
from resources.backends.denoising import Denoising
from resources.backends.memory import Memory, levers_for_decoding, levers_for_denoising
from resources.backends.residency import Residency
from resources.settings import pin_cublas
from vidgen_assets.clips.errors import InputError, Interrupted, PermanentError
from vidgen_assets.clips.generation import Cupboard, Desk, FrameShape, FrameStream, Generated, MediaShelf
from vidgen_assets.clips.spec import ClipSpec
from vidgen_assets.models.admission import Admitted, Hardware, admit
from vidgen_assets.models.release import ModelRelease

if TYPE_CHECKING:  # torch takes seconds to import
    from vidgen_assets.diffusion.families.base import Job

logger = logging.getLogger(__name__)

DIFFUSION_RECIPE = 1
"""Raise it when the same release and spec would give other latents or frames."""

_ANY = Hardware(memory_gib=float("inf"), device="cuda")  # whether it fits was asked at admission


class DiffusionBackend:
    """Fills `GenerationBackend`. `release_of` looks a release up by id and raises for one that isn't registered."""

    def __init__(
        self,
        release_of: Callable[[str], ModelRelease],
        hardware: Hardware,
        cache: Path | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._release_of, self._hardware, self._cache, self._clock = release_of, hardware, cache, clock
        self._resident = Residency(cache)
        self._conditioner = Conditioner(self._resident)
        self._memory = Memory(self._resident.empty)
        self._device = threading.RLock()  # other clips' audits and uploads go on beside it
        pin_cublas()

    @property
    def name(self) -> str:
        return "diffusion"

    @property
    def keeps_frames(self) -> bool:
        """Decoding is the GPU's work, and no two kinds of GPU round alike."""
        return True

    def follows_narration(self, spec: ClipSpec) -> bool:  # noqa: ARG002 - no pictures of a model keep time
        return False

    def admit(self, spec: ClipSpec) -> None:
        """Raises as `vidgen_assets.models.admission.admit`, and `CapacityError` for weights that aren't there."""
        from vidgen_assets.diffusion.tokens import token_counter

        release = self._release(spec)
        with self._device:  # loads a tokenizer, and no weights
            count = token_counter(release, self._cache)
            admit(spec, release, self._hardware, count)
            _refuse_cut_negative(release, count)

    def latent_inputs(self, spec: ClipSpec) -> dict[str, Any]:
        """The release by its content, not by its id: a renamed release makes nothing again."""
        from vidgen_assets.diffusion.canvas import CANVAS_RECIPE

        release, admitted = self._release(spec), self._admitted(spec)
        return {
            "recipe": [DIFFUSION_RECIPE, ENCODING_RECIPE, CANVAS_RECIPE if spec.image else None],
            "pipeline": release.pipeline,
            "determinism": release.determinism.value,
            "components": {name: str(digest) for name, digest in sorted(release.components.items())},
            "sampling": release.sampling.model_dump(mode="json", exclude={"decode_timestep", "decode_noise_scale"}),
            "execution": release.execution.model_dump(mode="json", exclude={"tiling"}),
            "prompt": spec.prompt,
            "image": str(spec.image.digest) if spec.image else None,
            "bucket": str(admitted.bucket),
            "frame_count": admitted.frame_count,
            "fps": str(spec.fps),
            "seed": spec.seed,
        }

    def prepare(self, specs: Sequence[ClipSpec], media: MediaShelf, cupboard: Cupboard) -> None:
        """Encode each distinct text of `specs` once, then their pictures, before a transformer takes the device.

        Trouble is only logged: it comes up again with the clip it belongs to.
        """
        by_release = sorted(specs, key=lambda spec: spec.route.release)
        for encode in (self._conditioner.texts, self._conditioner.picture):
            for spec in by_release:
                try:
                    with self._device:
                        encode(self._release(spec), spec, self._job(spec), media, cupboard)
                except Exception as error:  # noqa: BLE001 - out of memory included; the clip itself will tell
                    logger.warning("%s isn't encoded beforehand: %s", spec.clip_id, error)

    def make_latents(self, spec: ClipSpec, desk: Desk) -> Generated:
        """Encode what isn't encoded yet, then denoise, from a checkpoint if there is one.

        Raises `Interrupted` after saving, `PermanentError` for latents that are no numbers or don't fit in memory.
        """
        from vidgen_assets.diffusion.environment import environment
        from vidgen_assets.diffusion.families.base import Step
        from vidgen_assets.diffusion.latents_file import Latents, describe

        release, job = self._release(spec), self._job(spec)
        with self._device:
            _stop_if_interrupted(desk)  # others may have waited for the device when the signal came
            conditions, _ = self._memory.work(
                lambda _: self._conditioner.conditions(release, spec, job, desk.media, desk.cupboard),
                lambda _: None,
                None,
                f"encoding for {release.id}",
            )
            run = Denoising(release, job, conditions, desk, self._clock)
            began = self._clock()
            tensor, smaller = self._memory.work(
                run.on,
                lambda execution: self._resident.pipeline(release, Step.DENOISE, execution),
                levers_for_denoising(release.execution),
                f"denoising {job.frame_count} frames of {job.width}x{job.height} with {release.id}",
            )
            gpu_s = self._gpu_seconds(release, began)
            vae_config = self._resident.pipeline(release, Step.DENOISE, smaller).vae.config
        document = describe(job, tensor, release.pipeline, str(release.components.get("vae", "")), vae_config)
        provenance = {
            "release": release.id,
            "release_digest": str(release.digest),
            "determinism": release.determinism.value,
            "environment": environment(smaller or release.execution),
            "memory_levers": None if smaller is None else smaller.model_dump(mode="json"),
            **run.provenance,
        }
        data = Latents(tensor, document).to_bytes()
        return Generated(data, gpu_s=gpu_s, provenance=provenance, once_kept=run.finished)

    def decode_inputs(self, spec: ClipSpec) -> dict[str, Any]:
        from vidgen_assets.diffusion.canvas import CANVAS_RECIPE

        release = self._release(spec)
        execution, sampling = release.execution, release.sampling
        return {
            "recipe": DIFFUSION_RECIPE,
            "canvas": CANVAS_RECIPE,
            "size": [spec.width, spec.height],
            "vae": str(release.components.get("vae", "")),
            "vae_dtype": execution.vae_dtype,
            "tiling": execution.tiling.model_dump(mode="json") if execution.tiling else None,
            "decode_noise": [sampling.decode_timestep, sampling.decode_noise_scale],
            "meters": release.vocabulary.meters if release.vocabulary else None,
        }

    def decode(self, spec: ClipSpec, latents: bytes, media: MediaShelf) -> FrameStream:  # noqa: ARG002 - as all
        """Decoding begins when the first frame is read. Raises `PermanentError` for latents of another VAE."""
        from vidgen_assets.diffusion.latents_file import Latents

        release, found = self._release(spec), Latents.from_bytes(latents)
        vae = str(release.components.get("vae", ""))
        if found.document["vae"] != vae:
            raise PermanentError(
                "these latents belong to another VAE than the release has",
                field="vae",
                value=found.document["vae"],
                allowed=vae,
                remedy="Materialise latents for this shard again.",
            )
        job = found.job(release.sampling, release.execution.dtype)
        shape = FrameShape(spec.width, spec.height, spec.fps, job.frame_count)
        return DecodedFrames(lambda: self._decoded(release, found.tensor, job), shape, release, spec.prompt or "")

    def _decoded(self, release: ModelRelease, tensor: Any, job: "Job") -> Decoded:
        from vidgen_assets.diffusion.decode import decode
        from vidgen_assets.diffusion.families.base import Step

        with self._device:
            began = self._clock()
            pictures, smaller = self._memory.work(
                lambda pipe: decode(pipe, tensor, job),
                lambda execution: self._resident.pipeline(release, Step.DECODE, execution),
                levers_for_decoding(release.execution, job.width, job.height),
                f"decoding {job.frame_count} frames of {job.width}x{job.height} with {release.id}",
            )
            return Decoded(pictures, smaller, self._gpu_seconds(release, began))

    def _gpu_seconds(self, release: ModelRelease, began: float) -> float:
        """The time for which the clip had the device to itself: what a GPU is paid for."""
        return self._clock() - began if release.execution.device == "cuda" else 0.0

    def _job(self, spec: ClipSpec) -> "Job":
        from vidgen_assets.diffusion.families.base import Job

        bucket, sampling = self._admitted(spec).bucket, self._release(spec).sampling
        dtype = self._release(spec).execution.dtype
        return Job(bucket.width, bucket.height, spec.frame_count, Fraction(spec.fps), spec.seed, sampling, dtype)

    def _admitted(self, spec: ClipSpec) -> Admitted:
        return admit(spec, self._release(spec), _ANY, None)

    def _release(self, spec: ClipSpec) -> ModelRelease:
        return self._release_of(spec.route.release)


def _stop_if_interrupted(desk: Desk) -> None:
    if desk.is_interrupted():
        raise Interrupted("interrupted before its first step", remedy="Run again; nothing of it is lost.")


def _refuse_cut_negative(release: ModelRelease, count_tokens: Callable[[str], int]) -> None:
    """The release's own negative prompt is cut as silently as a clip's would be."""
    length, most = count_tokens(release.sampling.negative_prompt), release.sampling.max_sequence_length
    if length > most:
        raise InputError(
            f"the negative prompt of {release.id} is {length} tokens long, and its encoder would cut it off unseen",
            field="model",
            value=release.id,
            allowed=f"at most {most} tokens",
            remedy="Register the release anew with a shorter negative prompt, and freeze this one.",
        )
