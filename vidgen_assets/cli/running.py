"""Running a catalog's shards through the graph in this process, with progress as clips come out of each stage."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import dagster as dg
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from vidgen_assets.automation.enrol import Enrolment, run_tags_of
from vidgen_assets.automation.jobs import STAGES, job_for
from vidgen_assets.cli.session import Session
from vidgen_assets.partitions import SHARDS
from vidgen_assets.stages.asset import PROGRESS
from vidgen_assets.stages.retries import INTERRUPTED


@dataclass(frozen=True, slots=True)
class ShardRun:
    """One shard's run. `error` is the first sentence of what stopped it."""

    shard: str
    run_id: str
    success: bool
    error: str | None


def run_shards(
    enrolment: Enrolment, session: Session, instance: dg.DagsterInstance, console: Console, *, retry_failed: bool
) -> list[ShardRun]:
    """Every shard of the catalog, the most urgent first. Finished work is reused, so running again is cheap.

    An interrupt ends with the shard it hit: no other is begun.
    """
    instance.add_dynamic_partitions(str(SHARDS.name), enrolment.shards)
    urgent_first = sorted(enrolment.shards, key=lambda s: -int(run_tags_of(enrolment, s)["dagster/priority"]))
    runs: list[ShardRun] = []
    with _progress(len(enrolment.version.rows), console):
        for shard in urgent_first:
            result = session.definitions.resolve_job_def(job_for(shard)).execute_in_process(
                instance=instance,
                partition_key=shard,
                tags=dict(run_tags_of(enrolment, shard)),
                run_config=_run_config(retry_failed),
                raise_on_error=False,
            )
            runs.append(ShardRun(shard, result.run_id, result.success, _first_error(result)))
            if _was_interrupted(result):
                break
    return runs


def _run_config(retry_failed: bool) -> dict[str, object]:
    return {
        "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},  # the UI has the log; here progress is shown
        "ops": {stage: {"config": {"retry_failed": retry_failed, "retry_interrupted": False}} for stage in STAGES},
    }


def _was_interrupted(result: dg.ExecuteInProcessResult) -> bool:
    failures = [event.step_failure_data.user_failure_data for event in result.all_events if event.is_step_failure]
    return any(f and f.metadata.get("kind") == dg.MetadataValue.text(INTERRUPTED) for f in failures)


def _first_error(result: dg.ExecuteInProcessResult) -> str | None:
    for event in result.all_events:
        if event.is_step_failure and event.step_failure_data.error:
            data = event.step_failure_data
            said = data.user_failure_data.description if data.user_failure_data else None
            return said or (data.error.message.strip() if data.error else None)
    return None


@contextmanager
def _progress(clips: int, console: Console) -> Iterator[None]:
    """A bar per stage, moved by the rows that stages report."""
    columns = (TextColumn("{task.description:>10}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        bars = {stage: progress.add_task(stage, total=clips, start=False) for stage in STAGES}
        handler = _Bars(progress, bars)
        logger = logging.getLogger(PROGRESS)
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
        try:
            yield
        finally:
            logger.removeHandler(handler)


class _Bars(logging.Handler):
    def __init__(self, progress: Progress, bars: dict[str, TaskID]) -> None:
        super().__init__()
        self._progress, self._bars = progress, bars

    def emit(self, record: logging.LogRecord) -> None:
        bar = self._bars.get(str(getattr(record, "stage", "")))
        if bar is not None:
            self._progress.start_task(bar)
            self._progress.advance(bar)
