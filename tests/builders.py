"""Builders of valid values; a test names only what it is about."""

from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

from resources.keys import Signer, open_signer
from vidgen_assets.clips.digest import Digest
from vidgen_assets.clips.ledger import LedgerRow, Status
from vidgen_assets.clips.spec import Aspect, ClipSpec, Priority, Route
from vidgen_assets.clips.verdicts import CheckId, Finding, Outcome, Verdict

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
