"""A stage as a Dagster asset: partitioned by shard, with its checks, published only when the shard is fit.

The output is skippable: a shard that isn't fit yields its failing checks and no materialisation, so that neither
Dagster nor a person takes it for done. Selecting checks alone looks again at what was made before.
"""

import logging
import warnings
from collections.abc import Iterator, Sequence
from typing import Any

import dagster as dg

from resources.factory import Factory
from resources.workshop import Workshop
from vidgen_assets.clips.ledger import LedgerRow
from vidgen_assets.deployment import pool, step_tags
from vidgen_assets.partitions import SHARDS
from vidgen_assets.stages.audit import SHARD_IS_FIT
from vidgen_assets.stages.line import Orders, Report, audit_again, run_stage
from vidgen_assets.stages.retries import MAX_RETRIES, STEP_RETRIES, judged_by_kind
from vidgen_assets.stages.showing import check_metadata, data_version, materialisation_metadata
from vidgen_assets.stages.stage import Stage

PROGRESS = "vidgen.progress"
"""The logger that gets one record per clip and stage; the command line draws its bars from it."""

Events = Iterator[Any]  # MaterializeResult and AssetCheckResult; the former is generic over a private type


class StageConfig(dg.Config):
    """How a stage is run."""

    retry_failed: bool = False  # one more attempt for clips whose work failed for good
    retry_interrupted: bool = True  # a preempted pod's step is begun again; what a person interrupts is not


def stage_asset(
    stage: Stage,
    *,
    description: str,
    kinds: Sequence[str],
    group: str,
    partitions: dg.PartitionsDefinition[str] = SHARDS,
) -> dg.AssetsDefinition:
    """The Dagster asset of `stage`, named like it, with one check per claim."""

    @dg.multi_asset(
        name=stage.name,
        specs=[
            dg.AssetSpec(
                stage.name,
                deps=[up.name for up in stage.upstream],
                skippable=True,
                description=description,
                group_name=group,
                owners=["team:video-factory"],
                kinds=set(kinds),
                code_version=str(stage.recipe.version),
            )
        ],
        check_specs=_check_specs(stage, partitions),
        partitions_def=partitions,
        can_subset=True,
        pool=pool(stage.name),
        op_tags=step_tags(stage.name),
        retry_policy=STEP_RETRIES,
    )
    def asset(context: dg.AssetExecutionContext, config: StageConfig, factory: Factory) -> Events:
        shop = factory.workshop()
        with judged_by_kind(context.retry_number, retry_interrupted=config.retry_interrupted):
            report = _run(stage, context, config, shop)
            events = tuple(_events(stage, context, report, shop))
        yield from events

    return asset


def _run(stage: Stage, context: dg.AssetExecutionContext, config: StageConfig, shop: Workshop) -> Report:
    shard = context.partition_key
    if not context.selected_asset_keys:
        return audit_again(stage, shard, shop)
    orders = Orders(context.run.run_id, config.retry_failed, may_retry=context.retry_number < MAX_RETRIES)

    def tell(row: LedgerRow) -> None:
        logging.getLogger(PROGRESS).info(row.clip_id, extra={"stage": stage.name})
        if row.problem:  # an event a clip would cost 10 ms each in Dagster's log; the ledger has them all
            context.log.warning(f"{row.clip_id} is {row.status.value}: {row.problem}")

    return run_stage(stage, shard, shop, orders, tell)


def _events(stage: Stage, context: dg.AssetExecutionContext, report: Report, shop: Workshop) -> Events:
    if context.selected_asset_keys and report.judgement.is_fit:
        yield dg.MaterializeResult(
            asset_key=stage.name,
            metadata=materialisation_metadata(stage, report, shop),
            data_version=dg.DataVersion(data_version(report.attempt.rows)),
        )
    wanted = {key.name for key in context.selected_asset_check_keys}
    if not report.judgement.is_fit and not wanted:
        raise dg.Failure(f"{stage.name} is not fit: {report.judgement.reason}", allow_retries=False)
    for claim in report.judgement.claims:
        if claim.name in wanted:
            yield dg.AssetCheckResult(
                asset_key=stage.name,
                check_name=claim.name,
                passed=claim.passed,
                description=claim.reason,
                metadata=check_metadata(claim, stage, report, shop),
            )


def _check_specs(stage: Stage, partitions: dg.PartitionsDefinition[str]) -> list[dg.AssetCheckSpec]:
    described = [(check.id.name, check.description) for check in stage.checks]
    described += [(check.name, check.description) for check in stage.shard_checks]
    described.append((SHARD_IS_FIT, "Enough clips of the shard came out whole and pass every check of this stage."))
    with warnings.catch_warnings():
        # Partitions on checks are in preview; without them a verdict on one shard would stand for all of them.
        warnings.simplefilter("ignore", dg.PreviewWarning)
        return [
            dg.AssetCheckSpec(name, asset=stage.name, description=text, blocking=True, partitions_def=partitions)
            for name, text in described
        ]
