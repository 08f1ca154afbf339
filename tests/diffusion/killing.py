"""Kills the diffusion backend at every step, in processes of its own: `python killing.py FOLDER`.

Imports once, then forks: a child denoises a clip and is killed with SIGKILL; another child finds what the first left in
the store and finishes. Prints JSON: for each case the digests undisturbed and resumed, and the step resumed from.
"""

import importlib
import json
import os
import shutil
import signal
import sys
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import torch

from resources.backends.diffusion import DiffusionBackend
from resources.cupboard import StoreCupboard
from resources.object_store import ObjectStore
from tests.builders import a_digest, a_spec
from tests.diffusion.releases import COGVIDEO_DPM, DPM, EULER, UNIPC, tiny_release
from tests.diffusion.tiny import save_tiny
from vidgen_assets.clips.digest import Digest
from vidgen_assets.clips.generation import Cupboard, Desk
from vidgen_assets.clips.spec import ClipSpec, Route
from vidgen_assets.models.admission import Hardware
from vidgen_assets.models.release import Cache, Execution, ModelRelease

STEPS = 4
RESUMED = ("wan-euler", "wan-unipc", "wan-dpm", "ltx")


def NEVER() -> bool:  # noqa: N802 - a constant that is called
    return False


class NoMedia:
    def path(self, digest: Digest) -> Path:
        raise LookupError(digest)


class DeadlyCupboard:
    """Kills its process right after the checkpoint number `after` is in the store."""

    def __init__(self, cupboard: Cupboard, after: int) -> None:
        self._cupboard, self._left = cupboard, after

    def get(self, name: str) -> bytes | None:
        return self._cupboard.get(name)

    def put(self, name: str, data: bytes) -> None:
        self._cupboard.put(name, data)
        if name.startswith("checkpoints/"):
            self._left -= 1
            if self._left == 0:
                die()

    def delete(self, name: str) -> None:
        self._cupboard.delete(name)


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def dies_at(step: int) -> Callable[[], bool]:
    """Asked before the first step and after each but the last: kills after step `step`, its checkpoint not written."""
    seen = -1

    def asked() -> bool:
        nonlocal seen
        seen += 1
        if seen == step:
            die()
        return False

    return asked


def the_clip(release: ModelRelease) -> ClipSpec:
    route = Route(backend="diffusion", release=release.id, reason="asked for by name")
    return a_spec(template=None, prompt="soft blue waves", variables={}, frame_count=9, fps=Fraction(16), route=route)


def in_a_child(work: Callable[[], str]) -> tuple[int, str]:
    """The signal that ended the child (0 if none did), and what it had to say."""
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(read)
        os.write(write, work().encode())
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as pipe:
        said = pipe.read()
    _, status = os.waitpid(pid, 0)
    return (os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0), said


def run(release: ModelRelease, cupboard: Cupboard, is_interrupted: Callable[[], bool] = NEVER) -> str:
    backend = DiffusionBackend(lambda _: release, Hardware(8.0, "cpu"))
    made = backend.make_latents(the_clip(release), Desk(a_digest("work"), NoMedia(), cupboard, is_interrupted))
    return json.dumps(
        {"digest": Digest.of_bytes(made.data), "from": made.provenance["resumed_from_step"],
         "why": made.provenance["not_resumable"]}
    )  # fmt: skip


def killed_and_resumed(release: ModelRelease, store: Path) -> list[dict[str, object]]:
    """At every step, before and after its checkpoint is in the store; embeddings are shared, as a shard's clips do."""
    _, said = in_a_child(lambda: run(release, StoreCupboard(ObjectStore(str(store / "undisturbed")))))

    def a_cupboard(name: str) -> StoreCupboard:
        shutil.copytree(store / "undisturbed" / "cupboard" / "embeds", store / name / "cupboard" / "embeds")
        return StoreCupboard(ObjectStore(str(store / name)))

    undisturbed, found = json.loads(said), []
    for step in range(1, STEPS):
        for moment in ("before", "after") if release.id in RESUMED else ("before",):
            cupboard = a_cupboard(f"{step}-{moment}")
            deadly = DeadlyCupboard(cupboard, step) if moment == "after" else cupboard
            asked = dies_at(step) if moment == "before" else NEVER
            ended_by, _ = in_a_child(lambda deadly=deadly, asked=asked: run(release, deadly, asked))
            _, said = in_a_child(lambda cupboard=cupboard: run(release, cupboard))
            resumed = json.loads(said)
            found.append(
                {"case": release.id, "step": step, "moment": moment, "signal": ended_by, "from": resumed["from"],
                 "why": resumed["why"], "equal": resumed["digest"] == undisturbed["digest"]}
            )  # fmt: skip
    return found


def cases(folder: Path) -> list[ModelRelease]:
    weights = {name: save_tiny(name, folder / name) for name in ("WanPipeline", "LTXPipeline", "CogVideoXPipeline")}
    wan, ltx, cogvideo = weights.values()
    cache = Execution(cache=Cache(kind="first_block", threshold=0.1))
    return [
        tiny_release(wan, release_id="wan-euler", scheduler=EULER, steps=STEPS),
        tiny_release(wan, release_id="wan-unipc", scheduler=UNIPC, steps=STEPS),
        tiny_release(wan, release_id="wan-dpm", scheduler=DPM, steps=STEPS),
        tiny_release(ltx, "LTXPipeline", release_id="ltx", steps=STEPS, buckets=ltx_buckets()),
        tiny_release(wan, release_id="wan-cached", scheduler=UNIPC, steps=STEPS, execution=cache),
        tiny_release(cogvideo, "CogVideoXPipeline", release_id="cogvideo-dpm", scheduler=COGVIDEO_DPM, steps=STEPS),
    ]


def ltx_buckets() -> tuple[object, ...]:
    from vidgen_assets.models.release import Bucket

    return (Bucket(width=224, height=128),)


def main(folder: Path) -> None:
    torch.set_num_threads(1)  # a pool of threads doesn't survive a fork
    for name in ("decode", "denoise", "latents_file", "loading"):  # imported here, not in every child
        importlib.import_module(f"vidgen_assets.diffusion.{name}")
    found = [row for release in cases(folder) for row in killed_and_resumed(release, folder / "stores" / release.id)]
    print(json.dumps(found))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
