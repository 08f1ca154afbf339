"""The whole walk of clips that a model makes: registered, routed, denoised, decoded, encoded, released."""

import json
import os
import signal
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from resources.backends.diffusion import DiffusionBackend
from resources.workshop import Workshop, open_workshop
from tests.diffusion.releases import UNIPC, tiny_release
from tests.end_to_end.catalogs import a_clip, write_catalog
from tests.end_to_end.running import vidgen, vidgen_json
from vidgen_assets.clips.artifact import Artifact
from vidgen_assets.clips.generation import Desk, Generated
from vidgen_assets.clips.ledger import LedgerRow, Status
from vidgen_assets.clips.spec import ClipSpec
from vidgen_assets.frames.recording import FrameRecording
from vidgen_assets.models.registry import Status as ReleaseStatus

SHARD = "shop.g1.0000"


def a_prompt(clip_id: str, prompt: str = "soft blue waves", **cells: str) -> dict[str, str]:
    cells = {"prompt": prompt, "duration_s": "0.5625", "fps": "16", "template": "", "image": "", **cells}
    row = a_clip(clip_id, **cells)
    return {name: value for name, value in row.items() if not name.startswith("variables.")}


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tiny_folder: Callable[[str], Path]) -> Workshop:
    """A deployment with one release, `tiny`, active."""
    home = tmp_path / "home"
    monkeypatch.setenv("VIDGEN_HOME", str(home))
    monkeypatch.setenv("VIDGEN_WORKERS", "1")
    release = tiny_release(tiny_folder("WanPipeline"), scheduler=UNIPC)
    path = tmp_path / "tiny.yaml"
    path.write_text(yaml.safe_dump(release.model_dump(mode="json", exclude={"components"})))
    assert vidgen("models", "add", str(path), "--status", "active") == 0
    return open_workshop(str(home / "store"), home=home)


def rows(shop: Workshop, stage: str) -> dict[str, LedgerRow]:
    attempt = shop.ledgers.latest(stage, SHARD)
    assert attempt is not None
    return {row.clip_id: row for row in attempt.rows}


