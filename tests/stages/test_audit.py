"""What a clip without a verdict does to its shard: stops it, or, where clips are strangers to one another, itself."""

from dataclasses import replace
from pathlib import Path

import pytest

from quality_checks.check import Check
from tests.stages.factory_floor import Floor
from vidgen_assets.clips.artifact import Artifact
from vidgen_assets.clips.digest import Digest
from vidgen_assets.clips.ledger import LedgerRow, Status
from vidgen_assets.clips.verdicts import Finding, Outcome, Verdict
from vidgen_assets.stages.audit import judge


def a_row(clip_id: str) -> LedgerRow:
    return LedgerRow(clip_id, "trace", Status.MADE, artifact=Artifact(Digest.of_bytes(clip_id.encode()), 1))


def a_verdict(clip_id: str, check: Check, outcome: Outcome = Outcome.PASS) -> Verdict:
    return Verdict(Digest.of_bytes(clip_id.encode()), check.id, "policy", Finding(outcome, "seen"), clip_id, "now")


@pytest.mark.parametrize(
    ("has_specs", "seen", "is_fit"),
    [
        (True, (), False),
        (True, ("clip-1",), False),
        (False, (), False),
        (False, ("clip-1",), True),
    ],
)
def test_a_check_that_saw_one_upload_and_not_another_is_no_reason_to_stop_both(
    has_specs: bool, seen: tuple[str, ...], is_fit: bool, tmp_path: Path
) -> None:
    floor = Floor(tmp_path)
    stage = replace(floor.frames, has_specs=has_specs, acceptance_floor=0.0)
    (check,) = stage.checks
    rows = [a_row("clip-1"), a_row("clip-2")]
    found = judge(stage, "shard", rows, [a_verdict(clip_id, check) for clip_id in seen], floor.shop)

    assert found.is_fit is is_fit
    assert "no verdict for" in found.claims[0].reason
    assert found.claims[0].missing[-1] == "clip-2"
