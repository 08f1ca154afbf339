"""A shard's walk through one stage: gather, work and audit clip by clip, keep the ledger, judge, publish, deliver.

The order is the guarantee: artifacts and verdicts first, then the ledger, then the signed publication. Whatever is
interrupted in between is pending for the gate, and running the stage again reuses all that was finished.
"""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from decimal import Decimal

from quality_checks.thresholds import THRESHOLDS
from resources.gate import HeldClip
from resources.ledgers import Attempt
from resources.workshop import Workshop
from vidgen_assets.clips.artifact import Artifact
from vidgen_assets.clips.errors import GateClosed, TransientError, VidgenError
from vidgen_assets.clips.ledger import LedgerRow, Usage
from vidgen_assets.clips.verdicts import Verdict
from vidgen_assets.stages.audit import Judgement, audit_clip, judge
from vidgen_assets.stages.stage import Stage, Task
from vidgen_assets.stages.work import Worked, unfinished, work_on

logger = logging.getLogger(__name__)

Progress = Callable[[LedgerRow], None]
_Done = tuple[Worked, tuple[Verdict, ...]]
_Do = Callable[[Task], _Done]


@dataclass(frozen=True, slots=True)
class Report:
    """What a stage did to a shard."""

    attempt: Attempt
    judgement: Judgement
    table: Artifact | None = None


@dataclass(frozen=True, slots=True)
class Orders:
    """How this run wants the work done."""

    run_id: str
    retry_failed: bool = False
    may_retry: bool = False
    """Whether somebody will run the stage again if clips are left with transient or capacity trouble."""


def run_stage(
    stage: Stage, shard: str, shop: Workshop, orders: Orders, progress: Progress = lambda row: None
) -> Report:
    """Make, audit and publish. Raises `TransientError` before publishing when clips are worth another try and
    `orders.may_retry`; raises what the gate raises."""
    gathered = stage.gather(stage, shard, shop)
    shelf, stop = shop.verdicts.open(stage.name, shard), threading.Event()
    if stage.before:
        stage.before(unfinished(stage, gathered.tasks, shop), shop)

    def do(task: Task) -> _Done:
        worked = work_on(stage, replace(task, is_interrupted=stop.is_set), shop, retry_failed=orders.retry_failed)
        return worked, audit_clip(stage, shard, worked, shelf, shop)

    done = _side_by_side(do, gathered.tasks, shop.workers, progress, stop)
    rows = sorted([w.row for w, _ in done] + [_row_of(h, stage) for h in gathered.held], key=lambda r: r.clip_id)
    verdicts = [v for _, own in done for v in own]
    attempt = shop.ledgers.append(stage.name, shard, rows, run_id=orders.run_id, recorded_at=shop.now())
    _ask_for_another_try(stage, rows, orders)
    judgement = judge(stage, shard, rows, verdicts, shop)
    _publish(attempt, judgement, shop)
    _deliver(stage, shard, [w for w, _ in done], judgement, shop)
    return Report(attempt, judgement, shop.artifacts.put_bytes(stage.table(shard, shop)) if stage.table else None)


def audit_again(stage: Stage, shard: str, shop: Workshop) -> Report:
    """Look again at what the newest attempt made, and publish what is found. Makes and delivers nothing.

    A clip whose upstream has changed since is not looked at, so it lacks a verdict and the shard isn't fit: a check
    that ran on yesterday's clips must not open the gate for them.
    """
    attempt = shop.ledgers.latest(stage.name, shard)
    if attempt is None:
        remedy = f"Materialise {stage.name} for this shard; its checks run with it."
        raise GateClosed("there is nothing to check yet", stage=stage.name, field="shard", value=shard, remedy=remedy)
    tasks = {task.clip_id: task for task in stage.gather(stage, shard, shop).tasks}
    shelf = shop.verdicts.open(stage.name, shard)
    works = [
        Worked(tasks[row.clip_id], row) for row in attempt.rows if row.clip_id in tasks and _is_current(row, tasks)
    ]
    verdicts = [v for w in works for v in audit_clip(stage, shard, w, shelf, shop, again=True)]
    judgement = judge(stage, shard, attempt.rows, verdicts, shop)
    _publish(attempt, judgement, shop)
    return Report(attempt, judgement)


