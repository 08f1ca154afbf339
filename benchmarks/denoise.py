"""What driving a pipeline in steps costs, and what a resident model saves, against diffusers' own call.

Same weights (random, seeded), same machine, same run. Two comparisons:

- one clip after the other with the model resident: encode, denoise with checkpoints, decode, as the backend does it,
  against one `pipeline(...)` call for each clip with the same pipeline kept loaded;
- a shard of clips with few distinct prompts: the backend against a plain script that loads the pipeline for each clip,
  and against one that keeps it but encodes every prompt again.

    python benchmarks/denoise.py
    python benchmarks/denoise.py --shape wan2.1-1.3b --clips 1 --prompts 1   # needs a GPU with 24 GiB
"""

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import diffusers
import torch
import transformers

from resources.backends.diffusion import DiffusionBackend
from resources.cupboard import StoreCupboard
from resources.object_store import ObjectStore
from tests.builders import a_digest, a_spec
from tests.diffusion.desk import Shelf
from tests.diffusion.tiny import tiny_tokenizer
from vidgen_assets.clips.digest import Digest
from vidgen_assets.clips.generation import Desk
from vidgen_assets.clips.spec import ClipSpec, Route, Use
from vidgen_assets.diffusion.loading import quiet, scheduler_of
from vidgen_assets.models.admission import Hardware
from vidgen_assets.models.components import component_digests
from vidgen_assets.models.release import ModelRelease

WORDS = ("aurora", "bokeh", "gradient", "ripples", "stars", "waves", "paper", "light")


@dataclass(frozen=True, slots=True)
class Shape:
    """How large the pipeline is, and what it is asked for."""

    layers: int
    heads: int
    head_dim: int
    ffn: int
    text_layers: int
    text_dim: int
    vae_base: int
    z_dim: int
    width: int
    height: int
    frame_count: int
    steps: int
    device: str = "cpu"
    dtype: str = "float32"


SHAPES = {
    # Some seconds a clip on two cores: large enough that steps outweigh Python, small enough to repeat.
    "small": Shape(8, 4, 64, 1024, 6, 256, 32, 16, 256, 144, 17, 12),
    # A few-step model of small clips, as distilled weights are: what isn't denoising weighs most here.
    "few-step": Shape(8, 4, 64, 1024, 6, 256, 32, 16, 144, 80, 9, 4),
    # The published shape of Wan2.1-T2V-1.3B with its UMT5-XXL encoder left small: texts are encoded once anyway.
    "wan2.1-1.3b": Shape(30, 12, 128, 8960, 6, 4096, 96, 16, 832, 480, 81, 50, "cuda", "bfloat16"),
}


def weights(shape: Shape, folder: Path) -> Path:
    torch.manual_seed(0)
    text = transformers.UMT5Config(
        vocab_size=64, d_model=shape.text_dim, d_kv=64, d_ff=4 * shape.text_dim, num_layers=shape.text_layers,
        num_heads=shape.text_dim // 64, pad_token_id=0, eos_token_id=1, decoder_start_token_id=0,
    )  # fmt: skip
    pipeline_class: Any = diffusers.WanPipeline
    pipeline_class(
        tokenizer=tiny_tokenizer(),
        text_encoder=transformers.UMT5EncoderModel(text),
        vae=diffusers.AutoencoderKLWan(
            base_dim=shape.vae_base, z_dim=shape.z_dim, num_res_blocks=2 if shape.vae_base > 32 else 1,
            latents_mean=[0.0] * shape.z_dim, latents_std=[1.0] * shape.z_dim,
        ),
        scheduler=diffusers.UniPCMultistepScheduler(prediction_type="flow_prediction", use_flow_sigmas=True),
        transformer=diffusers.WanTransformer3DModel(
            num_attention_heads=shape.heads, attention_head_dim=shape.head_dim, in_channels=shape.z_dim,
            out_channels=shape.z_dim, text_dim=shape.text_dim, ffn_dim=shape.ffn, num_layers=shape.layers,
        ),
    ).to(getattr(torch, shape.dtype)).save_pretrained(folder)  # fmt: skip
    return folder


def a_release(shape: Shape, folder: Path) -> ModelRelease:
    flow = {"prediction_type": "flow_prediction", "use_flow_sigmas": True, "flow_shift": 3.0}
    return ModelRelease.model_validate(
        {
            "id": "bench", "family": "bench", "backend": "diffusion", "pipeline": "WanPipeline",
            "source": {"kind": "folder", "path": str(folder)},
            "components": component_digests(folder),
            "licence": {"name": "none", "allows": list(Use)},
            "buckets": [{"width": shape.width, "height": shape.height}],
            "frame_grid": {"step": 4, "least": 5, "most": 81},
            "fps": ["16"], "memory_gib": 1,
            "sampling": {
                "steps": shape.steps, "guidance_scale": 4.0, "negative_prompt": "blurry", "max_sequence_length": 32,
                "scheduler": {"class_name": "UniPCMultistepScheduler", "config": flow},
            },
            "execution": {"device": shape.device, "dtype": shape.dtype},
        }
    )  # fmt: skip


def the_clips(shape: Shape, count: int, prompts: int) -> list[ClipSpec]:
    route = Route(backend="diffusion", release="bench", reason="benchmark")
    return [
        a_spec(
            f"clip-{n}", template=None, variables={}, prompt=f"soft {WORDS[n % prompts]}", seed=n,
            frame_count=shape.frame_count, fps=Fraction(16), width=shape.width, height=shape.height, route=route,
        )
        for n in range(count)
    ]  # fmt: skip


