"""The sensor that freezes a canary as soon as its clips say that it is worse than the release it may succeed.

Freezing is all it does: the share goes back to the active release, and the gate holds what the canary made and isn't
released. What becomes of those clips is decided by a person (docs/operations/canaries.md).
"""

import dagster as dg

from resources.factory import Factory
from resources.workshop import Workshop
from vidgen_assets.models.canary import CanaryVerdict
from vidgen_assets.models.lifecycle import Stamp
from vidgen_assets.models.registry import Status
from vidgen_assets.reports.model_comparison import ReleaseComparison, compare

FREEZER = "sensor freeze_worse_releases"


@dg.sensor(
    minimum_interval_seconds=60,
    description="Freezes canaries whose clips are refused more often, or are worse, than those of the active release.",
)
def freeze_worse_releases(context: dg.SensorEvaluationContext, factory: Factory) -> dg.SkipReason:
    """It asks for no run, so every tick is skipped, with a line for each canary."""
    shop = factory.workshop()
    lines: list[str] = []
    for each in compare(shop):
        if each.comparison.verdict is CanaryVerdict.FREEZE and _freeze(each, shop):
            lines.append(f"{each.canary.release.id} is frozen: {each.comparison.why}")
            context.log.warning(lines[-1])
        else:
            lines.append(f"{each.canary.release.id}: {each.comparison.why}")
    return dg.SkipReason("\n".join(lines) or "no release is a canary")


def _freeze(found: ReleaseComparison, shop: Workshop) -> bool:
    """Unless a person was faster: reading takes a while, and what was promoted meanwhile serves everybody."""
    release_id = found.canary.release.id
    if shop.models.state().standing(release_id).status is not Status.CANARY:
        return False
    stamp = Stamp(f"worse than its baseline: {found.comparison.why}", FREEZER, shop.now(), found.to_json())
    shop.models.freeze(release_id, stamp)
    return True