def test_clips_of_a_model_and_of_a_template_are_released_beside_what_is_refused(
    shop: Workshop, tmp_path: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalog = write_catalog(
        tmp_path / "shop.csv",
        [
            a_prompt("waves"),
            a_prompt("stars", "gold stars", aspect="1:1"),
            a_prompt("off-grid", duration_s="0.625"),
            a_prompt("too-long", "soft " * 20),
            a_prompt("no-such-shape", aspect="9:16"),
            a_clip("lamp"),
        ],
    )
    assert vidgen("run", str(catalog)) == 0
    status = vidgen_json(capsys, "status")
    assert status["clips"] == {"released": 3, "held": 3, "failed": 0, "waiting": 0}
    held = {clip["clip_id"]: clip["why"]["field"] for clip in status["catalogs"]["shop"]["details"] if clip["why"]}
    assert held == {"off-grid": "duration_s", "too-long": "prompt", "no-such-shape": "aspect"}
    statement = json.loads(_released(shop, status, "waves"))
    assert statement["predicate"]["route"]["release"] == "tiny"
    assert rows(shop, "latents")["waves"].provenance["environment"]["torch"]
    assert not list((tmp_path / "home" / "store" / "cupboard" / "checkpoints").glob("*"))

    def never(*_args: Any) -> Any:
        raise AssertionError("finished work is not done again")

    monkeypatch.setattr(DiffusionBackend, "make_latents", never)
    monkeypatch.setattr(DiffusionBackend, "decode", never)
    monkeypatch.setattr(DiffusionBackend, "prepare", lambda _self, specs, *_: never() if specs else None)
    assert vidgen("run", str(catalog)) == 0
    again = rows(shop, "latents")
    assert {row.status for row in again.values()} == {Status.REUSED, Status.HELD}
    assert again["waves"].provenance["release"] == "tiny"  # how it came about isn't forgotten


def _released(shop: Workshop, status: dict[str, Any], clip_id: str) -> bytes:
    clip = next(c for c in status["catalogs"]["shop"]["details"] if c["clip_id"] == clip_id)
    envelope = shop.objects.get(f"{clip['release']}/release.dsse.json")
    assert envelope is not None
    payload = shop.signer.opened(json.loads(envelope))
    assert payload is not None
    return payload


def test_sigterm_flushes_a_checkpoint_and_the_next_run_goes_on_from_it(
    shop: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalog = write_catalog(tmp_path / "shop.csv", [a_prompt("waves"), a_prompt("stars", "gold stars")])
    make, begun = DiffusionBackend.make_latents, []

    def preempted(backend: DiffusionBackend, spec: ClipSpec, desk: Desk) -> Generated:
        begun.append(spec.clip_id)
        return make(backend, spec, replace(desk, is_interrupted=signalled(desk)) if len(begun) == 2 else desk)

    def signalled(desk: Desk) -> Callable[[], bool]:
        """The signal comes while the second clip is on the device: after its first step, the second question."""
        questions = iter(range(100))

        def asked() -> bool:
            if next(questions) == 1:
                os.kill(os.getpid(), signal.SIGTERM)
                deadline = time.monotonic() + 20
                while not desk.is_interrupted() and time.monotonic() < deadline:
                    time.sleep(0.01)
            return desk.is_interrupted()

        return asked

    with monkeypatch.context() as once:
        once.setattr(DiffusionBackend, "make_latents", preempted)
        assert vidgen("run", str(catalog)) == 1
    first, second = begun
    assert shop.ledgers.latest("latents", SHARD) is None  # nothing half-done is published
    assert len(list((tmp_path / "home" / "store" / "cupboard" / "checkpoints").iterdir())) == 1

    assert vidgen("run", str(catalog)) == 0
    found = rows(shop, "latents")
    assert found[first].status is Status.REUSED
    assert found[second].status is Status.MADE
    assert found[second].provenance["resumed_from_step"] == 1


def test_frames_that_a_model_made_are_kept_and_their_loss_costs_only_time(
    shop: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalog = write_catalog(tmp_path / "shop.csv", [a_prompt("waves")])
    assert vidgen("run", str(catalog)) == 0
    frames, encodes = rows(shop, "frames")["waves"], rows(shop, "encodes")["waves"]
    assert frames.digest is not None
    stored = FrameRecording.from_bytes(shop.artifacts.read(frames.digest)).stored
    assert stored is not None
    assert shop.artifacts.holds(Artifact(stored, shop.artifacts.path(stored).stat().st_size))
    shop.artifacts.path(stored).unlink()  # a clean-up took the frames
    for memo in (tmp_path / "home" / "store" / "work" / "encodes").rglob("*.done"):
        memo.unlink()
    assert vidgen("run", str(catalog)) == 0
    again = rows(shop, "encodes")["waves"]
    assert (again.status, again.digest) == (Status.MADE, encodes.digest)
    assert rows(shop, "frames")["waves"].status is Status.REUSED


def test_weights_that_were_altered_stop_their_clips_and_no_others(shop: Workshop, tmp_path: Path, capsys: Any) -> None:
    release = shop.models.release("tiny")
    digests = {
        **release.components,
        "transformer": release.components["vae"],
    }
    altered = release.model_copy(update={"id": "altered", "components": digests})
    shop.models.register(altered, status=ReleaseStatus.CANARY, share=0, reason="new", by="ana", recorded_at=shop.now())
    catalog = write_catalog(tmp_path / "shop.csv", [a_prompt("waves", model="altered"), a_clip("lamp")])
    assert vidgen("run", str(catalog)) == 1
    status = vidgen_json(capsys, "status")
    assert status["clips"] == {"released": 1, "held": 0, "failed": 1, "waiting": 0}
    (failed,) = (clip for clip in status["catalogs"]["shop"]["details"] if clip["state"] == "failed")
    assert failed["why"]["field"] == "components.transformer"
    assert failed["why"]["kind"] == "permanent"
