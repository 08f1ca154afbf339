"""Loading what one step of a release needs, and nothing else.

The components come through diffusers' own `from_pretrained`; those of other steps stay out. Denoising needs the shape
of the latents and so the VAE's configuration, which is read without its weights.
"""

import contextlib
import inspect
import json
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import diffusers
import torch
import transformers

from vidgen_assets.clips.errors import CapacityError, PermanentError
from vidgen_assets.diffusion.families import adapter_of
from vidgen_assets.diffusion.families.base import Pipeline, Step
from vidgen_assets.diffusion.weights import locate, verify
from vidgen_assets.models.components import INDEX, VAE_CONFIG, named_components
from vidgen_assets.models.release import Determinism, Execution, ModelRelease, Scheduler, Tiling

_DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}
_ATTENTION = "native"
_PROCESSORS = {Step.TEXT: "tokenizer", Step.PICTURE: "image_processor"}


class VaeShape:
    """A VAE's configuration and compression without its weights: what denoising must know of decoding."""

    def __init__(self, vae: Any) -> None:
        self.config = vae.config
        for name in ("spatial_compression_ratio", "temporal_compression_ratio"):
            if name in vars(vae):
                setattr(self, name, getattr(vae, name))


def components_for(pipeline: str, root: Path, step: Step) -> tuple[str, ...]:
    """The components of the folder's index that the step reads: its weights, its tokenizers or image processor."""
    weights, present = adapter_of(pipeline).weights[step], named_components(root)
    processors = [name for name in present if step in _PROCESSORS and name.startswith(_PROCESSORS[step])]
    return tuple(name for name in (*weights, *processors) if name in present)


def load_step(release: ModelRelease, step: Step, cache: Path | None = None) -> Pipeline:
    """The release's pipeline with only what `step` needs, verified, on its device, its options applied.

    Raises what `weights.py` raises, `PermanentError` for files that are no such pipeline, `CapacityError` for a device
    that isn't there or a number format that it can't do.
    """
    execution = release.execution
    _refuse_device(execution)
    wanted = components_for(release.pipeline, locate(release, [], cache), step)
    read = [*wanted, *([VAE_CONFIG] if step is Step.DENOISE else [])]
    root = locate(release, read, cache)
    verify(release, root, read)
    _pin_algorithms(release)
    pipe = _from_folder(release, root, step, wanted)
    for name in adapter_of(release.pipeline).weights[step]:
        module = getattr(pipe, name, None)
        if module is not None:
            _place(module, step, execution)
    return pipe


def _from_folder(release: ModelRelease, root: Path, step: Step, wanted: tuple[str, ...]) -> Pipeline:
    pipeline_class = getattr(diffusers, release.pipeline)
    accepted = inspect.signature(pipeline_class.__init__).parameters
    others = [name for name in named_components(root) if name not in wanted and name in accepted]
    left_out: dict[str, Any] = dict.fromkeys(others)
    left_out["scheduler"] = scheduler_of(release.sampling.scheduler)
    shape = _vae_shape(root) if step is Step.DENOISE else None
    if shape is not None:
        left_out["vae"] = shape
    dtypes = {"default": _DTYPES[release.execution.dtype], "vae": _DTYPES[release.execution.vae_dtype]}
    try:
        with quiet():
            pipe = pipeline_class.from_pretrained(
                root, **left_out, torch_dtype=dtypes, use_safetensors=True, local_files_only=True
            )
    except torch.OutOfMemoryError:
        raise
    except (OSError, ValueError, KeyError, TypeError, RuntimeError) as error:
        raise PermanentError(
            f"the weights can't be loaded: {type(error).__name__}: {error}",
            field="pipeline",
            value=release.id,
            remedy="The files have the registered digests, so the release never worked: mend it and register it anew.",
        ) from error
    if shape is not None:
        pipe.vae = VaeShape(shape)  # a module on no device would be asked for the device
    pipe.set_progress_bar_config(disable=True)
    return pipe


def scheduler_of(scheduler: Scheduler) -> Any:
    """The scheduler with its full configuration. Raises `PermanentError` for a class or option that there isn't."""
    found = getattr(diffusers, scheduler.class_name, None)
    if found is None or not issubclass(found, diffusers.SchedulerMixin):
        raise PermanentError("no such scheduler", field="sampling.scheduler.class_name", value=scheduler.class_name)
    unknown = sorted(set(scheduler.config) - set(inspect.signature(found.__init__).parameters))
    if unknown:
        raise PermanentError(
            f"{scheduler.class_name} has no such options",
            field="sampling.scheduler.config",
            value=", ".join(unknown),
            allowed=sorted(set(inspect.signature(found.__init__).parameters) - {"self"}),
        )
    return found(**scheduler.config)


