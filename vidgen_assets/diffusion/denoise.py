"""Denoising: noise and conditions become latents, by the pipeline's own loop. The second of the three steps.

The loop is diffusers' own; this hooks into it between steps, to save a checkpoint, to stop, and to resume. Resuming
runs the loop with a transformer that answers zeros until the step that was saved, then puts latents, scheduler and
generator back: what follows is bit for bit what would have followed.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from vidgen_assets.clips.errors import Interrupted, PermanentError
from vidgen_assets.diffusion.checkpoint import Checkpoint, put_back, state_of
from vidgen_assets.diffusion.encode import seeded
from vidgen_assets.diffusion.families import adapter_of
from vidgen_assets.diffusion.families.base import Adapter, Job, Pipeline, Tensors
from vidgen_assets.models.release import Checkpoints


@dataclass(slots=True)
class Watch:
    """What is done between steps. Without `save`, nothing is ever saved, and stopping loses the clip's steps."""

    key: str = ""
    fingerprint: str = ""
    save: Callable[[Checkpoint], None] | None = None
    is_interrupted: Callable[[], bool] = lambda: False
    every: Checkpoints = field(default_factory=Checkpoints)
    clock: Callable[[], float] = time.monotonic
    on_step: Callable[[int], None] = lambda steps_done: None


@dataclass(frozen=True, slots=True)
class Conditions:
    """What a clip is conditioned on: its prompt's embedding, the negative one with guidance, its picture."""

    positive: Tensors
    negative: Tensors | None = None
    picture: Tensors = field(default_factory=dict)


def denoise(
    pipe: Pipeline, job: Job, conditions: Conditions, watch: Watch | None = None, begun: Checkpoint | None = None
) -> Tensor:
    """The denoised latents in the pipeline's own layout, on the CPU.

    Continues from `begun`, a checkpoint of the same work. Raises `Interrupted` once `watch.is_interrupted`, after
    saving; `PermanentError` for latents that are not numbers; lets the device's out-of-memory errors through.
    """
    adapter, generator = adapter_of(type(pipe).__name__), seeded(job)
    noise = _noise(adapter, pipe, job, conditions, generator)
    loop = _Loop(pipe, job, generator, watch or Watch(), begun)
    with torch.no_grad(), _as_it_was(pipe), loop.skipping():
        refused = None if conditions.negative is None else _on(conditions.negative, pipe)
        texts = adapter.text_arguments(_on(conditions.positive, pipe), refused)
        latents = pipe(
            **adapter.arguments(job),
            **texts,
            **adapter.begin_with(pipe, noise.to(pipe._execution_device), _on(conditions.picture, pipe)),
            generator=generator,
            output_type="latent",
            return_dict=False,
            callback_on_step_end=loop.after_step,
            callback_on_step_end_tensor_inputs=["latents"],
        )[0]
    _refuse_nonsense(latents, job.sampling.steps)
    return latents.to("cpu")


def _noise(adapter: Adapter, pipe: Pipeline, job: Job, conditions: Conditions, generator: torch.Generator) -> Tensor:
    """A family that samples its picture has drawn the noise with it."""
    return conditions.picture["latents"] if "latents" in conditions.picture else adapter.noise(pipe, job, generator)


