"""What must be true of a clip's package before it is released.

A player believes manifests; these checks believe only the segments. The rules of the specifications are those of
`vidgen validate` (`vidgen_assets/packages/`); what a package of ours must hold besides is in `package_promises.py`.
"""

from quality_checks.check import Check, Exhibit
from quality_checks.package_promises import promise_faults
from vidgen_assets.clips.verdicts import CheckId, Finding, Outcome
from vidgen_assets.packages import folder
from vidgen_assets.packages.limits import Limits
from vidgen_assets.packages.rule import Fault, Severity
from vidgen_assets.packages.rules_of_wholes import MANIFEST
from vidgen_assets.packages.validate import Examined, examine

STAGE = "manifests"
_OF_ADDRESSES = {MANIFEST.id, *(rule.id for rule in folder.RULES)}


def manifests_resolve(exhibit: Exhibit) -> Finding:
    found = _examined(exhibit)
    faults = [fault for fault in found.report.errors if fault.rule.id in _OF_ADDRESSES]
    counts = {rule.id: float(count) for rule, count in found.report.counts.items() if rule.id in _OF_ADDRESSES}
    measurements = {
        "file_count": float(len(found.folder.sizes)),
        "dangling_address_count": sum(counts.values()) - counts.get(folder.UNREFERENCED.id, 0.0),
        "unreferenced_file_count": counts.get(folder.UNREFERENCED.id, 0.0),
    }
    return _judged(
        faults, f"all {len(found.folder.sizes)} files are named, and all addresses lead to one", measurements
    )


def manifests_agree_with_segments(exhibit: Exhibit) -> Finding:
    found = _examined(exhibit)
    faults = [fault for fault in found.report.errors if fault.rule.id not in _OF_ADDRESSES]
    faults += promise_faults(exhibit, found)
    tracks = [media.measured for hls in found.hls for media in hls.media.values() if media.measured]
    measurements = {
        "segment_count": float(sum(len(track.sizes_bytes) for track in tracks)),
        "warning_count": float(found.report.count(Severity.WARNING)),
        **found.report.measurements,
    }
    return _judged(faults, f"{len(tracks)} tracks are what both manifests say", measurements)


CHECKS: tuple[Check, ...] = (
    Check(
        CheckId(STAGE, "manifests_resolve", 3),
        "Every address in the manifests leads to a file of the package, and no file is left over.",
        manifests_resolve,
    ),
    Check(
        CheckId(STAGE, "manifests_agree_with_segments", 3),
        "HLS and DASH keep the rules of `vidgen validate`, share the segments, and are the clip that was asked for.",
        manifests_agree_with_segments,
    ),
)


def _examined(exhibit: Exhibit) -> Examined:
    thresholds = exhibit.thresholds
    limits = Limits(segment_time_slack_s=thresholds.segment_time_slack_s, bandwidth_slack=thresholds.bandwidth_slack)
    return examine(exhibit.path, limits=limits)


def _judged(faults: list[Fault], passed: str, measurements: dict[str, float]) -> Finding:
    if faults:
        return Finding(Outcome.FAIL, "; ".join(map(str, faults)), measurements)
    return Finding(Outcome.PASS, passed, measurements)
