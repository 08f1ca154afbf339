"""What a release must be before it is laid out: complete, of this clip, and vouched for by every required check."""

import json
from pathlib import Path

from quality_checks.check import Check, Exhibit
from quality_checks.qa_scores import missing_verdicts
from vidgen_assets.clips.verdicts import CheckId, Finding, Outcome

_ALWAYS_THERE = ("master.m3u8", "manifest.mpd", "clip.mp4", "poster.jpg", "metadata.json")


def _holds_every_required_verdict(exhibit: Exhibit) -> Finding:
    predicate = json.loads(exhibit.path.read_bytes())["predicate"]
    lacking = missing_verdicts(predicate, exhibit.thresholds.policy_version)
    measured = {"verdicts": float(len(predicate["verdicts"])), "missing_verdicts": float(len(lacking))}
    if predicate["clip"]["id"] != exhibit.spec.clip_id:
        return Finding(Outcome.FAIL, f"the statement is on {predicate['clip']['id']}", measured)
    if lacking:
        return Finding(Outcome.FAIL, f"no passing verdict for {'; '.join(lacking[:3])}", measured)
    return Finding(Outcome.PASS, f"all of {len(predicate['verdicts'])} verdicts pass", measured)


def _lists_a_complete_package(exhibit: Exhibit) -> Finding:
    statement = json.loads(exhibit.path.read_bytes())
    names = {row["name"] for row in statement["subject"]}
    measured = {"files": float(len(names))}
    lacking = [name for name in _ALWAYS_THERE if name not in names]
    climbing = [name for name in names if Path(name).is_absolute() or ".." in Path(name).parts]
    if lacking or climbing:
        wrong = "; ".join([f"no {name}" for name in lacking] + [f"{name} climbs out" for name in climbing])
        return Finding(Outcome.FAIL, f"the package is not whole: {wrong}", measured)
    return Finding(Outcome.PASS, f"{len(names)} files, manifests and poster among them", measured)


CHECKS: tuple[Check, ...] = (
    Check(
        CheckId("releases", "releases_hold_every_verdict", 1),
        "Every released clip's statement lists a passing verdict of every required check on each of its artifacts.",
        _holds_every_required_verdict,
    ),
    Check(
        CheckId("releases", "packages_are_complete", 1),
        "Every release lists both manifests, the download, the poster and the metadata, all inside its folder.",
        _lists_a_complete_package,
    ),
)