def _vae_shape(root: Path) -> Any:
    """The VAE of the folder as its configuration makes it, on no device."""
    name = json.loads((root / INDEX).read_bytes())["vae"][1]
    vae_class = getattr(diffusers, name)
    with torch.device("meta"), quiet():
        return vae_class.from_config(vae_class.load_config(root / "vae"))


def _place(module: Any, step: Step, execution: Execution) -> None:
    """The module on its device, with the release's levers of speed and memory."""
    if step is Step.DENOISE:
        _set_attention(module, execution.attention or _ATTENTION)
        if execution.cache:
            module.enable_cache(diffusers.FirstBlockCacheConfig(threshold=execution.cache.threshold))
        if execution.compile:
            module.compile_repeated_blocks(fullgraph=execution.cache is None)  # a cache's hooks break the graph
    if step is Step.DECODE and execution.tiling:
        tile(module, execution.tiling)
    if step is Step.DENOISE and execution.offload:
        offload(module, execution)
    else:
        module.to(execution.device)
    module.eval()


def _set_attention(module: Any, name: str) -> None:
    """Always set: diffusers keeps the last choice for the whole process, another release's too."""
    try:
        with quiet():  # diffusers calls it experimental at each step of each shard
            module.set_attention_backend(name)
    except (ValueError, RuntimeError, ImportError) as error:
        raise CapacityError(
            f"the attention backend can't be used here: {error}",
            field="execution.attention",
            value=name,
            remedy="Install what it needs, or register a release with another one.",
        ) from error


def offload(module: Any, execution: Execution) -> None:
    """Blocks come to the device one group at a time: about a block's memory instead of the whole transformer's."""
    module.enable_group_offload(
        onload_device=torch.device(execution.device),
        offload_device=torch.device("cpu"),
        offload_type="block_level",
        num_blocks_per_group=1,
        use_stream=execution.device == "cuda",
    )


def tile(vae: Any, tiling: Tiling) -> None:
    """Decode in these tiles. Most VAEs take a stride, CogVideoX's the share of a tile that overlaps."""
    offered = inspect.signature(vae.enable_tiling).parameters
    asked = {
        "tile_sample_min_height": tiling.height,
        "tile_sample_min_width": tiling.width,
        "tile_sample_stride_height": tiling.stride_height,
        "tile_sample_stride_width": tiling.stride_width,
        "tile_overlap_factor_height": 1 - tiling.stride_height / tiling.height,
        "tile_overlap_factor_width": 1 - tiling.stride_width / tiling.width,
    }
    vae.enable_tiling(**{name: value for name, value in asked.items() if name in offered})


def _pin_algorithms(release: ModelRelease) -> None:
    """What is promised exactly may not depend on which kernel a timing race has chosen. The CPU has one of each."""
    if release.execution.device == "cuda":
        exact = release.determinism is Determinism.EXACT
        torch.backends.cudnn.benchmark = False
        torch.use_deterministic_algorithms(exact, warn_only=True)


def _refuse_device(execution: Execution) -> None:
    if execution.device == "cpu":
        return
    if not torch.cuda.is_available():
        raise CapacityError(
            "the release runs on a GPU, and this machine shows none",
            field="execution.device",
            value=execution.device,
            remedy="Run the step where a GPU is, or register a release for the CPU.",
        )
    if execution.dtype == "bfloat16" and not torch.cuda.is_bf16_supported():
        raise CapacityError(
            f"{torch.cuda.get_device_name()} doesn't compute in bfloat16",
            field="execution.dtype",
            value=execution.dtype,
            allowed="float32, float16",
            remedy="Run the step on a newer card, or register a release in float16.",
        )


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Neither progress bars nor advice from the libraries: their lines mean nothing to who reads a run's log."""
    loggers = (diffusers.utils.logging, transformers.utils.logging)
    levels = [logger.get_verbosity() for logger in loggers]
    try:
        for logger in loggers:
            logger.set_verbosity_error()
            logger.disable_progress_bar()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)
            yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.set_verbosity(level)
            logger.enable_progress_bar()
