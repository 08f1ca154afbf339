"""Builders of valid values; a test names only what it is about."""

from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

from resources.keys import Signer, open_signer
from vidgen_assets.clips.digest import Digest
from vidgen_assets.clips.ledger import LedgerRow, Status
from vidgen_assets.clips.spec import WORLDWIDE, Aspect, ClipSpec, Priority, Route, Use
from vidgen_assets.clips.verdicts import CheckId, Finding, Outcome, Verdict
from vidgen_assets.models.release import ModelRelease

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def a_digest(name: str = "something") -> Digest:
    return Digest.of_bytes(name.encode())


def a_spec(clip_id: str = "clip-1", **changes: Any) -> ClipSpec:
    values: dict[str, Any] = {
        "clip_id": clip_id,
        "catalog": "shop",
        "prompt": None,
        "template": "product_card",
        "variables": {"headline": "A lamp"},
        "script": None,
        "language": "en",
        "image": None,
        "audio": None,
        "use": Use.COMMERCIAL,
        "territories": (WORLDWIDE,),
        "fps": Fraction(30),
        "frame_count": 30,
        "aspect": Aspect.LANDSCAPE,
        "width": 480,
        "height": 270,
        "seed": 7,
        "profile": "preview",
        "priority": Priority.STANDARD,
        "campaign": "autumn",
        "owner": "studio",
        "customer": "lumen",
        "route": Route(backend="template", release="template/product_card", reason="the row names a template"),
    }
    return ClipSpec(**{**values, **changes})


def a_release(release_id: str = "backdrops-1", **changes: Any) -> ModelRelease:
    """A small model on a processor: 5, 9 or 13 frames at 8 a second, 112x64."""
    values: dict[str, Any] = {
        "id": release_id,
        "family": "backdrops",
        "backend": "diffusion",
        "pipeline": "WanPipeline",
        "source": {"kind": "folder", "path": "/models/backdrops"},
        "components": {"transformer": a_digest("transformer"), "vae": a_digest("vae")},
        "licence": {"name": "Apache-2.0", "allows": ["commercial", "internal", "research"]},
        "buckets": [{"width": 112, "height": 64}],
        "frame_grid": {"step": 4, "least": 5, "most": 13},
        "fps": ["8"],
        "memory_gib": 0.5,
        "sampling": {
            "steps": 4,
            "guidance_scale": 2.5,
            "max_sequence_length": 16,
            "scheduler": {"class_name": "FlowMatchEulerDiscreteScheduler", "config": {"shift": 1.0}},
        },
    }
    return ModelRelease.model_validate({**values, **changes})


def a_served_release(release_id: str = "served-1", **changes: Any) -> ModelRelease:
    """A release behind the videos protocol."""
    values: dict[str, Any] = {
        "family": "served",
        "backend": "remote",
        "pipeline": "videos",
        "source": {"kind": "endpoint", "url": "https://gpu.example/v1", "model": "wan"},
        "components": {},
    }
    return a_release(release_id, **{**values, **changes})


def a_row(clip_id: str = "clip-1", **changes: Any) -> LedgerRow:
    values: dict[str, Any] = {"clip_id": clip_id, "trace_id": f"trace-{clip_id}", "status": Status.MADE}
    return LedgerRow(**{**values, **changes})


def a_check(stage: str = "frames", name: str = "frames_are_fine", version: int = 1) -> CheckId:
    return CheckId(stage, name, version)


def a_verdict(**changes: Any) -> Verdict:
    values: dict[str, Any] = {
        "digest": a_digest(),
        "check": a_check(),
        "policy_version": "p1",
        "finding": Finding(Outcome.PASS, "it is fine", {"share": 1.0}),
        "clip_id": "clip-1",
        "recorded_at": "2026-11-22T12:00:00.000+00:00",
    }
    return Verdict(**{**values, **changes})


def a_signer(folder: Path) -> Signer:
    return open_signer(folder, key_file=None, production=False)
