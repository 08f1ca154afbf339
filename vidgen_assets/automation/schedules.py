"""The retry schedule: shards whose newest attempts hold clips with passing trouble, and only those.

It reads the same `kind` that steps and runs obey. A permanent failure, a wrong row or a policy hold is never
requested here: only a change of the row, the recipe or a person's word brings it back.
"""

import logging
from collections.abc import Iterator, Sequence

import dagster as dg

from resources.factory import Factory
from resources.workshop import Workshop
from vidgen_assets.automation.jobs import STAGES, make_clips
from vidgen_assets.clips.errors import ArtifactCorrupt
from vidgen_assets.clips.ledger import LedgerRow
from vidgen_assets.partitions import SHARDS, catalog_of

logger = logging.getLogger(__name__)

PARTITION_TAG = "dagster/partition"
OVER = (dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED)


def retriable_shards(shop: Workshop) -> dict[str, list[str]]:
    """Shard to the clips worth another try, by the newest attempt of each stage.

    Only the stage that tried counts. The stages after it carry the reason along, and would ask for runs for ever when
    that stage has come to another end and theirs were not reached.
    """
    found: dict[str, list[str]] = {}
    for stage in STAGES:
        for shard in shop.ledgers.shards(stage):
            clips = [row.clip_id for row in _newest_rows(stage, shard, shop) if _is_worth_a_try(row)]
            if clips:
                found.setdefault(shard, []).extend(c for c in clips if c not in found.get(shard, []))
    return found


def _newest_rows(stage: str, shard: str, shop: Workshop) -> Sequence[LedgerRow]:
    """None of a damaged ledger: it waits for a person, and the other shards don't wait for it."""
    try:
        attempt = shop.ledgers.latest(stage, shard)
    except ArtifactCorrupt as error:
        logger.warning("%s of %s is left out: %s", stage, shard, error)
        return ()
    return attempt.rows if attempt else ()


def _is_worth_a_try(row: LedgerRow) -> bool:
    return row.problem is not None and row.problem.kind.is_retriable and row.tries > 0


def _may_run(shard: str, instance: dg.DagsterInstance) -> bool:
    """Not if its catalog was archived (a request for a partition that is gone fails the tick for all), nor twice."""
    not_over = [status for status in dg.DagsterRunStatus if status not in OVER]
    under_way = dg.RunsFilter(tags={PARTITION_TAG: shard}, statuses=not_over)
    return instance.has_dynamic_partition(str(SHARDS.name), shard) and not instance.get_runs_count(under_way)


@dg.schedule(
    job=make_clips,
    cron_schedule="*/30 * * * *",
    description="Runs shards again whose clips failed for a passing reason. Nothing that failed for good is tried.",
)
def retry_what_is_retriable(
    context: dg.ScheduleEvaluationContext, factory: Factory
) -> Iterator[dg.RunRequest] | dg.SkipReason:
    shards = [shard for shard in retriable_shards(factory.workshop()) if _may_run(shard, context.instance)]
    if not shards:
        return dg.SkipReason("no shard has clips that failed for a passing reason, or their runs are under way")
    when = context.scheduled_execution_time.isoformat()
    return iter(
        dg.RunRequest(
            run_key=f"retry:{shard}:{when}",
            partition_key=shard,
            tags={"vidgen/catalog": catalog_of(shard), "vidgen/retry": "true"},
        )
        for shard in shards
    )