def _is_current(row: LedgerRow, tasks: dict[str, Task]) -> bool:
    """Whether the row was made from what its upstream holds now; other rows keep no verdict."""
    now = {name: artifact.digest for name, artifact in tasks[row.clip_id].artifacts.items()}
    return all(now.get(name) == digest for name, digest in row.inputs.items())


def _side_by_side(
    do: _Do, tasks: tuple[Task, ...], workers: int, progress: Progress, stop: threading.Event
) -> list[_Done]:
    """Interrupted (SIGTERM, Ctrl-C), it begins no other clip, sets `stop`, and before it raises finishes and keeps
    those in hand, or what they save on seeing `stop`: a step's grace period (`deployment.py`) is for that."""
    done: list[_Done] = []
    with ThreadPoolExecutor(max_workers=workers, thread_name_prefix="clip") as pool:
        try:  # submitting is inside: the first clips are under way, and a signal may come, before the last is in
            waiting: list[Future[_Done]] = [pool.submit(do, task) for task in tasks]
            for finished in as_completed(waiting):
                done.append(finished.result())
                _tell(progress, done[-1][0].row)
        except BaseException:
            stop.set()
            pool.shutdown(cancel_futures=True)
            raise
    return done


def _tell(progress: Progress, row: LedgerRow) -> None:
    """Showing must not stop work: a log that can't be written to (a locked database) costs no clip."""
    try:
        progress(row)
    except Exception:
        logger.warning("progress of %s could not be shown", row.clip_id, exc_info=True)


def _row_of(held: HeldClip, stage: Stage) -> LedgerRow:
    """A clip that was stopped upstream, carried along with its reason so that every stage accounts for every clip.

    Its inputs are the bytes the gate stopped; without any, the reason is that of an upstream row.
    """
    message = held.problem.message
    if held.stage != stage.name and not message.startswith("at "):
        message = f"at {held.stage}: {message}"
    return replace(
        held.row,
        status=held.status,
        problem=replace(held.problem, message=message),
        work_key=None,
        artifact=None,
        inputs={held.stage: held.row.digest} if held.row.digest and held.stage != stage.name else {},
        usage=Usage(),
        cost=Decimal(0),
        tries=0,
    )


def _ask_for_another_try(stage: Stage, rows: list[LedgerRow], orders: Orders) -> None:
    troubled = [r for r in rows if r.problem and r.problem.kind.is_retriable and r.tries]
    if troubled and orders.may_retry:
        names = ", ".join(r.clip_id for r in troubled[:5])
        raise TransientError(f"{len(troubled)} clips had passing trouble ({names})", stage=stage.name)


def _publish(attempt: Attempt, judgement: Judgement, shop: Workshop) -> None:
    shop.publications.publish(
        attempt,
        is_fit=judgement.is_fit,
        reason=judgement.reason,
        policy_version=THRESHOLDS.policy_version,
        recorded_at=shop.now(),
    )


def _deliver(stage: Stage, shard: str, works: list[Worked], judgement: Judgement, shop: Workshop) -> None:
    """Asks the gate once more, now about this stage too: what it would not hand on must not go out either."""
    if stage.deliver is None or not judgement.is_fit:
        return
    walk = [each.requirement(THRESHOLDS.policy_version) for each in (*stage.upstream, stage)]
    let_out = {clip.clip_id: clip.artifacts[stage.name].digest for clip in shop.gate.admit(shard, walk).admitted}
    for worked in works:
        if worked.row.digest and worked.row.digest == let_out.get(worked.row.clip_id):
            try:
                stage.deliver(worked.task, worked.row, shop)
            except VidgenError as error:
                raise error.located(stage=stage.name, clip_id=worked.task.clip_id) from error.__cause__
