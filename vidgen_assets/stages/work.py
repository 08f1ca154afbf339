"""A clip's work at a stage: look the key up, make the artifact if nobody has, keep it, write the row.

Every outcome is a ledger row. Transient trouble is tried again in place, a failure for good is remembered under
its work key, and an error nobody foresaw is permanent: it costs one attempt and names its type.
"""

import logging
import shutil
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import stamina

from resources.workshop import Workshop
from vidgen_assets.clips.artifact import Artifact
from vidgen_assets.clips.digest import Digest
from vidgen_assets.clips.errors import CapacityError, PermanentError, TransientError, VidgenError
from vidgen_assets.clips.ledger import LedgerRow, Problem, Status, Usage
from vidgen_assets.stages.stage import Made, Stage, Task

logger = logging.getLogger(__name__)

_TRIES = 3
_WAIT_S = 0.5
_LONGEST_WAIT_S = 20.0


@dataclass(frozen=True, slots=True)
class Worked:
    """A row, and the folder its artifact was made in, if it was made just now."""

    task: Task
    row: LedgerRow


def work_on(stage: Stage, task: Task, shop: Workshop, *, retry_failed: bool) -> Worked:
    """Do the work of one clip. What goes wrong with it is in the row; only trouble with the records is raised."""
    started = _Stopwatch()
    try:
        task = stage.prepare(task, shop)
        key = stage.recipe.work_key(stage.inputs(task, shop))
    except Exception as error:  # noqa: BLE001 - what nobody foresaw is this one clip's failure
        trouble = _foreseen(error)
        return Worked(task, _row(stage, task, shop, _status_of(trouble), problem=Problem.of(trouble), tries=1))
    with shop.memo.only_one(stage.name, key):
        return Worked(task, _recall_or_make(stage, replace(task, work_key=key), shop, key, started, retry_failed))


def unfinished(stage: Stage, tasks: Sequence[Task], shop: Workshop) -> list[Task]:
    """The tasks whose work nobody has done yet, as far as the memo says; those whose inputs can't be told are left
    out, since their trouble comes up with their own work."""
    waiting: list[Task] = []
    for task in tasks:
        try:
            key = stage.recipe.work_key(stage.inputs(stage.prepare(task, shop), shop))
        except Exception as error:  # noqa: BLE001 - it comes up again, and is told, with the clip's own work
            logger.debug("%s is not prepared for: %s", task.clip_id, error)
            continue
        if shop.memo.peek(stage.name, key) is None:
            waiting.append(task)
    return waiting


def _recall_or_make(
    stage: Stage, task: Task, shop: Workshop, key: Digest, watch: "_Stopwatch", retry_failed: bool
) -> LedgerRow:
    known = shop.memo.recall(stage.name, key)
    if known:
        provenance = shop.memo.provenance(stage.name, key)
        return _row(stage, task, shop, Status.REUSED, key=key, artifact=known, provenance=provenance)
    if retry_failed:
        shop.memo.forget_failure(stage.name, key)
    elif failure := shop.memo.recall_failure(stage.name, key):
        return _row(stage, task, shop, _status_of(failure), key=key, problem=failure)
    return _make(stage, task, shop, key, watch)


def _make(stage: Stage, task: Task, shop: Workshop, key: Digest, watch: "_Stopwatch") -> LedgerRow:
    tries = 0

    def once() -> tuple[Made, Artifact]:
        nonlocal tries
        tries += 1
        return _make_and_keep(stage, task, shop)

    patient = stamina.RetryingCaller(attempts=_TRIES, wait_initial=_WAIT_S, wait_max=_LONGEST_WAIT_S)
    try:
        made, artifact = patient.on(TransientError)(once)
    except VidgenError as error:
        problem = Problem.of(error)
        if not error.kind.is_retriable:
            shop.memo.remember_failure(stage.name, key, problem)
        usage = watch.usage(Made(b""), 0)
        return _row(stage, task, shop, _status_of(error), key=key, usage=usage, problem=problem, tries=tries)
    shop.memo.remember(stage.name, key, artifact, made.provenance)
    _let_go(made, task)
    return _row(
        stage,
        task,
        shop,
        Status.MADE,
        key=key,
        artifact=artifact,
        usage=watch.usage(made, artifact.size_bytes),
        fee=made.fee,
        provenance=made.provenance,
        tries=tries,
    )


def _let_go(made: Made, task: Task) -> None:
    """What is left of the work costs room and nothing else."""
    try:
        made.once_kept()
    except VidgenError:
        logger.warning("what %s needed until it was kept is still there", task.clip_id, exc_info=True)


def _make_and_keep(stage: Stage, task: Task, shop: Workshop) -> tuple[Made, Artifact]:
    scratch = Path(tempfile.mkdtemp(prefix=f"{stage.name}-", dir=shop.scratch))
    try:
        made = stage.make(task, shop, scratch)
        return made, _keep(made.source, shop)
    except Exception as error:
        raise _foreseen(error).located(stage=stage.name, clip_id=task.clip_id) from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _keep(source: bytes | Path, shop: Workshop) -> Artifact:
    if isinstance(source, bytes):
        return shop.artifacts.put_bytes(source)
    return shop.artifacts.put_tree(source) if source.is_dir() else shop.artifacts.put_file(source)


def _foreseen(error: Exception) -> VidgenError:
    """Our own errors as they are; anything else is a defect of ours, and trying again would repeat it."""
    if isinstance(error, VidgenError):
        return error
    if isinstance(error, MemoryError):
        return CapacityError(f"out of memory: {error}", remedy="Give the stage more memory or fewer workers.")
    logger.error("unexpected error in a clip's work", exc_info=error)
    return PermanentError(
        f"unexpected {type(error).__name__}: {error}",
        remedy="This is a defect; the run's log has the traceback. `vidgen run --retry-failed` tries once more.",
    )


def _status_of(error: VidgenError | Problem) -> Status:
    return Status.HELD if error.kind.holds_the_clip else Status.FAILED


def _row(
    stage: Stage,
    task: Task,
    shop: Workshop,
    status: Status,
    *,
    key: Digest | None = None,
    artifact: Artifact | None = None,
    usage: Usage = Usage(),
    fee: Decimal = Decimal(0),
    provenance: Mapping[str, Any] | None = None,
    problem: Problem | None = None,
    tries: int = 0,
) -> LedgerRow:
    return LedgerRow(
        clip_id=task.clip_id,
        trace_id=task.trace_id,
        status=status,
        work_key=key,
        artifact=artifact,
        inputs={up.name: task.artifacts[up.name].digest for up in stage.upstream if up.name in task.artifacts},
        usage=usage,
        cost=shop.prices.price(usage) + fee,
        currency=shop.prices.currency,
        campaign=task.tags.campaign,
        owner=task.tags.owner,
        customer=task.tags.customer,
        problem=problem,
        tries=tries,
        provenance=provenance or {},
    )


class _Stopwatch:
    """Wall clock and this thread's processor time since it was made."""

    def __init__(self) -> None:
        self._wall, self._cpu = time.monotonic(), time.thread_time()

    def usage(self, made: Made, stored_bytes: int) -> Usage:
        cpu_s = time.thread_time() - self._cpu + made.child_cpu_s
        return Usage(round(time.monotonic() - self._wall, 4), round(cpu_s, 4), round(made.gpu_s, 4), stored_bytes)
