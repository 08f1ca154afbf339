"""Dagster's own backfill daemon and run launcher, in one process. Leans on private modules: here, and nowhere else."""

import logging
import sys
import time
import warnings
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import dagster as dg
from dagster._core.execution.backfill import BulkActionStatus, PartitionBackfill
from dagster._core.remote_origin import InProcessCodeLocationOrigin
from dagster._core.storage.defs_state.base import set_defs_state_storage
from dagster._core.types.loadable_target_origin import LoadableTargetOrigin
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster._core.workspace.load_target import InProcessWorkspaceLoadTarget
from dagster._daemon.backfill import execute_backfill_iteration
from dagster._utils.error import SerializableErrorInfo

SYNCHRONOUS = {
    "run_launcher": {
        "module": "dagster._core.launcher.sync_in_memory_run_launcher",
        "class": "SyncInMemoryRunLauncher",
    },
    "run_coordinator": {"module": "dagster._core.run_coordinator", "class": "DefaultRunCoordinator"},
}
"""Instance overrides: a run that is submitted is over when the submission returns."""

_MOST_ITERATIONS = 20


@contextmanager
def no_instance_left_behind() -> Iterator[None]:
    """Definitions loaded inside find no instance of an earlier test: a context that is closed by the garbage
    collector puts back what was current when it was opened, dead by then."""
    with set_defs_state_storage(None):
        yield


@contextmanager
def a_workspace(instance: dg.DagsterInstance, module: str) -> Iterator[WorkspaceProcessContext]:
    """A workspace whose one code location is `module`, loaded in this process."""
    origin = InProcessCodeLocationOrigin(
        loadable_target_origin=LoadableTargetOrigin(executable_path=sys.executable, module_name=module),
        location_name="floor",
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Dagster's own machinery warns of its own deprecations
        with WorkspaceProcessContext(instance, InProcessWorkspaceLoadTarget([origin])) as context:
            yield context


def run_backfill(
    context: WorkspaceProcessContext, assets: Sequence[str], partitions: Sequence[str] | None
) -> PartitionBackfill:
    """A backfill as the UI submits it, walked to its end. With no `partitions`, all of them."""
    instance = context.instance
    backfill = PartitionBackfill.from_asset_partitions(
        backfill_id=f"backfill-{time.monotonic_ns()}",
        asset_graph=context.create_request_context().asset_graph,
        partition_names=partitions,
        asset_selection=[dg.AssetKey(name) for name in assets],
        backfill_timestamp=time.time(),
        tags={},
        dynamic_partitions_store=instance,
        all_partitions=partitions is None,
        title=None,
        description=None,
        run_config=None,
    )
    instance.add_backfill(backfill)
    for _ in range(_MOST_ITERATIONS):
        _iterate(context)
        now = instance.get_backfill(backfill.backfill_id)
        if now is not None and now.status is not BulkActionStatus.REQUESTED:
            return now
    raise AssertionError(f"the backfill is still going on after {_MOST_ITERATIONS} iterations")


def _iterate(context: WorkspaceProcessContext) -> None:
    with ThreadPoolExecutor(1) as pool:
        results: list[Any] = list(
            execute_backfill_iteration(context, logging.getLogger("backfill"), submit_threadpool_executor=pool)
        )
    errors = [r for r in results if isinstance(r, SerializableErrorInfo)]
    assert not errors, errors
