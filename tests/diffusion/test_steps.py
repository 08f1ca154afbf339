"""The three steps, each with only its own weights, give what the pipeline's own call gives, bit for bit."""

import logging
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import diffusers
import numpy as np
import pytest
import torch
from PIL import Image

from tests.diffusion.releases import COGVIDEO_DDIM, COGVIDEO_DPM, DPM, EULER, UNIPC, tiny_release
from tests.diffusion.tiny import wan22_large, wan22_small
from vidgen_assets.clips.errors import Interrupted, PermanentError
from vidgen_assets.diffusion.checkpoint import Checkpoint
from vidgen_assets.diffusion.decode import decode
from vidgen_assets.diffusion.denoise import Conditions, Watch, denoise
from vidgen_assets.diffusion.encode import encode_picture, encode_text, texts_of
from vidgen_assets.diffusion.families.base import Job, Step
from vidgen_assets.diffusion.loading import VaeShape, load_step, quiet, scheduler_of
from vidgen_assets.models.families import family_of
from vidgen_assets.models.release import Cache, Checkpoints, Execution, ModelRelease, Scheduler

PROMPT = "soft blue waves &amp; light"
PICTURE = Image.fromarray((np.random.RandomState(0).rand(32, 32, 3) * 255).astype("uint8"))
CASES = [
    ("WanPipeline", EULER),
    ("WanPipeline", UNIPC),
    ("WanPipeline", DPM),
    ("WanImageToVideoPipeline", UNIPC),
    ("LTXPipeline", EULER),
    ("LTXImageToVideoPipeline", EULER),
    ("CogVideoXPipeline", COGVIDEO_DDIM),
    ("HunyuanVideoPipeline", EULER),
]
each_case = pytest.mark.parametrize(
    ("pipeline", "scheduler"), CASES, ids=lambda case: getattr(case, "class_name", case)
)


def a_job(release: ModelRelease, seed: int = 7) -> Job:
    return Job(32, 32, 9, Fraction(16), seed, release.sampling)


def conditions_of(release: ModelRelease, job: Job) -> Conditions:
    pipe = load_step(release, Step.TEXT)
    positive, *negative = (encode_text(pipe, text, job) for text in texts_of(release.pipeline, PROMPT, job))
    picture = {}
    if family_of(release.pipeline).takes_image:
        picture = encode_picture(load_step(release, Step.PICTURE), PICTURE, job)
    return Conditions(positive, negative[0] if negative else None, picture)


def monolithic(release: ModelRelease, folder: Path, job: Job, output_type: str) -> Any:
    """What one call of the whole pipeline gives: the reference."""
    with quiet():
        pipe: Any = getattr(diffusers, release.pipeline).from_pretrained(folder)
    return called(pipe, release, job, output_type)


def called(pipe: Any, release: ModelRelease, job: Job, output_type: str) -> Any:
    pipe.scheduler = scheduler_of(release.sampling.scheduler)
    pipe.set_progress_bar_config(disable=True)
    asked: dict[str, Any] = {
        "prompt": PROMPT,
        "num_inference_steps": release.sampling.steps,
        "width": job.width,
        "height": job.height,
        "num_frames": job.frame_count,
        "guidance_scale": release.sampling.guidance_scale,
        "max_sequence_length": release.sampling.max_sequence_length,
        "generator": torch.Generator().manual_seed(job.seed),
        "output_type": output_type,
    }
    if release.pipeline != "HunyuanVideoPipeline":
        asked["negative_prompt"] = release.sampling.negative_prompt
    if release.pipeline.startswith("LTX"):
        asked |= {
            "frame_rate": float(job.fps),
            "decode_timestep": release.sampling.decode_timestep,
            "decode_noise_scale": release.sampling.decode_noise_scale,
        }
    if family_of(release.pipeline).takes_image:
        asked["image"] = PICTURE
    return pipe(**asked).frames


@each_case
def test_three_steps_equal_the_pipelines_own_call(
    pipeline: str, scheduler: Scheduler, tiny_folder: Callable[[str], Path]
) -> None:
    folder = tiny_folder(pipeline)
    release = tiny_release(folder, pipeline, scheduler=scheduler)
    job = a_job(release)
    latents = denoise(load_step(release, Step.DENOISE), job, conditions_of(release, job))
    frames = decode(load_step(release, Step.DECODE), latents, job)

    assert torch.equal(latents, monolithic(release, folder, job, "latent"))
    expected = monolithic(release, folder, job, "np")[0]
    assert np.array_equal(frames, (expected * 255).round().astype(np.uint8))
    assert frames.shape == (9, 32, 32, 3)
    assert frames.std() > 1  # not one flat colour, which anything would equal