class Plain:
    """diffusers' own call, as its documentation shows it."""

    def __init__(self, release: ModelRelease, folder: Path, shape: Shape) -> None:
        self._release, self._folder, self._shape = release, folder, shape
        self.pipe = self.load()

    def load(self) -> Any:
        pipeline_class: Any = diffusers.WanPipeline
        dtypes = {"default": getattr(torch, self._shape.dtype), "vae": torch.float32}
        with quiet():
            pipe = pipeline_class.from_pretrained(self._folder, torch_dtype=dtypes)
        pipe.scheduler = scheduler_of(self._release.sampling.scheduler)
        pipe.set_progress_bar_config(disable=True)
        return pipe.to(self._shape.device)

    def call(self, pipe: Any, clip: ClipSpec) -> None:
        sampling, shape = self._release.sampling, self._shape
        pipe(
            prompt=clip.prompt, negative_prompt=sampling.negative_prompt, width=shape.width, height=shape.height,
            num_frames=shape.frame_count, num_inference_steps=sampling.steps, guidance_scale=sampling.guidance_scale,
            max_sequence_length=sampling.max_sequence_length, generator=torch.Generator().manual_seed(clip.seed),
            output_type="np",
        )  # fmt: skip


class Ours:
    """The backend, its cupboard in a folder; each clip is made and its frames are read once."""

    def __init__(self, release: ModelRelease, store: Path) -> None:
        self.backend = DiffusionBackend(lambda _: release, Hardware(1024.0, release.execution.device))
        self._cupboard = StoreCupboard(ObjectStore(str(store)))

    def latents(self, clip: ClipSpec) -> bytes:
        desk = Desk(a_digest(f"{clip.clip_id} {time.monotonic_ns()}"), Shelf(), self._cupboard)
        return self.backend.make_latents(clip, desk).data

    def frames(self, clip: ClipSpec, latents: bytes) -> Digest:
        return Digest.of_chunks(frame.data for frame in self.backend.decode(clip, latents, Shelf()))

    def shard(self, clips: list[ClipSpec]) -> None:
        """As the two stages do it: all latents, then all frames."""
        self.backend.prepare(clips, Shelf(), self._cupboard)
        made = [(clip, self.latents(clip)) for clip in clips]
        for clip, latents in made:
            self.frames(clip, latents)


def seconds(work: Callable[[], object]) -> tuple[float, float]:
    """Wall clock and processor seconds."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


def per_clip(plain: Plain, ours: Ours, clips: list[ClipSpec], rounds: int) -> dict[str, float]:
    """Both steps with their model resident, in turn with the plain call, so that the machine's moods hit both alike.

    Decoding follows all latents of a round, as the stages do, or each clip would load two models.
    """
    bare: list[float] = []
    staged: list[float] = []
    for _ in range(rounds):
        ours.latents(clips[0])  # loads
        made: list[bytes] = []
        denoised: list[float] = []
        for clip in clips:
            bare.append(seconds(lambda clip=clip: plain.call(plain.pipe, clip))[1])
            denoised.append(seconds(lambda clip=clip, made=made: made.append(ours.latents(clip)))[1])
        ours.frames(clips[0], made[0])  # loads
        pairs = zip(clips, made, strict=True)
        decoded = [seconds(lambda clip=clip, latents=latents: ours.frames(clip, latents))[1] for clip, latents in pairs]
        staged += [first + second for first, second in zip(denoised, decoded, strict=True)]
    return {
        "bare_call_cpu_s": round(statistics.median(bare), 3),
        "staged_cpu_s": round(statistics.median(staged), 3),
        "ratio": round(statistics.median(staged) / statistics.median(bare), 4),
    }


def shard(plain: Plain, ours: Ours, clips: list[ClipSpec]) -> dict[str, float]:
    """A whole shard: ours, one monolithic call per clip that loads its pipeline, and one that keeps it loaded."""

    def reloading() -> None:
        for clip in clips:
            plain.call(plain.load(), clip)

    def resident() -> None:
        for clip in clips:
            plain.call(plain.pipe, clip)

    ours_s, loading_s, resident_s = seconds(lambda: ours.shard(clips)), seconds(reloading), seconds(resident)
    return {
        "ours_cpu_s": round(ours_s[1], 1),
        "call_per_clip_loading_cpu_s": round(loading_s[1], 1),
        "call_per_clip_resident_cpu_s": round(resident_s[1], 1),
        "gain_over_loading": round(loading_s[1] / ours_s[1], 3),
        "gain_over_resident": round(resident_s[1] / ours_s[1], 3),
        "gain_over_loading_wall": round(loading_s[0] / ours_s[0], 3),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shape", choices=sorted(SHAPES), default="small")
    parser.add_argument("--clips", type=int, default=32, help="clips of the shard")
    parser.add_argument("--prompts", type=int, default=8, help="distinct prompts among them")
    parser.add_argument("--measured", type=int, default=4, help="clips of the comparison clip by clip")
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    shape = SHAPES[asked.shape]
    with tempfile.TemporaryDirectory() as scratch, quiet():
        folder = weights(shape, Path(scratch) / "weights")
        release = a_release(shape, folder)
        plain = Plain(release, folder, shape)
        clips = the_clips(shape, max(asked.clips, asked.measured), asked.prompts)
        warm = Ours(release, Path(scratch) / "warm")
        warm.shard(clips[:1])
        plain.call(plain.pipe, clips[0])
        found = {
            "shape": asked.shape,
            "threads": torch.get_num_threads(),
            "per_clip": per_clip(plain, warm, clips[: asked.measured], asked.rounds),
            "shard": shard(plain, Ours(release, Path(scratch) / "shard"), clips[: asked.clips]),
        }
        if torch.cuda.is_available():
            found["peak_gpu_gib"] = round(torch.cuda.max_memory_allocated() / 2**30, 2)
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