class _Loop:
    """The steps of one clip as the pipeline's callback sees them."""

    def __init__(
        self, pipe: Pipeline, job: Job, generator: torch.Generator, watch: Watch, begun: Checkpoint | None
    ) -> None:
        self._pipe, self._job, self._generator, self._watch = pipe, job, generator, watch
        self._begun = begun
        self._saved_at = watch.clock()
        self._saved_step = begun.steps_done if begun else 0
        self._restore: Callable[[], None] = lambda: None

    @contextmanager
    def skipping(self) -> Iterator[None]:
        """With a checkpoint, the transformers answer zeros until `after_step` has reached it."""
        self._restore = _silence(self._pipe) if self._begun else self._restore
        try:
            yield
        finally:
            self._restore()

    def after_step(self, _pipe: Pipeline, index: int, _timestep: Any, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
        done, begun = index + 1, self._begun
        if begun is not None and done < begun.steps_done:
            return {}
        if begun is not None and done == begun.steps_done:
            self._restore()
            device = tensors["latents"].device
            put_back(self._pipe.scheduler, begun.scheduler, device)
            self._generator.set_state(begun.generator)
            return {"latents": begun.latents.to(device)}
        self._watch.on_step(done)
        self._maybe_save(done, tensors["latents"])
        return {}

    def _maybe_save(self, done: int, latents: Tensor) -> None:
        watch, last = self._watch, done == self._job.sampling.steps
        stopping = not last and watch.is_interrupted()
        steps_due = done - self._saved_step >= watch.every.every_steps
        time_due = watch.clock() - self._saved_at >= watch.every.every_s
        if watch.save is not None and not last and (stopping or steps_due or time_due):
            _refuse_nonsense(latents, done)
            state, generator = state_of(self._pipe.scheduler), self._generator.get_state()
            watch.save(Checkpoint(watch.key, watch.fingerprint, done, latents, state, generator))
            self._saved_step, self._saved_at = done, watch.clock()
        if stopping:
            kept = f"saved after step {done}" if watch.save else "not resumable, so it will start anew"
            raise Interrupted(f"interrupted at step {done} of {self._job.sampling.steps}; {kept}")


def _silence(pipe: Pipeline) -> Callable[[], None]:
    """Make the transformers answer zeros at no cost; the returned function gives them back."""
    modules = [m for m in (getattr(pipe, "transformer", None), getattr(pipe, "transformer_2", None)) if m is not None]

    def zeros(module: Any) -> Callable[..., tuple[Tensor]]:
        channels = module.config.out_channels or module.config.in_channels
        axis = {"BSC": 2, "BFCHW": 2}.get(adapter_of(type(pipe).__name__).layout, 1)

        def forward(hidden_states: Tensor, *_args: Any, **_kwargs: Any) -> tuple[Tensor]:
            shape = list(hidden_states.shape)
            shape[axis] = channels
            return (hidden_states.new_zeros(shape),)

        return forward

    real = [(module, module.__dict__.get("forward")) for module in modules]
    for module in modules:
        module.forward = zeros(module)

    def restore() -> None:
        for module, own in real:
            if own is None:
                module.__dict__.pop("forward", None)
            else:
                module.forward = own

    return restore


@contextmanager
def _as_it_was(pipe: Pipeline) -> Iterator[None]:
    """What a family hung on the pipeline for one clip is taken off again."""
    before = set(vars(pipe))
    try:
        yield
    finally:
        for name in set(vars(pipe)) & {"prepare_latents", "encode_image"} - before:
            delattr(pipe, name)
        _reset_caches(pipe)


def _on(tensors: Tensors, pipe: Pipeline) -> Tensors:
    return {name: tensor.to(pipe._execution_device) for name, tensor in tensors.items()}


def _reset_caches(pipe: Pipeline) -> None:
    """A cache between steps must not remember the clip before."""
    for module in (getattr(pipe, "transformer", None), getattr(pipe, "transformer_2", None)):
        if module is not None and module.is_cache_enabled:
            module._reset_stateful_cache()


def _refuse_nonsense(latents: Tensor, step: int) -> None:
    broken = int((~torch.isfinite(latents)).sum())
    if broken:
        raise PermanentError(
            f"denoising gave values that are no numbers: {broken} of {latents.numel()} after step {step}",
            field="latents",
            value=f"{latents.dtype}".removeprefix("torch."),
            allowed="finite numbers",
            remedy="float16 overflows where bfloat16 doesn't: register a release with another dtype. "
            "If others of this release fail alike, freeze it.",
        )