def test_the_libraries_say_nothing_when_a_step_is_loaded(
    tiny_folder: Callable[[str], Path], caplog: pytest.LogCaptureFixture
) -> None:
    release = tiny_release(tiny_folder("WanPipeline"), "WanPipeline", scheduler=EULER)
    library = logging.getLogger("diffusers")  # hands nothing up to the root, where `caplog` listens
    library.addHandler(caplog.handler)
    try:
        for step in (Step.TEXT, Step.DENOISE, Step.DECODE):
            load_step(release, step)
    finally:
        library.removeHandler(caplog.handler)
    assert caplog.messages == []


@pytest.mark.parametrize("pipeline", ["LTXPipeline", "LTXImageToVideoPipeline"])
def test_a_vae_that_denoises_once_more_gets_the_noise_it_would_have_had(
    pipeline: str, tmp_path: Path, tiny_folder: Callable[[str], Path]
) -> None:
    from tests.diffusion.tiny import ltx_with_timestep_conditioning

    torch.manual_seed(0)
    ltx_with_timestep_conditioning(pipeline).save_pretrained(tmp_path)
    release = tiny_release(tmp_path, pipeline)
    sampling = release.sampling.model_copy(update={"decode_timestep": 0.05, "decode_noise_scale": 0.025})
    release = release.model_copy(update={"sampling": sampling})
    job = a_job(release)
    latents = denoise(load_step(release, Step.DENOISE), job, conditions_of(release, job))
    frames = decode(load_step(release, Step.DECODE), latents, job)

    expected = monolithic(release, tmp_path, job, "np")[0]
    assert np.array_equal(frames, (expected * 255).round().astype(np.uint8))


@pytest.mark.parametrize("variant", [wan22_small, wan22_large])
def test_both_kinds_of_wan_2_2_are_driven_and_resumed_alike(variant: Callable[[], Any], tmp_path: Path) -> None:
    torch.manual_seed(0)
    variant().save_pretrained(tmp_path)
    release = tiny_release(tmp_path, scheduler=UNIPC, steps=6)
    job, saved = a_job(release), []
    conditions = conditions_of(release, job)
    watch = Watch(save=lambda c: saved.append(c.to_bytes()), every=Checkpoints(every_steps=1))
    whole = denoise(load_step(release, Step.DENOISE), job, conditions, watch)

    assert torch.equal(whole, monolithic(release, tmp_path, job, "latent"))
    for data in saved:
        again = load_step(release, Step.DENOISE)
        assert torch.equal(whole, denoise(again, job, conditions, begun=Checkpoint.from_bytes(data)))


@each_case
def test_each_step_loads_its_own_weights_and_no_others(
    pipeline: str, scheduler: Scheduler, tiny_folder: Callable[[str], Path]
) -> None:
    release = tiny_release(tiny_folder(pipeline), pipeline, scheduler=scheduler)
    text, denoising, decoding = (load_step(release, step) for step in (Step.TEXT, Step.DENOISE, Step.DECODE))

    assert text.text_encoder is not None
    assert text.transformer is None
    assert text.vae is None
    assert denoising.transformer is not None
    assert denoising.text_encoder is None
    assert isinstance(denoising.vae, VaeShape)  # its configuration, without weights
    assert decoding.vae is not None
    assert decoding.transformer is None
    assert decoding.text_encoder is None


@each_case
def test_a_clip_resumes_from_every_step_to_the_identical_latents(
    pipeline: str, scheduler: Scheduler, tiny_folder: Callable[[str], Path]
) -> None:
    release = tiny_release(tiny_folder(pipeline), pipeline, scheduler=scheduler)
    job = a_job(release)
    conditions, saved = conditions_of(release, job), []
    watch = Watch(key="k", save=lambda c: saved.append(c.to_bytes()), every=Checkpoints(every_steps=1))
    whole = denoise(load_step(release, Step.DENOISE), job, conditions, watch)

    assert len(saved) == release.sampling.steps - 1
    for data in saved:
        another = load_step(release, Step.DENOISE)
        assert torch.equal(whole, denoise(another, job, conditions, begun=Checkpoint.from_bytes(data)))


def test_a_scheduler_that_hides_its_memory_is_declared_and_really_cant_be_resumed(
    tiny_folder: Callable[[str], Path],
) -> None:
    release = tiny_release(tiny_folder("CogVideoXPipeline"), "CogVideoXPipeline", scheduler=COGVIDEO_DPM)
    job = a_job(release)
    conditions, saved = conditions_of(release, job), []
    pipe = load_step(release, Step.DENOISE)
    watch = Watch(save=lambda c: saved.append(c.to_bytes()), every=Checkpoints(every_steps=1))
    whole = denoise(pipe, job, conditions, watch)

    assert not torch.equal(whole, denoise(pipe, job, conditions, begun=Checkpoint.from_bytes(saved[0])))
    assert "variable of its loop" in (
        family_of(release.pipeline).why_restart("CogVideoXDPMScheduler", has_cache=False) or ""
    )


