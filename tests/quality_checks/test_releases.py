"""A release statement must vouch for its own clip, hold every required verdict, and list a whole package."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from quality_checks.check import Exhibit
from quality_checks.releases import CHECKS
from quality_checks.thresholds import THRESHOLDS
from resources.media_tools import LocalMediaTools
from tests.builders import a_digest, a_spec
from tests.quality_checks.cards import DIGESTS, a_card, all_verdicts
from vidgen_assets.clips.artifact import Artifact
from vidgen_assets.clips.digest import canonical_json
from vidgen_assets.clips.spec import ClipSpec
from vidgen_assets.clips.verdicts import Finding, Outcome, Verdict
from vidgen_assets.releases.statement import release_statement

WHOLE = ("master.m3u8", "manifest.mpd", "clip.mp4", "poster.jpg", "metadata.json", "720p/init.mp4")


def a_statement(
    verdicts: list[Verdict] | None = None, files: tuple[str, ...] = WHOLE, spec: ClipSpec | None = None
) -> dict[str, Any]:
    made_of = {stage: Artifact(digest, 10) for stage, digest in DIGESTS.items()}
    subjects = {name: Artifact(a_digest(name), 10) for name in files}
    return release_statement(spec or a_spec(), subjects, made_of, a_card(verdicts))


def examined(statement: dict[str, Any], folder: Path) -> dict[str, Finding]:
    (folder / "statement.json").write_bytes(canonical_json(statement))
    exhibit = Exhibit(a_spec(), folder / "statement.json", LocalMediaTools(), THRESHOLDS)
    return {check.id.name: check.examine(exhibit) for check in CHECKS}


def test_a_whole_release_passes_both_checks(tmp_path: Path) -> None:
    found = examined(a_statement(), tmp_path)
    assert {name: finding.outcome for name, finding in found.items()} == {
        "releases_hold_every_verdict": Outcome.PASS,
        "packages_are_complete": Outcome.PASS,
    }


@pytest.mark.parametrize("missing", range(len(all_verdicts())))
def test_a_statement_without_any_one_verdict_fails(missing: int, tmp_path: Path) -> None:
    verdicts = all_verdicts()
    gone = verdicts.pop(missing)
    found = examined(a_statement(verdicts), tmp_path)["releases_hold_every_verdict"]
    assert found.outcome is Outcome.FAIL
    assert str(gone.check) in found.reason


def test_a_verdict_on_other_bytes_than_the_clip_is_made_of_fails(tmp_path: Path) -> None:
    first, *others = all_verdicts()
    found = examined(a_statement([replace(first, digest=a_digest("other")), *others]), tmp_path)
    assert found["releases_hold_every_verdict"].outcome is Outcome.FAIL


def test_a_statement_on_another_clip_fails(tmp_path: Path) -> None:
    found = examined(a_statement(spec=a_spec("clip-2")), tmp_path)["releases_hold_every_verdict"]
    assert found.outcome is Outcome.FAIL
    assert found.reason == "the statement is on clip-2"


@pytest.mark.parametrize("missing", WHOLE[:5])
def test_a_package_without_any_one_of_its_parts_fails(missing: str, tmp_path: Path) -> None:
    files = tuple(name for name in WHOLE if name != missing)
    found = examined(a_statement(files=files), tmp_path)["packages_are_complete"]
    assert found.outcome is Outcome.FAIL
    assert found.reason == f"the package is not whole: no {missing}"


@pytest.mark.parametrize("name", ["../../keys/deployment.pem", "/etc/passwd", "720p/../../x"])
def test_a_file_outside_its_folder_fails(name: str, tmp_path: Path) -> None:
    found = examined(a_statement(files=(*WHOLE, name)), tmp_path)["packages_are_complete"]
    assert found.outcome is Outcome.FAIL
    assert "climbs out" in found.reason