def test_a_cache_between_steps_works_and_doesnt_remember_the_clip_before(tiny_folder: Callable[[str], Path]) -> None:
    folder = tiny_folder("WanPipeline")
    release = tiny_release(folder, execution=Execution(cache=Cache(kind="first_block", threshold=5.0)))
    plain = tiny_release(folder)
    job, other = a_job(release), a_job(release, seed=8)
    conditions = conditions_of(release, job)
    pipe = load_step(release, Step.DENOISE)
    first = denoise(pipe, job, conditions)
    denoise(pipe, other, conditions)

    assert torch.equal(first, denoise(pipe, job, conditions))
    assert not torch.equal(first, denoise(load_step(plain, Step.DENOISE), job, conditions))  # the cache was at work
    assert "cache between steps" in (family_of("WanPipeline").why_restart("any", has_cache=True) or "")


def test_an_interrupted_clip_saves_at_once_and_goes_on_from_there(tiny_folder: Callable[[str], Path]) -> None:
    release = tiny_release(tiny_folder("WanPipeline"), scheduler=UNIPC)
    job = a_job(release)
    conditions, saved = conditions_of(release, job), []
    pipe = load_step(release, Step.DENOISE)
    watch = Watch(save=lambda c: saved.append(c), every=Checkpoints(every_steps=100), is_interrupted=lambda: True)

    with pytest.raises(Interrupted, match="interrupted at step 1 of 4; saved after step 1"):
        denoise(pipe, job, conditions, watch)
    assert [checkpoint.steps_done for checkpoint in saved] == [1]
    assert torch.equal(denoise(pipe, job, conditions), denoise(pipe, job, conditions, begun=saved[0]))


def test_checkpoints_come_by_time_too(tiny_folder: Callable[[str], Path]) -> None:
    release = tiny_release(tiny_folder("WanPipeline"), steps=6)
    job, saved, now = a_job(release), [], iter(range(0, 1000, 10))
    watch = Watch(
        save=lambda c: saved.append(c.steps_done),
        every=Checkpoints(every_steps=100, every_s=15.0),
        clock=lambda: float(next(now)),
    )
    denoise(load_step(release, Step.DENOISE), job, conditions_of(release, job), watch)

    assert saved == [2, 4]


def test_latents_that_are_no_numbers_are_refused_with_how_many(tiny_folder: Callable[[str], Path]) -> None:
    release = tiny_release(tiny_folder("WanPipeline"))
    job = a_job(release)
    conditions, pipe = conditions_of(release, job), load_step(release, Step.DENOISE)
    with torch.no_grad():
        pipe.transformer.proj_out.bias.fill_(float("nan"))

    with pytest.raises(PermanentError, match=r"no numbers: 192 of 192 after step 4"):
        denoise(pipe, job, conditions)


def test_bytes_that_are_no_checkpoint_are_no_checkpoint() -> None:
    assert Checkpoint.from_bytes(b"") is None
    assert Checkpoint.from_bytes(b"\x08\0\0\0\0\0\0\0{}      ") is None


@pytest.mark.parametrize("pipeline", ["WanPipeline", "LTXPipeline"])
def test_half_precision_with_a_full_precision_vae_equals_the_pipelines_own_call(
    pipeline: str, tiny_folder: Callable[[str], Path]
) -> None:
    folder = tiny_folder(pipeline)
    release = tiny_release(folder, pipeline, execution=Execution(dtype="bfloat16"))
    job = replace(a_job(release), dtype="bfloat16")
    latents = denoise(load_step(release, Step.DENOISE), job, conditions_of(release, job))
    frames = decode(load_step(release, Step.DECODE), latents, job)
    types = {"default": torch.bfloat16, "vae": torch.float32}
    with quiet():
        pipe: Any = getattr(diffusers, pipeline).from_pretrained(folder, torch_dtype=types)

    assert torch.equal(latents, called(pipe, release, job, "latent"))
    assert np.array_equal(frames, (called(pipe, release, job, "np")[0] * 255).round().astype(np.uint8))


def test_compilation_is_applied_to_the_repeated_blocks_alone(tiny_folder: Callable[[str], Path]) -> None:
    """Nothing is compiled before the first call, which takes a compiler and a minute."""
    release = tiny_release(tiny_folder("WanPipeline"), execution=Execution(compile=True))
    transformer = load_step(release, Step.DENOISE).transformer

    assert all(block._compiled_call_impl is not None for block in transformer.blocks)
    assert transformer._compiled_call_impl is None
